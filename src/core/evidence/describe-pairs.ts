import { traitsOf } from './node-traits.ts';
import {
  byList,
  type Candidate,
  candidatesOf,
  mixed,
  type PairDescription,
} from './pair-candidates.ts';
import { type NodeKnowledge, type Search, type TriedPair, viewsOf } from './pair-views.ts';

/**
 * The simplest description that is true of all failing pairs and of no working one. With `ordered` a pair has a
 * sender and a receiver; without, it is one for both ways. Pairs that were not tried decide nothing.
 */
export function describePairs(
  tried: readonly TriedPair[],
  known: NodeKnowledge,
  { ordered }: { readonly ordered: boolean },
): PairDescription {
  if (!tried.some(({ fails }) => fails)) return NOTHING_FAILS;
  const { fails, works } = settled(tried, ordered);
  const nodes = [...new Set([...fails, ...works].flatMap(({ from, to }) => [from, to]))].toSorted();
  const finish = (best: Candidate, also: readonly string[] = []): PairDescription => ({
    kind: best.kind,
    words: best.words,
    holds: best.holds,
    named: best.named,
    nodes: best.member === undefined ? [] : nodes.filter(best.member),
    also,
    groups: best.groups ?? [],
    failed: fails.length,
    worked: works.length,
  });
  const [first] = fails;
  if (first === undefined) return NOTHING_FAILS;
  if (works.length === 0 && nodes.length > 2) {
    return finish({
      kind: 'every',
      words: `between all ${nodes.length} nodes probed`,
      holds: () => true,
      named: true,
      cost: 0,
    });
  }
  const search: Search = { fails, works, nodes, first, ordered };
  // One pair says nothing of a set.
  const found =
    fails.length === 1 ? [] : viewsOf(search, known).flatMap((view) => candidatesOf(view, search));
  const all = [...found, ...(fails.length === 1 ? [] : mixed(search, known)), ...byList(search)];
  const best = all.reduce((a, b) => (b.cost < a.cost ? b : a));
  return finish(best, alsoOf(best, found, nodes));
}

const NOTHING_FAILS: PairDescription = {
  kind: 'none',
  words: 'nowhere',
  holds: () => false,
  nodes: [],
  named: true,
  also: [],
  groups: [],
  failed: 0,
  worked: 0,
};

/** One row per pair: a pair that ever worked works. */
function settled(
  tried: readonly TriedPair[],
  ordered: boolean,
): { readonly fails: readonly TriedPair[]; readonly works: readonly TriedPair[] } {
  const rows = new Map<string, TriedPair>();
  for (const pair of tried) {
    const turned = !ordered && pair.from > pair.to;
    const row = turned ? { ...pair, from: pair.to, to: pair.from } : pair;
    const key = `${row.from}\n${row.to}`;
    const seen = rows.get(key);
    if (seen === undefined || !row.fails) rows.set(key, row);
  }
  const all = [...rows.values()].toSorted((a, b) =>
    a.from < b.from ? -1 : a.from > b.from ? 1 : a.to < b.to ? -1 : 1,
  );
  return { fails: all.filter(({ fails }) => fails), works: all.filter(({ fails }) => !fails) };
}

const SHOWN_ALSO = 2;

/** Other traits with the same nodes: what differs between them is for a person to judge. */
function alsoOf(
  best: Candidate,
  found: readonly Candidate[],
  nodes: readonly string[],
): readonly string[] {
  if (best.named || best.member === undefined) return [];
  const same = nodes.filter(best.member).join('\n');
  return found
    .filter(
      (other) =>
        other !== best &&
        other.kind === best.kind &&
        other.cost === best.cost &&
        !other.named &&
        other.member !== undefined &&
        nodes.filter(other.member).join('\n') === same,
    )
    .map(({ words }) => words)
    .slice(0, SHOWN_ALSO);
}

/** Nodes that failed among nodes that were judged, by the trait that fits exactly these; null when none does. */
export function describeNodes(
  failed: readonly string[],
  worked: readonly string[],
  { nodes, nodeFacts }: NodeKnowledge,
): string | null {
  const part = nodes.filter(({ name }) => failed.includes(name) || worked.includes(name));
  const bad = new Set(failed);
  for (const trait of traitsOf(part, nodeFacts)) {
    const values = new Set(part.filter(({ name }) => bad.has(name)).map(trait.of));
    const [value] = values;
    if (values.size !== 1 || value === null || value === undefined) continue;
    if (part.every((node) => (trait.of(node) === value) === bad.has(node.name))) {
      return trait.place ? `nodes in ${trait.words(value)}` : trait.words(value);
    }
  }
  return null;
}
