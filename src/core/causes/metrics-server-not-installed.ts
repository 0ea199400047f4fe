import { valueOr } from '../evidence/observed.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';

/**
 * Nothing provides the Metrics API: no provider Deployment, no provider pod.
 *
 * Signature: no Deployment and no pod behind any known metrics-server label or the APIService's Service.
 * An APIService that was left behind by an uninstall does not change that; a Service without selector that
 * still has addresses (an external provider) does.
 */
export const metricsServerNotInstalled = defineCause({
  id: 'metrics-server-not-installed',
  title: 'No metrics-server is installed',
  needs: ['apiService', 'providerPods', 'endpoints'],
  wants: ['deployments', 'metricsProviders', 'platform', 'service'],
  infer({
    apiService,
    deployments: read,
    providerPods,
    endpoints,
    metricsProviders,
    platform,
    service,
  }) {
    const deployments = valueOr(read, []);
    // A pod that is being deleted is the last of an uninstall.
    if (deployments.length > 0 || providerPods.some(({ deleting }) => !deleting)) {
      return { kind: 'ruled-out', because: 'a provider of the Metrics API is deployed' };
    }
    if (providerPods.length === 0 && (endpoints?.addresses.length ?? 0) > 0) {
      return {
        kind: 'ruled-out',
        because: 'the Service has addresses of a provider outside the cluster',
      };
    }
    const [elsewhere] = metricsProviders.state === 'known' ? metricsProviders.value : [];
    if (elsewhere !== undefined) {
      const { program, namespace } = elsewhere;
      return { kind: 'ruled-out', because: `${program} runs in namespace ${namespace}` };
    }
    // A Deployment of no replicas has no pods either, but its Service stays.
    const sure = read.state === 'known';
    if (read.state === 'missing' && !(service.state === 'known' && service.value === null))
      return { kind: 'unknown', missing: [`the provider's Deployment: ${read.detail}`] };
    const leftBehind = apiService !== null;
    const name = platform.state === 'known' ? platform.value : 'unknown';
    const common = {
      headline: leftBehind
        ? 'No metrics-server is installed; an APIService of an earlier one was left behind.'
        : 'No metrics-server is installed.',
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
      because: [
        {
          text: sure
            ? 'no Deployment and no pod of a Metrics API provider exists'
            : 'no Service and no pod of a Metrics API provider exists',
          evidence: sure ? 'snapshot.deployments' : 'snapshot.service',
        },
        {
          text: leftBehind
            ? `APIService ${apiService.name} names ${apiService.service?.namespace ?? '?'}/${apiService.service?.name ?? '?'}, which has no pods`
            : 'the APIService v1beta1.metrics.k8s.io does not exist',
          evidence: 'snapshot.apiService',
        },
      ],
      explains: metricsApiDown(),
      fixes: [installFix(name)],
    } as const;
    return sure
      ? { kind: 'confirmed', ...common }
      : {
          kind: 'suspected',
          ...common,
          settle: 'kubectl get deployments -A | grep -E "metrics-server|prometheus-adapter"',
        };
  },
  fromWords: spokenBy('metrics-server-not-installed', ({ facts }) => [
    installFix(facts.platform.state === 'known' ? facts.platform.value : 'unknown'),
  ]),
});

function installFix(platform: string) {
  const packaged: Record<string, readonly string[]> = {
    rke2: [
      '# on every server: remove rke2-metrics-server from `disable:` in /etc/rancher/rke2/config.yaml, and any skip file',
      'rm -f /var/lib/rancher/rke2/server/manifests/rke2-metrics-server.yaml.skip',
      'systemctl restart rke2-server   # one server after the other',
    ],
    k3s: [
      '# on every server: remove metrics-server from `disable:` in /etc/rancher/k3s/config.yaml (or --disable), and any skip file',
      'rm -f /var/lib/rancher/k3s/server/manifests/metrics-server.skip',
      'systemctl restart k3s   # one server after the other',
    ],
    eks: ['aws eks create-addon --cluster-name CLUSTER --addon-name metrics-server'],
  };
  const commands = packaged[platform] ?? [
    'helm repo add metrics-server https://kubernetes-sigs.github.io/metrics-server/',
    'helm upgrade --install metrics-server metrics-server/metrics-server --namespace kube-system',
  ];
  return {
    title: 'Install metrics-server the way this distribution does',
    where: ['cluster'],
    variants: [{ tool: platform in packaged ? platform : 'helm', commands }],
    risk: 'adds a Deployment and an APIService to kube-system',
    undo:
      platform in packaged
        ? ['put the `disable:` entry back and restart']
        : ['helm uninstall metrics-server --namespace kube-system'],
    verify: ['kubectl -n kube-system get pods | grep metrics-server', 'kubectl top nodes'],
    notes: ['metrics-server needs about one minute (two scrapes) before it answers with numbers.'],
  };
}
