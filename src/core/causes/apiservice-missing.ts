import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';

/**
 * The provider runs, but nobody registered it: `v1beta1.metrics.k8s.io` does not exist.
 *
 * Signature: GET of the APIService answers 404 while a provider Deployment or pod exists. Without a
 * provider the fault is `metrics-server-not-installed`.
 */
export const apiserviceMissing = defineCause({
  id: 'apiservice-missing',
  title: 'The APIService v1beta1.metrics.k8s.io does not exist',
  needs: ['apiService', 'deployments', 'providerPods'],
  wants: ['service', 'platform'],
  infer({ apiService, deployments, providerPods, service, platform }) {
    if (apiService !== null) return { kind: 'ruled-out', because: 'the APIService exists' };
    const owner = deployments[0];
    const provider = owner ?? providerPods.find(({ deleting }) => !deleting);
    if (provider === undefined)
      return { kind: 'ruled-out', because: 'there is no provider to register' };
    const target = service.state === 'known' && service.value !== null ? service.value : null;
    return {
      kind: 'confirmed',
      headline:
        'The APIService v1beta1.metrics.k8s.io is gone, so no API server forwards to metrics-server.',
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
      because: [
        { text: 'APIService v1beta1.metrics.k8s.io: not found', evidence: 'snapshot.apiService' },
        {
          text: `${owner === undefined ? 'pod' : 'Deployment'} ${provider.namespace}/${provider.name} exists`,
          evidence: owner === undefined ? 'snapshot.providerPods' : 'snapshot.deployments',
        },
      ],
      explains: metricsApiDown(),
      fixes: [
        registerFix({
          namespace: target?.namespace ?? provider.namespace,
          name: target?.name ?? provider.name,
          port: target?.ports[0]?.port ?? 443,
          helmRelease:
            platform.state === 'known' && platform.value === 'rke2' ? 'rke2-metrics-server' : null,
        }),
      ],
    };
  },
  fromWords: spokenBy('apiservice-missing', ({ facts }) => {
    const rke2 = facts.platform.state === 'known' && facts.platform.value === 'rke2';
    const name = rke2 ? 'rke2-metrics-server' : 'metrics-server';
    return [
      registerFix({ namespace: 'kube-system', name, port: 443, helmRelease: rke2 ? name : null }),
    ];
  }),
});

interface Registration {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly helmRelease: string | null;
}

function registerFix({ namespace, name, port, helmRelease }: Registration) {
  return {
    title: 'Register metrics-server again',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          "kubectl apply -f - <<'EOF'",
          'apiVersion: apiregistration.k8s.io/v1',
          'kind: APIService',
          'metadata:',
          '  name: v1beta1.metrics.k8s.io',
          ...(helmRelease === null
            ? []
            : [
                '  labels: {app.kubernetes.io/managed-by: Helm}',
                `  annotations: {meta.helm.sh/release-name: ${helmRelease}, meta.helm.sh/release-namespace: ${namespace}}`,
              ]),
          'spec:',
          '  group: metrics.k8s.io',
          '  version: v1beta1',
          '  groupPriorityMinimum: 100',
          '  versionPriority: 100',
          '  insecureSkipTLSVerify: true',
          `  service: {namespace: ${namespace}, name: ${name}, port: ${port}}`,
          'EOF',
        ],
      },
    ],
    risk: 'API servers start to forward metrics.k8s.io to this Service; nothing else changes',
    undo: ['kubectl delete apiservice v1beta1.metrics.k8s.io'],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'insecureSkipTLSVerify: true is what upstream and the packaged charts ship; with a certificate of your own set caBundle instead.',
      'Find out what deleted it: an uninstall of kube-prometheus or prometheus-adapter takes it along.',
    ],
  };
}
