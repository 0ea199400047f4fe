import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix } from './fix.ts';
import { VERIFY_METRICS_API } from './metrics-server-values.ts';

interface ServiceRef {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
}

export interface ProviderChoice {
  readonly to: ServiceRef;
  readonly from: ServiceRef;
  /** The Helm or GitOps instance that labels the APIService, when it does. */
  readonly release: string | null;
  readonly platform: Observed<Platform>;
}

/** Lets one product own the APIService: the metrics-server that runs. */
export function keepOneProvider({ to, from, release, platform }: ProviderChoice): Fix {
  const patch = ({ namespace, name, port }: ServiceRef): string =>
    `kubectl patch apiservice v1beta1.metrics.k8s.io --type=merge -p '${JSON.stringify({
      spec: { service: { namespace, name, port } },
    })}'`;
  const rke2 = platform.state === 'known' && platform.value === 'rke2';
  return {
    title: `Lead the APIService to ${to.namespace}/${to.name}, and keep the other product from it`,
    where: ['cluster'],
    variants: [
      { tool: 'kubectl', commands: [patch(to)] },
      {
        tool: 'Helm values of the other product',
        commands: [
          '# prometheus-adapter chart: leave rules.resource empty; kube-prometheus: values.kubePrometheus without prometheusAdapter',
          "kubectl get apiservice v1beta1.metrics.k8s.io -o yaml --show-managed-fields | grep -E 'manager:|time:|f:service'   # who writes it",
        ],
      },
    ],
    risk: 'kubectl top and HPAs on cpu and memory read from that metrics-server from now on',
    undo: [patch(from)],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'Custom and external metrics (custom.metrics.k8s.io, external.metrics.k8s.io) are other APIs: prometheus-adapter keeps those.',
      'While two products own it, the one whose controller runs last wins: the patch lasts only when the other lets go.',
      ...(release === null ? [] : [`The APIService carries the label of ${release}.`]),
      ...(rke2
        ? [
            'On RKE2 the chart rke2-metrics-server refuses an APIService of another release: delete it and the chart makes its own.',
          ]
        : []),
    ],
  };
}
