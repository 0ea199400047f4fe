import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { Fix } from '../fixes/fix.ts';
import {
  changeProvider,
  providerNotes,
  VERIFY_METRICS_API,
} from '../fixes/metrics-server-values.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { type PortInUse, portsInUse } from './port-in-use.ts';
import { someReplicaReady } from './provider-pods.ts';

/**
 * metrics-server shares its node's network (`hostNetwork`) and wants a port that is taken there, as a rule the
 * kubelet's own 10250.
 *
 * Signature: its container ends with `bind: address already in use`, and its pod has `hostNetwork: true`. Without
 * hostNetwork a pod has all ports to itself: then see `pod-netns-lost`.
 */
export const portConflictHostnetwork = defineCause({
  id: 'port-conflict-hostnetwork',
  title: 'metrics-server on the host network wants a port that is taken',
  needs: ['providerPods'],
  wants: ['providerLogs', 'nodes', 'deployments', 'platform', 'helmChartConfigs'],
  bears: ['provider-image', 'provider-args', 'helm-chart-config', 'provider-node'],
  infer(facts) {
    const taken = portsInUse(facts.providerPods, facts).filter(({ pod }) => pod.hostNetwork);
    const [first] = taken;
    if (first === undefined)
      return {
        kind: 'ruled-out',
        because: 'no metrics-server on the host network found its port taken',
      };
    if (someReplicaReady(facts.providerPods))
      return { kind: 'ruled-out', because: 'another replica is ready and serves' };
    const nodes = [...new Set(taken.flatMap(({ pod }) => pod.nodeName ?? []))].toSorted();
    const kubelets = valueOr(facts.nodes, []).filter(
      ({ name, kubeletPort }) => nodes.includes(name) && kubeletPort === first.port,
    );
    const owner = kubelets.length > 0 ? "the kubelet's own" : 'taken';
    return {
      kind: 'confirmed',
      headline: `metrics-server runs on the host network of ${list(nodes)} and wants port ${first.port ?? 'of its own'}, which is ${owner} there.`,
      where: { nodes, from: [], to: [], layer: 'api', direction: null },
      because: [
        { text: `pod ${first.pod.name} has hostNetwork: true`, evidence: 'snapshot.providerPods' },
        { text: first.line.slice(0, LINE_CHARS), evidence: 'snapshot.providerLogs' },
        ...kubelets.map(({ name, kubeletPort }) => ({
          text: `the kubelet of ${name} serves at ${kubeletPort}`,
          evidence: 'snapshot.nodes',
        })),
      ],
      explains: metricsApiDown(),
      fixes: [offTheHost(facts), otherPort(first, facts)],
    };
  },
  fromWords: spokenBy('port-conflict-hostnetwork', ({ facts }) => [offTheHost(facts)]),
});

const LINE_CHARS = 240;
/** What metrics-server used before 0.6.2; no kubelet does. */
const OTHER_PORT = 4443;

type FixFacts = Pick<Facts, 'deployments' | 'platform' | 'helmChartConfigs'>;

function target({ deployments, platform, helmChartConfigs }: FixFacts) {
  const deployment = valueOr(deployments, [])[0];
  return {
    platform: valueOr(platform, 'unknown'),
    namespace: deployment?.namespace ?? 'kube-system',
    deployment: deployment?.name ?? 'metrics-server',
    existing:
      valueOr(helmChartConfigs, []).find(({ name }) => name === 'rke2-metrics-server') ?? null,
  };
}

/**
 * With hostNetwork the API server gives every port a hostPort (`defaultHostNetworkPorts`), which stays behind: the
 * next pod would then take the node's port, the kubelet's own as a rule.
 */
function withoutHostPorts({ deployments }: FixFacts) {
  const containers = (valueOr(deployments, [])[0]?.containers ?? []).filter(
    ({ ports }) => ports.length > 0,
  );
  if (containers.length === 0) return {};
  return {
    containers: containers.map(({ name, ports }) => ({
      name,
      ports: ports.map(({ containerPort, protocol }) => ({
        containerPort,
        protocol,
        hostPort: null,
      })),
    })),
  };
}

function offTheHost(facts: FixFacts): Fix {
  const at = target(facts);
  return {
    title: 'Take metrics-server off the host network',
    where: ['cluster'],
    variants: changeProvider({
      ...at,
      chartValues: ['hostNetwork:', '  enabled: false'],
      patchType: 'strategic',
      patch: { spec: { template: { spec: { hostNetwork: false, ...withoutHostPorts(facts) } } } },
    }),
    risk: 'if hostNetwork was put there to get around a network fault, that fault shows again: diagnose it then',
    undo: at.platform === 'rke2' ? ['HelmChartConfig: remove the keys again'] : [],
    verify: VERIFY_METRICS_API,
    notes: [
      'hostNetwork hides a proxy, a NetworkPolicy, a broken overlay and a host firewall alike: it is a test, not a fix.',
      ...providerNotes(at.platform),
    ],
  };
}

function otherPort({ pod, status }: PortInUse, facts: FixFacts): Fix {
  const at = target(facts);
  const container = pod.containers.find(({ name }) => name === status.name);
  const args = container?.args ?? [];
  const index = args.findIndex((arg) => /^--?secure-port=/.test(arg));
  const path = `/spec/template/spec/containers/${Math.max(0, container === undefined ? 0 : pod.containers.indexOf(container))}`;
  const flag = `--secure-port=${OTHER_PORT}`;
  return {
    title: `Or let it listen on ${OTHER_PORT}`,
    where: ['cluster'],
    variants: changeProvider({
      ...at,
      chartValues: [`containerPort: ${OTHER_PORT}`],
      patchType: 'json',
      patch: [
        index < 0
          ? { op: 'add', path: `${path}/args/-`, value: flag }
          : { op: 'replace', path: `${path}/args/${index}`, value: flag },
        { op: 'replace', path: `${path}/ports/0/containerPort`, value: OTHER_PORT },
      ],
    }),
    risk: `firewalls that let API servers reach the old port must open ${OTHER_PORT}/tcp between nodes`,
    undo: at.platform === 'rke2' ? ['HelmChartConfig: remove the keys again'] : [],
    verify: VERIFY_METRICS_API,
    notes: [
      'A Service whose targetPort is the number and not the name of the port must be changed with it.',
      ...providerNotes(at.platform),
    ],
  };
}
