import { unusedAddress } from '../fault-rules.ts';
import type { Fault } from '../faults.ts';
import { hasOuterUdp } from '../overlays.ts';
import type { FilterRule, SimNode, World } from '../world.ts';
import type { Random } from './random.ts';

/** Where faults may strike: machines that are up and take part. */
export interface Places {
  /** Nodes at the centre of the fault. */
  readonly nodes: readonly [string, ...string[]];
  readonly others: readonly string[];
  readonly servers: readonly string[];
}

/** Every kind of fault at the given places, with every variant that this cluster knows. */
export function faultsAt(world: World, { nodes, others, servers }: Places): readonly Fault[] {
  const [first] = nodes;
  const pairs = nodes.flatMap((node) => others.map((other) => [node, other] as const));
  return [
    ...overlayFaults(world, nodes, others),
    ...dataplaneFaults(world, nodes),
    ...checksumFaults(world, nodes),
    ...[true, false].flatMap((underlayToo): Fault[] =>
      [true, false].map((pooled) => ({
        kind: 'mtu-blackhole',
        nodes,
        largestBytes: 1_400,
        underlayToo,
        pooled,
      })),
    ),
    ...(others.length === 0
      ? []
      : [
          ...others
            .slice(0, 2)
            .map((keeps): Fault => ({ kind: 'duplicate-node-ip', keeps, loses: first })),
          { kind: 'underlay-broken', between: pairs } as const,
          { kind: 'underlay-broken', between: pairs.slice(0, 1) } as const,
        ]),
    ...(world.overlay.device !== null && world.overlay.flavour !== 'cilium'
      ? [{ kind: 'wrong-node-ip', node: first, address: unusedAddress(world) } as const]
      : []),
    ...policyFaults(world),
    ...ACTIONS.flatMap((action): Fault[] => [
      { kind: 'kubelet-port-blocked', nodes, action },
      { kind: 'host-firewall-pod-to-node', nodes, action },
      { kind: 'forwarding-filtered', nodes, action },
      { kind: 'provider-port-filtered', at: 'forward', action },
      { kind: 'provider-port-filtered', at: 'pod', action },
      { kind: 'pod-to-apiserver-blocked', action },
    ]),
    ...KUBELET_STATES.map((state): Fault => ({ kind: 'kubelet', state, nodes })),
    { kind: 'kubelet-certificate', problem: 'no-ip-san', nodes },
    { kind: 'kubelet-certificate', problem: 'self-signed', nodes },
    { kind: 'scrape-access', problem: 'wrong-port' },
    { kind: 'scrape-access', problem: 'by-name' },
    { kind: 'scrape-access', problem: 'forbidden' },
    { kind: 'service-port-mismatch', variant: 'wrong-number' },
    { kind: 'service-port-mismatch', variant: 'unknown-name' },
    { kind: 'service-port-mismatch', variant: 'apiservice-port' },
    { kind: 'apiservice-missing' },
    { kind: 'apiservice-ca-mismatch' },
    ...PROVIDER_STATES.map((state): Fault => ({ kind: 'metrics-server', state })),
    ...servers.slice(0, 1).map((node): Fault => ({ kind: 'api-server', node, state: 'hanging' })),
  ];
}

const ACTIONS: readonly FilterRule['action'][] = ['drop', 'reject-port', 'reject-prohibited'];
const KUBELET_STATES = [
  'loopback',
  'no-certificate',
  'expired-certificate',
  'unauthorized',
  'slow',
  'stats-error',
  'no-node-numbers',
] as const;
const PROVIDER_STATES = [
  'unschedulable',
  'crashing',
  'oom',
  'image-pull',
  'scaled-to-zero',
  'not-installed',
  'stopped',
] as const;

function overlayFaults(
  world: World,
  nodes: readonly string[],
  others: readonly string[],
): readonly Fault[] {
  if (others.length === 0) return [];
  // Where the network itself routes pods, a node's own OUTPUT and INPUT chains are not what it is about.
  const places =
    world.overlay.encapsulation === 'none' ? (['fabric'] as const) : (['host', 'fabric'] as const);
  const [first = ''] = nodes;
  const [other = ''] = others;
  const scopes = [
    { into: nodes },
    { outOf: nodes },
    { between: [[first, other]] },
    { between: [[other, first]] },
    { everywhere: true },
  ] as const;
  return places.flatMap((at) =>
    scopes.flatMap((scope) =>
      (['drop', 'reject'] as const)
        .filter((action) => at === 'host' || action === 'drop')
        .map((action): Fault => ({ kind: 'overlay-blocked', scope, at, action })),
    ),
  );
}

function dataplaneFaults(world: World, nodes: readonly string[]): readonly Fault[] {
  const { overlay } = world;
  const kinds = (['routes', 'neighbours', 'macs', 'vni', 'port'] as const).filter((lacks) => {
    switch (lacks) {
      case 'routes':
        // Where the cloud's network routes pods, no node has routes to lose (test/sim/node-facts.ts).
        return (
          overlay.flavour !== 'aws' &&
          !(overlay.flavour === 'cilium' && overlay.encapsulation === 'none')
        );
      case 'neighbours':
      case 'macs':
        return overlay.encapsulation === 'vxlan' && overlay.flavour !== 'cilium';
      case 'vni':
        return hasOuterUdp(overlay);
      case 'port':
        return overlay.port !== null && overlay.encapsulation !== 'wireguard';
    }
  });
  return kinds.flatMap((lacks) =>
    [true, false].map(
      (agentReady): Fault => ({ kind: 'cni-agent-broken', nodes, lacks, agentReady }),
    ),
  );
}

function checksumFaults(world: World, nodes: readonly string[]): readonly Fault[] {
  if (!hasOuterUdp(world.overlay)) return [];
  const all = world.nodes.filter(({ registered }) => registered).map(({ name }) => name);
  return (['outer', 'inner'] as const).flatMap((layer) => [
    { kind: 'checksum-offload' as const, layer, nodes },
    { kind: 'checksum-offload' as const, layer, nodes: all },
  ]);
}

/** A label can only be lost where the pod has one that no selector needs. */
function policyFaults({ provider }: World): readonly Fault[] {
  return provider.hostNetwork
    ? []
    : [
        { kind: 'network-policy-denies', variant: 'default-deny' },
        { kind: 'network-policy-denies', variant: 'label-lost' },
      ];
}

/** Some machines to strike, mostly one. */
export function drawPlaces(random: Random, world: World): Places {
  const taking = world.nodes.filter(
    ({ registered, up, ready, ageMs }) => registered && up && ready === 'True' && ageMs > 300_000,
  );
  const count = random.weighed([
    [6, 1],
    [2, 2],
    [1, Math.max(1, Math.floor(taking.length / 2))],
  ]);
  const homes = new Set(world.provider.replicas.map(({ node }) => node));
  // The nodes of metrics-server and of API servers are where it hurts; others are struck as well.
  const concerned = taking.filter(({ name, apiServer }) => homes.has(name) || apiServer !== 'none');
  const from = random.chance(0.7) && concerned.length > 0 ? concerned : taking;
  const [first, ...rest] = random.some(from, count).map(({ name }) => name);
  if (first === undefined) throw new RangeError('a cluster without a node that takes part');
  const nodes: Places['nodes'] = [first, ...rest];
  const others = taking.map(({ name }) => name).filter((name) => !nodes.includes(name));
  return { nodes, others, servers: serversOf(world.nodes) };
}

function serversOf(nodes: readonly SimNode[]): readonly string[] {
  return nodes.filter(({ apiServer }) => apiServer === 'serving').map(({ name }) => name);
}

/** One fault of any kind: kinds are drawn evenly, then the variant. */
export function drawFault(
  random: Random,
  world: World,
): { readonly fault: Fault; readonly places: Places } {
  const places = drawPlaces(random, world);
  const byKind = new Map<string, Fault[]>();
  for (const fault of faultsAt(world, places)) {
    const key = kindOf(fault);
    byKind.set(key, [...(byKind.get(key) ?? []), fault]);
  }
  const kinds = [...byKind.values()] as [Fault[], ...Fault[][]];
  const variants = random.pick(kinds) as [Fault, ...Fault[]];
  return { fault: random.pick(variants), places };
}

/** Faults that are one kind to a person, whatever the variant. */
function kindOf(fault: Fault): string {
  switch (fault.kind) {
    case 'metrics-server':
    case 'kubelet':
      return `${fault.kind} ${fault.state}`;
    case 'kubelet-certificate':
    case 'scrape-access':
      return `${fault.kind} ${fault.problem}`;
    default:
      return fault.kind;
  }
}
