import type { RankedCause, Report } from '../../../src/core/report/report.ts';
import { inShort } from './diagnose-lab.ts';
import type { Fault, FaultExpectation, FaultOptions, FaultTarget } from './types.ts';

/** Who the finding is held against: ids of the causes that have a rule, and where the fault was made. */
export interface Scene {
  readonly rules: ReadonlySet<string>;
  readonly target: FaultTarget;
  readonly options?: FaultOptions | undefined;
}

/** Causes that were confirmed and are not so: the worst mistake, also for a fault that no rule fits yet. */
export function confirmedAndWrong(report: Report, fault: Fault): readonly RankedCause[] {
  const right = expected(fault).flatMap(({ cause, orElse = [] }) => [cause, ...orElse]);
  return report.causes.filter(({ id, verdict }) => verdict === 'confirmed' && !right.includes(id));
}

const expected = ({ expects, also }: Fault): readonly FaultExpectation[] =>
  also === undefined ? [expects] : [expects, also];

/** What a colleague who knows the fault would object to, one sentence each; empty when nothing. */
export function objections(report: Report, fault: Fault, scene: Scene): readonly string[] {
  const wrong = confirmedAndWrong(report, fault).map(
    ({ id }) => `confirmed ${id}, which is not so: ${inShort(report)}`,
  );
  const wanted = expected(fault);
  const first = report.causes.slice(0, wanted.length);
  return [...wrong, ...wanted.flatMap((each) => notAsExpected(report, first, { ...scene, each }))];
}

/** What the findings that stand before all others lack of one that is expected. */
function notAsExpected(
  report: Report,
  first: readonly RankedCause[],
  { each, ...scene }: Scene & { readonly each: FaultExpectation },
): readonly string[] {
  const said = inShort(report);
  const { cause, orElse = [], mayBeSuspected = [] } = each;
  const right = [cause, ...orElse];
  if (cause === null || !right.some((id) => id !== null && scene.rules.has(id))) return [];
  if (first.some(({ id, verdict }) => verdict === 'suspected' && mayBeSuspected.includes(id)))
    return [];
  const found = first.find(({ id }) => right.includes(id));
  if (found === undefined) return [`first comes not ${cause}: ${said}`];
  const strict = mayBeSuspected.length === 0 && orElse.length === 0;
  return [...(strict ? notProven(report, found, said) : []), ...notCited(found, each, scene)];
}

function notProven(report: Report, first: RankedCause, said: string): readonly string[] {
  return [
    ...(first.verdict === 'confirmed' ? [] : [`${first.id} is only suspected: ${said}`]),
    ...report.unexplained.map((symptom) => `unexplained: ${symptom}`),
  ];
}

/** Nodes, direction and evidence that the first cause lacks. */
function notCited(
  first: RankedCause,
  expects: FaultExpectation,
  { target, options = {} }: Scene,
): readonly string[] {
  const missing = expects
    .nodes(target, options)
    .filter((node) => !first.where.nodes.includes(node))
    .map((node) => `${node} is not among the nodes at fault: ${first.where.nodes.join(', ')}`);
  const direction =
    expects.direction === undefined || first.where.direction === expects.direction
      ? []
      : [`direction ${first.where.direction}, not ${expects.direction}`];
  const text = [first.headline, ...first.because.map((claim) => claim.text)].join('\n');
  const silent = (expects.cites?.(target, options) ?? [])
    .filter((words) => !words.test(text))
    .map((words) => `nothing cited about ${words.source}: ${text}`);
  return [...missing, ...direction, ...silent];
}
