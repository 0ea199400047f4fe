import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import { connectProducer, connectWorker, waitUntilReady } from '../../src/clients/redis.ts';
import { createSchedules, startScheduleWorker } from '../../src/runs/schedules.ts';
import { until } from '../support/runs/run-bench.ts';

/** So short that the outage of this test spans several ticks; people cannot ask for less than minutes. */
const EVERY_MS = 500;
const OUTAGE_MS = 2_500;
const ignore = (): void => undefined;
const SCHEDULE = {
  cluster: 'prod',
  channel: 'C0OPS',
  everyMs: EVERY_MS,
  user: 'U0LIN',
  userName: 'lin',
  at: '2026-11-22T14:00:00.000Z',
};

const redis = await startEmbeddedRedis();
const producer = connectProducer(redis.url, ignore);
await waitUntilReady(producer, 5_000);
afterAll(async () => {
  producer.disconnect();
  await redis.stop();
});

/** A bot that takes ticks until it is stopped, with when it took them. */
function startBot() {
  const connection = connectWorker(redis.url, ignore);
  const ticks: number[] = [];
  const worker = startScheduleWorker({ connection, onError: ignore }, (tick) => {
    expect(tick).toEqual(SCHEDULE);
    ticks.push(Date.now());
    return Promise.resolve();
  });
  return {
    ticks,
    async stop() {
      await worker.close();
      connection.disconnect();
    },
  };
}

it('outlives restarts, and makes one check good for all that an outage missed', async () => {
  const before = createSchedules(producer, ignore);
  await before.set(SCHEDULE);
  const first = startBot();
  await until('two ticks', () => first.ticks.length >= 2);
  await first.stop();
  await before.close();

  await sleep(OUTAGE_MS);
  const after = createSchedules(producer, ignore);
  expect(await after.list()).toMatchObject([SCHEDULE]);
  const second = startBot();
  await until('four ticks', () => second.ticks.length >= 4);
  const [one = 0, , , four = 0] = second.ticks;
  // Five were missed: had they piled up, four would come at once.
  expect(four - one).toBeGreaterThanOrEqual(EVERY_MS * 1.5);

  expect(await after.remove('prod/C0OPS')).toBe(true);
  const ended = second.ticks.length;
  await sleep(EVERY_MS * 3);
  // One may have been under way.
  expect(second.ticks.length - ended).toBeLessThanOrEqual(1);
  expect(await after.list()).toEqual([]);
  await second.stop();
  await after.close();
});
