/**
 * A small cluster as data: machines, addresses, pods, filters. Everything else in `test/sim` follows
 * from it by walking packets (`packets.ts`), never by knowing the name of a fault. Nothing here imports
 * the product, so that model and verdict cannot share a mistake.
 */

import type { Litter } from './litter.ts';
import type { Overlay } from './overlays.ts';
import type { Platform } from './platforms.ts';

/** A machine. Those of a managed control plane are no nodes of the cluster: `registered` is false. */
export interface SimNode {
  readonly name: string;
  readonly ip: string;
  /** The Node object's InternalIP; the machine's own address unless somebody misconfigured it. */
  readonly publishedIp: string;
  readonly registered: boolean;
  readonly controlPlane: boolean;
  /** `spec.podCIDR`. */
  readonly podCidr: string;
  /** Where its pods really get their addresses: the podCIDR, or a block of another IPAM. */
  readonly podRange: string;
  /** Address of its tunnel device: the source of host traffic to remote pods. Its own address without a tunnel. */
  readonly tunnelIp: string;
  readonly tunnelMac: string;
  /** Where the others send its encapsulated packets: what the CNI published for it. */
  readonly tunnelEndpoint: string;
  readonly kernel: string;
  readonly underlayMtuBytes: number;
  /** UDP port that its tunnel device really listens on. */
  readonly tunnelPort: number | null;
  readonly tunnelVni: number | null;
  /** False when the CNI agent never wrote the routes to the other nodes' pods. */
  readonly overlayRoutes: boolean;
  /** Nodes for which it holds the MAC of a tunnel device that is gone. */
  readonly staleMacFor: readonly string[];
  /** Nodes whose tunnel it cannot resolve: the neighbour entry is lost. */
  readonly noNeighbourFor: readonly string[];
  readonly agentReady: boolean;
  /** What this machine's NIC does to the checksums of encapsulated TCP and UDP that it sends. */
  readonly badChecksum: 'none' | 'outer' | 'inner';
  readonly apiServer: 'none' | 'serving' | 'hanging' | 'down';
  /** The machine whose network its API server dials from: another one where a tunnel's agent does it. */
  readonly dialsFrom: string | null;
  readonly kubeletCertificate: 'cluster-ca' | 'no-ip-san' | 'self-signed';
  readonly kubelet: KubeletState;
  /** Probes may open raw sockets, so ICMP can be tried. */
  readonly rawSockets: boolean;
  /** Its counters can be read. */
  readonly countersReadable: boolean;
  /** The condition as the cluster shows it. */
  readonly ready: 'True' | 'False' | 'Unknown';
  /** False: switched off; it answers nothing at all. */
  readonly up: boolean;
  readonly cordoned: boolean;
  readonly os: 'linux' | 'windows';
  /** How long ago it joined. */
  readonly ageMs: number;
  /** Its clock less the true time. */
  readonly clockOffsetMs: number;
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
  readonly protocol: 'udp' | 'tcp' | 'icmp' | 'ipip' | 'any';
  readonly port: number | null;
  readonly sources: readonly string[] | null;
  /** Interface that the packet came in by, as `-i` in iptables. */
  readonly arrivesOn: 'underlay' | 'overlay' | 'pods' | null;
  /** Matches only IP packets longer than this. */
  readonly longerThanBytes: number | null;
  /** Lets through what answers an earlier packet, as `ctstate ESTABLISHED` does. */
  readonly newOnly: boolean;
  /** Matches only packets with an address of a pod (a cloud's check of sources and destinations). */
  readonly podAddressesOnly: boolean;
  /** Share of the flows that it takes, from 0 to 1: one of several paths, or a filter that comes and goes. */
  readonly share: number;
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

/**
 * What is the matter with a kubelet. `loopback`: it listens on 127.0.0.1 alone. `stopped`: nobody listens, and the
 * node's Lease grows old. `no-certificate`: its serving request was never approved. `slow`: it answers a scrape too
 * late. `no-node-numbers`: its answer lacks the node's own CPU and memory.
 */
export type KubeletState =
  | 'serving'
  | 'loopback'
  | 'stopped'
  | 'no-certificate'
  | 'expired-certificate'
  | 'unauthorized'
  | 'slow'
  | 'stats-error'
  | 'no-node-numbers';

/** One pod of metrics-server. */
export interface Replica {
  readonly podName: string;
  readonly node: string;
  readonly podIp: string;
}

/** metrics-server and what stands before it. */
export interface Provider {
  readonly namespace: string;
  /** Of the Service. */
  readonly name: string;
  readonly deployment: string;
  readonly state: ProviderState;
  readonly replicas: readonly [Replica, ...Replica[]];
  readonly hostNetwork: boolean;
  readonly containerPort: number;
  readonly servicePort: number;
  readonly clusterIp: string;
  readonly targetPort: string | number;
  readonly apiServicePresent: boolean;
  readonly apiServicePort: number;
  /** `none`: insecureSkipTLSVerify. */
  readonly caBundle: 'none' | 'matching' | 'foreign';
  readonly podLabels: Readonly<Record<string, string>>;
  /** `pod`: API servers dial endpoints (--enable-aggregator-routing). `cluster-ip`: the Service, over kube-proxy. */
  readonly dialled: 'pod' | 'cluster-ip';
  readonly insecureKubeletTls: boolean;
  /** What keeps it from asking kubelets rightly, by its own flags and rights. */
  readonly scrapeProblem: 'none' | 'wrong-port' | 'by-name' | 'forbidden';
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
  readonly platform: Platform;
  readonly overlay: Overlay;
  /** All machines; those with a Node object by `registeredNodes`. */
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
  /** What lies about in any real cluster and means nothing. */
  readonly litter: Litter;
  /** Decides what is left to chance: which flows a filter takes that takes a share of them. */
  readonly seed: number;
}

export const KUBELET_PORT = 10_250;
/** Where RKE2, k3s and kubeadm serve; a platform names its own. */
export const API_SERVER_PORT = 6443;

/** Machines with a Node object. */
export function registeredNodes(world: World): readonly SimNode[] {
  return world.nodes.filter(({ registered }) => registered);
}

/** Machines with an API server. */
export function apiServerMachines(world: World): readonly SimNode[] {
  return world.nodes.filter(({ apiServer }) => apiServer !== 'none');
}

/** The `host`th address of a node's pod range. */
export function podAddress(node: Pick<SimNode, 'podRange'>, host: number): string {
  const [base = ''] = node.podRange.split('/');
  const last = Number(base.slice(base.lastIndexOf('.') + 1));
  return base.replace(/\d+$/, String(last + host));
}

/** Each world's machines by name: packets ask for them all the time. */
const byName = new WeakMap<World, ReadonlyMap<string, SimNode>>();

/** The node of that name. @throws RangeError when the world has none */
export function nodeNamed(world: World, name: string): SimNode {
  let index = byName.get(world);
  if (index === undefined) {
    index = new Map(world.nodes.map((node) => [node.name, node]));
    byName.set(world, index);
  }
  const node = index.get(name);
  if (node === undefined) throw new RangeError(`no node ${name} in world ${world.name}`);
  return node;
}

const WITH_AN_ADDRESS: ReadonlySet<ProviderState> = new Set([
  'running',
  'stopped',
  'crashing',
  'oom',
]);
const providers = new WeakMap<World, readonly SimPod[]>();

/** The metrics-server pods as the network sees them; none while no container of them has an address. */
export function providerPods(world: World): readonly SimPod[] {
  const known = providers.get(world);
  if (known !== undefined) return known;
  const { provider } = world;
  const pods = WITH_AN_ADDRESS.has(provider.state)
    ? provider.replicas.map((replica) => providerPod(provider, replica))
    : [];
  providers.set(world, pods);
  return pods;
}

function providerPod(provider: Provider, { podName, node, podIp }: Replica): SimPod {
  return {
    namespace: provider.namespace,
    name: podName,
    node,
    ip: podIp,
    hostNetwork: provider.hostNetwork,
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
