import type { NodeObject } from '../core/evidence/snapshot.ts';

export interface NodeChoice {
  readonly chosen: readonly NodeObject[];
  /** Each node that was left out, with the reason, in words. */
  readonly notProbed: readonly string[];
}

/** All pairs up to here; beyond, a sample: pairs grow with the square, the sample with the number of nodes. */
export const FULL_MESH_NODES = 8;
/** Bounds a wave on clusters of any size. */
export const MAX_SAMPLED_NODES = 24;

/** Nodes that a probe Pod can run on and speak for; the others are named with the reason. */
export function eligibleNodes(nodes: readonly NodeObject[]): NodeChoice {
  const chosen: NodeObject[] = [];
  const notProbed: string[] = [];
  for (const node of nodes) {
    const reason = unfit(node);
    if (reason === null) chosen.push(node);
    else notProbed.push(`${node.name}: ${reason}`);
  }
  return { chosen: chosen.sort((a, b) => compare(a.name, b.name)), notProbed };
}

/**
 * The nodes of a wave: all of a small cluster; of a larger one `required` (API servers and provider) and a sample
 * that is the same whenever it is drawn again for the same run.
 */
export function sampleNodes(
  nodes: readonly NodeObject[],
  required: readonly string[],
  runId: string,
): NodeChoice {
  const { chosen, notProbed } = eligibleNodes(nodes);
  if (chosen.length <= FULL_MESH_NODES) return { chosen, notProbed };
  const must = new Set(required);
  const ranked = [...chosen].sort(
    (a, b) =>
      Number(must.has(b.name)) - Number(must.has(a.name)) ||
      hash(`${runId}/${a.name}`) - hash(`${runId}/${b.name}`) ||
      compare(a.name, b.name),
  );
  const left = ranked.length - MAX_SAMPLED_NODES;
  return {
    chosen: ranked.slice(0, MAX_SAMPLED_NODES),
    notProbed:
      left > 0
        ? [...notProbed, `${left} more nodes: a sample of ${MAX_SAMPLED_NODES} was probed in full`]
        : notProbed,
  };
}

/** The node's InternalIP to dial: IPv4 where it has one. */
export function addressOf(node: NodeObject): string | null {
  return node.internalIps.find((ip) => !ip.includes(':')) ?? node.internalIps[0] ?? null;
}

function unfit(node: NodeObject): string | null {
  if (node.os !== '' && node.os !== 'linux') return `runs ${node.os}, which is not supported`;
  if (isVirtual(node)) return 'is a virtual node, which runs no host-network Pod';
  if (node.ready.state === 'known' && !node.ready.value) return 'is not Ready';
  if (addressOf(node) === null) return 'has no InternalIP';
  return null;
}

/** Fargate and virtual-kubelet nodes stand for another service; no Pod of ours can share "their" network. */
function isVirtual(node: NodeObject): boolean {
  return (
    node.labels['type'] === 'virtual-kubelet' ||
    node.labels['eks.amazonaws.com/compute-type'] === 'fargate' ||
    node.name.startsWith('fargate-') ||
    node.taints.some(({ key }) => key === 'virtual-kubelet.io/provider')
  );
}

/** FNV-1a, 32 bits: spreads names evenly and needs no library. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return value;
}

/** By code unit: the same on every machine, unlike a locale's order. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
