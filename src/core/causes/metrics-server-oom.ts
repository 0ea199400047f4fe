import type { Platform } from '../evidence/facts.ts';
import type { HelmChartConfigObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import {
  changeProvider,
  providerNotes,
  VERIFY_METRICS_API,
} from '../fixes/metrics-server-values.ts';
import { providerName } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { ailingContainers, presentEnd, someReplicaReady } from './provider-pods.ts';

/** The kernel kills metrics-server at its memory limit, and no replica is Ready. */
export const metricsServerOom = defineCause({
  id: 'metrics-server-oom',
  title: 'metrics-server is killed for want of memory',
  needs: ['providerPods'],
  wants: ['deployments', 'platform', 'nodes', 'helmChartConfigs', 'takenAt'],
  bears: ['node-added', 'provider-image', 'provider-args', 'helm-chart-config'],
  infer({ providerPods, deployments, platform, nodes, helmChartConfigs, takenAt }) {
    const killed = ailingContainers(providerPods).filter(
      ({ status }) => presentEnd(status, takenAt)?.reason === 'OOMKilled',
    );
    const first = killed[0];
    if (first === undefined)
      return {
        kind: 'ruled-out',
        because: 'no metrics-server container that is down was OOMKilled',
      };
    if (someReplicaReady(providerPods))
      return { kind: 'ruled-out', because: 'another replica is ready and serves' };
    const limit =
      first.pod.containers.find(({ name }) => name === first.status.name)?.memoryLimit ?? null;
    const nodeCount = nodes.state === 'known' ? nodes.value.length : 0;
    const memory = recommendedMemory(nodeCount, limit);
    const deployment = deployments.state === 'known' ? deployments.value[0] : undefined;
    const where = platform.state === 'known' ? platform.value : 'unknown';
    const configs = helmChartConfigs.state === 'known' ? helmChartConfigs.value : [];
    return {
      kind: 'confirmed',
      headline: `metrics-server is OOMKilled${limit === null ? '' : ` at its limit of ${limit}`} and does not get Ready.`,
      where: {
        nodes: first.pod.nodeName === null ? [] : [first.pod.nodeName],
        from: [],
        to: [],
        layer: 'api',
        direction: null,
      },
      because: killed.map(({ pod, status }) => ({
        text: `pod ${pod.name}, container ${status.name}: OOMKilled, ${status.restarts} restarts`,
        evidence: 'snapshot.providerPods',
      })),
      explains: metricsApiDown(),
      fixes: [
        memoryFix({
          platform: where,
          namespace: first.pod.namespace,
          deployment: deployment?.name ?? first.pod.owner?.name ?? 'metrics-server',
          container: first.status.name,
          memory,
          limit,
          existing: configs.find(({ name }) => name === 'rke2-metrics-server') ?? null,
        }),
      ],
    };
  },
  fromWords: spokenBy('metrics-server-oom', ({ facts }) => {
    const name = providerName(facts.platform);
    return [
      memoryFix({
        platform: facts.platform.state === 'known' ? facts.platform.value : 'unknown',
        namespace: 'kube-system',
        deployment: name,
        container: 'metrics-server',
        memory: recommendedMemory(0, null),
        limit: null,
        existing: null,
      }),
    ];
  }),
});

interface MemoryChange {
  readonly platform: Platform;
  readonly namespace: string;
  readonly deployment: string;
  readonly container: string;
  readonly memory: string;
  readonly limit: string | null;
  readonly existing: HelmChartConfigObject | null;
}

function memoryFix(change: MemoryChange): Fix {
  const { platform, namespace, deployment, container, memory, limit, existing } = change;
  const resources = { requests: { memory }, limits: { memory } };
  return {
    title: `Raise the memory limit to ${memory}`,
    where: ['cluster'],
    variants: changeProvider({
      platform,
      namespace,
      deployment,
      chartValues: [
        'resources:',
        `  requests: {memory: ${memory}}`,
        `  limits: {memory: ${memory}}`,
      ],
      patchType: 'strategic',
      patch: { spec: { template: { spec: { containers: [{ name: container, resources }] } } } },
      existing,
    }),
    risk: `restarts metrics-server; it may use up to ${memory} on its node`,
    undo: [
      ...(platform === 'rke2' ? ['HelmChartConfig: remove the keys again'] : []),
      ...(limit === null ? [] : [`The limit was ${limit}.`]),
    ],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'Upstream asks for 100m CPU and 200Mi per 100 nodes (kubernetes-sigs/metrics-server README, Scaling).',
      ...providerNotes(platform),
    ],
  };
}

const MEBIBYTE = 1024 * 1024;
const UNITS: Readonly<Record<string, number>> = {
  Ki: 1024,
  Mi: MEBIBYTE,
  Gi: 1024 * MEBIBYTE,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  '': 1,
};

/**
 * 200 Mi for each 100 nodes begun (metrics-server README, "Scaling"), and never less than twice the limit
 * at which it was killed.
 */
function recommendedMemory(nodeCount: number, limit: string | null): string {
  const bySize = 200 * Math.max(1, Math.ceil(nodeCount / 100));
  const match = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|k|M|G|)$/.exec(limit ?? '');
  const bytes = match === null ? 0 : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1);
  return `${Math.max(bySize, Math.ceil((2 * bytes) / MEBIBYTE))}Mi`;
}
