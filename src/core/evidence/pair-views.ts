import { list } from '../report/words.ts';
import type { Facts } from './facts.ts';
import { type NodeTrait, traitsOf } from './node-traits.ts';
import { valueOr } from './observed.ts';
import type { NodeProbeFacts } from './probe-results.ts';
import type { NodeObject } from './snapshot.ts';

/** One pair that was measured. */
export interface TriedPair {
  readonly from: string;
  readonly to: string;
  readonly fails: boolean;
}

/** What nodes can be told apart by. */
export interface NodeKnowledge {
  readonly nodes: readonly NodeObject[];
  readonly nodeFacts?: readonly NodeProbeFacts[];
}

/** What is known of the nodes; nothing where they were not read. */
export function knowledgeOf({
  nodes,
  nodeFacts,
}: Pick<Facts, 'nodes' | 'nodeFacts'>): NodeKnowledge {
  return { nodes: valueOr(nodes, []), nodeFacts: valueOr(nodeFacts, []) };
}

/** The pairs that are to be described. */
export interface Search {
  readonly fails: readonly TriedPair[];
  readonly works: readonly TriedPair[];
  readonly nodes: readonly string[];
  readonly first: TriedPair;
  readonly ordered: boolean;
}

/** One way to sort nodes: by name, by a trait, by two traits at once. */
export interface View {
  readonly of: (node: string) => string | null;
  readonly words: (values: readonly string[]) => string;
  /** What one value costs: a description is the better the less it has to name. */
  readonly cost: number;
  readonly trait: NodeTrait | null;
  readonly named: boolean;
}

/** A name is the simplest thing to say; a trait stands for any number of nodes and so beats two names. */
const NAME_COST = 1;
const TRAIT_COST = 1.4;
const TWO_TRAITS_COST = 3.2;
/** Above this the search among combinations of two traits is left out: 100 traits over 10,000 pairs are 0.1 s. */
export const MANY_PAIRS = 10_000;

/** All ways to sort the nodes of these pairs. */
export function viewsOf(search: Search, known: NodeKnowledge): readonly View[] {
  const single = traitViews(search, known);
  const pairs =
    search.fails.length + search.works.length > MANY_PAIRS
      ? []
      : single.flatMap((a, i) => single.slice(i + 1).map((b) => combined(a, b)));
  return [NAMES, ...single, ...pairs];
}

/** By each trait in which the nodes differ. */
export function traitViews(search: Search, { nodes, nodeFacts }: NodeKnowledge): readonly View[] {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const part = search.nodes.flatMap((name) => byName.get(name) ?? []);
  return traitsOf(part, nodeFacts).map((trait) => {
    const values = new Map(part.map((node) => [node.name, trait.of(node)]));
    return {
      of: (node) => values.get(node) ?? null,
      words: (some) => list(some.map(trait.words)),
      cost: TRAIT_COST,
      trait,
      named: false,
    };
  });
}

/** Each node by itself. */
export const NAMES: View = {
  of: (node) => node,
  words: (values) => list(values),
  cost: NAME_COST,
  trait: null,
  named: true,
};

const BOTH = '\n';

/** A place goes last: `nodes with kernel 4.18 in zone b`. */
function combined(a: View, b: View): View {
  const [what, where] = a.trait?.place === true && b.trait?.place !== true ? [b, a] : [a, b];
  const joint = where.trait?.place === true ? 'in' : 'that are';
  const one = (value: string): string => {
    const [first = '', second = ''] = value.split(BOTH);
    return `${what.words([first])} ${joint} ${where.words([second])}`;
  };
  return {
    of: (node) => {
      const [x, y] = [what.of(node), where.of(node)];
      return x === null || y === null ? null : `${x}${BOTH}${y}`;
    },
    words: (values) => list(values.map(one)),
    cost: TWO_TRAITS_COST,
    trait: null,
    named: false,
  };
}

/** Says whether the value of a node is among these. */
export function memberOf(
  view: View,
  values: ReadonlySet<string> | ReadonlyMap<string, unknown>,
): (node: string) => boolean {
  return (node) => {
    const value = view.of(node);
    return value !== null && values.has(value);
  };
}

/** The values of all these nodes; null where one has none. */
export function valuesOf(view: View, nodes: readonly string[]): readonly string[] | null {
  const values = new Set(nodes.map(view.of));
  return values.has(null) ? null : [...values].filter((value) => value !== null).toSorted();
}
