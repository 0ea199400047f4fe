import { describe, expect, it } from 'vitest';
import type { ApiServerView, Snapshot } from '../../../src/core/evidence/snapshot.ts';
import { readSnapshot, type SnapshotReading } from '../../../src/snapshot/read-snapshot.ts';
import { inVirtualTime } from '../../support/virtual-time.ts';
import { KUBEADM_OLD, PROMETHEUS_ADAPTER, RKE2_CANAL } from './clusters.ts';
import { type LiteralCluster, literalCluster, type Reply } from './literal-cluster.ts';
import {
  API_SERVICE_PATH,
  apiService,
  FORBIDDEN,
  METRICS_NODES,
  notFound,
  one,
} from './raw-objects.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 14);

/** A test by a clock of its own: silence costs no time, and no busy machine is late. */
const test = (name: string, work: () => Promise<void>): void => {
  it(name, () => inVirtualTime(NOW_MS, work));
};

/** Long enough for answers that come at once, short enough for a test of silence. */
const FIRST_LOOK_MS = 600;

function read(
  cluster: LiteralCluster,
  options: Partial<Parameters<typeof readSnapshot>[1]> = {},
): SnapshotReading {
  return readSnapshot(cluster, {
    signal: new AbortController().signal,
    firstLookMs: FIRST_LOOK_MS,
    readsMs: FIRST_LOOK_MS,
    settleMs: 900,
    ...options,
  });
}

const snapshotOf = (routes: Readonly<Record<string, Reply>>): Promise<Snapshot> =>
  read(literalCluster(routes)).first;

describe('readSnapshot', () => {
  test('reads an RKE2 cluster with Canal: every API server on its own, the chain, the CNI', async () => {
    const snapshot = await snapshotOf(RKE2_CANAL);

    expect(snapshot).toMatchObject({
      serverVersion: { value: 'v1.32.5+rke2r1' },
      apiServers: {
        value: ['prod01', 'prod02', 'prod03'].map((name, index) => ({
          name,
          address: `192.168.77.${index + 1}:6443`,
          metricsApi: {
            value: {
              outcome: 'ok',
              status: 200,
              settled: true,
              nodes: ['prod01', 'prod02', 'prod03'],
            },
          },
          unavailableGauge: { value: 0 },
          ready: { value: true },
        })),
      },
      apiService: {
        value: { service: { namespace: 'kube-system', name: 'rke2-metrics-server', port: 443 } },
      },
      service: {
        value: { selector: { app: 'rke2-metrics-server' }, ports: [{ targetPort: 'https' }] },
      },
      endpoints: {
        value: {
          from: 'EndpointSlice',
          addresses: [{ ip: '10.42.0.20', nodeName: 'prod01', ready: true }],
        },
      },
      deployments: {
        value: [{ name: 'rke2-metrics-server', containers: [{ memoryLimit: '200Mi' }] }],
      },
      providerPods: { value: [{ name: 'rke2-metrics-server-7b9c-x1', podIps: ['10.42.0.20'] }] },
      providerLogs: {
        value: [
          {
            lines: [
              expect.stringContaining('serving.go'),
              expect.stringContaining('Serving securely'),
            ],
          },
        ],
      },
      cniPods: { value: [{ name: 'rke2-canal-aaaaa' }] },
      cniLogs: { value: [] },
      cniConfig: {
        value: {
          configMaps: [
            {
              name: 'rke2-canal-config',
              data: { 'net-conf.json': '{"Backend":{"Type":"vxlan"}}' },
            },
          ],
          felix: { value: { vxlanPort: 4789 } },
        },
      },
      namespaceLabels: { value: { 'kube-system': { a: 'b' } } },
      nodeMetrics: { value: ['prod01', 'prod02', 'prod03'] },
      helmChartConfigs: { value: [{ name: 'rke2-metrics-server' }] },
      referencePods: { value: [{ namespace: 'shop', name: 'web-1' }] },
    });
    expect(snapshot.helmChartConfigs).toHaveProperty('value.length', 1);
    expect(snapshot.referencePods).toHaveProperty('value.length', 1);
    expect(JSON.stringify(snapshot)).not.toContain('SECRET');
  });

  test('falls back to old API versions and says which APIs are absent', async () => {
    const snapshot = await snapshotOf(KUBEADM_OLD);

    expect(snapshot).toMatchObject({
      apiServers: {
        value: [{ name: 'cp1', unavailableGauge: { state: 'missing', reason: 'forbidden' } }],
      },
      endpoints: {
        value: {
          from: 'EndpointSlice',
          addresses: [{ ip: '10.244.1.5', nodeName: 'w1', ready: true }],
        },
      },
      hpas: {
        value: [
          {
            name: 'web',
            usesResourceMetrics: true,
            scalingActive: { status: 'False', reason: 'FailedGetResourceMetric' },
          },
        ],
      },
      helmChartConfigs: { state: 'missing', reason: 'absent-api' },
      cniConfig: { value: { calicoIpPools: { state: 'missing', reason: 'absent-api' } } },
      cniLogs: {
        value: [
          {
            previous: true,
            lines: ['E1122 main.go:332] Error registering network: failed to acquire lease'],
          },
        ],
      },
    });
    expect(snapshot.nodes).toHaveProperty('value.1.ready.state', 'missing');
    expect(snapshot.nodes).toHaveProperty('value.1.controlPlane', false);
  });

  test('follows the APIService to prometheus-adapter in another namespace, with several replicas', async () => {
    const snapshot = await snapshotOf(PROMETHEUS_ADAPTER);

    expect(snapshot).toMatchObject({
      apiService: {
        value: {
          insecureSkipTlsVerify: false,
          caBundlePem: expect.stringContaining('BEGIN CERTIFICATE'),
        },
      },
      providerPods: {
        value: [{ name: 'prometheus-adapter-1' }, { name: 'prometheus-adapter-2', ready: false }],
      },
      endpoints: { value: { addresses: [{ ready: true }, { ready: false }] } },
      namespaceLabels: { value: { monitoring: { team: 'obs' } } },
    });
    expect(snapshot.providerPods).toHaveProperty('value.length', 2);
  });

  test('finds a metrics-server by its labels when the APIService and the Service are gone', async () => {
    const snapshot = await snapshotOf({
      ...KUBEADM_OLD,
      [API_SERVICE_PATH]: notFound('apiservices', 'v1beta1.metrics.k8s.io'),
      '/api/v1/namespaces/kube-system/services/metrics-server': notFound(
        'services',
        'metrics-server',
      ),
      '/api/v1/namespaces/kube-system/services/rke2-metrics-server': notFound(
        'services',
        'rke2-metrics-server',
      ),
    });

    expect(snapshot).toMatchObject({
      apiService: { state: 'known', value: null },
      apiServiceLooks: { state: 'known', value: [] },
      service: { state: 'known', value: null },
      endpoints: { state: 'known', value: null },
      providerPods: { value: [{ name: 'metrics-server-5d-1' }] },
      deployments: { value: [{ name: 'metrics-server' }] },
    });
  });

  test('turns 403 everywhere into missing facts that name the verb and the resource', async () => {
    const review = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const cluster = literalCluster(
      { [review]: one({ status: { allowed: false } }) },
      { fallback: FORBIDDEN },
    );
    const snapshot = await read(cluster).first;

    const facts = Object.entries(snapshot).filter(
      ([name]) => !['takenAt', 'vantage', 'apiServers'].includes(name),
    );
    for (const [name, fact] of facts) {
      expect(fact, name).toMatchObject({ state: 'missing', reason: 'forbidden' });
    }
    expect(snapshot.nodes).toMatchObject({ detail: 'not allowed to list nodes' });
    expect(JSON.stringify(snapshot)).not.toContain('limited');
  });

  test('is done in time when everything hangs, and misses nothing silently', async () => {
    const startedAt = performance.now();
    const snapshot = await read(literalCluster({}, { fallback: { hang: true } })).first;

    expect(performance.now() - startedAt).toBeLessThan(FIRST_LOOK_MS + 400);
    const known = Object.entries(snapshot).filter(
      ([, fact]) =>
        typeof fact === 'object' && fact !== null && 'state' in fact && fact.state === 'known',
    );
    expect(known.map(([name]) => name)).toEqual(['apiServers']);
    expect(snapshot.apiServers).toMatchObject({
      value: [
        { name: 'usual address', metricsApi: { value: { outcome: 'no-answer', settled: false } } },
      ],
    });
  });
});

describe('the API servers', () => {
  test('tells at the first look which one has not answered, and its last words when settled', async () => {
    const words = 'error trying to reach service: dial tcp 10.42.0.20:10250: i/o timeout\n';
    const cluster = literalCluster(RKE2_CANAL, {
      servers: {
        'https://192.168.77.2:6443': { [METRICS_NODES]: { hang: true } },
        'https://192.168.77.3:6443': { [METRICS_NODES]: { status: 503, text: words } },
      },
    });
    const progress: (readonly ApiServerView[])[] = [];
    const reading = read(cluster, { onApiServers: (views) => progress.push(views) });

    const { apiServers } = await reading.first;
    expect(apiServers).toMatchObject({
      value: [
        { metricsApi: { value: { outcome: 'ok' } } },
        { metricsApi: { value: { outcome: 'no-answer', status: null, settled: false } } },
        {
          metricsApi: { value: { outcome: 'http-error', status: 503, body: words, settled: true } },
        },
      ],
    });
    expect(await reading.settled).toMatchObject({
      value: [{}, { metricsApi: { value: { outcome: 'no-answer', settled: true } } }, {}],
    });
    expect(progress.length).toBeGreaterThan(2);
  });

  test('asks again after an instant "service unavailable", which may be another API server\'s doing', async () => {
    const cluster = literalCluster({
      ...RKE2_CANAL,
      [METRICS_NODES]: { status: 503, text: 'service unavailable\n' },
    });
    const { apiServers } = await read(cluster, { firstLookMs: 1_500 }).first;

    expect(apiServers).toMatchObject({
      value: [{ metricsApi: { value: { body: 'service unavailable\n', settled: true } } }, {}, {}],
    });
    const asked = cluster.requests.filter(
      (line) => line === `https://192.168.77.1:6443 ${METRICS_NODES}`,
    );
    expect(asked).toHaveLength(4);
  });

  test('keeps a 403 as evidence when RBAC would let us, and as a gap when it would not', async () => {
    const review = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
    const refused = { ...RKE2_CANAL, [METRICS_NODES]: FORBIDDEN };
    const allowed = await snapshotOf({ ...refused, [review]: one({ status: { allowed: true } }) });
    const denied = await snapshotOf({ ...refused, [review]: one({ status: { allowed: false } }) });
    const unknown = await snapshotOf({ ...refused, [review]: FORBIDDEN });

    expect(allowed.apiServers).toHaveProperty('value.0.metricsApi.value.outcome', 'http-error');
    expect(denied.apiServers).toMatchObject({
      value: [{ metricsApi: { state: 'missing', reason: 'forbidden' } }, {}, {}],
    });
    expect(unknown.apiServers).toHaveProperty('value.0.metricsApi.reason', 'ambiguous');
    expect(denied.nodeMetrics).toMatchObject({ state: 'missing', reason: 'forbidden' });
  });

  test('calls credentials that one API server refuses for everything a gap', async () => {
    const cluster = literalCluster(RKE2_CANAL, {
      servers: {
        'https://192.168.77.2:6443': {
          [METRICS_NODES]: { status: 401, text: 'Unauthorized' },
          '/readyz': { status: 401, text: 'Unauthorized' },
        },
        'https://192.168.77.3:6443': { [METRICS_NODES]: { status: 401, text: 'Unauthorized' } },
      },
    });
    const { apiServers } = await read(cluster).first;

    expect(apiServers).toHaveProperty('value.1.metricsApi.reason', 'forbidden');
    expect(apiServers).toHaveProperty('value.2.metricsApi.value.status', 401);
  });

  test('asks the control-plane nodes when endpoints cannot be read', async () => {
    const snapshot = await snapshotOf({
      ...RKE2_CANAL,
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices': FORBIDDEN,
      '/api/v1/namespaces/default/endpoints/kubernetes': FORBIDDEN,
    });

    expect(snapshot.apiServers).toMatchObject({
      source: expect.stringContaining('control-plane nodes'),
      value: [{ name: 'prod01', address: '192.168.77.1:6443' }, {}, {}],
    });
  });

  test('tries a load balancer several times when no API server behind it can be reached', async () => {
    let tries = 0;
    const behind = literalCluster(RKE2_CANAL, { unreachable: /^https:\/\/192\.168/ });
    const words = 'error trying to reach service: dial tcp 10.42.0.20:10250: i/o timeout\n';
    const cluster: typeof behind = {
      ...behind,
      get: (path, options) => {
        if (path !== METRICS_NODES) return behind.get(path, options);
        tries += 1;
        return (
          tries === 3 ? literalCluster({ [METRICS_NODES]: { status: 503, text: words } }) : behind
        ).get(path, options);
      },
    };
    const { apiServers } = await read(cluster, { firstLookMs: 1_500 }).first;

    expect(tries).toBe(6);
    expect(apiServers).toMatchObject({
      value: [
        {
          name: 'prod01',
          metricsApi: { value: { outcome: 'unreachable', body: 'connect ECONNREFUSED' } },
        },
        { name: 'prod02' },
        { name: 'prod03' },
        { name: 'usual address', metricsApi: { value: { outcome: 'ok' } } },
        {
          name: 'usual address, try 3',
          metricsApi: { value: { outcome: 'http-error', body: words } },
        },
      ],
    });
  });

  test('reads through another API server of the configuration when the usual one hangs, and says so', async () => {
    const cluster = literalCluster(
      { '/version': { hang: true } },
      { servers: { 'https://127.0.0.1:7001': RKE2_CANAL }, server: 'https://lb.example:6443' },
    );
    const snapshot = await read(cluster, {
      apiServers: [{ name: 'prod01', url: 'https://127.0.0.1:7001' }],
    }).first;

    expect(snapshot.vantage).toMatchObject({
      server: 'https://127.0.0.1:7001',
      note: expect.stringContaining('https://lb.example:6443 failed'),
    });
    expect(snapshot.nodes.state).toBe('known');
    expect(snapshot.apiServers).toMatchObject({
      value: [{ name: 'prod01', address: '127.0.0.1:7001' }],
    });
  });
});

test('looks at the APIService several times, and passes on what a watch saw between', async () => {
  const cluster = literalCluster({ ...RKE2_CANAL, [METRICS_NODES]: { hang: true } });
  const flip = apiService('kube-system', 'rke2-metrics-server') as {
    metadata: { resourceVersion: string };
  };
  const { first } = read(
    {
      ...cluster,
      watch: async (_path, { onEvent }) => {
        onEvent({
          type: 'MODIFIED',
          object: { ...flip, metadata: { ...flip.metadata, resourceVersion: '4712' } },
        });
      },
    },
    { firstLookMs: 1_300, readsMs: 3_000 },
  );

  const { apiServiceLooks } = await first;
  expect(apiServiceLooks).toMatchObject({ state: 'known' });
  const looks = apiServiceLooks.state === 'known' ? apiServiceLooks.value : [];
  expect(looks.map(({ resourceVersion }) => resourceVersion)).toEqual([
    '4711',
    '4712',
    '4711',
    '4711',
    '4711',
  ]);
});
