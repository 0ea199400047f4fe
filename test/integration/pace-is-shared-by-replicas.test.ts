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

/** How many of `times` calls go at once when two replicas make them in turn. */
async function allowed(call: PacedCall, times: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < times; i += 1) {
    if ((await (i % 2 === 0 ? one : two).take(call)) === 0) count += 1;
  }
  return count;
}

const post = (channel: string): PacedCall => ({ kind: 'post', channel });

it('gives a channel a short burst, over both replicas, and says how long to wait then', async () => {
  expect(await allowed(post('C1'), 30)).toBeLessThanOrEqual(9);
  const wait = await one.take(post('C1'));

  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(1_000);
  expect(await two.take(post('C2'))).toBe(0);
});

it('keeps some edits for verdicts', async () => {
  expect(await allowed({ kind: 'edit', patient: true }, 30)).toBe(5);
  expect(await allowed({ kind: 'edit', patient: false }, 30)).toBeGreaterThanOrEqual(5);
});

it('holds one bucket, in both replicas, for as long as Slack said', async () => {
  await one.hold(post('C1'), 30_000);
  const wait = await two.take(post('C1'));

  expect(wait).toBeGreaterThan(29_000);
  expect(wait).toBeLessThanOrEqual(30_000);
  expect(await two.take(post('C2'))).toBe(0);
  expect(await two.take({ kind: 'edit', patient: false })).toBe(0);
});
