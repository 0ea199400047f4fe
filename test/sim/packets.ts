import { inCidr } from './addresses.ts';
import { lostInFabric, type Packet, ruleOfHost, ruleOfPod } from './filters.ts';
import { bypassesHostStack, hasOuterUdp, hidesPods, OVERHEAD_BYTES } from './overlays.ts';
import { policyAdmits } from './policies.ts';
import type { FilterRule, SimNode, SimPod, World } from './world.ts';
import { nodeNamed, providerPods } from './world.ts';

export type { Packet } from './filters.ts';

/** Who sends or receives: a machine's host network, or a pod in the pod network. */
export type Party =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'pod'; readonly pod: SimPod };

/**
 * How a packet ended. `refused-by`: a filter that answers; whether its answer gets back is the caller's question.
 * `no-neighbour`: nobody has that address (ARP fails).
 */
export type Arrival =
  | { readonly kind: 'delivered'; readonly at: Party }
  | { readonly kind: 'lost'; readonly where: string }
  | {
      readonly kind: 'refused-by';
      readonly node: string;
      readonly with: 'reject-port' | 'reject-prohibited';
    }
  | { readonly kind: 'no-neighbour' };

/** The counters of a node that a packet moves; the names of the probe's own counters, plus the pod's checksum counter. */
export type CounterName =
  | 'overlayTx'
  | 'overlayTxErrors'
  | 'overlayRx'
  | 'underlayTx'
  | 'underlayRx'
  | 'ipInReceives'
  | 'ipInDelivers'
  | 'udpInDatagrams'
  | 'udpNoPorts'
  | 'udpInErrors'
  | 'udpInCsumErrors'
  | 'ipOutRequests'
  | 'podTcpInCsumErrors'
  | 'hostTcpInCsumErrors'
  | 'podUdpInCsumErrors';

/** Told of each counter that a packet moves. */
export type Count = (node: string, counter: CounterName) => void;

const uncounted: Count = () => undefined;

/** A packet as it crosses the underlay, and what it carries when it is a tunnel's. */
interface Outer extends Packet {
  readonly inner: Packet | null;
}

/** Sends one packet and says where it ended. */
export function send(world: World, from: Party, packet: Packet, count: Count = uncounted): Arrival {
  const sender = nodeNamed(world, from.kind === 'node' ? from.node : from.pod.node);
  if (!sender.up) return { kind: 'lost', where: `${sender.name} is off` };
  if (packet.destination === sender.ip || packet.destination === sender.tunnelIp) {
    return intoHost(world, sender, packet, from.kind === 'pod' ? 'pods' : null, count);
  }
  // Counted before the OUTPUT chain (ip_output.c, __ip_local_out), the outer packet as well as the inner one.
  if (from.kind === 'node') count(sender.name, 'ipOutRequests');
  if (from.kind === 'pod') {
    const stopped = filter(world, sender, 'forward', packet, 'pods');
    if (stopped !== null) return stopped;
  }
  const localPod = podAt(world, packet.destination);
  if (localPod !== null && localPod.node === sender.name) {
    const stopped = from.kind === 'node' ? filter(world, sender, 'output', packet, null) : null;
    return stopped ?? intoPod(world, localPod, packet, from);
  }
  const owner = overlayOwner(world, packet.destination);
  if (owner === null) {
    const translated =
      from.kind === 'pod' && hidesPods(world.overlay) ? { ...packet, source: sender.ip } : packet;
    return acrossUnderlay(world, sender, { ...translated, inner: null }, count);
  }
  // An address of its own range that no pod has: the bridge asks and nobody answers.
  if (owner.name === sender.name) return { kind: 'no-neighbour' };
  return toPodNetwork(world, { sender, owner, packet, count, from });
}

interface Journey {
  readonly sender: SimNode;
  readonly owner: SimNode;
  readonly packet: Packet;
  readonly count: Count;
  readonly from: Party;
}

function toPodNetwork(world: World, journey: Journey): Arrival {
  const { sender, owner, packet, count, from } = journey;
  if (!sender.overlayRoutes) {
    // Without the CNI's route the default route takes it to a router that knows nothing of pods.
    count(sender.name, 'underlayTx');
    return { kind: 'lost', where: `default route of ${sender.name}` };
  }
  if (sender.noNeighbourFor.includes(owner.name)) return { kind: 'no-neighbour' };
  if (world.overlay.encapsulation !== 'none') return overOverlay(world, journey);
  const stopped = from.kind === 'node' ? filter(world, sender, 'output', packet, null) : null;
  if (stopped !== null) return stopped;
  // The next hop is the address that the other node published.
  const machine = machineAt(world, owner.tunnelEndpoint);
  if (machine === null) return { kind: 'no-neighbour' };
  const crossing = { sender, machine, outer: { ...packet, inner: null }, count };
  return transit(world, crossing, owner);
}

function overOverlay(world: World, { sender, owner, packet, count }: Journey): Arrival {
  const { encapsulation } = world.overlay;
  const outer: Outer = {
    protocol: encapsulation === 'ipip' ? 'ipip' : 'udp',
    source: sender.ip,
    destination: owner.tunnelEndpoint,
    port: sender.tunnelPort,
    ipBytes: packet.ipBytes + OVERHEAD_BYTES[encapsulation],
    reply: false,
    flow: packet.flow,
    inner: packet,
  };
  count(sender.name, 'ipOutRequests');
  if (filter(world, sender, 'output', outer, null) !== null) {
    // iptunnel_xmit counts a packet that netfilter refused as dropped, not as sent
    count(sender.name, 'overlayTxErrors');
    return { kind: 'lost', where: `output filter of ${sender.name}` };
  }
  count(sender.name, 'overlayTx');
  const machine = outer.destination === sender.ip ? sender : machineAt(world, outer.destination);
  return machine === null
    ? { kind: 'lost', where: 'nobody answers for the tunnel endpoint' }
    : transit(world, { sender, machine, outer, count }, owner);
}

function acrossUnderlay(world: World, sender: SimNode, outer: Outer, count: Count): Arrival {
  const machine = machineAt(world, outer.destination);
  const stopped = filter(world, sender, 'output', outer, null);
  if (stopped !== null) return stopped;
  if (machine === null) return { kind: 'no-neighbour' };
  return transit(world, { sender, machine, outer, count }, machine);
}

interface Crossing {
  readonly sender: SimNode;
  readonly machine: SimNode;
  readonly outer: Outer;
  readonly count: Count;
}

function transit(world: World, crossing: Crossing, intended: SimNode): Arrival {
  const { sender, machine, outer, count } = crossing;
  if (!machine.up) return { kind: 'no-neighbour' };
  count(sender.name, 'underlayTx');
  if (lostInFabric(world, sender, machine, outer)) return { kind: 'lost', where: 'fabric' };
  count(machine.name, 'underlayRx');
  count(machine.name, 'ipInReceives');
  const forwarded = outer.inner === null && outer.destination !== machine.ip;
  const raw = filter(world, machine, 'raw', outer, 'underlay');
  const stopped = raw ?? (forwarded ? null : filter(world, machine, 'input', outer, 'underlay'));
  if (stopped !== null) {
    // The ICMP error for an outer packet reaches the tunnel, not the connection inside (docs/recorded-answers.md, f2).
    return outer.inner === null
      ? stopped
      : { kind: 'lost', where: `input filter of ${machine.name}` };
  }
  if (forwarded) return toLocalPod(world, { machine, packet: outer, arrivesOn: 'underlay', count });
  count(machine.name, 'ipInDelivers');
  return outer.inner === null
    ? { kind: 'delivered', at: { kind: 'node', node: machine.name } }
    : outOfTunnel(world, crossing, { inner: outer.inner, intended });
}

/** The receiving machine's socket or protocol handler, its tunnel device, and the way from there to the pod. */
function outOfTunnel(
  world: World,
  { sender, machine, outer, count }: Crossing,
  { inner, intended }: { readonly inner: Packet; readonly intended: SimNode },
): Arrival {
  const summed = inner.protocol !== 'icmp'; // the kernel leaves only TCP and UDP checksums to the NIC
  if (outer.protocol === 'udp') {
    if (outer.port !== machine.tunnelPort) {
      count(machine.name, 'udpNoPorts');
      return { kind: 'lost', where: `no tunnel on port ${outer.port} of ${machine.name}` };
    }
    if (sender.badChecksum === 'outer' && summed && hasOuterUdp(world.overlay)) {
      count(machine.name, 'udpInErrors');
      count(machine.name, 'udpInCsumErrors');
      return { kind: 'lost', where: `bad checksum at ${machine.name}` };
    }
    count(machine.name, 'udpInDatagrams');
  }
  if (sender.tunnelVni !== machine.tunnelVni) return { kind: 'lost', where: 'unknown VNI' };
  count(machine.name, 'overlayRx');
  // An Ethernet frame for another device is dropped; IPIP and WireGuard carry no frames.
  const misaddressed = machine.name !== intended.name || sender.staleMacFor.includes(machine.name);
  if (misaddressed && hasOuterUdp(world.overlay)) {
    return { kind: 'lost', where: 'inner MAC of another VTEP' };
  }
  if (!bypassesHostStack(world.overlay)) count(machine.name, 'ipInReceives');
  if (sender.badChecksum === 'inner' && summed && hasOuterUdp(world.overlay)) {
    return badInside(world, machine, inner, count);
  }
  if (inner.destination === machine.tunnelIp) {
    return intoHost(world, machine, inner, 'overlay', count);
  }
  return toLocalPod(world, { machine, packet: inner, arrivesOn: 'overlay', count });
}

/** The filters look at headers only; whoever the packet is for sees that its sum is wrong. */
function badInside(world: World, machine: SimNode, inner: Packet, count: Count): Arrival {
  const lost: Arrival = { kind: 'lost', where: 'bad inner checksum' };
  if (inner.destination === machine.tunnelIp) {
    const stopped = filter(world, machine, 'input', inner, 'overlay');
    if (stopped === null && inner.protocol === 'tcp') count(machine.name, 'hostTcpInCsumErrors');
    return stopped ?? lost;
  }
  const stopped = filter(world, machine, 'forward', inner, 'overlay');
  if (stopped !== null) return stopped;
  if (podAt(world, inner.destination)?.node === machine.name) {
    count(machine.name, inner.protocol === 'tcp' ? 'podTcpInCsumErrors' : 'podUdpInCsumErrors');
  }
  return lost;
}

/** A packet for a pod that came from another machine. */
function toLocalPod(
  world: World,
  {
    machine,
    packet,
    arrivesOn,
  }: {
    readonly machine: SimNode;
    readonly packet: Packet;
    readonly arrivesOn: FilterRule['arrivesOn'];
    readonly count: Count;
  },
): Arrival {
  const stopped = filter(world, machine, 'forward', packet, arrivesOn);
  if (stopped !== null) return stopped;
  const pod = podAt(world, packet.destination);
  if (pod === null || pod.node !== machine.name) return { kind: 'no-neighbour' };
  return intoPod(world, pod, packet, null);
}

function intoHost(
  world: World,
  node: SimNode,
  packet: Packet,
  arrivesOn: FilterRule['arrivesOn'],
  count: Count,
): Arrival {
  const stopped = filter(world, node, 'input', packet, arrivesOn);
  if (stopped !== null) return stopped;
  count(node.name, 'ipInDelivers');
  return { kind: 'delivered', at: { kind: 'node', node: node.name } };
}

function intoPod(world: World, pod: SimPod, packet: Packet, from: Party | null): Arrival {
  const rule = ruleOfPod(world, pod, packet);
  if (rule !== null) return outcomeOf(rule, pod.node, `inside ${pod.name}`);
  // A policy never keeps a pod's own node out, nor an answer to the pod's own question.
  const exempt = packet.reply || (from !== null && from.kind === 'node');
  if (!exempt && !policyAdmits(world, pod, packet)) {
    return { kind: 'lost', where: `network policy on ${pod.name}` };
  }
  return { kind: 'delivered', at: { kind: 'pod', pod } };
}

/** What a host's hook makes of the packet; null lets it pass. */
function filter(
  world: World,
  node: SimNode,
  hook: 'raw' | 'input' | 'output' | 'forward',
  packet: Packet,
  arrivesOn: FilterRule['arrivesOn'],
): Arrival | null {
  const rule = ruleOfHost(world, node, hook, packet, arrivesOn);
  return rule === null ? null : outcomeOf(rule, node.name, `${hook} filter of ${node.name}`);
}

function outcomeOf(rule: FilterRule, node: string, where: string): Arrival {
  return rule.action === 'drop'
    ? { kind: 'lost', where }
    : { kind: 'refused-by', node, with: rule.action };
}

/** Every packet asks whose an address is. */
interface Addresses {
  readonly machines: ReadonlyMap<string, SimNode>;
  readonly pods: ReadonlyMap<string, SimPod>;
  readonly owners: Map<string, SimNode | null>;
}

const addresses = new WeakMap<World, Addresses>();

function addressesOf(world: World): Addresses {
  const known = addresses.get(world);
  if (known !== undefined) return known;
  const machines = new Map<string, SimNode>();
  // The machine that wins the ARP race for a doubled address: the first in the list.
  for (const node of world.nodes) if (!machines.has(node.ip)) machines.set(node.ip, node);
  const pods = new Map<string, SimPod>();
  for (const pod of [...world.pods, ...providerPods(world)]) {
    if (!pod.hostNetwork) pods.set(pod.ip, pod);
  }
  const found = { machines, pods, owners: new Map<string, SimNode | null>() };
  addresses.set(world, found);
  return found;
}

function machineAt(world: World, ip: string): SimNode | null {
  return addressesOf(world).machines.get(ip) ?? null;
}

function podAt(world: World, ip: string): SimPod | null {
  return addressesOf(world).pods.get(ip) ?? null;
}

/** The node in whose pod range (or on whose tunnel) an address lies. */
function overlayOwner(world: World, ip: string): SimNode | null {
  const { machines, owners } = addressesOf(world);
  const known = owners.get(ip);
  if (known !== undefined) return known;
  const owner = machines.has(ip)
    ? null
    : (world.nodes.find((node) => node.tunnelIp === ip || inCidr(ip, node.podRange)) ?? null);
  owners.set(ip, owner);
  return owner;
}

/** The address that a party's packets carry towards `destination`. */
export function sourceAddress(world: World, from: Party, destination: string): string {
  if (from.kind === 'pod') return from.pod.ip;
  const node = nodeNamed(world, from.node);
  const owner = overlayOwner(world, destination);
  return owner !== null && owner.name !== node.name ? node.tunnelIp : node.ip;
}

/** Whether an address is a machine's own. */
export function isMachine(world: World, ip: string): boolean {
  return addressesOf(world).machines.has(ip);
}
