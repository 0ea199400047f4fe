import { hidesPods } from './overlays.ts';
import type { Arrival, Count, Packet, Party } from './packets.ts';
import { isMachine, send, sourceAddress } from './packets.ts';
import type { SimPod, World } from './world.ts';
import { apiServerMachines, KUBELET_PORT, nodeNamed, providerPods } from './world.ts';

/** How a round trip ended, in the words of sockets. */
export type PathOutcome =
  | 'open'
  | 'refused'
  | 'timeout'
  | 'unreachable'
  | 'stalled'
  | 'closed'
  | 'too-big'
  | 'partial'
  | 'tls-error';

export interface PathAnswer {
  readonly outcome: PathOutcome;
  readonly ms: number;
  readonly errno: string | null;
  readonly sizeBytes: number | null;
  /** Who took the connection; null unless it was opened. */
  readonly peer: Party | null;
}

export interface Target {
  readonly address: string;
  readonly port: number | null;
}

/** An ARP question is asked three times, a second apart (net.ipv4.neigh: mcast_solicit 3), and then given up. */
const ARP_FAILED_MS = 3_100;
const DIAL_TIMEOUT_MS = 30_000;
const SYN_BYTES = 60;
const ICMP_SMALL_BYTES = 84;
/** Round trips on one switch; what a healthy path costs. */
const QUICK_MS = 1;

export interface Exchange {
  readonly world: World;
  /** Names this conversation among others between the same two; see `Packet.flow`. */
  readonly flow?: string;
  readonly from: Party;
  readonly target: Target;
  readonly timeoutMs: number;
  readonly count: Count;
}

/** Opens a TCP connection. */
export function connect(exchange: Exchange): PathAnswer {
  const { target, timeoutMs } = exchange;
  const there = forward(exchange, 'tcp', SYN_BYTES);
  if (there.kind !== 'delivered') return notDelivered(exchange, there);
  const taker = takerOf(exchange.world, there.at, target.port);
  const back = backward(exchange, there.at, 'tcp', SYN_BYTES);
  if (back.kind !== 'delivered') return silence(timeoutMs);
  return taker !== null
    ? answer('open', QUICK_MS, null, taker)
    : answer('refused', QUICK_MS, 'ECONNREFUSED', null);
}

/** Connects and then sends full-size segments both ways (`tcp-full`, and every TLS handshake of a modern Go client). */
export function connectFull(exchange: Exchange): PathAnswer {
  const opened = connect(exchange);
  if (opened.outcome !== 'open' || opened.peer === null) return opened;
  const size = pathMtu(exchange);
  const there = forward(exchange, 'tcp', size);
  const back = backward(exchange, at(opened.peer), 'tcp', size);
  return there.kind === 'delivered' && back.kind === 'delivered'
    ? opened
    : { ...answer('stalled', exchange.timeoutMs, null, opened.peer), sizeBytes: size };
}

/** One echo request of `sizeBytes` (the whole IP packet), or as large as the path's device allows. */
export function ping(exchange: Exchange, sizeBytes: number | 'full' | null): PathAnswer {
  const size = sizeBytes === 'full' ? pathMtu(exchange) : (sizeBytes ?? ICMP_SMALL_BYTES);
  const there = forward(exchange, 'icmp', size);
  const sized = (result: PathAnswer): PathAnswer => ({ ...result, sizeBytes: size });
  if (there.kind !== 'delivered') return sized(notDelivered(exchange, there));
  const back = backward(exchange, there.at, 'icmp', size);
  return sized(
    back.kind === 'delivered'
      ? answer('open', QUICK_MS, null, there.at)
      : silence(exchange.timeoutMs),
  );
}

function forward(
  { world, from, target, count, flow }: Exchange,
  protocol: 'tcp' | 'icmp',
  ipBytes: number,
): Arrival {
  const source = sourceAddress(world, from, target.address);
  const port = protocol === 'icmp' ? null : target.port;
  return send(
    world,
    from,
    { protocol, source, destination: target.address, port, ipBytes, reply: false, flow },
    count,
  );
}

function backward(
  { world, from, target, count, flow }: Exchange,
  peer: Party,
  protocol: 'tcp' | 'icmp',
  ipBytes: number,
): Arrival {
  const destination = returnAddress(world, from, target.address);
  const packet: Packet = {
    protocol,
    source: target.address,
    destination,
    port: null,
    ipBytes,
    reply: true,
    flow,
  };
  const arrival = send(world, peer, packet, count);
  if (arrival.kind !== 'delivered') return arrival;
  // A host that got an answer to a question it never asked drops it: the asker waits in vain.
  const home = from.kind === 'node' ? from.node : from.pod.node;
  const at = arrival.at.kind === 'node' ? arrival.at.node : arrival.at.pod.node;
  return at === home ? arrival : { kind: 'lost', where: `${at}, which has the same address` };
}

/** Where the answer goes: pods that leave the pod network are translated to their node's address. */
function returnAddress(world: World, from: Party, destination: string): string {
  if (from.kind === 'pod' && isMachine(world, destination)) {
    const home = nodeNamed(world, from.pod.node);
    return home.ip === destination || !hidesPods(world.overlay) ? from.pod.ip : home.ip;
  }
  return sourceAddress(world, from, destination);
}

function notDelivered(
  exchange: Exchange,
  arrival: Exclude<Arrival, { kind: 'delivered' }>,
): PathAnswer {
  switch (arrival.kind) {
    case 'lost':
      return silence(exchange.timeoutMs);
    case 'no-neighbour':
      return exchange.timeoutMs < ARP_FAILED_MS
        ? silence(exchange.timeoutMs)
        : answer('unreachable', ARP_FAILED_MS, 'EHOSTUNREACH', null);
    case 'refused-by': {
      const back = backward(exchange, { kind: 'node', node: arrival.node }, 'icmp', SYN_BYTES);
      if (back.kind !== 'delivered') return silence(exchange.timeoutMs);
      return arrival.with === 'reject-port'
        ? answer('refused', QUICK_MS, 'ECONNREFUSED', null)
        : answer('unreachable', QUICK_MS, 'EHOSTUNREACH', null);
    }
  }
}

function silence(timeoutMs: number): PathAnswer {
  return answer('timeout', timeoutMs, null, null);
}

function answer(
  outcome: PathOutcome,
  ms: number,
  errno: string | null,
  peer: Party | null,
): PathAnswer {
  return { outcome, ms, errno, sizeBytes: null, peer };
}

/** The largest packet that the sender's device for this route takes. */
function pathMtu({ world, from, target }: Exchange): number {
  const home = nodeNamed(world, from.kind === 'node' ? from.node : from.pod.node);
  const plain = isMachine(world, target.address);
  return from.kind === 'node' && plain
    ? home.underlayMtuBytes
    : Math.min(world.overlay.mtuBytes, home.underlayMtuBytes);
}

/** Who takes a connection to a port there; null when nobody does. */
function takerOf(world: World, peer: Party, port: number | null): Party | null {
  if (peer.kind === 'pod') return listensOn(world, peer.pod, port) ? peer : null;
  const node = nodeNamed(world, peer.node);
  if (node.registered && port === KUBELET_PORT) {
    return node.kubelet === 'loopback' || node.kubelet === 'stopped' ? null : peer;
  }
  if (port === world.platform.apiServerPort && node.apiServer !== 'none') {
    return node.apiServer === 'serving' || node.apiServer === 'hanging' ? peer : null;
  }
  const pod = [...providerPods(world), ...world.pods].find(
    (each) => each.hostNetwork && each.node === node.name && listensOn(world, each, port),
  );
  return pod === undefined ? null : { kind: 'pod', pod };
}

function listensOn(world: World, pod: SimPod, port: number | null): boolean {
  if (!pod.ports.some((candidate) => candidate.port === port && candidate.listening)) return false;
  return !providerPods(world).includes(pod) || reachesApiServer(world, pod);
}

const withApiServer = new WeakMap<World, Map<string, boolean>>();

/** Whether a metrics-server pod finds an API server; without one it ends itself at its start. */
export function reachesApiServer(world: World, pod: SimPod): boolean {
  const known = withApiServer.get(world) ?? new Map<string, boolean>();
  withApiServer.set(world, known);
  const found =
    known.get(pod.name) ??
    apiServerMachines(world).some(
      ({ publishedIp }) =>
        connect({
          world,
          flow: `apiserver ${pod.name}`,
          from: pod.hostNetwork ? { kind: 'node', node: pod.node } : { kind: 'pod', pod },
          target: { address: publishedIp, port: world.platform.apiServerPort },
          timeoutMs: DIAL_TIMEOUT_MS,
          count: () => undefined,
        }).outcome === 'open',
    );
  known.set(pod.name, found);
  return found;
}

/** Where a taker's packets start: a pod on the host network is its machine. */
function at(peer: Party): Party {
  return peer.kind === 'pod' && peer.pod.hostNetwork ? { kind: 'node', node: peer.pod.node } : peer;
}
