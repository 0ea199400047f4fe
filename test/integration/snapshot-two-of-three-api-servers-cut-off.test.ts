import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../../src/clients/cluster-client.ts';
import { createClusterClient } from '../../src/clients/kubernetes.ts';
import type { ApiServerView } from '../../src/core/evidence/snapshot.ts';
import { readSnapshot } from '../../src/snapshot/read-snapshot.ts';
import { healthyWorld } from '../sim/healthy-world.ts';
import { faultsOf } from '../sim/scenarios.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';

/** A dial that times out takes 30 s; a third of that is still well beyond the first look, on a busy machine too. */
const TIME_SCALE = 0.3;
/** Both end as soon as everything has answered; these only keep a busy machine from looking like a fault. */
const PATIENT = { firstLookMs: 15_000, readsMs: 30_000 };

let cluster: StandInCluster;
let client: ClusterClient;

beforeAll(async () => {
  cluster = await startStandInCluster(healthyWorld(), { timeScale: TIME_SCALE });
  client = await createClusterClient({ kind: 'kubeconfig', path: cluster.kubeconfigPath });
});
afterAll(async () => {
  await client.close();
  await cluster.stop();
});

function look(limits: Partial<typeof PATIENT> = {}): ReturnType<typeof readSnapshot> {
  return readSnapshot(client, {
    ...limits,
    signal: new AbortController().signal,
    apiServers: cluster.servers,
  });
}

describe('on the stand-in cluster', () => {
  it('sees three serving API servers, the chain and the CNI when nothing is broken', async () => {
    await cluster.setFaults([]);
    const snapshot = await look(PATIENT).first;

    expect(snapshot).toMatchObject({
      apiServers: {
        value: ['prod01', 'prod02', 'prod03'].map((name) => ({
          name,
          metricsApi: { value: { outcome: 'ok', nodes: ['prod01', 'prod02', 'prod03'] } },
          unavailableGauge: { value: 0 },
          ready: { value: true },
        })),
      },
      apiService: { value: { service: { name: 'rke2-metrics-server', port: 443 } } },
      providerPods: { value: [{ nodeName: 'prod01', ready: true }] },
      deployments: { value: [{ name: 'rke2-metrics-server' }] },
      nodeMetrics: { value: ['prod01', 'prod02', 'prod03'] },
    });
    expect(snapshot.cniPods).toHaveProperty('value.length', 3);
    const missing = Object.entries(snapshot).filter(
      ([, fact]) =>
        typeof fact === 'object' && fact !== null && 'state' in fact && fact.state === 'missing',
    );
    // Who we are is asked only where an API server refuses us.
    expect(missing.map(([name]) => name)).toEqual(['requester']);
  });

  it('tells the two that hang from the one that serves, in time, and has their words in the end', async () => {
    await cluster.setFaults(faultsOf('founding-incident'), 600_000);
    const reading = look({ readsMs: PATIENT.readsMs });

    const snapshot = await reading.first;
    // Unsettled: the first look came before their words.
    expect(outcomes(snapshot.apiServers)).toEqual([
      'prod01 ok',
      'prod02 no-answer …',
      'prod03 no-answer …',
    ]);
    expect(snapshot.apiServers).toMatchObject({
      value: [{}, { unavailableGauge: { value: 1 } }, { unavailableGauge: { value: 1 } }],
    });

    const settled = await reading.settled;
    expect(outcomes(settled)).toEqual(['prod01 ok', 'prod02 http-error', 'prod03 http-error']);
    expect(settled).toHaveProperty(
      'value.1.metricsApi.value.body',
      'error trying to reach service: dial tcp 10.42.0.20:10250: i/o timeout\n',
    );
  });

  it('asks each API server itself, and sends nothing but GET', async () => {
    await cluster.setFaults([]);
    const before = cluster.requests().length;
    await look(PATIENT).settled;

    const requests = cluster.requests().slice(before);
    for (const { name } of cluster.servers) {
      expect(
        requests.filter(
          ({ server, path }) => server === name && path.startsWith('/apis/metrics.k8s.io/'),
        ),
      ).not.toEqual([]);
    }
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });
});

function outcomes(fact: { state: string; value?: readonly ApiServerView[] }): readonly string[] {
  return (fact.value ?? []).map(({ name, metricsApi }) =>
    metricsApi.state === 'known'
      ? `${name} ${metricsApi.value.outcome}${metricsApi.value.settled ? '' : ' …'}`
      : `${name} ${metricsApi.reason}`,
  );
}
