import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { healthRoutes } from '../../../src/http/health-routes.ts';
import { createMetrics } from '../../../src/http/metrics.ts';

const request = {} as IncomingMessage;
const ask = (checks: Parameters<typeof healthRoutes>[0], route: string) =>
  healthRoutes(checks, createMetrics())[route]?.(request);

it('is ready when all parts are', async () => {
  expect(await ask({ redis: () => true, slack: async () => true }, 'GET /readyz')).toEqual({
    status: 200,
    text: 'redis: ok\nslack: ok',
  });
});

it.each([
  ['is not', () => false],
  ['fails', () => Promise.reject(new Error('away'))],
  [
    'throws',
    () => {
      throw new Error('away');
    },
  ],
  ['hangs', () => new Promise<boolean>(() => undefined)],
])('names the part that %s', async (_how, slack) => {
  expect(await ask({ redis: () => true, slack }, 'GET /readyz')).toEqual({
    status: 503,
    text: 'redis: ok\nslack: not ready',
  });
});

it('is alive even when nothing is ready', async () => {
  expect(await ask({ redis: () => false }, 'GET /livez')).toMatchObject({ status: 200 });
});

it('gives metrics in the Prometheus format, without figures that could not be read', async () => {
  const metrics = createMetrics();
  metrics.runEnded({ verdict: 'broken', trigger: 'alert' });
  metrics.watchQueues(() => Promise.reject(new Error('redis is away')));
  const answer = await healthRoutes({}, metrics)['GET /metrics']?.(request);

  expect(answer?.headers?.['content-type']).toContain('text/plain');
  expect(answer?.text).toContain('metrics_diag_runs_total{verdict="broken",trigger="alert"} 1');
  expect(answer?.text).not.toMatch(/^metrics_diag_queue_jobs\{/m);
});
