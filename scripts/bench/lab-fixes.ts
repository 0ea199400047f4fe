import { bringUpLab } from '../../test/lab/support/bring-up-lab.ts';
import { FAULTS } from '../../test/lab/support/faults/index.ts';
import { FIX_TRIALS, type FixTrial } from '../../test/lab/support/fix-trials.ts';
import { tryFix } from '../../test/lab/support/try-fix.ts';
import type { Lab } from '../../test/lab/support/types.ts';
import { measurements } from './measurements.ts';

/** One fix, typed as it was printed. */
interface Row {
  readonly fault: string;
  readonly tool: string;
  readonly cause: string;
  readonly title: string;
  readonly commands: number;
  /** Healthy after the fix, and the same cause again after its undo. */
  readonly right: boolean;
  readonly ms: number;
  readonly objections: readonly string[];
}

/** Every fix that can be typed in the lab, once each, on one Canal cluster. `BENCH_FAULTS=a,b` for a part of it. */
export async function benchLabFixes(): Promise<void> {
  const results = measurements<Row>('lab-fixes');
  const done = new Set(
    results
      .rows()
      .filter(({ right }) => right)
      .map(({ fault }) => fault),
  );
  const chosen = process.env['BENCH_FAULTS']?.split(',');
  const open = FIX_TRIALS.filter(
    ({ fault }) => !done.has(fault) && (chosen?.includes(fault) ?? true),
  );
  process.stdout.write(`${open.length} of ${FIX_TRIALS.length} fixes to try\n`);
  let lab: Lab | null = null;
  try {
    for (const trial of open) {
      lab ??= await ready();
      const row = await once(lab, trial);
      results.add(row);
      // What a fix left behind would be the next one's fault.
      if (!row.right) {
        await lab.destroy();
        lab = null;
      }
    }
  } finally {
    await lab?.destroy();
  }
  for (const { fault, tool, right, objections } of results.rows()) {
    process.stdout.write(
      `${fault.padEnd(34)}${tool.padEnd(36)}${right ? 'works, and back' : objections.join('; ')}\n`,
    );
  }
}

async function ready(): Promise<Lab> {
  const lab = await bringUpLab({ flavour: 'canal' });
  await lab.untilHealthy();
  return lab;
}

async function once(lab: Lab, trial: FixTrial): Promise<Row> {
  const fault = FAULTS.get(trial.fault);
  if (fault === undefined) throw new Error(`the lab has no fault ${trial.fault}`);
  const startedAt = performance.now();
  const tried = await tryFix(lab, fault, trial).catch((error: unknown) => ({
    cause: '',
    title: '',
    tool: trial.tool,
    commands: 0,
    objections: [error instanceof Error ? error.message : String(error)],
  }));
  return {
    fault: trial.fault,
    ...tried,
    right: tried.objections.length === 0,
    ms: Math.round(performance.now() - startedAt),
  };
}
