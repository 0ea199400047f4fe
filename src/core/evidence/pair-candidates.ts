import { list } from '../report/words.ts';
import type { NodeTrait } from './node-traits.ts';
import {
  MANY_PAIRS,
  memberOf,
  NAMES,
  type NodeKnowledge,
  type Search,
  type TriedPair,
  traitViews,
  type View,
  valuesOf,
} from './pair-views.ts';

/**
 * The set of failing pairs, described:
 * - `every`: no pair works. `touching`: all with an end in the set. `into`, `out-of`, `from-to`: by direction.
 * - `between`: one end in each of two sets. `within`: both ends in the set. `boundary`: exactly one end in it.
 * - `across`, `same`: the ends differ in a trait, or share it. `groups`: islands. `pairs`: nothing simpler is true.
 */
export interface PairDescription {
  readonly kind:
    | 'none'
    | 'every'
    | 'touching'
    | 'into'
    | 'out-of'
    | 'from-to'
    | 'between'
    | 'within'
    | 'boundary'
    | 'across'
    | 'same'
    | 'groups'
    | 'pairs';
  /** For the middle of a sentence: `between zone a and zone b`, `into prod01`. */
  readonly words: string;
  /** True of every failing pair that was tried, and of no working one. */
  readonly holds: (from: string, to: string) => boolean;
  /** The nodes of a one-sided set (`touching`, `into`, `out-of`, `within`, `boundary`) that took part; else empty. */
  readonly nodes: readonly string[];
  /** Whether the set is a list of names rather than a trait. */
  readonly named: boolean;
  /** Other traits that fit the very same nodes: nothing here decides between them. */
  readonly also: readonly string[];
  /** For `groups`. */
  readonly groups: readonly (readonly string[])[];
  readonly failed: number;
  readonly worked: number;
}

/** A description that is true; the cheapest is the best. */
export interface Candidate extends Pick<PairDescription, 'kind' | 'words' | 'holds' | 'named'> {
  readonly cost: number;
  /** Says whether a node belongs to the one set of the description. */
  readonly member?: (node: string) => boolean;
  readonly groups?: PairDescription['groups'];
}

const SIDED_COST = 0.2;
const DIFFERENCE_COST = 0.6;
const GROUPS_COST = 3;
const GROUP_MEMBER_COST = 0.25;
const PAIR_COST = 2.2;

/** What this way to sort nodes makes of the pairs. */
export function candidatesOf(view: View, search: Search): readonly Candidate[] {
  return [
    touching(view, search),
    ...(search.ordered
      ? [oneWay('into', view, search), oneWay('out-of', view, search), fromTo(view, search)]
      : []),
    between(view, search),
    within(view, search),
    boundary(view, search),
    ...(view.trait === null ? [] : differing(view, view.trait, search)),
  ].filter((candidate) => candidate !== null);
}

/** The values of which no pair works and that, together, every failing pair touches. */
function touching(view: View, search: Search): Candidate | null {
  const alive = new Set<string | null>();
  for (const { from, to } of search.works) alive.add(view.of(from)).add(view.of(to));
  const losses = new Map<string, Set<TriedPair>>();
  for (const pair of search.fails) {
    const ends = new Set([view.of(pair.from), view.of(pair.to)]);
    const cut = [...ends].filter((value) => value !== null && !alive.has(value));
    if (cut.length === 0) return null;
    for (const value of cut) {
      const lost = losses.get(value ?? '') ?? new Set();
      losses.set(value ?? '', lost.add(pair));
    }
  }
  const chosen = smallestCover(losses, search.fails);
  // A node is cut off when it lost at least two pairs; with one it is only a pair.
  if (chosen === null || chosen.some((value) => (losses.get(value)?.size ?? 0) < 2)) return null;
  const member = memberOf(view, new Set(chosen));
  return {
    kind: 'touching',
    words: `between ${view.words(chosen)} and every other node`,
    holds: (from, to) => member(from) || member(to),
    member,
    named: view.named,
    cost: chosen.length * view.cost,
  };
}

/** A longer list of what is cut off is no description. */
const MAX_CUT = 24;

/** Greedy: whoever touches most of what is left. Null when some failing pair is touched by none. */
function smallestCover(
  losses: ReadonlyMap<string, ReadonlySet<TriedPair>>,
  fails: readonly TriedPair[],
): readonly string[] | null {
  const left = new Set(fails);
  const chosen: string[] = [];
  while (left.size > 0) {
    let best: { readonly value: string; readonly pairs: readonly TriedPair[] } | null = null;
    for (const [value, all] of losses) {
      const pairs = [...all].filter((pair) => left.has(pair));
      if (pairs.length > (best?.pairs.length ?? 0)) best = { value, pairs };
    }
    if (best === null || chosen.length === MAX_CUT) return null;
    chosen.push(best.value);
    for (const pair of best.pairs) left.delete(pair);
  }
  return chosen.toSorted();
}

function oneWay(kind: 'into' | 'out-of', view: View, search: Search): Candidate | null {
  const near = ({ from, to }: TriedPair): string => (kind === 'into' ? to : from);
  const far = ({ from, to }: TriedPair): string => (kind === 'into' ? from : to);
  const ends = new Map<string, Set<string>>();
  for (const pair of search.fails) {
    const value = view.of(near(pair));
    if (value === null) return null;
    ends.set(value, (ends.get(value) ?? new Set()).add(far(pair)));
  }
  const member = memberOf(view, ends);
  if (search.works.some((pair) => member(near(pair)))) return null;
  // From one sender alone it may as well be that sender.
  if ([...ends.values()].some((others) => others.size < 2)) return null;
  const values = [...ends.keys()].toSorted();
  return {
    kind,
    words: `${kind === 'into' ? 'into' : 'out of'} ${view.words(values)}`,
    holds: (from, to) => member(kind === 'into' ? to : from),
    member,
    named: view.named,
    cost: values.length * view.cost,
  };
}

function fromTo(view: View, search: Search): Candidate | null {
  const senders = valuesOf(
    view,
    search.fails.map(({ from }) => from),
  );
  const receivers = valuesOf(
    view,
    search.fails.map(({ to }) => to),
  );
  if (senders === null || receivers === null) return null;
  return sided('from-to', [view, senders], [view, receivers], search);
}

function between(view: View, search: Search): Candidate | null {
  const [a, b] = [view.of(search.first.from), view.of(search.first.to)];
  if (a === null || b === null || a === b) return null;
  return sided('between', [view, [a]], [view, [b]], search);
}

type Side = readonly [View, readonly string[]];

function sided(
  kind: 'from-to' | 'between',
  [oneView, one]: Side,
  [otherView, other]: Side,
  search: Search,
): Candidate | null {
  const isOne = memberOf(oneView, new Set(one));
  const isOther = memberOf(otherView, new Set(other));
  const holds = (from: string, to: string): boolean =>
    (isOne(from) && isOther(to)) || (kind === 'between' && isOne(to) && isOther(from));
  if (!isExact(holds, search)) return null;
  const [left, right] = [oneView.words(one), otherView.words(other)];
  return {
    kind,
    words: kind === 'between' ? `between ${left} and ${right}` : `from ${left} to ${right}`,
    holds,
    named: oneView.named && otherView.named,
    cost: one.length * oneView.cost + other.length * otherView.cost + SIDED_COST,
  };
}

/** One trait at each end: `from control-plane nodes to zone b`. */
export function mixed(search: Search, known: NodeKnowledge): readonly Candidate[] {
  if (search.fails.length + search.works.length > MANY_PAIRS) return [];
  const kind = search.ordered ? 'from-to' : 'between';
  const { from, to } = search.first;
  const ends = search.ordered ? [[from, to] as const] : [[from, to] as const, [to, from] as const];
  const views = [NAMES, ...traitViews(search, known)];
  return ends.flatMap(([a, b]) =>
    views.flatMap((oneView) =>
      views.flatMap((otherView) => {
        const [one, other] = [oneView.of(a), otherView.of(b)];
        if (oneView === otherView || one === null || other === null) return [];
        return sided(kind, [oneView, [one]], [otherView, [other]], search) ?? [];
      }),
    ),
  );
}

function within(view: View, search: Search): Candidate | null {
  const value = view.of(search.first.from);
  if (value === null || view.named) return null;
  const member = memberOf(view, new Set([value]));
  const holds = (from: string, to: string): boolean => member(from) && member(to);
  if (!isExact(holds, search)) return null;
  return {
    kind: 'within',
    words: `among ${view.words([value])}`,
    holds,
    member,
    named: false,
    cost: view.cost + SIDED_COST,
  };
}

function boundary(view: View, search: Search): Candidate | null {
  // Of two values both are named: `between` says more.
  if (view.named || new Set(search.nodes.map(view.of)).size < 3) return null;
  for (const value of [view.of(search.first.from), view.of(search.first.to)]) {
    if (value === null) continue;
    const member = memberOf(view, new Set([value]));
    const holds = (from: string, to: string): boolean => member(from) !== member(to);
    if (!isExact(holds, search)) continue;
    return {
      kind: 'boundary',
      words: `between ${view.words([value])} and the rest`,
      holds,
      member,
      named: false,
      cost: view.cost + DIFFERENCE_COST,
    };
  }
  return null;
}

/** Pairs whose ends differ in a trait, or share it. */
function differing(view: View, trait: NodeTrait, search: Search): readonly Candidate[] {
  const values = new Set(search.nodes.map(view.of));
  if (values.size < 3 || values.has(null)) return [];
  return (['across', 'same'] as const).flatMap((kind) => {
    const holds = (from: string, to: string): boolean =>
      (view.of(from) === view.of(to)) === (kind === 'same');
    if (!isExact(holds, search)) return [];
    const words =
      kind === 'same'
        ? `between nodes of the same ${trait.noun}`
        : `between nodes of different ${trait.noun}s`;
    return [{ kind, words, holds, named: false, cost: view.cost + DIFFERENCE_COST }];
  });
}

/** What is left when no set fits: islands that see themselves alone, else the pairs one by one. */
export function byList(search: Search): readonly Candidate[] {
  const { fails, works, nodes, ordered } = search;
  const keys = new Set(fails.map(({ from, to }) => `${from}\n${to}`));
  const joint = ordered ? 'to' : 'and';
  const pairs: Candidate = {
    kind: 'pairs',
    words: list(
      fails.map(({ from, to }) => `${ordered ? 'from' : 'between'} ${from} ${joint} ${to}`),
    ),
    holds: (from, to) => keys.has(`${from}\n${to}`) || (!ordered && keys.has(`${to}\n${from}`)),
    named: true,
    cost: fails.length * PAIR_COST,
  };
  if (ordered) return [pairs];
  const groups = islands(nodes, works);
  const groupOf = new Map(groups.flatMap((group) => group.map((node) => [node, group] as const)));
  const holds = (from: string, to: string): boolean => groupOf.get(from) !== groupOf.get(to);
  const large = groups.filter((group) => group.length > 1).length;
  if (large < 2 || !isExact(holds, search)) return [pairs];
  return [
    pairs,
    {
      kind: 'groups',
      words: `between ${groups.map((group) => `{${list(group)}}`).join(' and ')}`,
      holds,
      named: true,
      groups,
      cost: GROUPS_COST + nodes.length * GROUP_MEMBER_COST,
    },
  ];
}

/** Nodes joined by working pairs. */
function islands(
  nodes: readonly string[],
  works: readonly TriedPair[],
): readonly (readonly string[])[] {
  const parent = new Map(nodes.map((node) => [node, node]));
  const root = (node: string): string => {
    let at = node;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    parent.set(node, at);
    return at;
  };
  for (const { from, to } of works) parent.set(root(from), root(to));
  const groups = new Map<string, string[]>();
  for (const node of nodes) {
    const key = root(node);
    groups.set(key, [...(groups.get(key) ?? []), node]);
  }
  return [...groups.values()];
}

function isExact(holds: PairDescription['holds'], { fails, works }: Search): boolean {
  return (
    fails.every(({ from, to }) => holds(from, to)) && !works.some(({ from, to }) => holds(from, to))
  );
}
