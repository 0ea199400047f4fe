import { inCidr } from './addresses.ts';
import { policyAdmits } from './policies.ts';
import type { FilterRule, SimNode, SimPod, World } from './world.ts';
import { nodeNamed, providerPod } from './world.ts';

/** Who sends or receives: a machine's host network, or a pod in the pod network. */
export type Party =
  | { readonly kind: 'node'; readonly node: string }
  | { readonly kind: 'pod'; readonly pod: SimPod };

export interface Packet {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly source: string;
  readonly destination: string;
  /** Destination port; null for ICMP and for replies to an ephemeral port. */
  readonly port: number | null;
  readonly ipBytes: number;
  /** Belongs to a connection that the receiver opened: policies let it in. */
  readonly reply: boolean;
}

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
  | 'podUdpInCsumErrors';

/** Told of each counter that a packet moves. */
export type Count = (node: string, counter: CounterName) => void;

const uncounted: Count = () => undefined;

/** Outer Ethernet, IPv4, UDP and VXLAN headers less the outer Ethernet: RFC 7348 adds 50 bytes to the IP packet. */
const VXLAN_OVERHEAD_BYTES = 50;

/** A small packet and what goes around it while it crosses the underlay. */
interface Outer extends Packet {
  readonly inner: Packet | null;
}

/** Sends one packet and says where it ended. */
export function send(world: World, from: Party, packet: Packet, count: Count = uncounted): Arrival {
  const sender = nodeNamed(world, from.kind === 'node' ? from.node : from.pod.node);
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
    return stopped ?? intoPod(world, localPod, packet, from, count);
  }
  const owner = overlayOwner(world, packet.destination);
  if (owner === null) {
    const translated = from.kind === 'pod' ? { ...packet, source: sender.ip } : packet;
    return acrossUnderlay(world, sender, { ...translated, inner: null }, count);
  }
  // An address of its own range that no pod has: the bridge asks and nobody answers.
  if (owner.name === sender.name) return { kind: 'no-neighbour' };
  return overOverlay(world, sender, owner, packet, count);
}

function overOverlay(
  world: World,
  sender: SimNode,
  owner: SimNode,
  packet: Packet,
  count: Count,
): Arrival {
  if (!sender.overlayRoutes) {
    // Without the CNI's route the default route takes it to a router that knows nothing of pods.
    count(sender.name, 'underlayTx');
    return { kind: 'lost', where: `default route of ${sender.name}` };
  }
  const outer: Outer = {
    protocol: 'udp',
    source: sender.ip,
    destination: owner.ip,
    port: sender.tunnelPort,
    ipBytes: packet.ipBytes + VXLAN_OVERHEAD_BYTES,
    reply: false,
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
    : transit(world, { sender, machine, outer, count, filtered: true }, owner);
}

function acrossUnderlay(world: World, sender: SimNode, outer: Outer, count: Count): Arrival {
  const machine = machineAt(world, outer.destination);
  const stopped = filter(world, sender, 'output', outer, null);
  if (stopped !== null) return stopped;
  if (machine === null) return { kind: 'no-neighbour' };
  return transit(world, { sender, machine, outer, count, filtered: true }, machine);
}

interface Crossing {
  readonly sender: SimNode;
  readonly machine: SimNode;
  readonly outer: Outer;
  readonly count: Count;
  readonly filtered: boolean;
}

function transit(world: World, crossing: Crossing, intended: SimNode): Arrival {
  const { sender, machine, outer, count } = crossing;
  count(sender.name, 'underlayTx');
  if (inFabric(world, sender, machine, outer)) return { kind: 'lost', where: 'fabric' };
  count(machine.name, 'underlayRx');
  count(machine.name, 'ipInReceives');
  const stopped =
    filter(world, machine, 'raw', outer, 'underlay') ??
    filter(world, machine, 'input', outer, 'underlay');
  if (stopped !== null) {
    // The ICMP error for an outer packet reaches the tunnel, not the connection inside (docs/recorded-answers.md, f2).
    return outer.inner === null
      ? stopped
      : { kind: 'lost', where: `input filter of ${machine.name}` };
  }
  count(machine.name, 'ipInDelivers');
  return outer.inner === null
    ? { kind: 'delivered', at: { kind: 'node', node: machine.name } }
    : outOfTunnel(world, crossing, { inner: outer.inner, intended });
}

/** The receiving machine's UDP socket, tunnel device, and the way from there to the pod. */
function outOfTunnel(
  world: World,
  { sender, machine, outer, count }: Crossing,
  { inner, intended }: { readonly inner: Packet; readonly intended: SimNode },
): Arrival {
  if (outer.port !== machine.tunnelPort) {
    count(machine.name, 'udpNoPorts');
    return { kind: 'lost', where: `no tunnel on port ${outer.port} of ${machine.name}` };
  }
  const summed = inner.protocol !== 'icmp'; // the kernel leaves only TCP and UDP checksums to the NIC
  if (sender.badChecksum === 'outer' && summed) {
    count(machine.name, 'udpInErrors');
    count(machine.name, 'udpInCsumErrors');
    return { kind: 'lost', where: `bad checksum at ${machine.name}` };
  }
  count(machine.name, 'udpInDatagrams');
  if (sender.tunnelVni !== machine.tunnelVni) return { kind: 'lost', where: 'unknown VNI' };
  count(machine.name, 'overlayRx');
  if (machine.name !== intended.name) return { kind: 'lost', where: 'inner MAC of another VTEP' };
  // Cilium's eBPF hands the packet to the pod without a second pass through the IP layer.
  if (world.overlay.flavour !== 'cilium') count(machine.name, 'ipInReceives');
  if (inner.destination === machine.tunnelIp) {
    return intoHost(world, machine, inner, 'overlay', count);
  }
  const stopped = filter(world, machine, 'forward', inner, 'overlay');
  if (stopped !== null) return stopped;
  const pod = podAt(world, inner.destination);
  if (pod === null || pod.node !== machine.name) return { kind: 'no-neighbour' };
  if (sender.badChecksum === 'inner' && summed) {
    count(machine.name, inner.protocol === 'tcp' ? 'podTcpInCsumErrors' : 'podUdpInCsumErrors');
    return { kind: 'lost', where: `bad inner checksum in ${pod.name}` };
  }
  return intoPod(world, pod, inner, null, count);
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

function intoPod(
  world: World,
  pod: SimPod,
  packet: Packet,
  from: Party | null,
  _count: Count,
): Arrival {
  for (const rule of world.rules) {
    const { place } = rule;
    if (place.kind !== 'pod' || place.name !== pod.name || place.namespace !== pod.namespace) {
      continue;
    }
    if (matches(rule, packet, null)) return outcomeOf(rule, pod.node, `inside ${pod.name}`);
  }
  // A policy never keeps a pod's own node out, nor an answer to the pod's own question.
  const exempt = packet.reply || (from !== null && from.kind === 'node');
  if (!exempt && !policyAdmits(world, pod, packet)) {
    return { kind: 'lost', where: `network policy on ${pod.name}` };
  }
  return { kind: 'delivered', at: { kind: 'pod', pod } };
}

/** The first rule of a host's hook that stops the packet, as its outcome. */
function filter(
  world: World,
  node: SimNode,
  hook: 'raw' | 'input' | 'output' | 'forward',
  packet: Packet,
  arrivesOn: FilterRule['arrivesOn'],
): Arrival | null {
  const rule = world.rules.find(
    ({ place, ...rest }) =>
      place.kind === 'host' &&
      place.node === node.name &&
      place.hook === hook &&
      matches({ place, ...rest }, packet, arrivesOn),
  );
  return rule === undefined ? null : outcomeOf(rule, node.name, `${hook} filter of ${node.name}`);
}

function outcomeOf(rule: FilterRule, node: string, where: string): Arrival {
  return rule.action === 'drop'
    ? { kind: 'lost', where }
    : { kind: 'refused-by', node, with: rule.action };
}

function inFabric(world: World, sender: SimNode, machine: SimNode, packet: Packet): boolean {
  return world.rules.some(
    (rule) =>
      rule.place.kind === 'fabric' &&
      (rule.place.from === null || rule.place.from === sender.name) &&
      (rule.place.to === null || rule.place.to === machine.name) &&
      matches(rule, packet, null),
  );
}

function matches(rule: FilterRule, packet: Packet, arrivesOn: FilterRule['arrivesOn']): boolean {
  if (rule.protocol !== 'any' && rule.protocol !== packet.protocol) return false;
  if (rule.port !== null && rule.port !== packet.port) return false;
  if (rule.arrivesOn !== null && rule.arrivesOn !== arrivesOn) return false;
  if (rule.longerThanBytes !== null && packet.ipBytes <= rule.longerThanBytes) return false;
  return rule.sources === null || rule.sources.some((cidr) => inCidr(packet.source, cidr));
}

/** The machine that wins the ARP race for an address: the first in the list. */
function machineAt(world: World, ip: string): SimNode | null {
  return world.nodes.find((node) => node.ip === ip) ?? null;
}

function podAt(world: World, ip: string): SimPod | null {
  const provider = providerPod(world);
  if (provider !== null && provider.ip === ip) return provider;
  return world.pods.find((pod) => !pod.hostNetwork && pod.ip === ip) ?? null;
}

/** The node in whose pod range (or on whose tunnel) an address lies. */
function overlayOwner(world: World, ip: string): SimNode | null {
  return world.nodes.find((node) => node.tunnelIp === ip || inCidr(ip, node.podRange)) ?? null;
}

/** The address that a party's packets carry towards `destination`. */
export function sourceAddress(world: World, from: Party, destination: string): string {
  if (from.kind === 'pod') return from.pod.ip;
  const node = nodeNamed(world, from.node);
  const owner = overlayOwner(world, destination);
  return owner !== null && owner.name !== node.name ? node.tunnelIp : node.ip;
}
