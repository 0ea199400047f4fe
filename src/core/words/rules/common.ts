import type { Facts } from '../../evidence/facts.ts';
import { list } from '../../report/words.ts';
import type { Leg, StatementKind } from '../statement.ts';
import { type Said, said } from '../word-rule.ts';

export const API_TO_PROVIDER: Leg = 'api-server-to-metrics-server';
export const PROVIDER_TO_KUBELET: Leg = 'metrics-server-to-kubelet';
export const PROVIDER_TO_API: Leg = 'metrics-server-to-api-server';
export const CALLER_TO_PROVIDER: Leg = 'caller-to-metrics-server';

type Consequences = readonly (StatementKind | Said)[];

/** What is said of a provider that API servers do not reach, whatever the reason. */
export const UNREACHED: Consequences = [
  'api-unavailable',
  'metrics-missing',
  'connection-closed',
  'own-node-only',
  'only-provider-unreachable',
  said('timed-out', API_TO_PROVIDER),
  said('no-route', API_TO_PROVIDER),
  said('timed-out', 'kubelet-to-pod'),
  'tunnel-failed',
  'pods-unreachable',
  'tcp-fails',
];

/** A path to the pod that is lost without an answer: five faults of the pod network share these words. */
export const PATH_LOST: Consequences = [
  said('timed-out', API_TO_PROVIDER),
  said('tunnel-dial-failed', undefined, { value: /timed|timeout/i }),
  'own-node-only',
];

/** What is said of a metrics-server pod that does not get Ready. */
export const NOT_READY: Consequences = [
  'api-unavailable',
  'metrics-missing',
  'endpoints-missing',
  'pod-not-ready',
  'nothing-to-serve',
  'crash-loop',
];

/** What follows when scrapes fail: single nodes are missing, and without any the pod is not Ready. */
export const UNSCRAPED: Consequences = [...NOT_READY, 'own-node-missing', 'remote-nodes-missing'];

/** The filter for tcpdump that shows this cluster's overlay. */
export function overlayFilter({ network }: Facts): string {
  if (network.state === 'missing') return 'udp';
  const { encapsulation, port } = network.value;
  if (encapsulation === 'ipip') return 'ip proto 4';
  return port === null ? 'udp' : `udp port ${port}`;
}

export function deviceName({ network }: Facts): string {
  return (network.state === 'known' ? network.value.device : null) ?? '<overlay device>';
}

/** ` of worker-1 and worker-2`, or nothing where no node is named. */
export function ofNodes(nodes: readonly string[]): string {
  return nodes.length === 0 ? '' : ` of ${list(nodes)}`;
}
