import type { Fix, FixVariant } from '../../../src/core/fixes/fix.ts';
import type { Report } from '../../../src/core/report/report.ts';
import { diagnoseLab, inShort } from './diagnose-lab.ts';
import type { FixTrial } from './fix-trials.ts';
import { kubectlFolder } from './kubectl.ts';
import type { ExecResult, Fault, Lab } from './types.ts';

/** How one fix went. */
export interface Tried {
  readonly cause: string;
  readonly title: string;
  readonly tool: string;
  readonly commands: number;
  /** What did not go as the report promises; empty when all did. */
  readonly objections: readonly string[];
}

const LIMIT_MS = 180_000;
const MAX_ASKED = 3;
/** Something that a person would have to fill in: `<line>`, `<own address>`; not a here-document. */
const PLACEHOLDER = /(?<!<)<[a-z][^<>]*>/i;

/**
 * Makes a fault, runs the commands of the report's first cause as they are printed, on the nodes that it names, and
 * looks whether the next run says healthy; then runs the printed undo and looks whether the fault is back.
 */
export async function tryFix(lab: Lab, fault: Fault, trial: FixTrial): Promise<Tried> {
  const removeFault = await fault.apply(lab, {});
  try {
    await fault.settle?.(lab, {});
    const report = await ask(lab, (answer) => chooseFixes(answer, trial).length > 0);
    const chosen = chooseFixes(report, trial);
    const [cause] = report.causes;
    const [first] = chosen;
    if (cause === undefined || first === undefined)
      throw new Error(`${fault.name}: no fix with ${trial.tool}: ${inShort(report)}`);
    const tried = {
      cause: cause.id,
      title: first.fix.title,
      tool: first.variant.tool,
      commands: chosen.reduce((sum, { variant }) => sum + variant.commands.length, 0),
    };
    return { ...tried, objections: await thereAndBack(lab, { fault, trial, report, chosen }) };
  } finally {
    await removeFault();
    await lab.untilHealthy();
  }
}

interface Chosen {
  readonly fix: Fix;
  readonly variant: FixVariant;
}

/** Every fix of the first cause, or the one that the trial names, with the tool that the lab has. */
function chooseFixes({ causes }: Report, { tool, fix: title }: FixTrial): readonly Chosen[] {
  return (causes[0]?.fixes ?? []).flatMap((fix) => {
    if (title !== undefined && !title.test(fix.title)) return [];
    const variant = fix.variants.find((each) => each.tool === tool);
    return variant === undefined ? [] : [{ fix, variant }];
  });
}

interface Case {
  readonly fault: Fault;
  readonly trial: FixTrial;
  readonly report: Report;
  readonly chosen: readonly Chosen[];
}

async function thereAndBack(
  lab: Lab,
  { fault, trial, report, chosen }: Case,
): Promise<readonly string[]> {
  for (const { fix, variant } of chosen) await type(lab, fix, variant.commands);
  await trial.cni?.(lab);
  await lab.untilHealthy();
  const after = await ask(lab, ({ verdict }) => verdict === 'healthy');
  const ill = after.verdict === 'healthy' ? [] : [`after the fix: ${inShort(after)}`];
  for (const { fix, variant } of chosen.toReversed()) {
    if (variant.undo === undefined && fix.undo.length === 0)
      throw new Error(`${fix.title}: no undo`);
    await type(lab, fix, variant.undo ?? fix.undo);
  }
  await trial.cni?.(lab);
  await trial.untilBack?.(lab);
  await fault.settle?.(lab, {});
  const was = report.causes[0]?.id;
  const again = await ask(lab, ({ causes }) => causes[0]?.id === was);
  return [...ill, ...(again.causes[0]?.id === was ? [] : [`after the undo: ${inShort(again)}`])];
}

/** On a machine that starves it the program gives open verdicts, and its reader asks again; a promise is taken at its word. */
async function ask(lab: Lab, wanted: (report: Report) => boolean): Promise<Report> {
  for (let asked = 1; ; asked += 1) {
    const { report } = await diagnoseLab(lab);
    const promised = report.causes.some(({ verdict }) => verdict === 'confirmed');
    if (wanted(report) || promised || asked === MAX_ASKED) return report;
  }
}

/** Types lines into a shell where the fix says; stops at the first that fails. */
async function type(lab: Lab, { where, title }: Fix, lines: readonly string[]): Promise<void> {
  const open = lines.find((line) => PLACEHOLDER.test(line));
  if (open !== undefined) throw new Error(`${title}: something is to be filled in: ${open}`);
  const places = where.every((name) => name === 'cluster') ? ['ops'] : where;
  for (const place of places) {
    const { code, stdout, stderr } = await shell(lab, place, lines.join('\n'));
    if (code !== 0)
      throw new Error(
        `${title}: exit code ${code} on ${place}:\n${lines.join('\n')}\n${stdout}${stderr}`,
      );
  }
}

async function shell(lab: Lab, place: string, script: string): Promise<ExecResult> {
  const path = `${await kubectlFolder()}:${process.env['PATH'] ?? ''}`;
  return lab.network.tryExec(
    place,
    ['env', `KUBECONFIG=${lab.kubeconfig}`, `PATH=${path}`, 'bash', '-e', '-s'],
    { stdin: script, timeoutMs: LIMIT_MS },
  );
}
