import {
  type BurstAnswer,
  type BurstPlan,
  COUNTER_NAMES,
  type CounterName,
  type CounterSeries,
  type ListenerAnswer,
  type PodPlan,
} from '../../src/probes/plan.ts';
import { type CounterName as ModelCounter, send, sourceAddress } from './packets.ts';
import { nodeNamed, type World } from './world.ts';

/** A node Pod that runs: its plan and when its program started. */
export interface RunningProbe {
  readonly plan: PodPlan;
  readonly startedAt: number;
}

/** One burst as the network carried it. */
interface Carried {
  readonly from: string;
  readonly to: string;
  readonly senderTag: number;
  readonly round: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly sent: number;
  readonly received: number;
  /** Moves of each node's counters per datagram. */
  readonly moves: ReadonlyMap<string, ReadonlyMap<ModelCounter, number>>;
}

const SAMPLE_PERIOD_MS = 50;
const SAMPLE_BEFORE_MS = 300;
const SAMPLE_AFTER_MS = 150;
/** A burst's datagram: 60 bytes of payload under IP and UDP headers. */
const DATAGRAM_BYTES = 88;

/** How the counters of a node move without us, per packet of other overlay traffic. */
const BACKGROUND: Readonly<Partial<Record<CounterName, number>>> = {
  overlayTx: 1,
  overlayRx: 1,
  underlayTx: 3,
  underlayRx: 3,
  ipInReceives: 4,
  ipInDelivers: 3,
  udpInDatagrams: 1.5,
};

/** The world at a time: faults begin and heal while probes run. */
export type WorldAt = (epochMs: number) => World;

/** What a Pod was told to send never changes, nor what became of it. */
const carriedBy = new WeakMap<BurstPlan, readonly Carried[]>();

/** Every burst of a wave, from all Pods that run. */
function carriedBursts(worldAt: WorldAt, probes: readonly RunningProbe[]): readonly Carried[] {
  return probes.flatMap((probe) => {
    const { bursts } = probe.plan;
    if (bursts === null) return [];
    const carried = carriedBy.get(bursts) ?? burstsOf(worldAt, probe, bursts);
    carriedBy.set(bursts, carried);
    return carried;
  });
}

function burstsOf(
  worldAt: WorldAt,
  { plan, startedAt }: RunningProbe,
  bursts: BurstPlan,
): readonly Carried[] {
  // Each node keeps the common times by its own clock.
  const { clockOffsetMs } = nodeNamed(worldAt(startedAt), plan.node);
  return bursts.sends.flatMap((each) => {
    const opensAt = roundStart(bursts, each.round) - clockOffsetMs;
    return startedAt > opensAt + bursts.burstMs / 4
      ? []
      : [carry(worldAt(opensAt), plan.node, bursts, { ...each, opensAt })];
  });
}

function roundStart(bursts: BurstPlan, round: number): number {
  return bursts.startAt + (round - bursts.firstRound) * bursts.periodMs;
}

function carry(
  world: World,
  node: string,
  bursts: BurstPlan,
  each: BurstPlan['sends'][number] & { readonly opensAt: number },
): Carried {
  const moves = new Map<string, Map<ModelCounter, number>>();
  const from = { kind: 'node', node } as const;
  const arrival = send(
    world,
    from,
    {
      protocol: 'udp',
      source: sourceAddress(world, from, each.address),
      destination: each.address,
      port: each.port,
      ipBytes: DATAGRAM_BYTES,
      reply: false,
      flow: `burst ${node} ${each.toNode} ${each.round}`,
    },
    (at, counter) => {
      const own = moves.get(at) ?? new Map<ModelCounter, number>();
      own.set(counter, (own.get(counter) ?? 0) + 1);
      moves.set(at, own);
    },
  );
  const arrived =
    arrival.kind === 'delivered' &&
    arrival.at.kind === 'pod' &&
    arrival.at.pod.ports.some(({ port }) => port === each.port);
  return {
    from: node,
    to: each.toNode,
    senderTag: bursts.senderTag,
    round: each.round,
    startedAt: each.opensAt,
    endedAt: each.opensAt + bursts.burstMs,
    sent: bursts.datagrams,
    received: arrived ? bursts.datagrams : 0,
    moves,
  };
}

/** What the node Pod of `probe` tells of the bursts: its own sends, and its node's counters through all of them. */
export function burstAnswer(
  worldAt: WorldAt,
  probe: RunningProbe,
  probes: readonly RunningProbe[],
): BurstAnswer | null {
  const { plan, startedAt } = probe;
  const { bursts } = plan;
  if (bursts === null) return null;
  const world = worldAt(startedAt);
  const { clockOffsetMs } = nodeNamed(world, plan.node);
  const all = carriedBursts(worldAt, probes);
  const opensAt = bursts.startAt - clockOffsetMs;
  const first = Math.max(startedAt, opensAt - SAMPLE_BEFORE_MS);
  const last = Math.max(
    first,
    roundStart(bursts, bursts.firstRound + bursts.rounds) - clockOffsetMs + SAMPLE_AFTER_MS,
  );
  const at: number[] = [];
  for (let time = first; time < last; time += SAMPLE_PERIOD_MS) at.push(time);
  at.push(last);
  return {
    overlayDevice: world.overlay.device,
    underlayDevice: 'eth0',
    sends: all
      .filter(({ from }) => from === plan.node)
      .map((each) => ({
        round: each.round,
        sent: each.sent,
        startedAt: each.startedAt + clockOffsetMs,
        endedAt: each.endedAt + clockOffsetMs,
      })),
    samples: {
      at: at.map((time) => time + clockOffsetMs),
      values: series(world, plan.node, at, all),
    },
  };
}

function series(
  world: World,
  node: string,
  at: readonly number[],
  bursts: readonly Carried[],
): CounterSeries['values'] {
  const origin = at[0] ?? 0;
  const column = (name: CounterName): readonly number[] | null => {
    if (!nodeNamed(world, node).countersReadable) return null;
    if (name.startsWith('overlay') && world.overlay.device === null) return null;
    const rate = (BACKGROUND[name] ?? 0) * world.backgroundPps;
    const moving = bursts.flatMap((burst) => {
      const perDatagram = burst.moves.get(node)?.get(name) ?? 0;
      return perDatagram === 0 ? [] : [{ burst, perDatagram }];
    });
    return at.map((time) => {
      const others = (rate * (time - origin)) / 1_000;
      const ours = moving.reduce((sum, { burst, perDatagram }) => {
        const share = (time - burst.startedAt) / (burst.endedAt - burst.startedAt);
        return sum + perDatagram * burst.sent * Math.min(1, Math.max(0, share));
      }, 0);
      return Math.round(others + ours);
    });
  };
  const columns = COUNTER_NAMES.map((name) => [name, column(name)] as const);
  return Object.fromEntries(columns) as CounterSeries['values'];
}

/** Datagrams that the listener on `node` counted, by sender and round. */
export function receivedBy(
  worldAt: WorldAt,
  node: string,
  probes: readonly RunningProbe[],
): ListenerAnswer['received'] {
  const clock = (at: number): number => nodeNamed(worldAt(at), node).clockOffsetMs;
  return carriedBursts(worldAt, probes)
    .filter(({ to, received }) => to === node && received > 0)
    .map(({ senderTag, round, received, startedAt, endedAt }) => ({
      senderTag,
      round,
      datagrams: received,
      firstAt: startedAt + 1 + clock(startedAt),
      lastAt: endedAt + clock(startedAt),
    }));
}

/** `Udp InCsumErrors` that the bursts alone raised on a node. */
export function burstChecksumErrors(
  worldAt: WorldAt,
  node: string,
  probes: readonly RunningProbe[],
): number {
  return carriedBursts(worldAt, probes).reduce(
    (sum, burst) => sum + burst.sent * (burst.moves.get(node)?.get('udpInCsumErrors') ?? 0),
    0,
  );
}
