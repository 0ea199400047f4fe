import { count, list } from '../report/words.ts';
import { describePairs } from './describe-pairs.ts';
import type { Link } from './overlay-links.ts';
import { type PairDescription } from './pair-candidates.ts';
import { type NodeKnowledge } from './pair-views.ts';

/**
 * The shape of a set of dead links among measured ones:
 * - `nodes`: every link of these nodes is dead, the other nodes see each other. `trait` says what they share.
 * - `groups`: nodes fall into groups that see themselves and not each other (two hypervisors, two sites).
 * - `every`: no link works. `shape`: a set that a trait describes (`between zone a and zone b`). `pairs`: single links.
 */
export type LinkPattern =
  | { readonly kind: 'none' }
  | { readonly kind: 'every'; readonly nodes: readonly string[] }
  | {
      readonly kind: 'nodes';
      readonly nodes: readonly string[];
      readonly others: readonly string[];
      readonly described: PairDescription;
    }
  | { readonly kind: 'groups'; readonly groups: readonly (readonly string[])[] }
  | { readonly kind: 'shape'; readonly described: PairDescription }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [string, string])[] };

const NOTHING_KNOWN: NodeKnowledge = { nodes: [] };

/** The two sets to tell apart. Links that are in neither are left out. */
export interface JudgedLinks {
  readonly links: readonly Link[];
  readonly broken: readonly Link[];
  readonly alive: (link: Link) => boolean;
}

/** Finds the shape of the broken links. */
export function patternOfLinks(
  { links, broken, alive }: JudgedLinks,
  known: NodeKnowledge = NOTHING_KNOWN,
): LinkPattern {
  const dead = new Set(broken);
  const sound = links.filter((link) => !dead.has(link) && alive(link));
  const pair = ({ nodes: [from, to] }: Link, fails: boolean) => ({ from, to, fails });
  const tried = [
    ...broken.map((link) => pair(link, true)),
    ...sound.map((link) => pair(link, false)),
  ];
  const nodes = [...new Set(tried.flatMap(({ from, to }) => [from, to]))].toSorted();
  const described = describePairs(tried, known, { ordered: false });
  switch (described.kind) {
    case 'none':
      return { kind: 'none' };
    case 'every':
      return { kind: 'every', nodes };
    case 'groups':
      return { kind: 'groups', groups: described.groups };
    case 'touching': {
      const cut = new Set(described.nodes);
      const others = nodes.filter((node) => !cut.has(node));
      return { kind: 'nodes', nodes: described.nodes, others, described };
    }
    case 'pairs':
      return { kind: 'pairs', pairs: broken.map((link) => link.nodes) };
    case 'into':
    case 'out-of':
    case 'from-to':
    case 'between':
    case 'within':
    case 'boundary':
    case 'across':
    case 'same':
      return { kind: 'shape', described };
  }
}

/** Where the dead links are, for the middle of a sentence. */
export function patternWords(pattern: LinkPattern): string {
  switch (pattern.kind) {
    case 'none':
      return 'nowhere';
    case 'every':
      return `between all ${count(pattern.nodes.length, 'node')} probed`;
    case 'nodes':
    case 'shape':
      return pattern.described.words;
    case 'groups':
      return `between ${pattern.groups.map((group) => `{${list(group)}}`).join(' and ')}`;
    case 'pairs':
      return list(pattern.pairs.map(([a, b]) => `between ${a} and ${b}`));
  }
}
