import {
  blackholeRules,
  forwardRules,
  kubeletRules,
  type OverlayScope,
  overlayRules,
  podToApiServerRules,
  providerRules,
  underlayRules,
} from './fault-rules.ts';
import { denyByPolicy } from './policy-faults.ts';
import type { FilterRule, KubeletState, ProviderState, SimNode, World } from './world.ts';
import { nodeNamed } from './world.ts';

export type { OverlayScope } from './fault-rules.ts';

/** A filter that takes only a share of the flows, from 0 to 1: seen by some probes of a path and not by others. */
interface Flapping {
  readonly share?: number;
}

/** Something that breaks. Each is a change of the machines, never of an answer. */
export type Fault =
  | (Flapping & {
      readonly kind: 'overlay-blocked';
      readonly scope: OverlayScope;
      /** `host`: the machine's own filter; `fabric`: before the receiving machine. */
      readonly at: 'host' | 'fabric';
      readonly action: 'drop' | 'reject';
    })
  | {
      readonly kind: 'checksum-offload';
      readonly layer: 'outer' | 'inner';
      readonly nodes: readonly string[];
    }
  | (Flapping & {
      readonly kind: 'mtu-blackhole';
      readonly nodes: readonly string[];
      readonly largestBytes: number;
      /** True: the fabric loses every large packet. False: only encapsulated ones (docs/recorded-answers.md g2, g3, g6). */
      readonly underlayToo: boolean;
      readonly pooled: boolean;
    })
  | { readonly kind: 'network-policy-denies'; readonly variant: 'default-deny' | 'label-lost' }
  | { readonly kind: 'duplicate-node-ip'; readonly keeps: string; readonly loses: string }
  | { readonly kind: 'wrong-node-ip'; readonly node: string; readonly address: string }
  | {
      readonly kind: 'cni-agent-broken';
      readonly nodes: readonly string[];
      /** What its dataplane lacks; `agentReady` says whether the agent at least admits it. */
      readonly lacks?: 'routes' | 'neighbours' | 'macs' | 'vni' | 'port';
      readonly agentReady?: boolean;
    }
  | (Flapping & {
      readonly kind: 'underlay-broken';
      readonly between: readonly (readonly [a: string, b: string])[];
    })
  | (Flapping & {
      readonly kind: 'kubelet-port-blocked';
      readonly nodes: readonly string[];
      readonly action: FilterRule['action'];
    })
  | {
      readonly kind: 'host-firewall-pod-to-node';
      readonly nodes: readonly string[];
      readonly action: FilterRule['action'];
    }
  | (Flapping & {
      readonly kind: 'provider-port-filtered';
      readonly at: 'forward' | 'pod';
      readonly action: FilterRule['action'];
    })
  | {
      readonly kind: 'forwarding-filtered';
      readonly nodes: readonly string[];
      readonly action: FilterRule['action'];
    }
  | { readonly kind: 'pod-to-apiserver-blocked'; readonly action: FilterRule['action'] }
  | {
      readonly kind: 'service-port-mismatch';
      readonly variant: 'wrong-number' | 'unknown-name' | 'apiservice-port';
    }
  | { readonly kind: 'apiservice-missing' }
  | { readonly kind: 'apiservice-ca-mismatch' }
  | { readonly kind: 'metrics-server'; readonly state: Exclude<ProviderState, 'running'> }
  | {
      readonly kind: 'kubelet-certificate';
      readonly problem: 'no-ip-san' | 'self-signed';
      readonly nodes: readonly string[];
    }
  | {
      readonly kind: 'kubelet';
      readonly state: Exclude<KubeletState, 'serving'>;
      readonly nodes: readonly string[];
    }
  | { readonly kind: 'scrape-access'; readonly problem: 'wrong-port' | 'by-name' | 'forbidden' }
  | {
      readonly kind: 'api-server';
      readonly node: string;
      readonly state: 'hanging' | 'down';
    }
  | {
      readonly kind: 'tunnel-port-differs';
      readonly nodes: readonly string[];
      readonly port: number;
    };

/** The world with the faults in place, in the given order. */
export function applyFaults(world: World, faults: readonly Fault[]): World {
  return faults.reduce(applyFault, world);
}

function applyFault(world: World, fault: Fault): World {
  switch (fault.kind) {
    case 'overlay-blocked':
      return addRules(world, overlayRules(world, fault), fault);
    case 'checksum-offload':
      return changeNodes(world, fault.nodes, { badChecksum: fault.layer });
    case 'mtu-blackhole':
      return {
        ...addRules(world, blackholeRules(world, fault), fault),
        pooledConnections: fault.pooled,
      };
    case 'network-policy-denies':
      return denyByPolicy(world, fault.variant);
    case 'duplicate-node-ip':
      return sameAddress(world, fault.keeps, fault.loses);
    case 'wrong-node-ip':
      return changeNodes(world, [fault.node], { tunnelEndpoint: fault.address });
    case 'cni-agent-broken':
      return breakDataplane(world, fault);
    case 'underlay-broken':
      return addRules(world, underlayRules(world, fault.between), fault);
    case 'kubelet-port-blocked':
      return addRules(world, kubeletRules(world, fault, 'underlay'), fault);
    case 'host-firewall-pod-to-node':
      return addRules(world, kubeletRules(world, fault, 'pods'));
    case 'provider-port-filtered':
      return addRules(world, providerRules(world, fault), fault);
    case 'forwarding-filtered':
      return addRules(world, forwardRules(world, fault));
    case 'pod-to-apiserver-blocked':
      return addRules(world, podToApiServerRules(world, fault.action));
    case 'service-port-mismatch':
      return mismatchPorts(world, fault.variant);
    case 'apiservice-missing':
      return changeProvider(world, { apiServicePresent: false });
    case 'apiservice-ca-mismatch':
      return changeProvider(world, { caBundle: 'foreign' });
    case 'metrics-server':
      return changeProvider(world, {
        state: fault.state,
        ...(fault.state === 'not-installed' ? { apiServicePresent: false } : {}),
      });
    case 'kubelet-certificate':
      return changeNodes(world, fault.nodes, { kubeletCertificate: fault.problem });
    case 'kubelet':
      return changeNodes(world, fault.nodes, { kubelet: fault.state });
    case 'scrape-access':
      return changeProvider(world, { scrapeProblem: fault.problem });
    case 'api-server':
      return changeNodes(world, [fault.node], { apiServer: fault.state });
    case 'tunnel-port-differs':
      return changeNodes(world, fault.nodes, { tunnelPort: fault.port });
  }
}

function addRules(world: World, rules: readonly FilterRule[], { share = 1 }: Flapping = {}): World {
  return { ...world, rules: [...world.rules, ...rules.map((rule) => ({ ...rule, share }))] };
}

function changeNodes(world: World, names: readonly string[], change: Partial<SimNode>): World {
  for (const name of names) nodeNamed(world, name); // a misspelt node must not make a fault that does nothing
  return {
    ...world,
    nodes: world.nodes.map((node) => (names.includes(node.name) ? { ...node, ...change } : node)),
  };
}

function changeProvider(world: World, change: Partial<World['provider']>): World {
  return { ...world, provider: { ...world.provider, ...change } };
}

function sameAddress(world: World, keeps: string, loses: string): World {
  const { ip } = nodeNamed(world, keeps);
  return changeNodes(world, [loses], { ip, publishedIp: ip, tunnelEndpoint: ip });
}

/** A VNI that no CNI uses by itself. */
const OTHER_VNI = 77;
/** Where another release of the CNI would listen. */
const OTHER_PORTS: Readonly<Record<number, number>> = { 8472: 4789, 4789: 8472, 6081: 6082 };

function breakDataplane(
  world: World,
  { nodes, lacks = 'routes', agentReady = false }: Extract<Fault, { kind: 'cni-agent-broken' }>,
): World {
  const others = world.nodes.map(({ name }) => name).filter((name) => !nodes.includes(name));
  const port = OTHER_PORTS[world.overlay.port ?? 0] ?? 4790;
  const change: Partial<SimNode> = {
    routes: { overlayRoutes: false },
    neighbours: { noNeighbourFor: others },
    macs: { staleMacFor: others },
    vni: { tunnelVni: OTHER_VNI },
    port: { tunnelPort: port },
  }[lacks];
  return changeNodes(world, nodes, { ...change, agentReady });
}

function mismatchPorts(
  world: World,
  variant: Extract<Fault, { kind: 'service-port-mismatch' }>['variant'],
): World {
  switch (variant) {
    case 'wrong-number':
      // Nothing listens there: metrics-server's port before 0.6.2, or the one after it where that is in use.
      return changeProvider(world, {
        targetPort: world.provider.containerPort === 4443 ? 10_250 : 4443,
      });
    case 'unknown-name':
      return changeProvider(world, { targetPort: 'metrics' });
    case 'apiservice-port':
      return changeProvider(world, { apiServicePort: 8443 });
  }
}
