import { describe, expect, it } from 'vitest';
import { known, missing } from '../../../src/core/evidence/observed.ts';
import type { BurstResult } from '../../../src/core/evidence/probe-results.ts';
import { joinBursts } from '../../../src/probes/join-bursts.ts';
import { COUNTER_NAMES, type CounterName, type CounterSeries } from '../../../src/probes/plan.ts';
import { planBursts } from '../../../src/probes/plan-bursts.ts';
import { basePlan } from '../../../src/probes/plan-probes.ts';
import type { PodRun } from '../../../src/probes/run-pods.ts';
import { nodeObject, podAnswer } from './support.ts';

const START_AT = 1_700_000_000_000;
const SAMPLE_MS = 50;
const NODES = ['prod01', 'prod02', 'prod03'];
const plansOf = (number: number, startAt = START_AT) =>
  planBursts(
    NODES.map((node, i) => ({ node, address: `10.42.${i}.9`, port: 19_472 })),
    startAt,
    number,
  );

/** Counters that a burst into a node moves, and by how much per datagram. */
type Moves = Partial<Record<CounterName, number>>;
const DELIVERED: Moves = {
  underlayRx: 1,
  ipInReceives: 2,
  ipInDelivers: 1,
  udpInDatagrams: 1,
  overlayRx: 1,
};
const FILTERED: Moves = { underlayRx: 1, ipInReceives: 1 };

interface World {
  /** What a burst does at its receiver; delivered unless said. */
  readonly into?: Readonly<Record<string, Moves>>;
  /** How fast a node's clock is, milliseconds. */
  readonly clock?: Readonly<Record<string, number>>;
  /** Other packets per second at a true time. */
  readonly background?: (at: number) => number;
  readonly silentListeners?: boolean;
  /** Its number; 1 where it is not given. */
  readonly number?: number;
  readonly startAt?: number;
}

/** What the probes of a wave would have answered in this world. */
function wave({
  into = {},
  clock = {},
  background = () => 0,
  silentListeners = false,
  number = 1,
  startAt = START_AT,
}: World): readonly PodRun[] {
  const plans = plansOf(number, startAt);
  const bursts = NODES.flatMap((node) => {
    const plan = plans.get(node);
    if (plan === undefined) throw new Error('no plan');
    return plan.sends.map((send) => {
      // Each sender opens its round when its own clock says so.
      const from =
        plan.startAt + (send.round - plan.firstRound) * plan.periodMs - (clock[node] ?? 0);
      return { node, plan, ...send, from, to: from + plan.burstMs };
    });
  });
  return NODES.map((node): PodRun => {
    const plan = plans.get(node);
    if (plan === undefined) throw new Error('no plan');
    const error = clock[node] ?? 0;
    const firstSample = plan.startAt - 500 - error;
    const length = Math.ceil((plan.rounds * plan.periodMs + 700) / SAMPLE_MS);
    const times = Array.from({ length }, (_, i) => firstSample + i * SAMPLE_MS);
    const counter = (name: CounterName): readonly number[] => {
      let other = 0;
      return times.map((time, i) => {
        other += i === 0 || name === 'udpInCsumErrors' ? 0 : (background(time) * SAMPLE_MS) / 1_000;
        const moved = bursts.reduce((total, burst) => {
          const share = Math.min(1, Math.max(0, (time - burst.from) / (burst.to - burst.from)));
          const outgoing =
            burst.node === node && (name === 'overlayTx' || name === 'underlayTx') ? 1 : 0;
          const incoming = burst.toNode === node ? ((into[node] ?? DELIVERED)[name] ?? 0) : 0;
          return total + share * plan.datagrams * (outgoing + incoming);
        }, 0);
        return Math.round(moved + other);
      });
    };
    const delivered = (into[node] ?? DELIVERED).overlayRx === 1;
    return {
      plan: {
        ...basePlan(nodeObject({ name: node }), { runId: 'run-1', wave: number }),
        kind: 'node',
        deadlineMs: 6_000,
        bursts: plan,
      },
      outcome: { node, kind: 'node', outcome: 'ok', detail: '', podIp: null },
      answer: known(
        podAnswer({
          node,
          bursts: {
            overlayDevice: 'flannel.1',
            underlayDevice: 'eth0',
            sends: bursts
              .filter((burst) => burst.node === node)
              .map(({ round, from, to }) => ({
                round,
                sent: plan.datagrams,
                startedAt: from + error,
                endedAt: to + error,
              })),
            samples: {
              at: times.map((time) => time + error),
              values: Object.fromEntries(
                COUNTER_NAMES.map((name) => [name, counter(name)]),
              ) as CounterSeries['values'],
            },
          },
          listener: silentListeners
            ? missing('timed-out', 'silent')
            : known(
                {
                  checks: [],
                  received: bursts
                    .filter((burst) => burst.toNode === node && delivered)
                    .map((burst) => ({
                      senderTag: burst.plan.senderTag,
                      round: burst.round,
                      datagrams: plan.datagrams,
                      firstAt: burst.from + error,
                      lastAt: burst.to + error,
                    })),
                  tcpInCsumErrors: 0,
                },
                `listener on ${node}`,
              ),
        }),
        `probe on ${node}`,
      ),
    };
  });
}

function result(runs: readonly PodRun[], from: string, to: string): BurstResult {
  const found = joinBursts(runs).find((burst) => burst.from === from && burst.to === to);
  if (found === undefined) throw new Error(`no burst from ${from} to ${to}`);
  return found;
}

function receiver(
  burst: BurstResult,
): Extract<BurstResult['receiver'], { state: 'known' }>['value'] {
  if (burst.receiver.state === 'missing') throw new Error(burst.receiver.detail);
  return burst.receiver.value;
}

/** Interpolation at the edges of the windows. */
const near = (value: number): [number, number] => [value - 30, value + 30];

function expectNear(value: number | null, wanted: number): void {
  const [low, high] = near(wanted);
  expect(value).not.toBeNull();
  expect(value ?? Number.NaN).toBeGreaterThanOrEqual(Math.max(0, low));
  expect(value ?? Number.NaN).toBeLessThanOrEqual(high);
}

describe('joinBursts', () => {
  it('gives one result per ordered pair', () => {
    expect(
      joinBursts(wave({}))
        .map(({ id }) => id)
        .sort(),
    ).toEqual(
      NODES.flatMap((from) =>
        NODES.filter((to) => to !== from).map((to) => `burst:${from}>${to}`),
      ).sort(),
    );
  });

  it('reads a filter off the counters, with nothing beside', () => {
    const burst = result(wave({ into: { prod01: FILTERED } }), 'prod02', 'prod01');
    expect(burst.receivedByListener).toMatchObject({ state: 'known', value: 0 });
    expectNear(receiver(burst).ipInReceives, burst.sent);
    expect(receiver(burst).ipInDelivers).toBe(0);
    expect(burst.sender).toMatchObject({ state: 'known', value: { overlayDevice: 'flannel.1' } });
  });

  it('reads what was repeated from the Pods that saw it, and in proportion', () => {
    // Bursts of other traffic as loud as the first ones.
    const noisy = (at: number): number => (Math.floor(at / 350) % 2 === 0 ? 4_000 : 0);
    const first = wave({ into: { prod01: FILTERED }, background: noisy });
    expect(receiver(result(first, 'prod02', 'prod01')).ipInReceives).toBeNull();
    const again = wave({
      into: { prod01: FILTERED },
      background: (at) => noisy(at) / 4,
      number: 2,
      startAt: START_AT + 10_000,
    });
    const burst = result([...first, ...again], 'prod02', 'prod01');
    const counted = receiver(burst).ipInReceives ?? 0;
    expect(counted / burst.sent).toBeGreaterThan(0.75);
    expect(counted / burst.sent).toBeLessThan(1.25);
    expect(receiver(burst).ipInDelivers ?? burst.sent).toBeLessThanOrEqual(burst.sent * 0.25);
  });

  it('takes a steady background of 1,000 packets/s off', () => {
    const burst = result(
      wave({ into: { prod01: FILTERED }, background: () => 1_000 }),
      'prod02',
      'prod01',
    );
    expectNear(receiver(burst).ipInReceives, burst.sent);
    expectNear(receiver(burst).ipInDelivers, 0);
    expect(receiver(burst).backgroundPps).toBeGreaterThan(900);
  });

  it('calls a counter missing when the background drowns the burst', () => {
    const loud = result(wave({ background: () => 100_000 }), 'prod02', 'prod01');
    expect(receiver(loud).ipInReceives).toBeNull();
    // A counter that the background does not touch still speaks.
    expect(receiver(loud).udpInCsumErrors).toBe(0);
  });

  it('calls a counter missing when the background jumps within the window', () => {
    let seed = 1;
    const jumpy = (): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % 2 === 0 ? 0 : 20_000;
    };
    const { ipInReceives } = receiver(
      result(wave({ into: { prod01: {} }, background: jumpy }), 'prod02', 'prod01'),
    );
    expect(ipInReceives === null || ipInReceives < 300).toBe(true);
  });

  it.each([
    [-180, 150],
    [120, -120],
  ])(
    'finds the bursts with clocks %d and %d ms wrong, from those that arrived elsewhere',
    (first, third) => {
      const runs = wave({ into: { prod01: FILTERED }, clock: { prod01: first, prod03: third } });
      for (const from of ['prod02', 'prod03']) {
        const burst = result(runs, from, 'prod01');
        expectNear(receiver(burst).ipInReceives, burst.sent);
        expectNear(receiver(burst).ipInDelivers, 0);
      }
    },
  );

  it('finds the bursts by themselves when no listener heard any', () => {
    const runs = wave({
      into: { prod01: FILTERED, prod02: FILTERED, prod03: FILTERED },
      clock: { prod01: 90 },
      silentListeners: true,
    });
    const burst = result(runs, 'prod02', 'prod01');
    expectNear(receiver(burst).ipInReceives, burst.sent);
    expect(burst.receivedByListener).toMatchObject({ state: 'missing' });
  });

  it('sees nothing where nothing came in', () => {
    const burst = result(wave({ into: { prod01: {} } }), 'prod03', 'prod01');
    expect(receiver(burst)).toMatchObject({ ipInReceives: 0, overlayRx: 0, udpInDatagrams: 0 });
  });

  it("does not trust a card whose counters stand still while the node's IP layer moves", () => {
    const lagging: Moves = { ...FILTERED, underlayRx: 0 };
    const runs = wave({ into: { prod01: lagging } }).map((run): PodRun => {
      const { answer } = run;
      if (run.plan.node !== 'prod01' || answer.state === 'missing' || answer.value.bursts === null)
        return run;
      const { bursts } = answer.value;
      const still = bursts.samples.at.map(() => 0);
      const values = { ...bursts.samples.values, underlayRx: still, underlayTx: still };
      const changed = {
        ...answer.value,
        bursts: { ...bursts, samples: { ...bursts.samples, values } },
      };
      return { ...run, answer: known(changed, answer.source) };
    });
    expect(receiver(result(runs, 'prod02', 'prod01')).underlayRx).toBeNull();
  });

  it('says missing for a receiver that gave no answer', () => {
    const runs = wave({}).map(
      (run): PodRun =>
        run.plan.node === 'prod01' ? { ...run, answer: missing('timed-out', 'no answer') } : run,
    );
    const burst = result(runs, 'prod02', 'prod01');
    expect(burst.receiver.state).toBe('missing');
    expect(burst.receivedByListener.state).toBe('missing');
  });
});
