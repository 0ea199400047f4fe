import type { ControlPlanePod } from '../../src/core/evidence/control-plane.ts';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { type Known, known, missing } from '../../src/core/evidence/observed.ts';
import type {
  BurstCounters,
  BurstResult,
  NodeProbeFacts,
  ProbeResults,
  ReachAnswer,
  ReachCheck,
  ReachResult,
  ReachTarget,
} from '../../src/core/evidence/probe-results.ts';
import type {
  ApiServerView,
  MetricsApiAnswer,
  NetworkPolicyObject,
  NodeObject,
  PodObject,
  Snapshot,
} from '../../src/core/evidence/snapshot.ts';

/**
 * Evidence of a healthy RKE2 cluster, as plain data, and small functions that break it. Every function
 * returns a new object, so mutations chain: `pipe(evidence(), (e) => cutOverlayInto(e, 'prod01'))`.
 */
export interface EvidenceShape {
  /** Number of nodes; all are servers unless `servers` says fewer. */
  readonly nodes?: number;
  readonly servers?: number;
  readonly cni?: 'canal' | 'flannel' | 'calico' | 'cilium' | 'calico-ipip' | 'native';
  /** Nodes with a metrics-server pod. */
  readonly providerNodes?: readonly string[];
  readonly providerHostNetwork?: boolean;
  readonly platform?: 'rke2' | 'k3s' | 'kubeadm';
  /** Each node tries only so many neighbours, as the planner does in a big cluster. Default: a full mesh. */
  readonly sample?: number;
}

const TAKEN_AT = '2026-11-22T14:03:00.000Z';
export const BURST_SIZE = 400;

interface Flavour {
  readonly device: string;
  readonly vni: number | null;
  readonly port: number | null;
  readonly kind: string;
  readonly overhead: number;
}

const FLAVOURS: Record<NonNullable<EvidenceShape['cni']>, Flavour> = {
  canal: { device: 'flannel.1', vni: 1, port: 8472, kind: 'vxlan', overhead: 50 },
  flannel: { device: 'flannel.4096', vni: 4096, port: 4789, kind: 'vxlan', overhead: 50 },
  calico: { device: 'vxlan.calico', vni: 4096, port: 4789, kind: 'vxlan', overhead: 50 },
  cilium: { device: 'cilium_vxlan', vni: null, port: 8472, kind: 'vxlan', overhead: 50 },
  'calico-ipip': { device: 'tunl0', vni: null, port: null, kind: 'ipip', overhead: 20 },
  native: { device: 'cni0', vni: null, port: null, kind: 'bridge', overhead: 0 },
};

/** Name of the n-th node, from 1. */
export function nodeName(n: number): string {
  return `prod${String(n).padStart(2, '0')}`;
}

/** A healthy cluster. */
export function evidence(shape: EvidenceShape = {}): Evidence {
  const count = shape.nodes ?? 3;
  const names = Array.from({ length: count }, (_, i) => nodeName(i + 1));
  const full = { ...DEFAULTS, ...shape };
  const nodes = names.map((name, i) => node(name, i, full));
  const providerNodes = shape.providerNodes ?? [names[0] ?? 'prod01'];
  const pods = providerNodes.map((name, i) => providerPod(name, i, nodes, full));
  return {
    schema: 'metrics-diag/evidence/v1',
    runId: '7f3a',
    cluster: 'prod',
    hints: { platform: null, cni: null },
    snapshot: snapshot(nodes, pods, full),
    probes: probes(nodes, pods, full),
    tookMs: 6_800,
    final: true,
  };
}

type FullShape = EvidenceShape & Required<Pick<EvidenceShape, 'cni' | 'platform'>>;
const DEFAULTS = { cni: 'canal', platform: 'rke2' } as const;

function node(name: string, index: number, shape: FullShape): NodeObject {
  const ip = nodeIp(index);
  const server = index < (shape.servers ?? Number.POSITIVE_INFINITY);
  const suffix = shape.platform === 'rke2' ? '+rke2r1' : shape.platform === 'k3s' ? '+k3s1' : '';
  return {
    name,
    internalIps: [ip],
    externalIps: [],
    ready: known(true, `Node ${name}`),
    unschedulable: false,
    controlPlane: server,
    podCidrs: [`10.42.${index % 256}.0/24`],
    os: 'linux',
    osImage: 'SUSE Linux Enterprise Server 15 SP6',
    kernel: '6.4.0-150600.23.7-default',
    architecture: 'amd64',
    kubeletVersion: `v1.32.3${suffix}`,
    containerRuntime: 'containerd://2.0.4',
    kubeletPort: 10250,
    annotations: annotations(ip, index, shape.cni),
    labels: {
      'kubernetes.io/hostname': name,
      ...(server ? { 'node-role.kubernetes.io/control-plane': 'true' } : {}),
    },
    taints: [],
    conditions: [],
    createdAt: '2026-01-10T08:00:00Z',
    providerId: null,
  };
}

function nodeIp(index: number): string {
  return `192.168.${77 + Math.floor(index / 250)}.${(index % 250) + 1}`;
}

function annotations(ip: string, index: number, cni: FullShape['cni']): Record<string, string> {
  if (cni === 'canal' || cni === 'flannel') {
    const vni = FLAVOURS[cni].vni;
    return {
      'flannel.alpha.coreos.com/backend-type': 'vxlan',
      'flannel.alpha.coreos.com/backend-data': `{"VNI":${vni},"VtepMAC":"0e:00:00:00:00:${String(index + 1).padStart(2, '0')}"}`,
      'flannel.alpha.coreos.com/public-ip': ip,
      'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
    };
  }
  if (cni === 'calico') {
    return {
      'projectcalico.org/IPv4Address': `${ip}/24`,
      'projectcalico.org/IPv4VXLANTunnelAddr': `10.42.${index % 256}.0`,
    };
  }
  if (cni === 'calico-ipip') {
    return {
      'projectcalico.org/IPv4Address': `${ip}/24`,
      'projectcalico.org/IPv4IPIPTunnelAddr': `10.42.${index % 256}.0`,
    };
  }
  return {};
}

function providerPod(
  nodeNameValue: string,
  index: number,
  nodes: readonly NodeObject[],
  shape: FullShape,
): PodObject {
  const at = nodes.findIndex(({ name }) => name === nodeNameValue);
  const host = shape.providerHostNetwork ?? false;
  return pod({
    name: `rke2-metrics-server-6c8f-${index}`,
    namespace: 'kube-system',
    nodeName: nodeNameValue,
    podIps: [host ? nodeIp(at) : `10.42.${at % 256}.20`],
    hostNetwork: host,
    labels: { app: 'rke2-metrics-server', 'app.kubernetes.io/name': 'rke2-metrics-server' },
    containers: [metricsServerContainer()],
    owner: { kind: 'ReplicaSet', name: 'rke2-metrics-server-6c8f' },
  });
}

function metricsServerContainer(): PodObject['containers'][number] {
  return {
    name: 'metrics-server',
    image: 'rancher/hardened-k8s-metrics-server:v0.7.2',
    args: ['--secure-port=10250', '--kubelet-preferred-address-types=InternalIP'],
    ports: [{ name: 'https', containerPort: 10250, protocol: 'TCP' }],
    memoryLimit: '200Mi',
  };
}

/** A running, ready pod; override what matters. */
export function pod(
  fields: Partial<PodObject> & Pick<PodObject, 'name' | 'namespace' | 'nodeName'>,
): PodObject {
  return {
    uid: `uid-${fields.name}`,
    labels: {},
    phase: 'Running',
    podIps: [],
    hostNetwork: false,
    ready: true,
    createdAt: '2026-11-20T08:00:00Z',
    deleting: false,
    conditions: [],
    containers: [],
    statuses: [
      {
        name: fields.containers?.[0]?.name ?? 'main',
        ready: true,
        restarts: 0,
        state: 'running',
        reason: null,
        message: null,
        exitCode: null,
        last: null,
        imageId: null,
      },
    ],
    owner: null,
    ...fields,
  };
}

function okAnswer(names: readonly string[], ms: number): MetricsApiAnswer {
  return { outcome: 'ok', status: 200, body: '', ms, settled: true, nodes: names };
}

function snapshot(
  nodes: readonly NodeObject[],
  pods: readonly PodObject[],
  shape: FullShape,
): Snapshot {
  const names = nodes.map(({ name }) => name);
  const servers = nodes.filter(({ controlPlane }) => controlPlane);
  return {
    takenAt: TAKEN_AT,
    vantage: {
      server: 'https://192.168.77.1:6443',
      inCluster: false,
      node: null,
      note: null,
    },
    serverVersion: known('v1.32.3+rke2r1', 'GET /version'),
    apiServers: known(
      servers.map(
        ({ name, internalIps }, i): ApiServerView => ({
          name,
          address: `${internalIps[0]}:6443`,
          metricsApi: known(okAnswer(names, 38 + i), `GET /apis/metrics.k8s.io at ${name}`),
          unavailableGauge: known(0, `GET /metrics at ${name}`),
          ready: known(true, `GET /readyz at ${name}`),
        }),
      ),
      'EndpointSlice default/kubernetes',
    ),
    apiService: known(
      {
        name: 'v1beta1.metrics.k8s.io',
        service: { namespace: 'kube-system', name: 'rke2-metrics-server', port: 443 },
        insecureSkipTlsVerify: true,
        caBundlePem: null,
        available: {
          type: 'Available',
          status: 'True',
          reason: 'Passed',
          message: 'all checks passed',
          lastTransitionTime: '2026-11-20T08:00:30Z',
        },
        resourceVersion: '4711',
        labels: {},
        createdAt: '2026-01-10T08:00:00Z',
      },
      'GET apiservices/v1beta1.metrics.k8s.io',
    ),
    apiServiceLooks: known(
      [0, 2].map((second) => ({
        at: `2026-11-22T14:03:0${second}.000Z`,
        resourceVersion: '4711',
        status: 'True',
        reason: 'Passed',
        message: 'all checks passed',
        lastTransitionTime: '2026-11-20T08:00:30Z',
      })),
      'GET apiservices/v1beta1.metrics.k8s.io, twice',
    ),
    service: known(
      {
        namespace: 'kube-system',
        name: 'rke2-metrics-server',
        type: 'ClusterIP',
        clusterIps: ['10.43.10.20'],
        selector: { app: 'rke2-metrics-server' },
        ports: [{ name: 'https', port: 443, targetPort: 'https', protocol: 'TCP' }],
      },
      'GET services/rke2-metrics-server',
    ),
    endpoints: known(
      {
        from: 'EndpointSlice',
        addresses: pods.map((p) => ({
          ip: p.podIps[0] ?? '',
          ready: true,
          nodeName: p.nodeName,
          podName: p.name,
          ports: [{ name: 'https', port: 10250 }],
        })),
      },
      'GET endpointslices',
    ),
    deployments: known(
      [
        {
          namespace: 'kube-system',
          name: 'rke2-metrics-server',
          replicas: pods.length,
          readyReplicas: pods.length,
          hostNetwork: shape.providerHostNetwork ?? false,
          labels: { app: 'rke2-metrics-server' },
          containers: [metricsServerContainer()],
        },
      ],
      'GET deployments',
    ),
    providerPods: known(pods, 'GET pods in kube-system'),
    providerLogs: known([], 'GET pods/log'),
    events: known([], 'GET events'),
    nodes: known(nodes, 'GET nodes'),
    cniPods: known(
      names.map((name) =>
        pod({
          name: `${CNI_AGENT[shape.cni]}-${name}`,
          namespace: 'kube-system',
          nodeName: name,
          hostNetwork: true,
          labels: { 'k8s-app': CNI_LABEL[shape.cni] },
          owner: { kind: 'DaemonSet', name: CNI_AGENT[shape.cni] },
        }),
      ),
      'GET pods, CNI agents',
    ),
    cniLogs: known([], 'GET pods/log of CNI agents'),
    cniConfig: known(cniConfig(shape.cni), 'GET configmaps, ippools, felixconfigurations'),
    networkPolicies: known([], 'GET networkpolicies in kube-system'),
    namespaceLabels: known(
      { 'kube-system': { 'kubernetes.io/metadata.name': 'kube-system' } },
      'GET namespaces',
    ),
    hpas: known(
      [1, 2, 3, 4].map((n) => ({
        namespace: 'shop',
        name: `web-${n}`,
        target: `Deployment/web-${n}`,
        currentReplicas: 3,
        minReplicas: 2,
        maxReplicas: 10,
        usesResourceMetrics: true,
        scalingActive: {
          type: 'ScalingActive',
          status: 'True',
          reason: 'ValidMetricFound',
          message: '',
          lastTransitionTime: '2026-11-20T08:05:00Z',
        },
      })),
      'GET horizontalpodautoscalers',
    ),
    nodeMetrics: known(names, 'GET /apis/metrics.k8s.io/v1beta1/nodes'),
    helmChartConfigs: known([], 'GET helmchartconfigs'),
    referencePods: known([], 'GET pods'),
    metricsProviders: known(
      [
        {
          program: 'metrics-server',
          namespace: 'kube-system',
          pods: pods.map(({ name, ready }) => ({ name, ready })),
          services: [{ name: 'rke2-metrics-server', port: 443 }],
        },
      ],
      'GET pods',
    ),
    controlPlanePods: known(
      shape.platform === 'k3s' ? [] : servers.map(({ name }) => apiServerPod(name)),
      'GET pods in kube-system',
    ),
  };
}

/** A static kube-apiserver Pod with the flags of RKE2; override what matters. */
export function apiServerPod(
  nodeName: string,
  fields: Partial<ControlPlanePod> = {},
): ControlPlanePod {
  return {
    component: 'kube-apiserver',
    namespace: 'kube-system',
    name: `kube-apiserver-${nodeName}`,
    nodeName,
    ready: true,
    createdAt: '2026-01-10T08:00:00Z',
    flags: {
      'enable-aggregator-routing': 'true',
      'proxy-client-cert-file': '/var/lib/rancher/rke2/server/tls/client-auth-proxy.crt',
      'proxy-client-key-file': '/var/lib/rancher/rke2/server/tls/client-auth-proxy.key',
      'requestheader-allowed-names': 'system:auth-proxy',
      'requestheader-client-ca-file': '/var/lib/rancher/rke2/server/tls/request-header-ca.crt',
      'requestheader-username-headers': 'X-Remote-User',
      'requestheader-group-headers': 'X-Remote-Group',
      'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
      'service-cluster-ip-range': '10.43.0.0/16',
    },
    proxyEnv: {},
    ...fields,
  };
}

const CNI_AGENT: Record<FullShape['cni'], string> = {
  canal: 'rke2-canal',
  flannel: 'kube-flannel-ds',
  calico: 'calico-node',
  'calico-ipip': 'calico-node',
  cilium: 'cilium',
  native: 'kindnet',
};
const CNI_LABEL: Record<FullShape['cni'], string> = {
  canal: 'canal',
  flannel: 'flannel',
  calico: 'calico-node',
  'calico-ipip': 'calico-node',
  cilium: 'cilium',
  native: 'kindnet',
};

function cniConfig(cni: FullShape['cni']): Extract<Snapshot['cniConfig'], Known<unknown>>['value'] {
  const none = missing('absent-api', 'crd.projectcalico.org is not served');
  if (cni === 'canal') {
    const netConf = '{"Network":"10.42.0.0/16","Backend":{"Type":"vxlan"}}';
    return {
      configMaps: [
        { namespace: 'kube-system', name: 'rke2-canal-config', data: { 'net-conf.json': netConf } },
      ],
      calicoIpPools: known([], 'GET ippools'),
      felix: known({}, 'GET felixconfigurations'),
    };
  }
  if (cni === 'flannel') {
    const netConf = '{"Network":"10.42.0.0/16","Backend":{"Type":"vxlan","VNI":4096,"Port":4789}}';
    return {
      configMaps: [
        { namespace: 'kube-system', name: 'kube-flannel-cfg', data: { 'net-conf.json': netConf } },
      ],
      calicoIpPools: none,
      felix: none,
    };
  }
  if (cni === 'calico' || cni === 'calico-ipip') {
    return {
      configMaps: [],
      calicoIpPools: known(
        [
          {
            name: 'default-ipv4-ippool',
            cidr: '10.42.0.0/16',
            vxlanMode: cni === 'calico' ? 'Always' : 'Never',
            ipipMode: cni === 'calico' ? 'Never' : 'Always',
            natOutgoing: true,
          },
        ],
        'GET ippools',
      ),
      felix: known({}, 'GET felixconfigurations'),
    };
  }
  if (cni === 'cilium') {
    return {
      configMaps: [
        {
          namespace: 'kube-system',
          name: 'cilium-config',
          data: { 'routing-mode': 'tunnel', 'tunnel-protocol': 'vxlan' },
        },
      ],
      calicoIpPools: none,
      felix: none,
    };
  }
  return { configMaps: [], calicoIpPools: none, felix: none };
}

/** Enough for the clusters that routes matter for; a thousand nodes would mean a million rows. */
const MAX_ROUTES = 16;
const CROSS_CHECKS: readonly ReachCheck[] = ['tcp', 'tcp-full', 'icmp', 'icmp-full'];

function probes(
  nodes: readonly NodeObject[],
  pods: readonly PodObject[],
  shape: FullShape,
): ProbeResults {
  const flavour = FLAVOURS[shape.cni];
  const reach: ReachResult[] = [];
  const sample = shape.sample ?? nodes.length;
  const isTried = (i: number, j: number): boolean =>
    (j - i + nodes.length) % nodes.length <= sample;
  for (const [i, from] of nodes.entries()) {
    for (const [j, to] of nodes.entries()) {
      if (!isTried(i, j)) continue;
      const layer = i === j ? 'same-node' : 'overlay';
      const listener = listenerTarget(to.name, j);
      for (const check of CROSS_CHECKS) reach.push(open(from.name, listener, layer, check));
      const kubelet = hostTarget('kubelet', to, 10250);
      reach.push(open(from.name, kubelet, i === j ? 'same-node' : 'underlay', 'tcp'));
      reach.push(open(from.name, kubelet, i === j ? 'same-node' : 'underlay', 'tls'));
      if (i !== j) reach.push(open(from.name, hostTarget('node', to, null), 'underlay', 'icmp'));
      if (to.controlPlane) {
        const api = hostTarget('api-server', to, 6443);
        reach.push(open(from.name, api, i === j ? 'same-node' : 'underlay', 'tcp'));
      }
      if (i === j) {
        reach.push({
          ...open(from.name, kubelet, 'same-node', 'tcp'),
          id: reachId('pod', from.name, kubelet, 'tcp'),
          from: { kind: 'pod', node: from.name },
        });
      }
    }
    for (const p of pods) {
      const target = providerTarget(p);
      const same = p.nodeName === from.name;
      const layer = same ? 'same-node' : p.hostNetwork ? 'underlay' : 'overlay';
      for (const check of ['tcp', 'tls', 'icmp'] as const) {
        reach.push(open(from.name, target, layer, check));
      }
    }
  }
  // A pod on the provider's node opens connections to every kubelet, as metrics-server does.
  for (const p of pods) {
    for (const to of nodes) {
      if (p.nodeName === null || p.nodeName === to.name) continue;
      const kubelet = hostTarget('kubelet', to, 10250);
      reach.push({
        ...open(p.nodeName, kubelet, 'underlay', 'tcp'),
        id: reachId('pod', p.nodeName, kubelet, 'tcp'),
        from: { kind: 'pod', node: p.nodeName },
      });
    }
  }
  return {
    ran: known({ waves: 1, pods: nodes.length * 2 }, 'probe run'),
    pods: nodes.flatMap(({ name }, i) => [
      { node: name, kind: 'node', outcome: 'ok', detail: '', podIp: nodeIp(i) } as const,
      {
        node: name,
        kind: 'listener',
        outcome: 'ok',
        detail: '',
        podIp: `10.42.${i % 256}.99`,
      } as const,
    ]),
    reach,
    bursts: nodes.flatMap((from, i) =>
      nodes
        .filter((to, j) => to !== from && isTried(i, j))
        .map((to) => burst(from.name, to.name, flavour.device)),
    ),
    nodeFacts: nodes.map(({ name }, i) => nodeFacts(name, i, nodes, flavour)),
    localApi: [],
    notProbed: [],
  };
}

function listenerTarget(nodeNameValue: string, index: number): ReachTarget {
  return {
    kind: 'listener',
    node: nodeNameValue,
    address: `10.42.${index % 256}.99`,
    port: 8099,
    name: `listener on ${nodeNameValue}`,
  };
}

function providerTarget(p: PodObject): ReachTarget {
  return {
    kind: 'provider',
    node: p.nodeName ?? '',
    address: p.podIps[0] ?? '',
    port: 10250,
    name: `${p.namespace}/${p.name}`,
  };
}

function hostTarget(
  kind: 'kubelet' | 'api-server' | 'node',
  to: NodeObject,
  port: number | null,
): ReachTarget {
  return { kind, node: to.name, address: to.internalIps[0] ?? '', port, name: to.name };
}

function reachId(source: 'node' | 'pod', from: string, to: ReachTarget, check: ReachCheck): string {
  const at = to.port === null ? to.address : `${to.address}:${to.port}`;
  return `${source}:${from}>${to.kind}:${to.node}@${at}/${check}`;
}

function open(
  from: string,
  to: ReachTarget,
  layer: ReachResult['layer'],
  check: ReachCheck,
): ReachResult {
  return {
    id: reachId('node', from, to, check),
    from: { kind: 'node', node: from },
    to,
    layer,
    check,
    result: known(answer('open'), `probe on ${from}`),
    wave: 1,
  };
}

/** A probe's answer with an outcome; override the rest. */
export function answer(
  outcome: ReachAnswer['outcome'],
  fields: Partial<ReachAnswer> = {},
): ReachAnswer {
  const slow = outcome === 'timeout' || outcome === 'stalled';
  return {
    outcome,
    ms: slow ? 4_000 : 2,
    errno: null,
    sizeBytes: null,
    status: null,
    detail: '',
    peer: null,
    ...fields,
  };
}

/** Counters of a host on which nothing moved. */
export function quiet(device: string): BurstCounters {
  return {
    overlayDevice: device,
    overlayTx: 0,
    overlayTxErrors: 0,
    overlayRx: 0,
    underlayDevice: 'eth0',
    underlayTx: 0,
    underlayRx: 0,
    ipInReceives: 0,
    ipInDelivers: 0,
    udpInDatagrams: 0,
    udpNoPorts: 0,
    udpInErrors: 0,
    udpInCsumErrors: 0,
    backgroundPps: 20,
  };
}

/** Where a burst ends; each stage includes the counters of those before it. */
export type BurstEnd =
  | 'not-sent'
  | 'before-receiver'
  | 'receiver-filter'
  | 'bad-checksum'
  | 'no-socket'
  | 'not-decapsulated'
  | 'wrong-vtep-mac'
  | 'after-decapsulation'
  | 'listener';

/** A burst that ends at a stage, with the counters that the kernel would show. */
export function burst(
  from: string,
  to: string,
  device: string,
  end: BurstEnd = 'listener',
  sent: number = BURST_SIZE,
): BurstResult {
  const left = end === 'not-sent' ? 0 : sent;
  const sender = { ...quiet(device), overlayTx: left, underlayTx: left };
  const order: readonly BurstEnd[] = [
    'not-sent',
    'before-receiver',
    'receiver-filter',
    'bad-checksum',
    'no-socket',
    'not-decapsulated',
    'wrong-vtep-mac',
    'after-decapsulation',
    'listener',
  ];
  const reached = (stage: BurstEnd): boolean => order.indexOf(end) >= order.indexOf(stage);
  const amount = (stage: BurstEnd): number => (reached(stage) ? sent : 0);
  const receiver: BurstCounters = {
    ...quiet(device),
    underlayRx: amount('receiver-filter'),
    ipInReceives: amount('receiver-filter') + amount('after-decapsulation'),
    ipInDelivers: amount('bad-checksum'),
    udpInDatagrams: amount('not-decapsulated'),
    udpNoPorts: end === 'no-socket' ? sent : 0,
    udpInErrors: end === 'bad-checksum' ? sent : 0,
    udpInCsumErrors: end === 'bad-checksum' ? sent : 0,
    overlayRx: amount('wrong-vtep-mac'),
  };
  return {
    id: `burst:${from}>${to}`,
    from,
    to,
    sent,
    receivedByListener: known(amount('listener'), `listener on ${to}`),
    sender: known(sender, `counters on ${from}`),
    receiver: known(receiver, `counters on ${to}`),
  };
}

function nodeFacts(
  name: string,
  index: number,
  nodes: readonly NodeObject[],
  flavour: Flavour,
): NodeProbeFacts {
  return {
    node: name,
    devices: [
      { name: 'eth0', mtuBytes: 1500, kind: 'ethernet', up: true, addresses: [nodeIp(index)] },
      {
        name: flavour.device,
        mtuBytes: 1500 - flavour.overhead,
        kind: flavour.kind,
        up: true,
        addresses: [`10.42.${index % 256}.0`],
      },
    ],
    udpPorts: flavour.port === null ? [] : [flavour.port],
    routes: nodes
      .slice(0, MAX_ROUTES)
      .map((_, j) => ({
        device: flavour.device,
        cidr: `10.42.${j % 256}.0/24`,
        gateway: `10.42.${j % 256}.0`,
      }))
      .filter((_, j) => j !== index),
    udpInCsumErrors: 0,
    tcpInCsumErrors: 0,
    listenerTcpInCsumErrors: known(0, `listener on ${name}`),
  };
}

/** Applies steps from left to right. */
export function pipe(start: Evidence, ...steps: readonly ((e: Evidence) => Evidence)[]): Evidence {
  return steps.reduce((e, step) => step(e), start);
}

/** Replaces fields of the snapshot. */
export function withSnapshot(e: Evidence, fields: Partial<Snapshot>): Evidence {
  return { ...e, snapshot: { ...e.snapshot, ...fields } };
}

/** Replaces fields of the probes. */
export function withProbes(e: Evidence, fields: Partial<ProbeResults>): Evidence {
  return { ...e, probes: { ...e.probes, ...fields } };
}

/** Gives the reach results that match another answer (or makes them missing, with `null`). */
export function withReach(
  e: Evidence,
  match: (r: ReachResult) => boolean,
  result: ReachAnswer | ReachAnswer['outcome'] | null,
): Evidence {
  const value = typeof result === 'string' ? answer(result) : result;
  return withProbes(e, {
    reach: e.probes.reach.map((r) =>
      match(r)
        ? {
            ...r,
            result:
              value === null
                ? missing('failed', 'the probe Pod left no result')
                : known(value, `probe on ${r.from.node}`),
          }
        : r,
    ),
  });
}

/** Lets the bursts that match end at a stage. */
export function withBursts(
  e: Evidence,
  match: (b: BurstResult) => boolean,
  end: BurstEnd,
): Evidence {
  return withProbes(e, {
    bursts: e.probes.bursts.map((b) =>
      match(b)
        ? burst(
            b.from,
            b.to,
            b.sender.state === 'known' ? (b.sender.value.overlayDevice ?? '') : '',
            end,
          )
        : b,
    ),
  });
}

/** Gives one API server another answer. */
export function withApiServer(
  e: Evidence,
  name: string,
  fields: Partial<MetricsApiAnswer>,
  gauge?: 0 | 1,
): Evidence {
  const servers = e.snapshot.apiServers;
  if (servers.state === 'missing') return e;
  return withSnapshot(e, {
    apiServers: known(
      servers.value.map((view) =>
        view.name === name && view.metricsApi.state === 'known'
          ? {
              ...view,
              metricsApi: known({ ...view.metricsApi.value, ...fields }, view.metricsApi.source),
              unavailableGauge:
                gauge === undefined ? view.unavailableGauge : known(gauge, 'GET /metrics'),
            }
          : view,
      ),
      servers.source,
    ),
  });
}

/** The body that kube-apiserver gives after 30 s when packets to the pod vanish. */
export const IO_TIMEOUT_BODY =
  'error trying to reach service: dial tcp 10.42.0.20:10250: i/o timeout\n';

/** The API servers answer as they do when the overlay to the pod is silent. */
export function apiServersTimeOut(e: Evidence, names: readonly string[]): Evidence {
  return names.reduce(
    (acc, name) =>
      withApiServer(
        acc,
        name,
        { outcome: 'http-error', status: 503, body: IO_TIMEOUT_BODY, ms: 30_004, nodes: [] },
        1,
      ),
    e,
  );
}

/** All overlay round trips with `node` time out; one-way bursts into it end at its filter (default). */
export function cutOverlayInto(
  e: Evidence,
  name: string,
  end: BurstEnd = 'receiver-filter',
): Evidence {
  const touches = (r: ReachResult): boolean =>
    r.layer === 'overlay' && (r.from.node === name || r.to.node === name);
  return pipe(
    e,
    (x) => withReach(x, touches, 'timeout'),
    (x) => withBursts(x, (b) => b.to === name, end),
  );
}

/** Overlay between two nodes dead, both ways. */
export function cutPair(
  e: Evidence,
  a: string,
  b: string,
  end: BurstEnd = 'before-receiver',
): Evidence {
  const between = (x: string, y: string): boolean => (x === a && y === b) || (x === b && y === a);
  return pipe(
    e,
    (x) => withReach(x, (r) => r.layer === 'overlay' && between(r.from.node, r.to.node), 'timeout'),
    (x) => withBursts(x, (r) => between(r.from, r.to), end),
  );
}

/** The founding incident: overlay packets into prod01 (the provider's node) are dropped. */
export function foundingIncident(shape: EvidenceShape = {}): Evidence {
  return pipe(
    evidence(shape),
    (e) => cutOverlayInto(e, 'prod01'),
    (e) => apiServersTimeOut(e, ['prod02', 'prod03']),
    (e) =>
      withSnapshot(e, {
        hpas:
          e.snapshot.hpas.state === 'known'
            ? known(
                e.snapshot.hpas.value.map((hpa) => ({
                  ...hpa,
                  scalingActive: {
                    type: 'ScalingActive',
                    status: 'False',
                    reason: 'FailedGetResourceMetric',
                    message: 'unable to get metrics for resource cpu',
                    lastTransitionTime: '2026-11-22T14:02:00Z',
                  },
                })),
                e.snapshot.hpas.source,
              )
            : e.snapshot.hpas,
        apiServiceLooks: known(
          [0, 1, 2].map((i) => ({
            at: `2026-11-22T14:03:0${i * 2}.000Z`,
            resourceVersion: String(4711 + i * 2),
            status: 'True',
            reason: 'Passed',
            message: 'all checks passed',
            lastTransitionTime: `2026-11-22T14:03:0${i * 2}Z`,
          })),
          'GET apiservices/v1beta1.metrics.k8s.io, three times',
        ),
      }),
  );
}

/** A NetworkPolicy in kube-system; by default a default-deny of ingress. */
export function policy(fields: Partial<NetworkPolicyObject> = {}): NetworkPolicyObject {
  return {
    namespace: 'kube-system',
    name: 'default-deny',
    podSelector: { matchLabels: {}, matchExpressions: [] },
    policyTypes: ['Ingress'],
    ingress: [],
    egress: [],
    ...fields,
  };
}
