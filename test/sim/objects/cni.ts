import { nodeCondition } from '../node-condition.ts';
import type { CniFlavour } from '../overlays.ts';
import { registeredNodes, type SimNode, type World } from '../world.ts';
import { CLUSTER_AGE_MS, type KubeObject, metadata } from './kube-object.ts';
import { type ContainerSketch, podObject } from './pods.ts';

interface Agent {
  readonly namespace: string;
  readonly daemonSet: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
}

/** Names and namespaces as the RKE2 charts install them (github.com/rancher/rke2-charts). */
const AGENTS: Readonly<Record<CniFlavour, Agent>> = {
  canal: {
    namespace: 'kube-system',
    daemonSet: 'rke2-canal',
    labels: { 'k8s-app': 'canal' },
    containers: [
      { name: 'calico-node', image: 'rancher/hardened-calico:v3.29.3-build20250403' },
      { name: 'kube-flannel', image: 'rancher/hardened-flannel:v0.26.6-build20250403' },
    ],
  },
  calico: {
    namespace: 'calico-system',
    daemonSet: 'calico-node',
    labels: { 'k8s-app': 'calico-node', 'app.kubernetes.io/name': 'calico-node' },
    containers: [{ name: 'calico-node', image: 'rancher/mirrored-calico-node:v3.29.3' }],
  },
  flannel: {
    namespace: 'kube-system',
    daemonSet: 'kube-flannel-ds',
    labels: { app: 'flannel', tier: 'node' },
    containers: [{ name: 'kube-flannel', image: 'rancher/hardened-flannel:v0.26.6-build20250403' }],
  },
  cilium: {
    namespace: 'kube-system',
    daemonSet: 'cilium',
    labels: { 'k8s-app': 'cilium', 'app.kubernetes.io/name': 'cilium-agent' },
    containers: [{ name: 'cilium-agent', image: 'rancher/mirrored-cilium-cilium:v1.17.3' }],
  },
  aws: {
    namespace: 'kube-system',
    daemonSet: 'aws-node',
    labels: { 'k8s-app': 'aws-node', 'app.kubernetes.io/name': 'aws-node' },
    containers: [
      {
        name: 'aws-node',
        image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.19.5-eksbuild.1',
      },
    ],
  },
};

/** The CNI's agent pods, its DaemonSet and its configuration. */
export function cniObjects(world: World): KubeObject[] {
  if (isWithinProcess(world)) return [];
  const agent = AGENTS[world.overlay.flavour];
  const created = world.nowMs - CLUSTER_AGE_MS;
  const nodes = agentNodes(world);
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: metadata(agent.daemonSet, created, {
        namespace: agent.namespace,
        labels: agent.labels,
      }),
      spec: { selector: { matchLabels: agent.labels } },
      status: {
        desiredNumberScheduled: nodes.length,
        numberReady: nodes.filter((node) => agentRuns(world, node)).length,
      },
    },
    ...nodes.map((node, index) => agentPod(world, agent, node, index)),
    ...configuration(world, created),
    ...(agent.namespace === 'calico-system' ? [namespace(agent.namespace, created)] : []),
  ];
}

/** k3s runs flannel within its own process: nothing of it can be seen but annotations. */
function isWithinProcess({ platform, overlay }: World): boolean {
  return platform.cniWithinProcess && overlay.flavour === 'flannel';
}

function agentNodes(world: World): readonly SimNode[] {
  return registeredNodes(world).filter(({ os }) => os === 'linux');
}

function agentRuns(world: World, node: SimNode): boolean {
  return node.agentReady && nodeCondition(world, node) === 'True';
}

/** Name of the agent pod of the `index`th node, and the container that fails when the agent is broken. */
export function agentPodName(world: World, index: number): string {
  return `${AGENTS[world.overlay.flavour].daemonSet}-${(0x7a1c3 + index * 7).toString(36)}`;
}

/** The agents' pods as the Metrics API names them. */
export function agentPods(
  world: World,
): readonly { readonly namespace: string; readonly name: string; readonly node: string }[] {
  if (isWithinProcess(world)) return [];
  const { namespace } = AGENTS[world.overlay.flavour];
  return agentNodes(world).map((node, index) => ({
    namespace,
    name: agentPodName(world, index),
    node: node.name,
  }));
}

/** The last words of a broken agent: Felix cannot program its sets (docs/causes/cni-agent-broken.md). */
export function brokenAgentLog(world: World): readonly string[] {
  const at = new Date(world.nowMs - 20_000).toISOString().slice(0, 23).replace('T', ' ');
  return world.overlay.flavour === 'flannel'
    ? [
        `E1122 14:01:12.402118       1 main.go:359] Error registering network: failed to acquire lease: nodes "${world.nodes[0]?.name ?? ''}" not found`,
      ]
    : [
        `${at} [ERROR][71] felix/ipsets.go 599: Bad return code from 'ipset list'. error=exit status 1 family="inet" stderr="ipset v7.11: Kernel and userspace incompatible: settype hash:ip with revision 6 not supported by userspace.\\n"`,
        `${at} [WARNING][71] felix/int_dataplane.go 2042: failed to resync dataplane, will retry`,
      ];
}

function agentPod(world: World, agent: Agent, node: SimNode, index: number): KubeObject {
  const containers = agent.containers.map(
    ({ name, image }, position): ContainerSketch => ({
      name,
      image,
      ready: agentRuns(world, node) || (position > 0 && nodeCondition(world, node) === 'True'),
      restarts: (node.agentReady ? 0 : 3) + (world.litter.agentRestarts[node.name] ?? 0),
    }),
  );
  return podObject(world, {
    namespace: agent.namespace,
    name: agentPodName(world, index),
    node: node.name,
    ip: node.publishedIp,
    hostNetwork: true,
    labels: { ...agent.labels, 'controller-revision-hash': '6d5b9c7f4' },
    owner: { kind: 'DaemonSet', name: agent.daemonSet },
    createdMs: world.nowMs - CLUSTER_AGE_MS,
    containers,
  });
}

function configuration(world: World, created: number): KubeObject[] {
  const { flavour, vni, port, encapsulation } = world.overlay;
  const network = `${(world.nodes[0]?.podRange ?? '').split('.').slice(0, 2).join('.')}.0.0/16`;
  switch (flavour) {
    case 'canal':
      return [
        configMap('rke2-canal-config', created, {
          'net-conf.json': JSON.stringify({ Network: network, Backend: { Type: 'vxlan' } }),
          veth_mtu: '1450',
          canal_iface: '',
        }),
        // Canal's calico-node is the policy engine only; its CRDs are there, no pool is.
        felix(created, {}),
      ];
    case 'flannel':
      return [
        configMap('kube-flannel-cfg', created, {
          'net-conf.json': JSON.stringify({
            Network: network,
            Backend:
              encapsulation === 'vxlan'
                ? { Type: 'vxlan', ...(vni === 1 ? {} : { VNI: vni, Port: port }) }
                : { Type: encapsulation === 'none' ? 'host-gw' : 'wireguard' },
          }),
        }),
      ];
    case 'calico':
      return [
        {
          apiVersion: 'crd.projectcalico.org/v1',
          kind: 'IPPool',
          metadata: metadata('default-ipv4-ippool', created),
          spec: {
            cidr: network,
            blockSize: 26,
            vxlanMode: encapsulation === 'vxlan' ? 'Always' : 'Never',
            ipipMode: encapsulation === 'ipip' ? 'Always' : 'Never',
            natOutgoing: true,
            nodeSelector: 'all()',
          },
        },
        felix(
          created,
          encapsulation === 'vxlan'
            ? { vxlanPort: port, vxlanVNI: vni, featureDetectOverride: '' }
            : {},
        ),
      ];
    case 'cilium':
      return [
        configMap('cilium-config', created, {
          ...(encapsulation === 'none'
            ? { 'routing-mode': 'native' }
            : {
                'routing-mode': 'tunnel',
                'tunnel-protocol': encapsulation,
                'tunnel-port': String(port),
              }),
          ipam: 'kubernetes',
        }),
      ];
    case 'aws':
      return [];
  }
}

function configMap(
  name: string,
  created: number,
  data: Readonly<Record<string, string>>,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(name, created, { namespace: 'kube-system' }),
    data,
  };
}

function felix(created: number, spec: Readonly<Record<string, unknown>>): KubeObject {
  return {
    apiVersion: 'crd.projectcalico.org/v1',
    kind: 'FelixConfiguration',
    metadata: metadata('default', created),
    spec: { bpfLogLevel: '', logSeverityScreen: 'Info', reportingInterval: '0s', ...spec },
  };
}

function namespace(name: string, created: number): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: metadata(name, created, { labels: { 'kubernetes.io/metadata.name': name } }),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
