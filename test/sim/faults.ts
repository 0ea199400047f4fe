import type { FilterPlace, FilterRule, ProviderState, SimNode, World } from './world.ts';
import { KUBELET_PORT, nodeNamed } from './world.ts';

/** Where packets of the overlay are lost. */
export type OverlayScope =
  | { readonly into: readonly string[] }
  | { readonly outOf: readonly string[] }
  | { readonly between: readonly (readonly [from: string, to: string])[] }
  | { readonly everywhere: true };

/** Something that breaks. Each is a change of the machines, never of an answer. */
export type Fault =
  | {
      readonly kind: 'overlay-blocked';
      readonly scope: OverlayScope;
      /** `host`: the machine's own filter; `fabric`: before the receiving machine. */
      readonly at: 'host' | 'fabric';
      readonly action: 'drop' | 'reject';
    }
  | {
      readonly kind: 'checksum-offload';
      readonly layer: 'outer' | 'inner';
      readonly nodes: readonly string[];
    }
  | {
      readonly kind: 'mtu-blackhole';
      readonly nodes: readonly string[];
      readonly largestBytes: number;
      /** True: the fabric loses every large packet. False: only encapsulated ones (docs/recorded-answers.md g2, g3, g6). */
      readonly underlayToo: boolean;
      readonly pooled: boolean;
    }
  | { readonly kind: 'network-policy-denies'; readonly variant: 'default-deny' | 'label-lost' }
  | { readonly kind: 'duplicate-node-ip'; readonly keeps: string; readonly loses: string }
  | { readonly kind: 'cni-agent-broken'; readonly nodes: readonly string[] }
  | {
      readonly kind: 'kubelet-port-blocked';
      readonly nodes: readonly string[];
      readonly action: FilterRule['action'];
    }
  | {
      readonly kind: 'host-firewall-pod-to-node';
      readonly nodes: readonly string[];
      readonly action: FilterRule['action'];
    }
  | {
      readonly kind: 'provider-port-filtered';
      readonly at: 'forward' | 'pod';
      readonly action: FilterRule['action'];
    }
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
      return addRules(world, overlayRules(world, fault));
    case 'checksum-offload':
      return changeNodes(world, fault.nodes, { badChecksum: fault.layer });
    case 'mtu-blackhole':
      return {
        ...addRules(world, blackholeRules(world, fault)),
        pooledConnections: fault.pooled,
      };
    case 'network-policy-denies':
      return denyByPolicy(world, fault.variant);
    case 'duplicate-node-ip':
      return sameAddress(world, fault.keeps, fault.loses);
    case 'cni-agent-broken':
      return changeNodes(world, fault.nodes, { overlayRoutes: false, agentReady: false });
    case 'kubelet-port-blocked':
      return addRules(world, kubeletRules(fault, 'underlay'));
    case 'host-firewall-pod-to-node':
      return addRules(world, kubeletRules(fault, 'pods'));
    case 'provider-port-filtered':
      return addRules(world, providerRules(world, fault));
    case 'service-port-mismatch':
      return mismatchPorts(world, fault.variant);
    case 'apiservice-missing':
      return changeProvider(world, { apiServicePresent: false });
    case 'apiservice-ca-mismatch':
      return changeProvider(world, { caBundle: 'foreign' });
    case 'metrics-server':
      return changeProvider(world, {
        state: fault.state,
        apiServicePresent: fault.state !== 'not-installed',
      });
    case 'kubelet-certificate':
      return changeNodes(world, fault.nodes, { kubeletCertificate: fault.problem });
    case 'api-server':
      return changeNodes(world, [fault.node], { apiServer: fault.state });
    case 'tunnel-port-differs':
      return changeNodes(world, fault.nodes, { tunnelPort: fault.port });
  }
}

function addRules(world: World, rules: readonly FilterRule[]): World {
  return { ...world, rules: [...world.rules, ...rules] };
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

function rule(place: FilterPlace, change: Partial<FilterRule>): FilterRule {
  return {
    place,
    protocol: 'any',
    port: null,
    sources: null,
    arrivesOn: null,
    longerThanBytes: null,
    newOnly: false,
    podAddressesOnly: false,
    share: 1,
    action: 'drop',
    ...change,
  };
}

/** What the overlay's packets look like to a filter. */
function overlayMatch({ overlay }: World): Partial<FilterRule> {
  switch (overlay.encapsulation) {
    case 'ipip':
      return { protocol: 'ipip' };
    case 'none':
      return { podAddressesOnly: true };
    case 'vxlan':
    case 'geneve':
    case 'wireguard':
      return { protocol: 'udp', port: overlay.port };
  }
}

function overlayRules(
  world: World,
  fault: Extract<Fault, { kind: 'overlay-blocked' }>,
): FilterRule[] {
  const match: Partial<FilterRule> = {
    ...overlayMatch(world),
    action: fault.action === 'drop' ? 'drop' : 'reject-port',
  };
  const { scope, at } = fault;
  const into = (node: string): FilterRule =>
    at === 'host'
      ? rule({ kind: 'host', node: nodeNamed(world, node).name, hook: 'input' }, match)
      : rule({ kind: 'fabric', from: null, to: nodeNamed(world, node).name }, match);
  if ('into' in scope) return scope.into.map(into);
  if ('everywhere' in scope) return world.nodes.map((node) => into(node.name));
  if ('outOf' in scope) {
    return scope.outOf.map((node) =>
      at === 'host'
        ? rule({ kind: 'host', node: nodeNamed(world, node).name, hook: 'output' }, match)
        : rule({ kind: 'fabric', from: nodeNamed(world, node).name, to: null }, match),
    );
  }
  return scope.between.map(([from, to]) =>
    at === 'host'
      ? rule(
          { kind: 'host', node: nodeNamed(world, to).name, hook: 'input' },
          { ...match, sources: [`${nodeNamed(world, from).ip}/32`] },
        )
      : rule(
          { kind: 'fabric', from: nodeNamed(world, from).name, to: nodeNamed(world, to).name },
          match,
        ),
  );
}

function blackholeRules(
  world: World,
  fault: Extract<Fault, { kind: 'mtu-blackhole' }>,
): FilterRule[] {
  const match: Partial<FilterRule> = {
    longerThanBytes: fault.largestBytes,
    ...(fault.underlayToo ? {} : overlayMatch(world)),
  };
  return fault.nodes.flatMap((name) => {
    const node = nodeNamed(world, name).name;
    return [
      rule({ kind: 'fabric', from: node, to: null }, match),
      rule({ kind: 'fabric', from: null, to: node }, match),
    ];
  });
}

function kubeletRules(
  fault: {
    readonly nodes: readonly string[];
    readonly action: FilterRule['action'];
  },
  arrivesOn: 'underlay' | 'pods',
): FilterRule[] {
  return fault.nodes.map((node) =>
    rule(
      { kind: 'host', node, hook: 'input' },
      { protocol: 'tcp', port: KUBELET_PORT, arrivesOn, action: fault.action },
    ),
  );
}

function sameAddress(world: World, keeps: string, loses: string): World {
  const { ip } = nodeNamed(world, keeps);
  return changeNodes(world, [loses], { ip, publishedIp: ip, tunnelEndpoint: ip });
}

function providerRules(
  world: World,
  fault: Extract<Fault, { kind: 'provider-port-filtered' }>,
): FilterRule[] {
  const { provider } = world;
  return provider.replicas.map(({ node, podName }) => {
    const place: FilterPlace =
      fault.at === 'pod' && !provider.hostNetwork
        ? { kind: 'pod', namespace: provider.namespace, name: podName }
        : { kind: 'host', node, hook: provider.hostNetwork ? 'input' : 'forward' };
    const arrivesOn = provider.hostNetwork ? ('underlay' as const) : null;
    return rule(place, {
      protocol: 'tcp',
      port: provider.containerPort,
      arrivesOn,
      action: fault.action,
    });
  });
}

function mismatchPorts(
  world: World,
  variant: Extract<Fault, { kind: 'service-port-mismatch' }>['variant'],
): World {
  switch (variant) {
    case 'wrong-number':
      // The port that metrics-server used before 0.6.2; nothing listens there any more.
      return changeProvider(world, { targetPort: 4443 });
    case 'unknown-name':
      return changeProvider(world, { targetPort: 'metrics' });
    case 'apiservice-port':
      return changeProvider(world, { apiServicePort: 8443 });
  }
}

/** RKE2's CIS policies: the namespace's default deny, and (when the label is lost) an allow that matches nothing. */
function denyByPolicy(world: World, variant: 'default-deny' | 'label-lost'): World {
  const { namespace, podLabels: labels } = world.provider;
  // The one label that no selector of the Service needs, so that the pod keeps its endpoints.
  const label =
    Object.keys(labels).find((key) => !(key in world.platform.provider.selector)) ??
    'pod-template-hash';
  const deny = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name: 'default-network-policy' },
    spec: {
      podSelector: {},
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: {} }] }],
    },
  } as const;
  const allow = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { namespace, name: 'default-network-metrics-server-policy' },
    spec: {
      podSelector: { matchLabels: { [label]: world.provider.podLabels[label] ?? '' } },
      policyTypes: ['Ingress'],
      ingress: [{ ports: [{ port: 'https', protocol: 'TCP' }] }],
    },
  } as const;
  if (variant === 'default-deny') return { ...world, policies: [...world.policies, deny] };
  const { [label]: _lost, ...podLabels } = world.provider.podLabels;
  return {
    ...changeProvider(world, { podLabels }),
    policies: [...world.policies, deny, allow],
  };
}
