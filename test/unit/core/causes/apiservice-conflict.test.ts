import { describe, expect, it } from 'vitest';
import { apiserviceConflict } from '../../../../src/core/causes/apiservice-conflict.ts';
import { metricsServerNotInstalled } from '../../../../src/core/causes/metrics-server-not-installed.ts';
import type { MetricsProvider } from '../../../../src/core/evidence/control-plane.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import { evidence, foundingIncident, withSnapshot } from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { allServersSay, withCondition } from './provider-world.ts';

const METRICS_SERVER: MetricsProvider = {
  program: 'metrics-server',
  namespace: 'kube-system',
  pods: [{ name: 'rke2-metrics-server-6c8f-0', ready: true }],
  services: [{ name: 'rke2-metrics-server', port: 443 }],
};
const ADAPTER: MetricsProvider = {
  program: 'prometheus-adapter',
  namespace: 'monitoring',
  pods: [{ name: 'prometheus-adapter-1', ready: false }],
  services: [{ name: 'prometheus-adapter', port: 443 }],
};

/** The APIService leads to monitoring/prometheus-adapter, whose namespace holds what is given. */
function registeredElsewhere(
  e: Evidence,
  providers: readonly MetricsProvider[],
  ready = false,
): Evidence {
  const { apiService } = e.snapshot;
  if (apiService.state === 'missing' || apiService.value === null) throw new Error('no APIService');
  return withSnapshot(e, {
    apiService: known(
      {
        ...apiService.value,
        service: { namespace: 'monitoring', name: 'prometheus-adapter', port: 443 },
        writers: [{ manager: 'argocd-controller', at: '2026-11-22T13:00:00Z' }],
      },
      'GET',
    ),
    service: known(null, 'GET'),
    providerPods: known([], 'GET'),
    deployments: known([], 'GET'),
    endpoints: known(
      ready
        ? {
            from: 'EndpointSlice',
            addresses: [
              {
                ip: '10.42.1.9',
                ready: true,
                nodeName: 'prod02',
                podName: 'prometheus-adapter-1',
                ports: [{ name: 'https', port: 6443 }],
              },
            ],
          }
        : null,
      'GET',
    ),
    metricsProviders: known(providers, 'GET pods'),
  });
}

const down = allServersSay(evidence(), 503, 'service unavailable\n');

describe('apiservice-conflict', () => {
  it.each([
    ['whose pods are not ready', [METRICS_SERVER, ADAPTER]],
    ['that nothing stands behind', [METRICS_SERVER]],
  ])(
    'is confirmed by a registered Service %s beside a metrics-server that is',
    (_what, providers) => {
      const report = buildReport(registeredElsewhere(down, providers));
      expect(report).toMatchObject({
        verdict: 'broken',
        causes: [{ id: 'apiservice-conflict', verdict: 'confirmed' }],
        unexplained: [],
      });
      expect(report.causes).toHaveLength(1);
      const text = JSON.stringify(report.causes[0]);
      expect(text).toContain('written by argocd-controller');
      expect(text).toContain(
        '\\"namespace\\":\\"kube-system\\",\\"name\\":\\"rke2-metrics-server\\"',
      );
    },
  );

  it('is confirmed when the adapter answers that it knows no such API', () => {
    const ready = { ...ADAPTER, pods: [{ name: 'prometheus-adapter-1', ready: true }] };
    const e = withCondition(
      registeredElsewhere(down, [METRICS_SERVER, ready], true),
      'failing or missing response from https://10.42.1.9:6443/apis/metrics.k8s.io/v1beta1: bad status from https://10.42.1.9:6443/apis/metrics.k8s.io/v1beta1: 404',
    );
    expect(judgeOne(apiserviceConflict, e).kind).toBe('confirmed');
  });

  it('is confirmed when the Service changes from look to look', () => {
    const base = withCondition(down, 'service/prometheus-adapter is not present');
    const { apiServiceLooks: looks } = base.snapshot;
    if (looks.state === 'missing') throw new Error('no looks');
    const e = withSnapshot(base, {
      metricsProviders: known(
        [METRICS_SERVER, { ...METRICS_SERVER, namespace: 'metrics', services: [] }],
        'GET',
      ),
      apiServiceLooks: known(
        ['kube-system/rke2-metrics-server', 'monitoring/prometheus-adapter'].flatMap((service) =>
          looks.value.map((look) => ({ ...look, service })),
        ),
        'GET',
      ),
    });
    expect(judgeOne(apiserviceConflict, e)).toMatchObject({
      kind: 'confirmed',
      headline: expect.stringContaining('switched between'),
    });
  });

  it('is no fault while the registered adapter serves', () => {
    const e = registeredElsewhere(evidence(), [METRICS_SERVER, ADAPTER]);
    expect(judgeOne(apiserviceConflict, e).kind).toBe('ruled-out');
  });

  it('is suspected when the adapter serves an empty list', () => {
    const e = withSnapshot(registeredElsewhere(evidence(), [METRICS_SERVER, ADAPTER], true), {
      nodeMetrics: known([], 'GET'),
    });
    expect(judgeOne(apiserviceConflict, e)).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('resource rules'),
    });
  });

  it('is not said when the registered provider is ready and only its path is dead', () => {
    const ready = { ...ADAPTER, pods: [{ name: 'prometheus-adapter-1', ready: true }] };
    const e = registeredElsewhere(foundingIncident(), [METRICS_SERVER, ready], true);
    expect(judgeOne(apiserviceConflict, e).kind).toBe('ruled-out');
  });

  it('is not said of one metrics-server whose own Service misses it', () => {
    const e = withSnapshot(down, {
      metricsProviders: known([{ ...METRICS_SERVER, services: [] }], 'GET'),
      endpoints: known(null, 'GET'),
      providerPods: known([], 'GET'),
    });
    expect(judgeOne(apiserviceConflict, e).kind).toBe('ruled-out');
  });

  it('is unknown while pods of other namespaces may not be read', () => {
    const e = withSnapshot(registeredElsewhere(down, []), {
      metricsProviders: missing('forbidden', 'not allowed to list pods in all namespaces'),
    });
    expect(judgeOne(apiserviceConflict, e).kind).toBe('unknown');
  });

  it('keeps metrics-server-not-installed from being said', () => {
    const e = registeredElsewhere(down, [METRICS_SERVER]);
    expect(judgeOne(metricsServerNotInstalled, e)).toMatchObject({
      kind: 'ruled-out',
      because: 'metrics-server runs in namespace kube-system',
    });
  });
});
