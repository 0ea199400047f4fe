import type { Evidence } from '../evidence/evidence.ts';
import type { RankedCause, Report } from '../report/report.ts';
import { list } from '../report/words.ts';
import { type Change, type ChangeKind, changesSince } from './changes.ts';
import { healthySummary } from './healthy-summary.ts';

/** Of one kind so many are told one by one. */
const SHOWN_OF_A_KIND = 3;

/**
 * What changed since the last healthy run, as far as it bears on the causes found. A hint of where to look first and
 * never a proof: it moves no verdict.
 *
 * @param bears - which kinds of change bear on a cause
 */
export function changesThatBear(
  { before, ...evidence }: Evidence,
  causes: readonly RankedCause[],
  bears: (causeId: string) => readonly ChangeKind[],
): NonNullable<Report['changes']> | null {
  if (before === undefined || before === null || causes.length === 0) return null;
  const all = changesSince(before, healthySummary(evidence));
  const seats = causes.map(({ id, where }) => ({ id, kinds: bears(id), nodes: nodesOf(where) }));
  const found = all.flatMap((change) => {
    const ids = seats
      .filter(({ kinds, nodes }) => kinds.includes(change.kind) && isThere(change, nodes))
      .map(({ id }) => id);
    return ids.length === 0 ? [] : [{ ...change, causes: ids }];
  });
  return { since: before.takenAt, runId: before.runId, items: shortened(found) };
}

const nodesOf = ({ nodes, from, to }: RankedCause['where']): ReadonlySet<string> =>
  new Set([...nodes, ...from, ...to]);

/** A change of a node bears on a cause at that node; where a cause names none, on any. */
function isThere({ node }: Change, named: ReadonlySet<string>): boolean {
  return node === null || named.size === 0 || named.has(node);
}

type Item = NonNullable<Report['changes']>['items'][number];

function shortened(found: readonly (Change & { readonly causes: readonly string[] })[]): Item[] {
  const kinds = [...new Set(found.map(({ kind }) => kind))];
  return kinds.flatMap((kind): Item[] => {
    const same = found.filter((each) => each.kind === kind);
    const told = same.slice(0, SHOWN_OF_A_KIND).map(({ text, causes }) => ({ kind, text, causes }));
    const rest = same.slice(SHOWN_OF_A_KIND);
    if (rest.length === 0) return told;
    const nodes = rest.flatMap(({ node }) => node ?? []);
    const where = nodes.length === 0 ? '' : ` (${list(nodes)})`;
    const causes = [...new Set(rest.flatMap((each) => each.causes))];
    return [...told, { kind, text: `and ${rest.length} more of the same${where}`, causes }];
  });
}
