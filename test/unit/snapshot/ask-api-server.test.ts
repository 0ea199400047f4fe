import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ApiAnswer, ClusterClient } from '../../../src/clients/cluster-client.ts';
import { askApiServer } from '../../../src/snapshot/ask-api-server.ts';
import { literalCluster, type Reply } from './literal-cluster.ts';

const HEALTHY: Readonly<Record<string, Reply>> = {
  '/readyz': { status: 200, text: 'ok' },
  '/metrics': {
    status: 200,
    text: 'aggregator_unavailable_apiservice{name="v1beta1.metrics.k8s.io"} 0\n',
  },
  '/apis/metrics.k8s.io/v1beta1/nodes': { body: { items: [] } },
};

describe('readiness of an API server', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is known when it says so', async () => {
    expect(await readiness(literalCluster(HEALTHY))).toMatchObject({ state: 'known', value: true });
    const unready = { ...HEALTHY, '/readyz': { status: 500, text: '[-]etcd failed' } };
    expect(await readiness(literalCluster(unready))).toMatchObject({
      state: 'known',
      value: false,
    });
  });

  it('timed out where the question was sent and nothing came', async () => {
    const hangs = literalCluster({ ...HEALTHY, '/readyz': { hang: true } });
    expect(await readiness(hangs)).toMatchObject({ state: 'missing', reason: 'timed-out' });
  });

  it('says nothing of the API server where we had no connection, even for long', async () => {
    const cluster = literalCluster(HEALTHY);
    const waiting: ApiAnswer = {
      kind: 'failed',
      stage: 'connect',
      timedOut: true,
      errno: null,
      message: 'no connection within 4000 ms',
      ms: 4_000,
    };
    const client: ClusterClient = {
      ...cluster,
      get: (path, options) =>
        path === '/readyz' ? Promise.resolve(waiting) : cluster.get(path, options),
    };
    expect(await readiness(client)).toMatchObject({ state: 'missing', reason: 'failed' });
  });

  it('says nothing of the API server where we broke the question off', async () => {
    const stop = new AbortController();
    const asked = ask(literalCluster({ ...HEALTHY, '/readyz': { hang: true } }), stop.signal);
    expect(asked.view('prod01', '10.0.0.1:6443').ready).toMatchObject({ reason: 'failed' });
    stop.abort();
    await vi.runAllTimersAsync();
    await asked.complete;
    expect(asked.view('prod01', '10.0.0.1:6443').ready).toMatchObject({ reason: 'failed' });
  });
});

function ask(client: ClusterClient, signal: AbortSignal) {
  return askApiServer(client, {
    settleMs: 45_000,
    signal,
    mayReadMetrics: async () => true,
    onChange: () => undefined,
  });
}

async function readiness(client: ClusterClient) {
  const asked = ask(client, new AbortController().signal);
  await vi.runAllTimersAsync();
  await asked.complete;
  return asked.view('prod01', '10.0.0.1:6443').ready;
}
