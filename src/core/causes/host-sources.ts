import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { NodeObject } from '../evidence/snapshot.ts';

/** The addresses under which a host may show up at a pod of another node. */
export function hostSources(
  node: string,
  { nodes, nodeFacts, network }: Pick<Facts, 'nodes' | 'nodeFacts' | 'network'>,
): string[] {
  const object = valueOr(nodes, []).find(({ name }) => name === node);
  const internal = object?.internalIps ?? [];
  if (network.state === 'known' && network.value.encapsulation === 'none') return [...internal];
  const device = network.state === 'known' ? network.value.device : null;
  const row = valueOr(nodeFacts, []).find((facts) => facts.node === node);
  const tunnel = row?.devices.find(({ name }) => name === device)?.addresses ?? [];
  const annotated = object === undefined ? [] : tunnelAnnotations(object);
  const seen = unique([...tunnel, ...annotated].filter((address) => address !== ''));
  // With the tunnel's address known, the InternalIP is not what the policy sees.
  return seen.length > 0 ? seen : [...internal];
}

function tunnelAnnotations({ annotations }: NodeObject): string[] {
  return [
    'projectcalico.org/IPv4VXLANTunnelAddr',
    'projectcalico.org/IPv4IPIPTunnelAddr',
    'projectcalico.org/IPv4WireguardInterfaceAddr',
  ]
    .flatMap((key) => annotations[key] ?? [])
    .map((address) => address.split('/', 1)[0] ?? '');
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].toSorted();
}
