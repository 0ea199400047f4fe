import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectProducer, waitUntilReady } from '../../src/clients/redis.ts';
import { ExternalError } from '../../src/errors.ts';
import { requestRun } from '../../src/runs/request-run.ts';
import { asker, openRunBench, type RunBench } from '../support/runs/run-bench.ts';

let bench: RunBench;
beforeEach(async () => {
  bench = await openRunBench();
});
afterEach(() => bench.close());

it('refuses a request within a second, in words, while Redis is away', async () => {
  await bench.redis.stop();
  const tookMs: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    const startedAt = performance.now();
    const refused = await requestRun(bench.deps, {
      cluster: 'prod',
      trigger: asker('U1', 'C1'),
    }).catch((error: unknown) => error);
    tookMs.push(performance.now() - startedAt);

    expect(refused).toBeInstanceOf(ExternalError);
    expect(refused).toMatchObject({ code: 'redis-unavailable', retryable: true });
    expect(String(refused)).toContain('Redis does not answer');
  }
  // The program waits for nothing in it; a busy machine makes one late, but hardly all.
  expect(Math.min(...tookMs)).toBeLessThan(1_000);
});

it('names the address, not the password, when Redis is not there at start', async () => {
  const redis = connectProducer('redis://user:geheim@127.0.0.1:1', () => undefined);

  const refused = await waitUntilReady(redis, 300).catch((error: unknown) => error);
  redis.disconnect();

  expect(String(refused)).toContain('127.0.0.1:1');
  expect(String(refused)).toContain('ECONNREFUSED');
  expect(String(refused)).not.toContain('geheim');
});
