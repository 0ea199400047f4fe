import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { NodeProbeFacts } from '../evidence/probe-results.ts';
import { bestRoute } from './pod-routes.ts';

/** A node whose own table leads another machine's address into the pod network. */
export interface Misrouted {
  readonly from: string;
  readonly to: string;
  readonly address: string;
  readonly cidr: string;
  readonly device: string;
}

/** Devices of the pod network: what the CNIs make, by kind, and the bridges and veths that they name. */
const POD_KINDS = new Set(['vxlan', 'geneve', 'ipip', 'wireguard', 'tun', 'ip6tnl', 'sit', 'gre']);
const POD_DEVICE =
  /^(?:flannel|cni\d|cali|cilium|lxc|vxlan\.|tunl|wireguard\.cali|kube-bridge|weave|antrea|ovn)/;

/**
 * Of these pairs the nodes that would send packets for the other machine into the pod network, by the most specific route
 * of their main table.
 */
export function misroutedNodes(
  pairs: readonly (readonly [string, string])[],
  { nodes, nodeFacts }: Pick<Facts, 'nodes' | 'nodeFacts'>,
): readonly Misrouted[] {
  if (pairs.length === 0) return [];
  const rows = new Map(valueOr(nodeFacts, []).map((row) => [row.node, row]));
  const addresses = new Map(
    valueOr(nodes, []).map(({ name, internalIps }) => [name, internalIps[0]]),
  );
  const directed = new Map(
    pairs.flatMap(([a, b]) => [[`${a}\n${b}`, [a, b]] as const, [`${b}\n${a}`, [b, a]] as const]),
  );
  return [...directed.values()].flatMap(([from, to]) => {
    const row = rows.get(from);
    const address = addresses.get(to);
    if (row === undefined || address === undefined) return [];
    const route = bestRoute(row.routes, address);
    return route !== null && isPodDevice(row, route.device)
      ? [{ from, to, address, cidr: route.cidr, device: route.device }]
      : [];
  });
}

function isPodDevice({ devices }: NodeProbeFacts, name: string): boolean {
  const kind = devices.find((device) => device.name === name)?.kind;
  return POD_DEVICE.test(name) || (kind !== undefined && POD_KINDS.has(kind));
}
