import { known, missing, type Observed } from '../core/evidence/observed.ts';
import type { BurstCounters, BurstResult } from '../core/evidence/probe-results.ts';
import {
  type BurstWindow,
  type Increase,
  increaseOf,
  moved,
  type Span,
  windowOf,
} from './burst-window.ts';
import { clockOffsets, receivedRow } from './clock-offsets.ts';
import type { BurstAnswer, BurstPlan, CounterName } from './plan.ts';
import type { PodRun } from './run-pods.ts';

/** Step of the search for a burst in the receiver's counters when the clocks' difference is not known. */
const SEARCH_STEP_MS = 20;
/** Two bursts of one pair that differ by more than this share of what was sent decide nothing. */
const MAX_DISAGREEMENT_SHARE = 0.35;
/** A shift of the window that gains less than this share of the burst follows noise. */
const MIN_GAIN_SHARE = 0.15;

const SENDER_COUNTERS = ['overlayTx', 'overlayTxErrors', 'underlayTx', 'ipOutRequests'] as const;
const RECEIVER_COUNTERS = [
  'overlayRx',
  'underlayRx',
  'ipInReceives',
  'ipInDelivers',
  'udpInDatagrams',
  'udpNoPorts',
  'udpInErrors',
  'udpInCsumErrors',
] as const;

/** One result per ordered pair of nodes, from all rounds in which the one sent to the other. */
export function joinBursts(runs: readonly PodRun[]): readonly BurstResult[] {
  const offsets = clockOffsets(runs);
  const arrivals = shotsOf(runs).map((shot): Arrival => {
    const receiver = receiverOf(runs, shot);
    return { shot, receiver, span: arrivalSpan(shot, receiver, offsets(shot.from, shot.to)) };
  });
  const pairs = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    const key = `${arrival.shot.from}>${arrival.shot.to}`;
    pairs.set(key, [...(pairs.get(key) ?? []), arrival]);
  }
  return [...pairs.values()].flatMap((pair) => toResult(pair, arrivals, runs) ?? []);
}

/** One burst with when it must have come in, by the receiver's clock. */
interface Arrival {
  readonly shot: Shot;
  /** What the receiver's probe told; null when it gave no answer. */
  readonly receiver: BurstAnswer | null;
  readonly span: Span;
}

/** One burst as its sender tells it. */
interface Shot {
  readonly from: string;
  readonly to: string;
  readonly round: number;
  readonly plan: BurstPlan;
  readonly sent: number;
  readonly span: Span;
  readonly answer: BurstAnswer;
}

function shotsOf(runs: readonly PodRun[]): readonly Shot[] {
  return runs.flatMap(({ plan, answer }) => {
    const { bursts } = plan;
    const told = answer.state === 'known' ? answer.value.bursts : null;
    if (bursts === null || told === null) return [];
    return bursts.sends.flatMap(({ round, toNode }) => {
      const send = told.sends.find((candidate) => candidate.round === round);
      if (send === undefined || send.sent === 0) return [];
      const span = { from: send.startedAt, to: send.endedAt };
      return [
        { from: plan.node, to: toNode, round, plan: bursts, sent: send.sent, span, answer: told },
      ];
    });
  });
}

function toResult(
  pair: readonly Arrival[],
  all: readonly Arrival[],
  runs: readonly PodRun[],
): BurstResult | null {
  const [first] = pair;
  if (first === undefined) return null;
  const { from, to } = first.shot;
  const shots = pair.map(({ shot }) => shot);
  const sent = Math.round(mean(shots.map((shot) => shot.sent)));
  const own = all.flatMap(({ shot }) => (shot.from === from ? [shot] : []));
  const incoming = all.filter(({ shot }) => shot.to === to);
  return {
    id: `burst:${from}>${to}`,
    from,
    to,
    sent,
    receivedByListener: receivedBy(runs, to, shots),
    sender: known(senderCounters(shots, own, sent), `probe on ${from}`),
    receiver: receiverCounters(pair, incoming, sent),
  };
}

function receivedBy(runs: readonly PodRun[], to: string, shots: readonly Shot[]): Observed<number> {
  const told = runs.filter(
    ({ plan, answer }) => plan.node === to && plan.bursts !== null && answer.state === 'known',
  );
  const listener = told
    .map(({ answer }) => (answer.state === 'known' ? answer.value.listener : answer))
    .at(-1);
  if (listener === undefined) return missing('failed', `the probe on ${to} gave no answer`);
  if (listener.state === 'missing') return listener;
  const counts = shots.map(
    ({ plan, round }) => receivedRow(runs, to, plan.senderTag, round)?.datagrams ?? 0,
  );
  return known(Math.round(mean(counts)), `listener on ${to}`);
}

/** The answer of the receiver's Pod of the same wave. */
function receiverOf(runs: readonly PodRun[], { to, plan: { startAt } }: Shot): BurstAnswer | null {
  for (const { plan, answer } of runs) {
    if (plan.node === to && plan.bursts?.startAt === startAt && answer.state === 'known')
      return answer.value.bursts;
  }
  return null;
}

function senderCounters(shots: readonly Shot[], own: readonly Shot[], sent: number): BurstCounters {
  const read = shots.map((shot) => ({
    answer: shot.answer,
    sent: shot.sent,
    window: windowFor(
      shot,
      shot.span,
      own.filter((other) => other !== shot).map(({ span }) => span),
    ),
  }));
  const counters = combine(read, SENDER_COUNTERS, sent);
  const device = shots[0]?.answer;
  return {
    ...NOTHING,
    overlayDevice: device?.overlayDevice ?? null,
    underlayDevice: device?.underlayDevice ?? null,
    overlayTx: counters.get('overlayTx') ?? null,
    overlayTxErrors: counters.get('overlayTxErrors') ?? null,
    underlayTx:
      device === undefined || isTimely(device) ? (counters.get('underlayTx') ?? null) : null,
    ipOutRequests: counters.get('ipOutRequests') ?? null,
    backgroundPps: backgroundOf(read, SENDER_COUNTERS),
  };
}

/** A burst that was repeated has another Pod at its receiver, with samples of its own. */
function receiverCounters(
  pair: readonly Arrival[],
  incoming: readonly Arrival[],
  sent: number,
): Observed<BurstCounters> {
  const read = pair.flatMap((arrival): readonly Reading[] =>
    arrival.receiver === null
      ? []
      : [
          {
            answer: arrival.receiver,
            sent: arrival.shot.sent,
            window: windowFor(
              arrival.shot,
              arrival.span,
              incoming.filter((other) => other !== arrival).map(({ span }) => span),
            ),
          },
        ],
  );
  const to = pair[0]?.shot.to ?? '';
  const receiver = read.at(-1)?.answer;
  if (receiver === undefined) return missing('failed', `the probe on ${to} left no counters`);
  const counters = combine(read, RECEIVER_COUNTERS, sent);
  const get = (name: (typeof RECEIVER_COUNTERS)[number]): number | null =>
    counters.get(name) ?? null;
  return known(
    {
      ...NOTHING,
      overlayDevice: receiver.overlayDevice,
      underlayDevice: receiver.underlayDevice,
      overlayRx: get('overlayRx'),
      underlayRx: isTimely(receiver) ? get('underlayRx') : null,
      ipInReceives: get('ipInReceives'),
      ipInDelivers: get('ipInDelivers'),
      udpInDatagrams: get('udpInDatagrams'),
      udpNoPorts: get('udpNoPorts'),
      udpInErrors: get('udpInErrors'),
      udpInCsumErrors: get('udpInCsumErrors'),
      backgroundPps: backgroundOf(read, RECEIVER_COUNTERS),
    },
    `probe on ${to}`,
  );
}

/** The counters of the other end's business are null: a node sends to one and hears another in the same round. */
const NOTHING: BurstCounters = {
  overlayDevice: null,
  overlayTx: null,
  overlayTxErrors: null,
  overlayRx: null,
  underlayDevice: null,
  underlayTx: null,
  underlayRx: null,
  ipInReceives: null,
  ipInDelivers: null,
  udpInDatagrams: null,
  udpNoPorts: null,
  udpInErrors: null,
  udpInCsumErrors: null,
  backgroundPps: 0,
};

function windowFor({ plan }: Shot, span: Span, others: readonly Span[]): BurstWindow {
  return windowOf(span, others, plan.periodMs - plan.burstMs);
}

/**
 * When the burst must show in the receiver's counters. With a known clock difference: then. Without (nothing
 * arrived anywhere that could tell): when most packets came in, searched within half of the quiet time, since
 * beyond it another sender's burst would be taken for this one.
 */
function arrivalSpan(shot: Shot, receiver: BurstAnswer | null, offset: number | null): Span {
  const at = (shift: number): Span => ({ from: shot.span.from + shift, to: shot.span.to + shift });
  if (offset !== null) return at(offset);
  const values = receiver?.samples.values.ipInReceives ?? null;
  if (receiver === null || values === null) return at(0);
  const packets = (shift: number): number => moved(receiver.samples.at, values, at(shift));
  const reach = (shot.plan.periodMs - shot.plan.burstMs) / 2;
  const planned = packets(0);
  let best = { shift: 0, packets: planned };
  for (let shift = -reach; shift <= reach; shift += SEARCH_STEP_MS) {
    const found = packets(shift);
    if (found > best.packets) best = { shift, packets: found };
  }
  // Noise finds a little more somewhere; only a part of the burst is reason enough to look elsewhere.
  return at(best.packets - planned >= shot.sent * MIN_GAIN_SHARE ? best.shift : 0);
}

interface Reading {
  readonly answer: BurstAnswer;
  readonly window: BurstWindow;
  /** Datagrams of this round. */
  readonly sent: number;
}

/** The mean over the rounds of a pair, as of a burst of `sent`; null where one disagrees or none could be read. */
function combine<Name extends CounterName>(
  read: readonly Reading[],
  names: readonly Name[],
  sent: number,
): ReadonlyMap<Name, number | null> {
  return new Map(
    names.map((name) => {
      const values = read.flatMap((reading) => {
        const packets = increase(reading, name)?.packets ?? null;
        return packets === null ? [] : [(packets * sent) / reading.sent];
      });
      if (values.length === 0) return [name, null];
      const spread = Math.max(...values) - Math.min(...values);
      return [name, spread > sent * MAX_DISAGREEMENT_SHARE ? null : Math.round(mean(values))];
    }),
  );
}

function backgroundOf(read: readonly Reading[], names: readonly CounterName[]): number {
  return Math.max(
    0,
    ...names.flatMap((name) => read.map((reading) => increase(reading, name)?.backgroundPps ?? 0)),
  );
}

function increase({ answer, window, sent }: Reading, name: CounterName): Increase | null {
  return increaseOf(answer.samples, name, window, sent);
}

/** A lagging card's counters stand still and then jump: with 50 ms samples a live one moves in more of them than this. */
const MIN_MOVING_SHARE = 0.2;
/** Cards whose driver copies its counters once a second or two show fewer moves than this in a wave. */
const MIN_MOVES = 6;

/**
 * Some drivers refresh a card's counters once in a second or two: their silence in a window proves nothing. The
 * card's counters are used only when they were seen to move often.
 */
function isTimely(answer: BurstAnswer): boolean {
  const { underlayRx, underlayTx } = answer.samples.values;
  if (underlayRx === null || underlayTx === null) return false;
  const both = underlayRx.map((value, i) => value + (underlayTx[i] ?? 0));
  const moves = both.filter((value, i) => i > 0 && value !== both[i - 1]).length;
  return moves >= MIN_MOVES && moves >= both.length * MIN_MOVING_SHARE;
}

function mean(values: readonly number[]): number {
  return values.length === 0
    ? 0
    : values.reduce((total, value) => total + value, 0) / values.length;
}
