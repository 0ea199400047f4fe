import { addressInRange } from './addresses.ts';
import type { FilterPlace, FilterRule, World } from './world.ts';
import { apiServerMachines, KUBELET_PORT, nodeNamed } from './world.ts';

/** Where packets of the overlay are lost. */
export type OverlayScope =
  | { readonly into: readonly string[] }
  | { readonly outOf: readonly string[] }
  | { readonly between: readonly (readonly [from: string, to: string])[] }
  | { readonly everywhere: true };

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

export function overlayRules(
  world: World,
  fault: {
    readonly scope: OverlayScope;
    readonly at: 'host' | 'fabric';
    readonly action: 'drop' | 'reject';
  },
): FilterRule[] {
  const match: Partial<FilterRule> = {
    ...overlayMatch(world),
    action: fault.action === 'drop' ? 'drop' : 'reject-port',
  };
  const { scope, at } = fault;
  // Without encapsulation the packets are not for the host itself: INPUT never sees them.
  const inbound = world.overlay.encapsulation === 'none' ? 'raw' : 'input';
  const host = (node: string, hook: 'raw' | 'input' | 'output'): FilterPlace => ({
    kind: 'host',
    node: nodeNamed(world, node).name,
    hook,
  });
  const fabric = (from: string | null, to: string | null): FilterPlace => ({
    kind: 'fabric',
    from: from === null ? null : nodeNamed(world, from).name,
    to: to === null ? null : nodeNamed(world, to).name,
  });
  const into = (node: string): FilterRule =>
    rule(at === 'host' ? host(node, inbound) : fabric(null, node), match);
  if ('into' in scope) return scope.into.map(into);
  if ('everywhere' in scope) return world.nodes.map((node) => into(node.name));
  if ('outOf' in scope) {
    return scope.outOf.map((node) =>
      rule(at === 'host' ? host(node, 'output') : fabric(node, null), match),
    );
  }
  return scope.between.map(([from, to]) =>
    at === 'host'
      ? rule(host(to, inbound), { ...match, sources: [`${nodeNamed(world, from).ip}/32`] })
      : rule(fabric(from, to), match),
  );
}

export function blackholeRules(
  world: World,
  fault: {
    readonly nodes: readonly string[];
    readonly largestBytes: number;
    readonly underlayToo: boolean;
  },
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

/** Nothing at all passes between these machines. */
export function underlayRules(
  world: World,
  between: readonly (readonly [string, string])[],
): FilterRule[] {
  return between.flatMap(([a, b]) => {
    const [one, other] = [nodeNamed(world, a).name, nodeNamed(world, b).name];
    return [
      rule({ kind: 'fabric', from: one, to: other }, {}),
      rule({ kind: 'fabric', from: other, to: one }, {}),
    ];
  });
}

export function kubeletRules(
  world: World,
  fault: { readonly nodes: readonly string[]; readonly action: FilterRule['action'] },
  arrivesOn: 'underlay' | 'pods',
): FilterRule[] {
  return fault.nodes.map((node) =>
    rule(
      { kind: 'host', node: nodeNamed(world, node).name, hook: 'input' },
      { protocol: 'tcp', port: KUBELET_PORT, arrivesOn, action: fault.action },
    ),
  );
}

export function providerRules(
  { provider }: World,
  fault: { readonly at: 'forward' | 'pod'; readonly action: FilterRule['action'] },
): FilterRule[] {
  return provider.replicas.map(({ node, podName }) => {
    const place: FilterPlace =
      fault.at === 'pod' && !provider.hostNetwork
        ? { kind: 'pod', namespace: provider.namespace, name: podName }
        : { kind: 'host', node, hook: provider.hostNetwork ? 'input' : 'forward' };
    const arrivesOn = provider.hostNetwork ? ('underlay' as const) : null;
    const { action } = fault;
    return rule(place, { protocol: 'tcp', port: provider.containerPort, arrivesOn, action });
  });
}

/** A FORWARD chain that lets answers through and nothing new from other machines, as Docker leaves it. */
export function forwardRules(
  world: World,
  fault: { readonly nodes: readonly string[]; readonly action: FilterRule['action'] },
): FilterRule[] {
  const arrivesOn = world.overlay.encapsulation === 'none' ? 'underlay' : 'overlay';
  return fault.nodes.map((node) =>
    rule(
      { kind: 'host', node: nodeNamed(world, node).name, hook: 'forward' },
      { newOnly: true, arrivesOn, action: fault.action },
    ),
  );
}

/** The nodes of metrics-server keep their own pods from every API server. */
export function podToApiServerRules(world: World, action: FilterRule['action']): FilterRule[] {
  const homes = [...new Set(world.provider.replicas.map(({ node }) => node))];
  const port = world.platform.apiServerPort;
  return homes.flatMap((node) => [
    rule(
      { kind: 'host', node, hook: 'forward' },
      { protocol: 'tcp', port, arrivesOn: 'pods', action },
    ),
    ...(apiServerMachines(world).some(({ name }) => name === node)
      ? [
          rule(
            { kind: 'host', node, hook: 'input' },
            { protocol: 'tcp', port, arrivesOn: 'pods', action },
          ),
        ]
      : []),
  ]);
}

/** An address of the underlay that no machine has. */
export function unusedAddress(world: World): string {
  const taken = new Set(world.nodes.map(({ ip }) => ip));
  const first = world.nodes[0]?.ip ?? '192.0.2.1';
  for (let host = 253; host > 1; host -= 1) {
    const candidate = addressInRange(first, host);
    if (!taken.has(candidate)) return candidate;
  }
  throw new RangeError('the underlay has no free address');
}
