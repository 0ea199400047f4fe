import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import { connectProducer, disconnect, waitUntilReady } from '../../src/clients/redis.ts';
import { createQueues, type Queues } from '../../src/runs/queues.ts';
import { requestRun } from '../../src/runs/request-run.ts';
import { createRunStore } from '../../src/runs/run-store.ts';
import { asker, until } from '../support/runs/run-bench.ts';

/** Longer than a producer waits for one command. */
const PAUSE_MS = 3_000;

let redis: EmbeddedRedis;
let producer: ReturnType<typeof connectProducer>;
let operator: ReturnType<typeof connectProducer>;
let queues: Queues;

beforeEach(async () => {
  redis = await startEmbeddedRedis();
  producer = connectProducer(redis.url, () => undefined);
  operator = connectProducer(redis.url, () => undefined);
  await waitUntilReady(producer, 30_000);
  await waitUntilReady(operator, 30_000);
});
afterEach(async () => {
  await queues?.close();
  disconnect(producer);
  disconnect(operator);
  await redis.stop();
});

it('refuses requests meanwhile, and takes them again afterwards', async () => {
  await operator.call('CLIENT', 'PAUSE', String(PAUSE_MS), 'ALL');
  queues = createQueues(producer, () => undefined);
  const deps = { queues, store: createRunStore(producer) };
  const ask = () => requestRun(deps, { cluster: 'prod', trigger: asker('U1', 'C1') });

  // Both queues are opened now.
  await expect(queues.runs('prod').count()).rejects.toThrow();
  await expect(ask()).rejects.toMatchObject({ code: 'redis-unavailable' });

  const { runId } = await until('a run', () => ask().catch(() => null));
  expect(await queues.runs('prod').getJob(runId)).toBeDefined();
});
