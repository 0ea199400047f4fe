/**
 * What a kind of statement is to a diagnosis.
 *
 * - `fault`: something specific is wrong; a cause must account for it.
 * - `symptom`: the general consequence (503, no numbers, pod not ready); any cause that takes the API down does.
 * - `sign`: a circumstance. No complaint, but it tells look-alikes apart.
 * - `health`: something works.
 * - `noise`: known chatter, which says nothing about the Metrics API.
 */
export type StatementClass = 'fault' | 'symptom' | 'sign' | 'health' | 'noise';

/** Every kind of statement that is read out of text, with its class. The list is closed. */
export const STATEMENT_KINDS = {
  // How an exchange ended. Who spoke to whom is the statement's `leg`.
  'timed-out': 'fault',
  'tls-handshake-timeout': 'fault',
  'connection-refused': 'fault',
  'no-route': 'fault',
  'connection-closed': 'fault',
  'x509-unknown-authority': 'fault',
  'x509-wrong-name': 'fault',
  'x509-expired': 'fault',
  'x509-not-yet-valid': 'fault',
  'tls-internal-error': 'fault',
  unauthorized: 'fault',
  forbidden: 'fault',
  'server-error': 'fault',
  'name-not-resolved': 'fault',
  'proxy-answered': 'fault',

  // The Metrics API as its users see it.
  'api-unavailable': 'symptom',
  'metrics-missing': 'symptom',
  'endpoints-missing': 'symptom',
  'pod-not-ready': 'symptom',
  'nothing-to-serve': 'symptom',
  'api-available': 'health',
  'numbers-served': 'health',
  'provider-exists': 'health',
  'provider-ready': 'health',
  'server-alive': 'health',

  // The pod network and the machines below it.
  'overlay-port-dropped': 'fault',
  'overlay-port-closed': 'fault',
  'encapsulated-lost': 'fault',
  'pods-unreachable': 'fault',
  'own-node-only': 'fault',
  'ping-fails': 'fault',
  'tcp-fails': 'fault',
  'large-packets-lost': 'fault',
  'nodes-unreachable': 'fault',
  'forwarding-dropped': 'fault',
  'pod-range-not-routed': 'fault',
  'bad-udp-checksum': 'fault',
  'only-provider-unreachable': 'fault',
  'refused-at-home': 'fault',
  'ping-works': 'health',
  'tcp-connects': 'health',
  'small-packets-pass': 'health',
  'large-packets-pass': 'health',
  'nodes-reachable': 'health',
  'other-pods-reachable': 'health',
  'reachable-by-hand': 'health',
  'works-from-workers': 'health',
  'encapsulated-arrives': 'health',
  'firewall-active': 'sign',
  'offload-off-helps': 'sign',
  'offload-off-is-no-help': 'sign',
  'offload-prone': 'sign',
  'tunnelled-underlay': 'sign',
  'mtu-differs': 'sign',
  'host-network-helps': 'sign',
  'no-encapsulation': 'sign',

  // Addresses, CNI and kernel of the nodes.
  'address-shared': 'fault',
  'address-already-used': 'fault',
  'node-address-wrong': 'fault',
  'ranges-overlap': 'fault',
  'cni-agent-not-ready': 'fault',
  'cni-agent-error': 'fault',
  'kernel-module-missing': 'fault',
  'iptables-table-missing': 'fault',
  'iptables-modes-mixed': 'fault',
  'iptables-old-version': 'sign',
  'iptables-rules-wrong': 'fault',
  'cni-device-managed': 'fault',
  'nm-cloud-setup-active': 'sign',
  'extra-routing-table': 'sign',
  'own-pods-unreachable': 'fault',

  // Policies, clouds, proxies, tunnels between API server and pod.
  'policy-denies': 'sign',
  'policy-absent': 'sign',
  'security-group-narrow': 'sign',
  'managed-control-plane': 'sign',
  'provider-odd-port': 'sign',
  'webhooks-fail-too': 'sign',
  'server-without-agent': 'sign',
  'no-tunnel-agent': 'fault',
  'tunnel-agents-few': 'fault',
  'tunnel-refuses': 'fault',
  'tunnel-failed': 'fault',
  'tunnel-dial-failed': 'sign',
  'egress-mode': 'sign',
  'proxy-configured': 'sign',
  'proxy-bypass-works': 'health',
  'kube-proxy-broken': 'fault',
  'cluster-ip-dead': 'fault',
  'pod-address-works': 'health',
  'node-died': 'sign',
  'stale-connection': 'fault',
  'heals-by-itself': 'sign',

  // APIService, Service and the aggregation layer.
  'service-port-missing': 'fault',
  'target-port-wrong': 'fault',
  'service-missing': 'fault',
  'other-provider': 'fault',
  'apiservice-not-found': 'fault',
  'provider-not-found': 'fault',
  'provider-disabled': 'fault',
  'aggregation-flags-missing': 'fault',
  'front-proxy-named': 'sign',
  'front-proxy-cert-expired': 'fault',
  'cn-not-allowed': 'fault',
  'user-forbidden': 'fault',
  'anonymous-refused': 'fault',
  'identity-not-mapped': 'fault',
  'admin-works': 'health',
  'certificates-rotated': 'sign',
  'tls-verified': 'sign',

  // Kubelets.
  'csr-pending': 'fault',
  'kubelet-on-loopback': 'fault',
  'kubelet-stopped': 'fault',
  'kubelet-odd-port': 'fault',
  'kubelet-answers-on-host': 'health',
  'kubelet-shut-to-pods': 'fault',
  'own-node-missing': 'fault',
  'remote-nodes-missing': 'fault',
  'kubelet-port-closed': 'fault',
  'node-is-slow': 'sign',
  'zero-node-metrics': 'fault',
  'empty-node-list': 'fault',
  'cgroup-v2-too-early': 'sign',
  'housekeeping-interval': 'sign',
  'token-webhook-off': 'sign',

  // The metrics-server pod.
  'pod-pending': 'symptom',
  'failed-scheduling': 'fault',
  'image-pull-failed': 'fault',
  'oom-killed': 'fault',
  'crash-loop': 'symptom',
  'usage-error': 'fault',
  'bind-in-use': 'fault',
  'many-pods-hurt': 'sign',
  'host-network-on': 'sign',
  'host-network-off': 'sign',
  'probe-forbidden': 'fault',
  'probe-misasked': 'fault',
  'container-not-made': 'fault',
  'pod-refused': 'fault',
  'selector-mismatch': 'fault',
  'zero-replicas': 'fault',
  'api-server-silent': 'fault',

  // Nothing is broken, or the fault is elsewhere.
  'no-metrics-known': 'fault',
  'just-started': 'sign',
  'node-not-ready': 'sign',
  'node-just-joined': 'sign',
  'node-removed': 'sign',
  'stopped-by-itself': 'sign',
  'missing-request': 'fault',
  'token-not-yet-valid': 'fault',
  'clock-off': 'fault',
  chatter: 'noise',
} as const satisfies Record<string, StatementClass>;

export type StatementKind = keyof typeof STATEMENT_KINDS;

/** Which connection is spoken of, from the side that opens it. */
export type Leg =
  | 'api-server-to-metrics-server'
  | 'metrics-server-to-kubelet'
  | 'metrics-server-to-api-server'
  | 'caller-to-metrics-server'
  | 'user-to-api-server'
  | 'api-server-to-kubelet'
  | 'kubelet-to-pod'
  | 'to-registry'
  | 'elsewhere';

/**
 * How it is said. Only `stated` words are evidence; `denied` ones speak against a cause; what somebody supposes,
 * or tells of the past, is neither.
 */
export type Stance = 'stated' | 'denied' | 'supposed' | 'past';

/** One thing that a text says, with the words that say it. */
export interface Statement {
  readonly kind: StatementKind;
  /** Null when the words do not tell. */
  readonly leg: Leg | null;
  readonly stance: Stance;
  /** True for the spelling of a program or tool; false for a person's own words, which never confirm a cause. */
  readonly verbatim: boolean;
  /** Address or name at the far end, as written; null when not told, or redacted. */
  readonly host: string | null;
  readonly port: number | null;
  /** Node that it is about. */
  readonly node: string | null;
  /** What the kind asks for: a certificate's name, a status, an image… */
  readonly value: string | null;
  /** The very words relied on, cut to a readable length. */
  readonly quote: string;
  /** Line of the pasted text, from 1. */
  readonly line: number;
}

/** The symptom that a complaint becomes: the same complaint about the same leg is one, however often it is logged. */
export function symptomId({ kind, leg, node }: Pick<Statement, 'kind' | 'leg' | 'node'>): string {
  return `words:${kind}@${leg ?? '?'}${node === null ? '' : `/${node}`}`;
}

/** True for what a cause must account for. */
export function isComplaint({ kind }: Pick<Statement, 'kind'>): boolean {
  const what = STATEMENT_KINDS[kind];
  return what === 'fault' || what === 'symptom';
}
