import { count, list } from '../report/words.ts';
import type { Link } from './overlay-links.ts';

/**
 * The shape of a set of dead links among measured ones:
 * - `nodes`: every link of these nodes is dead, the other nodes see each other.
 * - `groups`: nodes fall into groups that see themselves and not each other (two hypervisors, two sites).
 * - `every`: no link works. `pairs`: single links.
 */
export type LinkPattern =
  | { readonly kind: 'none' }
  | { readonly kind: 'every'; readonly nodes: readonly string[] }
  | {
      readonly kind: 'nodes';
      readonly nodes: readonly string[];
      readonly others: readonly string[];
    }
  | { readonly kind: 'groups'; readonly groups: readonly (readonly string[])[] }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [string, string])[] };

/** Finds the shape of the `broken` links. Links that are neither broken nor `alive` are left out. */
export function patternOfLinks(
  links: readonly Link[],
  broken: readonly Link[],
  alive: (link: Link) => boolean,
): LinkPattern {
  const dead = new Set(broken);
  const [first] = broken;
  if (first === undefined) return { kind: 'none' };
  const sound = links.filter((link) => !dead.has(link) && alive(link));
  const nodes = [...new Set([...broken, ...sound].flatMap((link) => link.nodes))].toSorted();
  if (nodes.length === 2) return { kind: 'pairs', pairs: [first.nodes] };
  if (sound.length === 0) return { kind: 'every', nodes };
  const groups = components(nodes, sound);
  const groupOf = new Map(groups.flatMap((group) => group.map((node) => [node, group] as const)));
  const across = broken.filter(({ nodes: [a, b] }) => groupOf.get(a) !== groupOf.get(b));
  if (across.length < broken.length || groups.length === 1) {
    return { kind: 'pairs', pairs: broken.map((link) => link.nodes) };
  }
  const alone = groups.filter((group) => group.length === 1).flat();
  const together = groups.filter((group) => group.length > 1);
  // A node that is cut off lost at least two links; with one link tried it is only a pair.
  const losses = new Map<string, number>();
  for (const node of broken.flatMap((link) => link.nodes)) {
    losses.set(node, (losses.get(node) ?? 0) + 1);
  }
  const lost = (node: string): number => losses.get(node) ?? 0;
  if (together.length === 1 && alone.every((node) => lost(node) >= 2)) {
    return { kind: 'nodes', nodes: alone, others: together[0] ?? [] };
  }
  if (together.length >= 2) return { kind: 'groups', groups };
  return { kind: 'pairs', pairs: broken.map((link) => link.nodes) };
}

function components(nodes: readonly string[], links: readonly Link[]): readonly string[][] {
  const parent = new Map(nodes.map((node) => [node, node]));
  const root = (node: string): string => {
    let at = node;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    parent.set(node, at);
    return at;
  };
  for (const {
    nodes: [a, b],
  } of links)
    parent.set(root(a), root(b));
  const groups = new Map<string, string[]>();
  for (const node of nodes) {
    const key = root(node);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return [...groups.values()];
}

/** Where the dead links are, for the middle of a sentence. */
export function patternWords(pattern: LinkPattern): string {
  switch (pattern.kind) {
    case 'none':
      return 'nowhere';
    case 'every':
      return `between all ${count(pattern.nodes.length, 'node')} probed`;
    case 'nodes':
      return `between ${list(pattern.nodes)} and every other node`;
    case 'groups':
      return `between ${pattern.groups.map((group) => `{${list(group)}}`).join(' and ')}`;
    case 'pairs':
      return list(pattern.pairs.map(([a, b]) => `between ${a} and ${b}`));
  }
}
