import { randomInt } from 'node:crypto';
import { bringUpLab } from '../../test/lab/support/bring-up-lab.ts';
import { startThreads } from '../../test/lab/support/thread/thread-in-lab.ts';
import type { CniFlavour } from '../../test/lab/support/types.ts';
import { measurements, percentile } from './measurements.ts';

/** One command while the overlay into one node is cut. */
interface Row {
  readonly flavour: CniFlavour;
  readonly nodes: readonly string[];
  readonly metricsNode: string;
  readonly cutNode: string;
  readonly nodePrefix: string;
  readonly podPrefix: string;
  /** Seconds between the cut and the command. */
  readonly ageSeconds: number;
  readonly ackMs: number;
  readonly firstFindingMs: number | null;
  readonly verdictMs: number;
  readonly right: boolean;
  readonly root: string;
}

const RUNS = 20;
const RUNS_PER_LAB = 5;
const YOUNG_SECONDS = 3;
const OLD_SECONDS = 60;
const FLAVOURS: readonly CniFlavour[] = ['canal', 'calico', 'flannel', 'canal'];
const WORDS = [
  'alpha',
  'bravo',
  'delta',
  'kilo',
  'lima',
  'oscar',
  'romeo',
  'sierra',
  'tango',
  'zulu',
];

/** Command to verdict on real API servers, packets and kubelets, with everything drawn anew. */
export async function benchLabLatency(runs: number | null): Promise<void> {
  const results = measurements<Row>('lab-latency');
  const wanted = runs ?? RUNS;
  while (results.rows().length < wanted) await oneLab(wanted - results.rows().length, results);
  const rows = results.rows();
  const times = rows.map(({ verdictMs }) => verdictMs);
  const findings = rows.flatMap(({ firstFindingMs }) => firstFindingMs ?? []);
  process.stdout.write(
    `${rows.length} runs: verdict p50 ${percentile(times, 0.5)} ms, p95 ${percentile(times, 0.95)} ms; first finding p50 ${percentile(findings, 0.5)} ms, max ${Math.max(...findings)} ms; right ${rows.filter(({ right }) => right).length}\n`,
  );
}

async function oneLab(left: number, results: ReturnType<typeof measurements<Row>>): Promise<void> {
  const done = results.rows().length;
  const flavour = FLAVOURS[Math.floor(done / RUNS_PER_LAB) % FLAVOURS.length] ?? 'canal';
  const names = WORDS.toSorted(() => randomInt(3) - 1)
    .slice(0, 3)
    .map((word) => `${word}-${randomInt(10, 99)}`);
  const spec = {
    flavour,
    nodeNames: names,
    nodePrefix: `192.168.${randomInt(10, 250)}`,
    podPrefix: `10.${randomInt(44, 250)}`,
    metricsNode: names[randomInt(3)] ?? '',
  };
  const lab = await bringUpLab(spec);
  try {
    await lab.untilHealthy();
    const threads = await startThreads(lab);
    try {
      for (let run = 0; run < Math.min(RUNS_PER_LAB, left); run += 1) {
        const cutNode = names[randomInt(3)] ?? '';
        const ageSeconds = (done + run) % 2 === 0 ? YOUNG_SECONDS : OLD_SECONDS;
        const undo = await lab.applyFault('overlay-drop-input', { node: cutNode });
        await new Promise((resolve) => setTimeout(resolve, ageSeconds * 1_000));
        const { ackMs, firstFindingMs, verdictMs, root } = await threads.run();
        const right = root.includes('Metrics API broken') && root.includes(`into \`${cutNode}\``);
        const { nodePrefix, podPrefix, metricsNode } = spec;
        results.add({
          flavour,
          nodes: names,
          metricsNode,
          cutNode,
          nodePrefix,
          podPrefix,
          ageSeconds,
          ackMs,
          firstFindingMs,
          verdictMs,
          right,
          root: root.split('\n')[0] ?? '',
        });
        await undo();
        await lab.untilHealthy();
      }
    } finally {
      await threads.stop();
    }
  } finally {
    await lab.destroy();
  }
}
