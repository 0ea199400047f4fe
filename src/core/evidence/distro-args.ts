import type { NodeObject } from './snapshot.ts';

/** What RKE2 and k3s were started with, secrets left out by themselves (k3s `pkg/nodeconfig`). */
const NODE_ARGS = ['rke2.io/node-args', 'k3s.io/node-args'];

/** The value of a flag of RKE2 or k3s on a node; null when the node does not state it. */
export function distroFlag(node: NodeObject, flag: string): string | null {
  const args = distroArgs(node);
  const at = args.lastIndexOf(`--${flag}`);
  return at < 0 ? null : (args[at + 1] ?? '');
}

/** `server` or `agent` and the flags, each flag and value an item of its own; empty where the node says nothing. */
export function distroArgs({ annotations }: NodeObject): readonly string[] {
  const stated = NODE_ARGS.flatMap((key) => annotations[key] ?? [])[0];
  if (stated === undefined) return [];
  try {
    const list: unknown = JSON.parse(stated);
    return Array.isArray(list) ? list.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

/** The egress-selector modes that these servers were started with; `agent`, the default, where the arguments name none. */
export function egressModes(
  nodes: readonly NodeObject[],
  servers: readonly string[],
): readonly string[] {
  const modes = nodes
    .filter(({ name }) => servers.includes(name))
    .filter((node) => distroArgs(node).length > 0)
    .map((node) => distroFlag(node, 'egress-selector-mode') ?? 'agent');
  return [...new Set(modes)].toSorted();
}
