import { hostOf } from '../evidence/addresses.ts';
import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { outcomeOf, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { ApiServerView, NodeObject } from '../evidence/snapshot.ts';
import { type FailingServer, failingServers } from './api-server-view.ts';

type Wanted = Pick<Facts, 'nodes' | 'nodeFacts' | 'reach' | 'providerPods'>;

/**
 * Failing API servers whose host is surely no node of the cluster: their address stands on no node, and no control-plane
 * node is left over that could be theirs by another of its addresses.
 */
export function foreignServers(
  views: readonly ApiServerView[],
  facts: Wanted,
): readonly FailingServer[] {
  if (facts.nodes.state === 'missing' || facts.nodes.value.length === 0) return [];
  const servers = facts.nodes.value.filter(({ controlPlane }) => controlPlane);
  const owners = new Map(views.map((view) => [view, ownerOf(view, facts.nodes, facts.nodeFacts)]));
  const taken = new Set([...owners.values()].flatMap((owner) => owner ?? []));
  // A server that no address matched may be listening on a card that its Node object does not name.
  if (servers.some(({ name }) => !taken.has(name))) return [];
  return failingServers(views, facts).filter(({ view }) => owners.get(view) === null);
}

/** The node that holds the API server's address; null when none does. */
function ownerOf(
  { name, address }: ApiServerView,
  nodes: Facts['nodes'],
  nodeFacts: Facts['nodeFacts'],
): string | null {
  const host = hostOf(address);
  const owner = valueOr(nodes, []).find(
    (node: NodeObject) =>
      node.name === name || [...node.internalIps, ...node.externalIps].includes(host),
  );
  const device = valueOr(nodeFacts, []).find(({ devices }) =>
    devices.some(({ addresses }) => addresses.includes(host)),
  );
  return owner?.name ?? device?.node ?? null;
}

/** No metrics-server pod is ready: API servers fail for want of an endpoint, whatever lies in between. */
export function nobodyToDial(providerPods: Facts['providerPods']): boolean {
  return (
    providerPods.state === 'known' &&
    !providerPods.value.some(({ ready, deleting }) => ready && !deleting)
  );
}

/** Without words about the way: silence, or a 503 or 504 of which the reason was not kept. Another status is an answer. */
export function saysNothingOfTheWay({ view: { metricsApi } }: FailingServer): boolean {
  const status = metricsApi.state === 'known' ? metricsApi.value.status : null;
  return status === null || status === 503 || status === 504;
}

/** TCP from nodes other than its own to a metrics-server pod in service, and how many of these paths work. */
export function nodesToProvider({ reach, providerPods }: Pick<Facts, 'reach' | 'providerPods'>): {
  readonly working: readonly ReachResult[];
  readonly tried: number;
} {
  const serving = new Set(
    valueOr(providerPods, [])
      .filter(({ ready, deleting }) => ready && !deleting)
      .flatMap(({ podIps }) => podIps),
  );
  const tried = valueOr(reach, []).filter(
    (r) =>
      r.from.kind === 'node' &&
      r.to.kind === 'provider' &&
      r.check === 'tcp' &&
      r.from.node !== r.to.node &&
      serving.has(r.to.address) &&
      outcomeOf(r) !== null,
  );
  return { working: tried.filter(works), tried: tried.length };
}
