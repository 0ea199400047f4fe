import { inCidr } from './addresses.ts';
import { chance } from './chance.ts';
import type { FilterRule, SimNode, World } from './world.ts';

export interface Packet {
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'ipip';
  readonly source: string;
  readonly destination: string;
  /** Destination port; null for ICMP and IPIP and for replies to an ephemeral port. */
  readonly port: number | null;
  readonly ipBytes: number;
  /** Belongs to a connection that the receiver opened: policies let it in. */
  readonly reply: boolean;
  /** Names the conversation: all its packets share one fate at a filter that takes a share. */
  readonly flow?: string | undefined;
}

type Hook = 'raw' | 'input' | 'output' | 'forward';
type ArrivesOn = FilterRule['arrivesOn'];

/** The rules of a world by where they stand: most packets meet none. */
interface RuleIndex {
  readonly hosts: ReadonlyMap<string, readonly FilterRule[]>;
  readonly fabric: readonly FilterRule[];
  readonly pods: ReadonlyMap<string, readonly FilterRule[]>;
}

const indices = new WeakMap<World, RuleIndex>();

function indexOf(world: World): RuleIndex {
  const known = indices.get(world);
  if (known !== undefined) return known;
  const hosts = new Map<string, FilterRule[]>();
  const pods = new Map<string, FilterRule[]>();
  const fabric: FilterRule[] = [];
  const push = (map: Map<string, FilterRule[]>, key: string, rule: FilterRule): void => {
    map.set(key, [...(map.get(key) ?? []), rule]);
  };
  for (const rule of world.rules) {
    const { place } = rule;
    if (place.kind === 'host') push(hosts, `${place.node} ${place.hook}`, rule);
    else if (place.kind === 'pod') push(pods, `${place.namespace}/${place.name}`, rule);
    else fabric.push(rule);
  }
  const index = { hosts, fabric, pods };
  indices.set(world, index);
  return index;
}

/** The first rule of a host's hook that stops the packet. */
export function ruleOfHost(
  world: World,
  node: SimNode,
  hook: Hook,
  packet: Packet,
  arrivesOn: ArrivesOn,
): FilterRule | null {
  const rules = indexOf(world).hosts.get(`${node.name} ${hook}`) ?? [];
  return rules.find((rule) => matches(world, rule, packet, arrivesOn)) ?? null;
}

/** Whether something between two machines drops the packet. */
export function lostInFabric(
  world: World,
  sender: SimNode,
  machine: SimNode,
  packet: Packet,
): boolean {
  return indexOf(world).fabric.some(
    (rule) =>
      rule.place.kind === 'fabric' &&
      (rule.place.from === null || rule.place.from === sender.name) &&
      (rule.place.to === null || rule.place.to === machine.name) &&
      matches(world, rule, packet, null),
  );
}

/** The first rule within a pod's own network namespace that stops the packet. */
export function ruleOfPod(
  world: World,
  pod: { readonly namespace: string; readonly name: string },
  packet: Packet,
): FilterRule | null {
  const rules = indexOf(world).pods.get(`${pod.namespace}/${pod.name}`) ?? [];
  return rules.find((rule) => matches(world, rule, packet, null)) ?? null;
}

function matches(world: World, rule: FilterRule, packet: Packet, arrivesOn: ArrivesOn): boolean {
  if (rule.protocol !== 'any' && rule.protocol !== packet.protocol) return false;
  if (rule.port !== null && rule.port !== packet.port) return false;
  if (rule.arrivesOn !== null && rule.arrivesOn !== arrivesOn) return false;
  if (rule.newOnly && packet.reply) return false;
  if (rule.longerThanBytes !== null && packet.ipBytes <= rule.longerThanBytes) return false;
  if (rule.podAddressesOnly && !hasPodAddress(world, packet)) return false;
  if (rule.sources !== null && !rule.sources.some((cidr) => inCidr(packet.source, cidr))) {
    return false;
  }
  return rule.share >= 1 || chance(world.seed, packet.flow ?? '', packet.protocol) < rule.share;
}

function hasPodAddress(world: World, { source, destination }: Packet): boolean {
  return world.nodes.some(
    ({ podRange }) => inCidr(source, podRange) || inCidr(destination, podRange),
  );
}
