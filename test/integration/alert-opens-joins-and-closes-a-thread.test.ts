import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HttpServer, startHttpServer } from '../../src/http/http-server.ts';
import { webhookRoute } from '../../src/http/webhook-route.ts';
import { requestRun } from '../../src/runs/request-run.ts';
import { handleAlertmanager } from '../../src/triggers/alertmanager.ts';
import { openRunBench, type RunBench, until } from '../support/runs/run-bench.ts';

const TOKEN = 'a-long-random-webhook-token';
let bench: RunBench;
let server: HttpServer;

beforeEach(async () => {
  bench = await openRunBench();
  server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    onError: (error) => {
      throw error;
    },
    routes: {
      'POST /webhooks/alertmanager': webhookRoute({
        token: TOKEN,
        handle: (body) =>
          handleAlertmanager(
            {
              clusters: [
                { name: 'prod', aliases: ['production'] },
                { name: 'test', aliases: [] },
              ],
              alerts: { channel: 'CALERTS', channelByCluster: {}, clusterLabel: 'cluster' },
              store: bench.store,
              audit: bench.audit,
              requestRun: (request) => requestRun(bench.deps, request),
              renderAgain: async ({ runId, cluster }) => {
                await bench.queues.reports.add('opened', {
                  kind: 'opened',
                  runId,
                  cluster,
                  seq: 0,
                });
              },
              onOutcome: () => undefined,
            },
            body,
          ),
      }),
    },
  });
});
afterEach(async () => {
  await server.close();
  await bench.close();
});

async function post(body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${server.port}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

/** As Alertmanager 0.25 sent it (cut to one alert). */
function notification(status: 'firing' | 'resolved', labels: Record<string, string> = {}) {
  const all = { alertname: 'KubeAggregatedAPIDown', cluster: 'prod', ...labels };
  return {
    receiver: 'bot',
    status,
    alerts: [
      {
        status,
        labels: all,
        annotations: { summary: 'Kubernetes aggregated API is down.' },
        startsAt: '2026-11-22T13:14:07.80336709Z',
        endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-11-22T13:31:09Z',
        generatorURL: 'http://prometheus.example/graph',
        fingerprint: '221c07e883b06304',
      },
    ],
    groupLabels: {},
    commonLabels: all,
    commonAnnotations: {},
    externalURL: 'http://vm:9793',
    version: '4',
    groupKey: '{}:{alertname="KubeAggregatedAPIDown"}',
    truncatedAlerts: 0,
  };
}

it('opens one thread per group: a repeat joins it, resolved closes it', async () => {
  const first = await post(notification('firing'));
  const repeat = await post(notification('firing'));

  expect(first).toMatchObject({ status: 200, text: expect.stringContaining('started') });
  expect(repeat).toMatchObject({ status: 200, text: expect.stringContaining('joined the thread') });
  const runId = /run (r[0-9a-f]+)/.exec(first.text)?.[1] ?? '';
  const [subscription, ...others] = await bench.store.subscriptions(runId);
  expect(others).toEqual([]);
  expect(subscription).toMatchObject({
    channel: 'CALERTS',
    trigger: {
      kind: 'alert',
      alertNames: ['KubeAggregatedAPIDown'],
      firingSince: '2026-11-22T13:14:07.803Z',
    },
  });

  bench.startReports();
  await until('thread opened', () => bench.events.some(({ kind }) => kind === 'opened'));
  bench.events.length = 0;
  const resolved = await post(notification('resolved'));

  expect(resolved.status).toBe(200);
  const hash = subscription?.trigger.kind === 'alert' ? subscription.trigger.groupKeyHash : '';
  expect(await bench.store.alertGroup(hash)).toMatchObject({
    runId,
    repeats: 1,
    resolvedAt: '2026-11-22T13:31:09.000Z',
  });
  await until('rendered again', () => bench.events.some((event) => event.runId === runId));
});

it('fires again after resolved: a thread of its own', async () => {
  const first = await post(notification('firing'));
  bench.startReports();
  bench.startWorker();
  const runId = /run (r[0-9a-f]+)/.exec(first.text)?.[1] ?? '';
  await until('verdict', async () => (await bench.store.run(runId))?.report);
  await post(notification('resolved'));

  const second = await until('a new run', async () => {
    const { text } = await post(notification('firing'));
    return text.includes(runId) ? null : text;
  });

  expect(second).toContain('started');
});

it('joins the run that a person asked for, in a thread of its own', async () => {
  const trigger = {
    kind: 'slash-command',
    user: 'U1',
    userName: 'lin',
    channel: 'C1',
    threadTs: null,
    responseUrl: null,
  } as const;
  const asked = await requestRun(bench.deps, { cluster: 'prod', trigger });

  const answer = await post(notification('firing', { cluster: 'production' }));

  expect(answer.text).toContain(`run ${asked.runId} joined`);
  expect(await bench.store.subscriptions(asked.runId)).toHaveLength(2);
});

it('keeps the clusters of one group apart', async () => {
  const both = notification('firing');
  const other = notification('firing', { cluster: 'test' });
  const answer = await post({ ...both, alerts: [...both.alerts, ...other.alerts] });

  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/prod: run r\w+ started/);
  expect(answer.text).toMatch(/test: run r\w+ started/);
});

it.each([
  ['no token', {}, { authorization: '' }, 401, 'Authorization: Bearer'],
  ['a wrong token', {}, { authorization: 'Bearer nearly-the-right-token' }, 401, 'Bearer'],
  ['no JSON', 'groupKey=1', {}, 400, 'not JSON'],
  ['another format', { alerts: 'yes' }, {}, 422, 'alerts'],
  ['an unknown cluster', notification('firing', { cluster: 'mars' }), {}, 422, 'label "cluster"'],
  ['a body above 1 MiB', ' '.repeat(1024 * 1024 + 1), {}, 413, '1 MiB'],
] as const)('refuses %s with words that help', async (_name, body, headers, status, words) => {
  const answer = await post(body, headers);

  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect(answer.text).not.toContain(TOKEN);
});

it('answers 503, which Alertmanager retries, while Redis is away', async () => {
  await bench.redis.stop();

  expect(await post(notification('firing'))).toMatchObject({ status: 503 });
});
