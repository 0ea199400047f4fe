import { NO_LITTER } from './litter.ts';
import { OVERLAYS, type Overlay, type OverlayName } from './overlays.ts';
import { PLATFORMS, type PlatformName } from './platforms.ts';
import {
  type Provider,
  podAddress,
  type Replica,
  type SimNode,
  type SimPod,
  type World,
} from './world.ts';

export interface WorldOptions {
  readonly name?: string;
  readonly platform?: PlatformName;
  readonly cni?: OverlayName;
  readonly nodes?: number;
  readonly controlPlaneNodes?: number;
  /** API servers on machines that are no nodes: a managed control plane. Then no node has one. */
  readonly outsideApiServers?: number;
  readonly apiProfile?: '1.32' | '1.20';
  /** Index (from 0) of the node on which metrics-server runs; of the first replica. */
  readonly providerNode?: number;
  readonly replicas?: number;
  readonly hostNetwork?: boolean;
  readonly aggregatorRouting?: boolean;
  readonly underlayPrefix?: string;
  /** First two octets of the pods' range. */
  readonly podPrefix?: string;
  readonly nodeNamePrefix?: string;
  readonly faultAgeMs?: number;
  readonly nowMs?: number;
  readonly backgroundPps?: number;
  readonly seed?: number;
}

/** Third octet of the first Calico block, as in the founding incident (10.42.119.20). */
const CALICO_FIRST_BLOCK = 119;
/** Blocks of 64 addresses, Calico's and Cilium's default: four in an octet. */
const BLOCK_ADDRESSES = 64;
const OCTET = 256;
/** Host part of the metrics-server pod's address in the founding incident and in docs/recorded-answers.md. */
const PROVIDER_HOST_PART = 20;
const WEB_HOST_PART = 31;
const DNS_HOST_PART = 12;
const DEFAULT_FAULT_AGE_MS = 600_000;
/** Kernel of RKE2's usual SUSE and Ubuntu hosts; new enough that no checksum bug is expected. */
const KERNEL = '5.15.0-139-generic';
const ETHERNET_MTU_BYTES = 1500;
const CLUSTER_AGE_MS = 90 * 86_400_000;
/** Where a host port may be that the kubelet does not have already. */
const HOST_NETWORK_PORT = 4443;

/** Addressing of node `index`: host-local from the podCIDR, or Calico's blocks, which ignore it. */
function podRangeOf(overlay: Overlay, prefix: string, index: number): string {
  if (overlay.flavour !== 'calico') return `${prefix}.${index}.0/24`;
  // One block an octet while that goes; clusters of hundreds use all four.
  const octet = CALICO_FIRST_BLOCK + index;
  if (octet < OCTET) return `${prefix}.${octet}.0/26`;
  const more = octet - OCTET;
  return `${prefix}.${Math.floor(more / 3) % CALICO_FIRST_BLOCK}.${((more % 3) + 1) * BLOCK_ADDRESSES}/26`;
}

interface Plan {
  readonly overlay: Overlay;
  readonly underlay: string;
  readonly podPrefix: string;
}

function machine(plan: Plan, index: number, more: Partial<SimNode> & { name: string }): SimNode {
  const { overlay } = plan;
  const ip = `${plan.underlay}.${index + 1}`;
  const podRange = podRangeOf(overlay, plan.podPrefix, index);
  return {
    ip,
    publishedIp: ip,
    registered: true,
    controlPlane: false,
    podCidr: `${plan.podPrefix}.${index}.0/24`,
    podRange,
    tunnelIp: overlay.encapsulation === 'none' ? ip : podAddress({ podRange }, 0),
    tunnelMac: `0e:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`,
    tunnelEndpoint: ip,
    kernel: KERNEL,
    underlayMtuBytes: ETHERNET_MTU_BYTES,
    tunnelPort: overlay.port,
    tunnelVni: overlay.vni,
    overlayRoutes: true,
    staleMacFor: [],
    noNeighbourFor: [],
    agentReady: true,
    badChecksum: 'none',
    apiServer: 'none',
    dialsFrom: null,
    kubeletCertificate: 'cluster-ca',
    kubelet: 'serving',
    rawSockets: true,
    countersReadable: true,
    ready: 'True',
    up: true,
    cordoned: false,
    os: 'linux',
    ageMs: CLUSTER_AGE_MS,
    clockOffsetMs: 0,
    ...more,
  };
}

/** A healthy cluster of the wanted flavour; by default RKE2 v1.32.5, HA, metrics-server on the first node. */
export function healthyWorld(options: WorldOptions = {}): World {
  const platform = PLATFORMS[options.platform ?? 'rke2'];
  const overlay = OVERLAYS[options.cni ?? 'canal'];
  const count = options.nodes ?? 3;
  const outside = options.outsideApiServers ?? 0;
  const servers = outside > 0 ? 0 : (options.controlPlaneNodes ?? Math.min(3, count));
  const plan = {
    overlay,
    underlay: options.underlayPrefix ?? '192.168.77',
    podPrefix: options.podPrefix ?? '10.42',
  };
  const inside = Array.from({ length: count }, (_, index) =>
    machine(plan, index, {
      name: `${options.nodeNamePrefix ?? 'prod'}${String(index + 1).padStart(2, '0')}`,
      controlPlane: index < servers,
      apiServer: index < servers ? 'serving' : 'none',
    }),
  );
  const beside = Array.from({ length: outside }, (_, index) =>
    machine(plan, count + index, {
      name: `apiserver-${index + 1}`,
      registered: false,
      apiServer: 'serving',
    }),
  );
  const nodes = [...inside, ...beside];
  return {
    name: options.name ?? 'healthy',
    apiProfile: options.apiProfile ?? '1.32',
    platform,
    overlay,
    nodes,
    pods: inside.flatMap((node, index) => workloadPods(node, index)),
    provider: providerOf(platform.provider, inside, options),
    policies: [],
    rules: [],
    faultAgeMs: options.faultAgeMs ?? DEFAULT_FAULT_AGE_MS,
    pooledConnections: false,
    nowMs: options.nowMs ?? Date.now(),
    backgroundPps: options.backgroundPps ?? 6,
    litter: NO_LITTER,
    seed: options.seed ?? 1,
  };
}

const POD_ENDINGS = ['x7w2k', 'm4hq9', 'b8rzt'];

function providerOf(
  shipped: World['platform']['provider'],
  nodes: readonly SimNode[],
  options: WorldOptions,
): Provider {
  const first = options.providerNode ?? 0;
  const hostNetwork = options.hostNetwork ?? false;
  const hash = '75866c5bb5';
  const replicas = Array.from({ length: options.replicas ?? 1 }, (_, index): Replica => {
    const home = nodes[(first + index) % nodes.length];
    if (home === undefined || first >= nodes.length)
      throw new RangeError('providerNode is not a node of this world');
    return {
      podName: `${shipped.deployment}-${hash}-${POD_ENDINGS[index % POD_ENDINGS.length] ?? ''}`,
      node: home.name,
      // Two replicas on one node of a small cluster need two addresses.
      podIp: hostNetwork
        ? home.ip
        : podAddress(home, PROVIDER_HOST_PART + Math.floor(index / nodes.length)),
    };
  });
  const [only, ...more] = replicas;
  if (only === undefined) throw new RangeError('metrics-server needs a replica');
  return {
    namespace: 'kube-system',
    name: shipped.name,
    deployment: shipped.deployment,
    state: 'running',
    replicas: [only, ...more],
    hostNetwork,
    containerPort: hostNetwork ? HOST_NETWORK_PORT : shipped.port,
    servicePort: 443,
    clusterIp: '10.43.118.201',
    targetPort: 'https',
    apiServicePresent: true,
    apiServicePort: 443,
    caBundle: 'none',
    podLabels: { ...shipped.labels, 'pod-template-hash': hash },
    dialled: (options.aggregatorRouting ?? true) ? 'pod' : 'cluster-ip',
    insecureKubeletTls: false,
    scrapeProblem: 'none',
  };
}

/** Pods of users, in namespaces that no policy touches, plus a CoreDNS on the first two nodes. */
function workloadPods(node: SimNode, index: number): SimPod[] {
  const web: SimPod = {
    namespace: 'shop',
    name: `web-6b7f9c5d8-${['k2m4x', 'p9q7d', 'z5t3v'][index % 3] ?? 'k2m4x'}${index >= 3 ? index : ''}`,
    node: node.name,
    ip: podAddress(node, WEB_HOST_PART),
    hostNetwork: false,
    labels: { app: 'web', 'pod-template-hash': '6b7f9c5d8' },
    ports: [{ name: 'http', port: 8080, listening: true, tls: false }],
  };
  if (index > 1) return [web];
  const dns: SimPod = {
    namespace: 'kube-system',
    name: `rke2-coredns-rke2-coredns-5896cccb79-${['4hw8d', 'vrl2z'][index] ?? 'x'}`,
    node: node.name,
    ip: podAddress(node, DNS_HOST_PART),
    hostNetwork: false,
    labels: { 'k8s-app': 'kube-dns', 'pod-template-hash': '5896cccb79' },
    ports: [
      { name: 'tcp-53', port: 53, listening: true, tls: false },
      { name: 'metrics', port: 9153, listening: true, tls: false },
    ],
  };
  return [web, dns];
}
