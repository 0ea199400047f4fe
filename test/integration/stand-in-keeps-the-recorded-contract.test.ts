import { afterEach, describe, expect, it } from 'vitest';
import type { WorldOptions } from '../sim/healthy-world.ts';
import { faultsOf, type ScenarioName, scenario } from '../sim/scenarios.ts';
import { ask, type RawAnswer, watch } from '../support/api-server/raw-client.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';

/** Recorded waits shrink a hundredfold: 30 s is 300 ms. */
const SCALE = 0.01;
const NODES = '/apis/metrics.k8s.io/v1beta1/nodes';
const APISERVICE = '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io';
const TEXT = 'text/plain; charset=utf-8';

let cluster: StandInCluster;

afterEach(() => cluster.stop());

async function start(name: ScenarioName, options: WorldOptions = {}): Promise<void> {
  cluster = await startStandInCluster(scenario(name, options), { timeScale: SCALE });
}

function everyServer(path: string): Promise<RawAnswer[]> {
  return Promise.all(cluster.servers.map(({ name }) => ask(cluster, path, { server: name })));
}

async function gauges(): Promise<(number | null)[]> {
  return (await everyServer('/metrics')).map(({ text }) => {
    const line =
      /^aggregator_unavailable_apiservice\{name="v1beta1\.metrics\.k8s\.io"\} (\d)$/m.exec(text);
    return line === null ? null : Number(line[1]);
  });
}

interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

async function condition(): Promise<Condition> {
  const { json } = await ask(cluster, APISERVICE);
  const { status } = json as { status: { conditions: readonly Condition[] } };
  const [found] = status.conditions;
  if (found === undefined) throw new Error('no condition');
  return found;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe('two of three API servers cut off (docs/recorded-answers.md f1)', () => {
  it('answer i/o timeout after 30 s, the one on the pod’s node 200 at once', async () => {
    await start('founding-incident');

    const [near, ...far] = await everyServer(NODES);

    expect(near).toMatchObject({ status: 200, contentType: 'application/json' });
    // Both were asked at the same moment, so a busy machine slows both.
    expect(near?.ms).toBeLessThan(Math.min(...far.map(({ ms }) => ms)));
    expect(near?.json).toMatchObject({ kind: 'NodeMetricsList', items: [{}, {}, {}] });
    for (const answer of far) {
      expect(answer).toMatchObject({
        status: 503,
        contentType: TEXT,
        text: 'error trying to reach service: dial tcp 10.42.0.20:10250: i/o timeout\n',
      });
      expect(answer.ms).toBeGreaterThanOrEqual(30_000 * SCALE - 5);
    }
    expect(await gauges()).toEqual([0, 1, 1]);
  });

  it('quarrel: polls see True, a watch sees pairs of False and True, the version climbs, the time stays young', async () => {
    await start('founding-incident');
    const before = (await ask(cluster, APISERVICE)).json as {
      metadata: { resourceVersion: string };
    };

    const events = await watch(
      cluster,
      `/apis/apiregistration.k8s.io/v1/apiservices?watch=1&fieldSelector=metadata.name%3Dv1beta1.metrics.k8s.io&resourceVersion=${before.metadata.resourceVersion}`,
      { until: (seen) => seen.length >= 4 },
    );

    const statuses = events.map(({ object }) => {
      const { conditions } = object['status'] as { conditions: readonly Condition[] };
      return conditions[0];
    });
    expect(statuses.map((each) => each?.status)).toEqual(['False', 'True', 'False', 'True']);
    expect(statuses[0]).toMatchObject({
      reason: 'FailedDiscoveryCheck',
      message: expect.stringMatching(
        /^failing or missing response from https:\/\/10\.42\.0\.20:10250\/apis\/metrics\.k8s\.io\/v1beta1: Get "https:\/\/10\.42\.0\.20:10250\/apis\/metrics\.k8s\.io\/v1beta1": (context deadline exceeded|net\/http: request canceled)/,
      ),
    });
    // Several spellings of one fault.
    expect(statuses[0]?.message).not.toBe(statuses[2]?.message);
    expect(statuses[1]).toMatchObject({ reason: 'Passed', message: 'all checks passed' });
    const age = Date.now() - Date.parse((await condition()).lastTransitionTime);
    // The fault is ten minutes old.
    expect(age).toBeLessThan(60_000);
  });

  it('say nothing else is wrong: readyz, nodes and discovery are fine, the freshness is stale', async () => {
    await start('founding-incident');

    expect((await everyServer('/readyz')).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await everyServer('/api/v1/nodes')).map(({ status }) => status)).toEqual([
      200, 200, 200,
    ]);
  });
});

it('keeps the gauge at 0 and the first request waiting longer while the fault is young', async () => {
  const slower = 0.1;
  const young = scenario('founding-incident', { faultAgeMs: 1_000 });
  cluster = await startStandInCluster(young, { timeScale: slower });

  expect(await gauges()).toEqual([0, 0, 0]);
  const first = await ask(cluster, NODES, { server: 'prod02' });
  expect(first.ms).toBeGreaterThanOrEqual(41_000 * slower - 5);
  expect(first.text).toContain('i/o timeout');
  // A busy machine makes each of them later, but hardly all.
  const later = await Promise.all([1, 2, 3].map(() => ask(cluster, NODES, { server: 'prod02' })));
  const shortest = Math.min(...later.map(({ ms }) => ms));
  expect(shortest).toBeGreaterThanOrEqual(30_000 * slower - 5);
  expect(shortest).toBeLessThan(first.ms);
  await expect.poll(gauges).toEqual([0, 1, 1]);
});

it.each([
  ['provider-port-rejected-in-forward', 'dial tcp 10.42.0.20:10250: connect: no route to host', 0],
  ['mtu-blackhole', 'net/http: TLS handshake timeout', 10_000],
] as const)('spells %s as recorded', async (name, words, afterMs) => {
  await start(name);

  const answer = await ask(cluster, NODES, { server: 'prod03' });

  expect(answer).toMatchObject({ status: 503, text: `error trying to reach service: ${words}\n` });
  expect(answer.ms).toBeGreaterThanOrEqual(afterMs * SCALE - 5);
  expect(await gauges()).toEqual([0, 1, 1]);
});

it('answers 200 over pooled connections in an MTU black hole, gauge 0 (g2), and hangs in a large body (g6)', async () => {
  await start('mtu-blackhole-pooled');
  expect((await everyServer(NODES)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await gauges()).toEqual([0, 0, 0]);
  await cluster.stop();

  await start('mtu-blackhole-pooled', { nodes: 9 });
  await expect(ask(cluster, NODES, { server: 'prod02', timeoutMs: 200 })).rejects.toThrow(
    'no answer in time',
  );
});

it('is False and stable when nobody reaches it, and every server answers at once (g5)', async () => {
  await start('service-port-wrong-number');

  const answers = await everyServer(NODES);

  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 503, contentType: TEXT, text: 'service unavailable\n' });
  }
  expect(await gauges()).toEqual([1, 1, 1]);
  const first = await condition();
  expect(first).toMatchObject({
    status: 'False',
    reason: 'FailedDiscoveryCheck',
    message: expect.stringContaining('dial tcp 10.42.0.20:4443: connect: connection refused'),
  });
  await pause(150);
  expect(await condition()).toEqual(first);
});

it('shows True and gauge 0 while every call fails for the certificate', async () => {
  await start('apiservice-ca-mismatch');

  expect((await everyServer(NODES)).map(({ text }) => text)).toEqual(
    Array(3).fill(
      'error trying to reach service: tls: failed to verify certificate: x509: certificate signed by unknown authority\n',
    ),
  );
  expect((await condition()).status).toBe('True');
  expect(await gauges()).toEqual([0, 0, 0]);
});

it('answers 404 and has no series without an APIService', async () => {
  await start('apiservice-missing');

  expect(await ask(cluster, NODES)).toMatchObject({ status: 404, text: '404 page not found\n' });
  expect(await gauges()).toEqual([null, null, null]);
});

it('lets one API server hang and another refuse, the rest going on', async () => {
  await start('api-server-hanging');

  await expect(ask(cluster, '/readyz', { server: 'prod03', timeoutMs: 100 })).rejects.toThrow(
    'no answer in time',
  );
  expect((await ask(cluster, NODES, { server: 'prod01' })).status).toBe(200);
  await cluster.setFaults([{ kind: 'api-server', node: 'prod02', state: 'down' }]);
  await expect(ask(cluster, '/readyz', { server: 'prod02' })).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

it('heals when the fault is taken away, and breaks again', async () => {
  cluster = await startStandInCluster(scenario('healthy'), { timeScale: SCALE });
  expect((await everyServer(NODES)).map(({ status }) => status)).toEqual([200, 200, 200]);

  await cluster.setFaults(faultsOf('founding-incident'), 600_000);
  expect((await everyServer(NODES)).map(({ status }) => status)).toEqual([200, 503, 503]);
  expect(await gauges()).toEqual([0, 1, 1]);

  await cluster.setFaults([]);
  expect((await everyServer(NODES)).map(({ status }) => status)).toEqual([200, 200, 200]);
  await expect.poll(gauges).toEqual([0, 0, 0]);
  expect((await condition()).status).toBe('True');
});
