import type { DeepNodeFacts, DeepPeer } from './deep-results.ts';
import type { Facts } from './facts.ts';
import { tunnelEndpoint } from './network-words.ts';
import { valueOr } from './observed.ts';
import type { NodeObject } from './snapshot.ts';

/** How a node's overlay tables lead to another node's pods. */
export interface OverlayEntry {
  readonly from: string;
  readonly to: string;
  /** What is wrong, in words; null when route, neighbour and forwarding entry all fit the other node. */
  readonly wrong: string | null;
}

/**
 * Route, neighbour entry and forwarding entry of every pair that deep mode read, held against what the other node
 * is: the MAC of its overlay device, and its addresses. Devices that keep no such tables are left out.
 */
export function overlayEntries({
  deep,
  nodes,
}: Pick<Facts, 'deep' | 'nodes'>): readonly OverlayEntry[] {
  const rows = new Map(valueOr(deep, []).map((row) => [row.node, row]));
  const objects = new Map(valueOr(nodes, []).map((node) => [node.name, node]));
  return [...rows.values()].flatMap((row) =>
    row.peers.flatMap((peer): readonly OverlayEntry[] => {
      const device = row.overlay;
      const object = objects.get(peer.node);
      const read = device !== null && object !== undefined && isReadable(peer, row, rows);
      if (!read) return [];
      return [
        {
          from: row.node,
          to: peer.node,
          wrong: wrongWith(peer, row, { object, other: rows.get(peer.node) }),
        },
      ];
    }),
  );
}

/** A route past the overlay device says something only where another node's way goes over it. */
function isReadable(
  peer: DeepPeer,
  row: DeepNodeFacts,
  rows: ReadonlyMap<string, DeepNodeFacts>,
): boolean {
  if (peer.tabled) return true;
  const back = rows.get(peer.node)?.peers.find(({ node }) => node === row.node);
  return back?.tabled === true || row.peers.some(({ tabled }) => tabled);
}

function wrongWith(
  { node, route, neighbour, vtep }: DeepPeer,
  { overlay }: DeepNodeFacts,
  peer: { readonly object: NodeObject; readonly other: DeepNodeFacts | undefined },
): string | null {
  const device = overlay?.name ?? '';
  if (route === null) return `it has no route to the pods of ${node}`;
  if (route.device !== device) {
    return `its route to the pods of ${node} goes by ${route.device}, not by ${device}`;
  }
  const next = route.via ?? `pods of ${node}`;
  if (neighbour === null || /FAILED|INCOMPLETE/.test(neighbour.state)) {
    return `${device} has no neighbour entry for ${next}, the next hop to ${node}`;
  }
  const mac = peer.other?.overlay?.mac ?? publishedMac(peer.object);
  if (mac !== null && mac !== '' && neighbour.mac.toLowerCase() !== mac.toLowerCase()) {
    return `its neighbour entry for ${next} is ${neighbour.mac}; the overlay device of ${node} is ${mac}`;
  }
  if (vtep === null)
    return `${device} has no forwarding entry for ${neighbour.mac}, the device of ${node}`;
  const addresses = [
    ...peer.object.internalIps,
    ...peer.object.externalIps,
    ...(tunnelEndpoint(peer.object) ?? '').split(','),
    ...(peer.other?.underlay?.addresses ?? []),
  ];
  return addresses.includes(vtep)
    ? null
    : `its forwarding entry sends packets for ${node} to ${vtep}, which is not an address of ${node}`;
}

/** flannel publishes the MAC of its device. */
function publishedMac({ annotations }: NodeObject): string | null {
  const data = annotations['flannel.alpha.coreos.com/backend-data'] ?? '';
  return /"VtepMAC"\s*:\s*"([^"]+)"/.exec(data)?.[1] ?? null;
}
