/**
 * A small cluster as data: machines, addresses, pods, filters. Everything else in `test/sim` follows
 * from it by walking packets (`packets.ts`), never by knowing the name of a fault. Nothing here imports
 * the product, so that model and verdict cannot share a mistake.
 */

export type CniFlavour = 'canal' | 'calico' | 'flannel' | 'cilium';

/** VXLAN as each CNI sets it up on RKE2. */
export interface Overlay {
  readonly flavour: CniFlavour;
  readonly device: string;
  readonly vni: number;
  readonly port: number;
  readonly mtuBytes: number;
}

/** Ports and VNIs: RKE2 "Inbound network rules" and each project's defaults; RKE2's flannel uses 4096/4789. */
export const OVERLAYS: Readonly<Record<CniFlavour, Overlay>> = {
  canal: { flavour: 'canal', device: 'flannel.1', vni: 1, port: 8472, mtuBytes: 1450 },
  calico: { flavour: 'calico', device: 'vxlan.calico', vni: 4096, port: 4789, mtuBytes: 1450 },
  flannel: { flavour: 'flannel', device: 'flannel.4096', vni: 4096, port: 4789, mtuBytes: 1450 },
  cilium: { flavour: 'cilium', device: 'cilium_vxlan', vni: 2, port: 8472, mtuBytes: 1450 },
};

export interface SimNode {
  readonly name: string;
  /** The machine's own address, which it also publishes as InternalIP. */
  readonly ip: string;
  readonly controlPlane: boolean;
  /** `spec.podCIDR`. */
  readonly podCidr: string;
  /** Where its pods really get their addresses: the podCIDR, or a Calico block. */
  readonly podRange: string;
  /** Address of its tunnel device: the source of host traffic to remote pods. */
  readonly tunnelIp: string;
  readonly tunnelMac: string;
  readonly kernel: string;
  readonly underlayMtuBytes: number;
  /** UDP port that its tunnel device really listens on. */
  readonly tunnelPort: number;
  readonly tunnelVni: number;
  /** False when the CNI agent never wrote the routes to the other nodes' pods. */
  readonly overlayRoutes: boolean;
  readonly agentReady: boolean;
  /** What this machine's NIC does to the checksums of encapsulated TCP and UDP that it sends. */
  readonly badChecksum: 'none' | 'outer' | 'inner';
  readonly apiServer: 'none' | 'serving' | 'hanging' | 'down';
  readonly kubeletCertificate: 'cluster-ca' | 'no-ip-san' | 'self-signed';
  readonly kubeletListening: boolean;
}

export interface SimPort {
  readonly name: string;
  readonly port: number;
  readonly listening: boolean;
  readonly tls: boolean;
}

export interface SimPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  readonly ip: string;
  readonly hostNetwork: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly SimPort[];
}

/** Where a packet meets a filter. Fabric: between the machines, before the receiving host sees the packet. */
export type FilterPlace =
  | {
      readonly kind: 'host';
      readonly node: string;
      readonly hook: 'raw' | 'input' | 'output' | 'forward';
    }
  | { readonly kind: 'fabric'; readonly from: string | null; readonly to: string | null }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string };

export interface FilterRule {
  readonly place: FilterPlace;
  readonly protocol: 'udp' | 'tcp' | 'icmp' | 'any';
  readonly port: number | null;
  readonly sources: readonly string[] | null;
  /** Interface that the packet came in by, as `-i` in iptables. */
  readonly arrivesOn: 'underlay' | 'overlay' | 'pods' | null;
  /** Matches only IP packets longer than this. */
  readonly longerThanBytes: number | null;
  /** `reject-port`: ICMP port-unreachable; `reject-prohibited`: ICMP host-prohibited. */
  readonly action: 'drop' | 'reject-port' | 'reject-prohibited';
}

export type ProviderState =
  | 'running'
  | 'unschedulable'
  | 'crashing'
  | 'oom'
  | 'image-pull'
  | 'scaled-to-zero'
  | 'not-installed'
  | 'stopped';

/** metrics-server and what stands before it. */
export interface Provider {
  readonly namespace: string;
  readonly name: string;
  readonly state: ProviderState;
  readonly node: string;
  readonly podIp: string;
  readonly podName: string;
  readonly containerPort: number;
  readonly servicePort: number;
  readonly targetPort: string | number;
  readonly apiServicePresent: boolean;
  readonly apiServicePort: number;
  /** `none`: insecureSkipTLSVerify. */
  readonly caBundle: 'none' | 'matching' | 'foreign';
  readonly podLabels: Readonly<Record<string, string>>;
}

export interface PolicyObject {
  readonly apiVersion: 'networking.k8s.io/v1';
  readonly kind: 'NetworkPolicy';
  readonly metadata: { readonly namespace: string; readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface World {
  readonly name: string;
  readonly apiProfile: '1.32' | '1.20';
  readonly overlay: Overlay;
  readonly nodes: readonly SimNode[];
  readonly pods: readonly SimPod[];
  readonly provider: Provider;
  readonly policies: readonly PolicyObject[];
  readonly rules: readonly FilterRule[];
  /** How long the faults have lasted when the world starts; below 35 s connections are still pooled. */
  readonly faultAgeMs: number;
  /** API servers kept their connections to metrics-server from before the fault. */
  readonly pooledConnections: boolean;
  /** Time at which the world is looked at, for creation times and logs. */
  readonly nowMs: number;
  /** Other overlay traffic that every node sees, packets per second. */
  readonly backgroundPps: number;
}

export interface WorldOptions {
  readonly name?: string;
  readonly cni?: CniFlavour;
  readonly nodes?: number;
  readonly controlPlaneNodes?: number;
  readonly apiProfile?: '1.32' | '1.20';
  /** Index (from 0) of the node on which metrics-server runs. */
  readonly providerNode?: number;
  readonly underlayPrefix?: string;
  readonly nodeNamePrefix?: string;
  readonly faultAgeMs?: number;
  readonly nowMs?: number;
  readonly backgroundPps?: number;
}

/** Third octet and base of the first Calico block, as in the founding incident (10.42.119.20). */
const CALICO_FIRST_BLOCK = 119;
/** Host part of the metrics-server pod's address in the founding incident and in docs/recorded-answers.md. */
const PROVIDER_HOST_PART = 20;
const DEFAULT_FAULT_AGE_MS = 600_000;
/** Kernel of RKE2's usual SUSE and Ubuntu hosts; new enough that no checksum bug is expected. */
const KERNEL = '5.15.0-139-generic';
const ETHERNET_MTU_BYTES = 1500;
export const KUBELET_PORT = 10_250;
export const API_SERVER_PORT = 6443;

/** Addressing of node `index`: host-local from the podCIDR, or Calico-like /26 blocks that ignore it. */
function addressing(cni: CniFlavour, index: number): Pick<SimNode, 'podRange' | 'tunnelIp'> {
  if (cni === 'calico') {
    const block = `10.42.${CALICO_FIRST_BLOCK + index}`;
    return { podRange: `${block}.0/26`, tunnelIp: `${block}.0` };
  }
  return { podRange: `10.42.${index}.0/24`, tunnelIp: `10.42.${index}.0` };
}

/** The `host`th address of a node's pod range. */
export function podAddress(node: Pick<SimNode, 'podRange'>, host: number): string {
  const base = node.podRange.split('/')[0] ?? '';
  return base.replace(/\d+$/, String(host));
}

/** A healthy cluster of the wanted flavour: RKE2 v1.32.5, HA, metrics-server on the first node. */
export function healthyWorld(options: WorldOptions = {}): World {
  const cni = options.cni ?? 'canal';
  const overlay = OVERLAYS[cni];
  const count = options.nodes ?? 3;
  const servers = options.controlPlaneNodes ?? Math.min(3, count);
  const prefix = options.underlayPrefix ?? '192.168.77';
  const nodes = Array.from({ length: count }, (_, index): SimNode => {
    const controlPlane = index < servers;
    return {
      name: `${options.nodeNamePrefix ?? 'prod'}${String(index + 1).padStart(2, '0')}`,
      ip: `${prefix}.${index + 1}`,
      controlPlane,
      podCidr: `10.42.${index}.0/24`,
      ...addressing(cni, index),
      tunnelMac: `0e:00:00:00:00:${(index + 1).toString(16).padStart(2, '0')}`,
      kernel: KERNEL,
      underlayMtuBytes: ETHERNET_MTU_BYTES,
      tunnelPort: overlay.port,
      tunnelVni: overlay.vni,
      overlayRoutes: true,
      agentReady: true,
      badChecksum: 'none',
      apiServer: controlPlane ? 'serving' : 'none',
      kubeletCertificate: 'cluster-ca',
      kubeletListening: true,
    };
  });
  const home = nodes[options.providerNode ?? 0];
  if (home === undefined) throw new RangeError('providerNode is not a node of this world');
  const provider: Provider = {
    namespace: 'kube-system',
    name: 'rke2-metrics-server',
    state: 'running',
    node: home.name,
    podIp: podAddress(home, PROVIDER_HOST_PART),
    podName: 'rke2-metrics-server-75866c5bb5-x7w2k',
    containerPort: KUBELET_PORT,
    servicePort: 443,
    targetPort: 'https',
    apiServicePresent: true,
    apiServicePort: 443,
    caBundle: 'none',
    podLabels: {
      app: 'rke2-metrics-server',
      'app.kubernetes.io/instance': 'rke2-metrics-server',
      'app.kubernetes.io/name': 'rke2-metrics-server',
      'pod-template-hash': '75866c5bb5',
    },
  };
  return {
    name: options.name ?? 'healthy',
    apiProfile: options.apiProfile ?? '1.32',
    overlay,
    nodes,
    pods: nodes.flatMap((node, index) => workloadPods(node, index)),
    provider,
    policies: [],
    rules: [],
    faultAgeMs: options.faultAgeMs ?? DEFAULT_FAULT_AGE_MS,
    pooledConnections: false,
    nowMs: options.nowMs ?? Date.now(),
    backgroundPps: options.backgroundPps ?? 6,
  };
}

/** Pods of users, in namespaces that no policy touches, plus a CoreDNS on the first two nodes. */
function workloadPods(node: SimNode, index: number): SimPod[] {
  const web: SimPod = {
    namespace: 'shop',
    name: `web-6b7f9c5d8-${['k2m4x', 'p9q7d', 'z5t3v'][index % 3] ?? 'k2m4x'}${index >= 3 ? index : ''}`,
    node: node.name,
    ip: podAddress(node, 31),
    hostNetwork: false,
    labels: { app: 'web', 'pod-template-hash': '6b7f9c5d8' },
    ports: [{ name: 'http', port: 8080, listening: true, tls: false }],
  };
  if (index > 1) return [web];
  const dns: SimPod = {
    namespace: 'kube-system',
    name: `rke2-coredns-rke2-coredns-5896cccb79-${['4hw8d', 'vrl2z'][index] ?? 'x'}`,
    node: node.name,
    ip: podAddress(node, 12),
    hostNetwork: false,
    labels: { 'k8s-app': 'kube-dns', 'pod-template-hash': '5896cccb79' },
    ports: [
      { name: 'tcp-53', port: 53, listening: true, tls: false },
      { name: 'metrics', port: 9153, listening: true, tls: false },
    ],
  };
  return [web, dns];
}

/** The node of that name. @throws RangeError when the world has none */
export function nodeNamed(world: World, name: string): SimNode {
  const node = world.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new RangeError(`no node ${name} in world ${world.name}`);
  return node;
}

/** The metrics-server pod as the network sees it; null while no container of it has an address. */
export function providerPod(world: World): SimPod | null {
  const { provider } = world;
  if (!['running', 'stopped', 'crashing', 'oom'].includes(provider.state)) return null;
  return {
    namespace: provider.namespace,
    name: provider.podName,
    node: provider.node,
    ip: provider.podIp,
    hostNetwork: false,
    labels: provider.podLabels,
    ports: [
      {
        name: 'https',
        port: provider.containerPort,
        listening: provider.state === 'running',
        tls: true,
      },
    ],
  };
}

/** The same world with more pods in its network (our own listeners). */
export function withPods(world: World, pods: readonly SimPod[]): World {
  return { ...world, pods: [...world.pods, ...pods] };
}
