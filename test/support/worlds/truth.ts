import type { Fault } from '../../sim/faults.ts';
import { apiServerMachines, type World } from '../../sim/world.ts';

/** What a colleague who knows the fault would accept as the answer. */
export interface Truth {
  /** The cause's public id. */
  readonly id: string;
  /** Nodes that may be named as the place; null: anywhere will do. */
  readonly nodes: ReadonlySet<string> | null;
}

/** The right answer to a fault in this world. */
export function truthOf(world: World, fault: Fault): Truth {
  return { id: idOf(world, fault), nodes: nodesOf(world, fault) };
}

const KUBELET_IDS = {
  loopback: 'kubelet-not-listening',
  stopped: 'kubelet-not-listening',
  'no-certificate': 'kubelet-csr-pending',
  'expired-certificate': 'kubelet-tls-expired',
  unauthorized: 'kubelet-unauthorized',
  slow: 'scrape-timeout-slow-node',
  'stats-error': 'kubelet-stats-error',
  'no-node-numbers': 'kubelet-zero-node-metrics',
} as const;

const SCRAPE_IDS = {
  'wrong-port': 'kubelet-wrong-port',
  'by-name': 'kubelet-dns-lookup',
  forbidden: 'kubelet-forbidden',
} as const;

const PROVIDER_IDS = {
  unschedulable: 'metrics-server-unschedulable',
  crashing: 'metrics-server-crashing',
  oom: 'metrics-server-oom',
  'image-pull': 'image-pull-failed',
  'scaled-to-zero': 'metrics-server-scaled-to-zero',
  'not-installed': 'metrics-server-not-installed',
  stopped: 'metrics-server-not-serving',
} as const;

function idOf({ overlay, provider }: World, fault: Fault): string {
  switch (fault.kind) {
    case 'overlay-blocked':
      return overlay.encapsulation === 'none' ? 'pod-network-not-routed' : 'overlay-port-blocked';
    case 'checksum-offload':
      return 'vxlan-checksum-offload';
    case 'mtu-blackhole':
      return 'mtu-blackhole';
    case 'network-policy-denies':
      return 'networkpolicy-denies';
    case 'duplicate-node-ip':
      return 'duplicate-node-ip';
    case 'wrong-node-ip':
      return 'wrong-node-ip';
    case 'cni-agent-broken':
    case 'tunnel-port-differs':
      return 'cni-agent-broken';
    case 'underlay-broken':
      return 'underlay-broken';
    case 'kubelet-port-blocked':
      return 'kubelet-port-blocked';
    case 'host-firewall-pod-to-node':
      return 'host-firewall-pod-to-node';
    case 'forwarding-filtered':
      return 'forwarded-traffic-filtered';
    case 'provider-port-filtered':
      return fault.at === 'pod' && !provider.hostNetwork
        ? 'metrics-server-not-serving'
        : 'forwarded-traffic-filtered';
    case 'pod-to-apiserver-blocked':
      return 'pod-to-apiserver-blocked';
    case 'service-port-mismatch':
      return 'service-port-mismatch';
    case 'apiservice-missing':
      return 'apiservice-missing';
    case 'apiservice-ca-mismatch':
      return 'apiservice-ca-mismatch';
    case 'metrics-server':
      return PROVIDER_IDS[fault.state];
    case 'kubelet-certificate':
      return fault.problem === 'no-ip-san' ? 'kubelet-tls-no-ip-san' : 'kubelet-tls-untrusted';
    case 'kubelet':
      return KUBELET_IDS[fault.state];
    case 'scrape-access':
      return SCRAPE_IDS[fault.problem];
    case 'api-server':
      return 'apiserver-not-answering';
  }
}

function nodesOf(world: World, fault: Fault): ReadonlySet<string> | null {
  const homes = world.provider.replicas.map(({ node }) => node);
  switch (fault.kind) {
    case 'overlay-blocked': {
      const { scope } = fault;
      if ('everywhere' in scope) return null;
      if ('into' in scope) return new Set(scope.into);
      return new Set('outOf' in scope ? scope.outOf : scope.between.flat());
    }
    case 'duplicate-node-ip':
      return new Set([fault.keeps, fault.loses]);
    case 'wrong-node-ip':
      return new Set([fault.node]);
    case 'underlay-broken':
      return new Set(fault.between.flat());
    case 'network-policy-denies':
    case 'provider-port-filtered':
    case 'pod-to-apiserver-blocked':
      return new Set(homes);
    case 'api-server':
      return new Set([fault.node, ...apiServerMachines(world).map(({ name }) => name)]);
    case 'service-port-mismatch':
    case 'apiservice-missing':
    case 'apiservice-ca-mismatch':
    case 'metrics-server':
    case 'scrape-access':
      return null;
    case 'checksum-offload':
    case 'mtu-blackhole':
    case 'cni-agent-broken':
    case 'tunnel-port-differs':
    case 'kubelet-port-blocked':
    case 'host-firewall-pod-to-node':
    case 'forwarding-filtered':
    case 'kubelet-certificate':
    case 'kubelet':
      return new Set(fault.nodes);
  }
}
