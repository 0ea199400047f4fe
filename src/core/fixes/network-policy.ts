import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { PodObject } from '../evidence/snapshot.ts';
import type { Fix } from './fix.ts';

export interface PolicyScope {
  readonly pod: Pick<PodObject, 'namespace' | 'labels'>;
  /** The container port: policies know no Service port. */
  readonly port: number;
  /** Addresses under which API servers show up. */
  readonly sources: readonly string[];
  readonly platform: Observed<Platform>;
}

/** A policy with more addresses than this is nobody's to keep; then the port is opened and TLS guards it. */
const MAX_BLOCKS = 16;
/** Labels that tell this provider from others and outlive a rollout. */
const STABLE_LABELS = [
  'app',
  'k8s-app',
  'app.kubernetes.io/name',
  'app.kubernetes.io/instance',
] as const;

/** A NetworkPolicy that lets the API servers in, and nobody else where their addresses are known. */
export function admitApiServers({ pod, port, sources, platform }: PolicyScope): Fix {
  const name = 'allow-api-servers-to-metrics-server';
  const labels = selectorOf(pod.labels);
  const narrow = sources.length > 0 && sources.length <= MAX_BLOCKS;
  const from = narrow
    ? [
        '    from:',
        ...sources.map((s) => `    - ipBlock: {cidr: ${s}${s.includes(':') ? '/128' : '/32'}}`),
      ]
    : [];
  const rke2 = platform.state === 'known' && platform.value === 'rke2';
  return {
    title: `Admit the API servers to port ${port} of metrics-server`,
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          "kubectl apply -f - <<'EOF'",
          'apiVersion: networking.k8s.io/v1',
          'kind: NetworkPolicy',
          `metadata: {name: ${name}, namespace: ${pod.namespace}}`,
          'spec:',
          `  podSelector: {matchLabels: {${labels.join(', ')}}}`,
          '  policyTypes: [Ingress]',
          '  ingress:',
          `  - ports: [{protocol: TCP, port: ${port}}]`,
          ...from,
          'EOF',
        ],
      },
    ],
    risk: narrow
      ? `opens port ${port} of metrics-server to ${sources.length} node addresses; other policies stay as they are`
      : `opens port ${port} of metrics-server to every source; it asks callers for credentials all the same`,
    undo: [`kubectl -n ${pod.namespace} delete networkpolicy ${name}`],
    verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
    notes: [
      "Over an overlay an API server shows up with its tunnel address (flannel.1, vxlan.calico), not with the node's InternalIP; both are listed. New control-plane nodes need theirs added.",
      ...(rke2
        ? [
            'RKE2 brings default-network-metrics-server-policy with profile: cis (since 1.26.14, 1.27.11, 1.28.7, 1.29.2); it selects app=rke2-metrics-server and the port named https: check both on the pod. https://docs.rke2.io/security/hardening_guide',
          ]
        : [
            'How policies work: https://kubernetes.io/docs/concepts/services-networking/network-policies/',
          ]),
    ],
  };
}

/** An empty selector would open the whole namespace, so whatever labels there are stand in. */
function selectorOf(labels: Readonly<Record<string, string>>): string[] {
  const stable = Object.entries(labels).filter(([key]) =>
    STABLE_LABELS.some((name) => name === key),
  );
  const chosen =
    stable.length > 0 ? stable : Object.entries(labels).filter(([key]) => !key.endsWith('-hash'));
  return chosen.length > 0
    ? chosen.map(([key, value]) => `${key}: ${value}`)
    : ['<a label of the pod>: <its value>'];
}
