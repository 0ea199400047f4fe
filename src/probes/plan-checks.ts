import type { ReachCheck, ReachSource, ReachTarget } from '../core/evidence/probe-results.ts';
import type { NodeObject, PodObject } from '../core/evidence/snapshot.ts';
import { addressOf } from './eligible-nodes.ts';
import type { PlannedCheck } from './plan.ts';

/** Below this a failed ARP (EHOSTUNREACH after 3.1 s) looks like a DROP. */
export const CONNECT_TIMEOUT_MS = 4_000;
/** Always allowed without a login by metrics-server's default flags; any status is an answer anyway. */
const LIVENESS_PATH = '/livez';
/** What metrics-server scrapes; without a login a kubelet says 401, or 403 where it lets anybody in by name. */
const SCRAPE_PATH = '/metrics/resource';

export interface ListenerTarget {
  readonly node: string;
  readonly address: string;
  readonly port: number;
}

export interface ApiServerTarget {
  readonly name: string;
  /** The node that it runs on; null for a managed control plane. */
  readonly node: string | null;
  readonly address: string;
  readonly port: number;
}

export interface ProviderTarget {
  readonly name: string;
  readonly node: string;
  readonly address: string;
  readonly port: number;
  readonly hostNetwork: boolean;
}

/** From any node to the listener on another: small and full-size, ICMP and TCP tell the faults of an overlay apart. */
export function listenerChecks(
  from: NodeObject,
  listener: ListenerTarget,
): readonly PlannedCheck[] {
  const to: ReachTarget = { kind: 'listener', ...listener, name: `listener on ${listener.node}` };
  return checksFor(nodeSource(from), to, ['tcp', 'tcp-full', 'icmp', 'icmp-full']);
}

/** From any node to another node's own address: what the underlay does with the same pair. */
export function underlayChecks(
  from: NodeObject,
  to: NodeObject,
  kubelet: readonly ReachCheck[],
): readonly PlannedCheck[] {
  const address = addressOf(to);
  if (address === null) return [];
  const host: ReachTarget = { kind: 'node', node: to.name, address, port: null, name: to.name };
  return [
    ...checksFor(nodeSource(from), host, ['icmp', 'icmp-full']),
    ...kubeletChecks(nodeSource(from), to, kubelet),
  ];
}

/** To a kubelet, from a node or from a pod; also of the source's own node. */
export function kubeletChecks(
  from: ReachSource,
  to: NodeObject,
  checks: readonly ReachCheck[],
): readonly PlannedCheck[] {
  const address = addressOf(to);
  if (address === null) return [];
  const port = to.kubeletPort;
  return checksFor(
    from,
    { kind: 'kubelet', node: to.name, address, port, name: `kubelet of ${to.name}` },
    checks,
  );
}

export function apiServerChecks(from: ReachSource, to: ApiServerTarget): readonly PlannedCheck[] {
  const { address, port } = to;
  const target: ReachTarget = {
    kind: 'api-server',
    node: to.node ?? to.name,
    address,
    port,
    name: `API server ${to.name}`,
  };
  return checksFor(from, target, ['tcp']);
}

/** The provider as an API server dials it; `whole` adds what only an API server's own node needs to know. */
export function providerChecks(
  from: NodeObject,
  to: ProviderTarget,
  whole: boolean,
): readonly PlannedCheck[] {
  const target: ReachTarget = {
    kind: 'provider',
    node: to.node,
    address: to.address,
    port: to.port,
    name: to.name,
  };
  const checks: readonly ReachCheck[] = whole
    ? ['tcp', 'tls', 'https', 'icmp', 'icmp-full']
    : ['tcp', 'icmp'];
  return checksFor(nodeSource(from), target, checks, to.hostNetwork);
}

/** Another pod beside the provider, in another namespace: reachable where the provider is not speaks of a policy. */
export function referenceChecks(from: NodeObject, pod: PodObject): readonly PlannedCheck[] {
  const address = pod.podIps[0];
  if (address === undefined || pod.nodeName === null) return [];
  const port =
    pod.containers.flatMap(({ ports }) => ports).find(({ protocol }) => protocol === 'TCP')
      ?.containerPort ?? null;
  const to: ReachTarget = {
    kind: 'pod',
    node: pod.nodeName,
    address,
    port,
    name: `${pod.namespace}/${pod.name}`,
  };
  return checksFor(nodeSource(from), to, port === null ? ['icmp'] : ['icmp', 'tcp']);
}

export function nodeSource(node: Pick<NodeObject, 'name'>): ReachSource {
  return { kind: 'node', node: node.name };
}

const HOST_KINDS: ReadonlySet<ReachTarget['kind']> = new Set(['kubelet', 'api-server', 'node']);

function checksFor(
  from: ReachSource,
  to: ReachTarget,
  checks: readonly ReachCheck[],
  onHost: boolean = HOST_KINDS.has(to.kind),
): readonly PlannedCheck[] {
  const layer = from.node === to.node ? 'same-node' : onHost ? 'underlay' : 'overlay';
  return checks.map((check) => ({
    id: idOf(from, to, check),
    from,
    to,
    layer,
    check,
    timeoutMs: CONNECT_TIMEOUT_MS,
    path: check === 'https' ? (to.kind === 'kubelet' ? SCRAPE_PATH : LIVENESS_PATH) : null,
    sizeBytes: null,
  }));
}

/** `tcp prod02>listener@prod01`; pods are named, since a node may hold several. */
function idOf(from: ReachSource, to: ReachTarget, check: ReachCheck): string {
  const source = from.kind === 'pod' ? `pod@${from.node}` : from.node;
  const named = to.kind === 'provider' || to.kind === 'pod' ? `${to.kind}/${to.name}` : to.kind;
  return `${check} ${source}>${named}@${to.node}`;
}
