import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import { connectProducer, disconnect, waitUntilReady } from '../../src/clients/redis.ts';
import { createPacer, type PacedCall, type Pacer } from '../../src/delivery/pace.ts';

let redis: EmbeddedRedis;
let connections: ReturnType<typeof connectProducer>[];
/** Two replicas of the bot. */
let one: Pacer;
let two: Pacer;

beforeAll(async () => {
  redis = await startEmbeddedRedis();
  connections = [0, 1].map(() => connectProducer(redis.url, () => undefined));
  for (const connection of connections) await waitUntilReady(connection, 5_000);
  const [first, second] = connections;
  if (first === undefined || second === undefined) throw new Error('no connection');
  one = createPacer(first);
  two = createPacer(second);
});
beforeEach(async () => {
  await connections[0]?.flushall();
});
afterAll(async () => {
  for (const connection of connections ?? []) disconnect(connection);
  await redis?.stop();
});

/** Calls a minute that each bucket gets back. */
const REFILL = { post: 60, edit: 40, file: 80 };

/** How many of `times` calls go at once when two replicas make them in turn, and how many the bucket got back meanwhile. */
async function allowed(
  call: PacedCall,
  times: number,
): Promise<{ readonly count: number; readonly refilled: number }> {
  const startedAt = performance.now();
  let count = 0;
  for (let i = 0; i < times; i += 1) {
    if ((await (i % 2 === 0 ? one : two).take(call)) === 0) count += 1;
  }
  const minutes = (performance.now() - startedAt) / 60_000;
  return { count, refilled: Math.ceil(minutes * REFILL[call.kind]) };
}

const post = (channel: string): PacedCall => ({ kind: 'post', channel });

it('gives a channel a short burst, over both replicas, and says how long to wait then', async () => {
  const { count, refilled } = await allowed(post('C1'), 30);
  expect(count).toBeLessThanOrEqual(8 + refilled);
  let wait = await one.take(post('C1'));
  // On a busy machine the bucket has got one back.
  if (wait === 0) wait = await one.take(post('C1'));

  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(1_000);
  expect(await two.take(post('C2'))).toBe(0);
});

it('keeps some edits for verdicts', async () => {
  const patient = await allowed({ kind: 'edit', patient: true }, 30);
  expect(patient.count).toBeGreaterThanOrEqual(5);
  expect(patient.count).toBeLessThanOrEqual(5 + patient.refilled);
  expect((await allowed({ kind: 'edit', patient: false }, 30)).count).toBeGreaterThanOrEqual(5);
});

it('holds one bucket, in both replicas, for as long as Slack said', async () => {
  const startedAt = performance.now();
  await one.hold(post('C1'), 30_000);
  const wait = await two.take(post('C1'));

  // Redis' clock counts whole milliseconds.
  expect(wait).toBeGreaterThanOrEqual(30_000 - (performance.now() - startedAt) - 2);
  expect(wait).toBeLessThanOrEqual(30_000);
  expect(await two.take(post('C2'))).toBe(0);
  expect(await two.take({ kind: 'edit', patient: false })).toBe(0);
});
