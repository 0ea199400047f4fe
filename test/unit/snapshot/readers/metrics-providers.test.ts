import { expect, it } from 'vitest';
import { readMetricsProviders } from '../../../../src/snapshot/readers/metrics-providers.ts';
import { type LiteralCluster, literalCluster } from '../literal-cluster.ts';
import { FORBIDDEN, list, pod, service } from '../raw-objects.ts';

const read = (client: LiteralCluster) =>
  readMetricsProviders({
    client,
    signal: new AbortController().signal,
    deadlineAt: performance.now() + 1_000,
  });

const PODS = list(
  pod('kube-system', 'metrics-server-1', { labels: { 'k8s-app': 'metrics-server' } }),
  pod('kube-system', 'rke2-metrics-server-1', {
    labels: { app: 'rke2-metrics-server' },
    ready: false,
  }),
  pod('monitoring', 'prometheus-adapter-1', {
    labels: { 'app.kubernetes.io/name': 'prometheus-adapter' },
  }),
  pod('kube-system', 'metrics-server-old', {
    labels: { 'k8s-app': 'metrics-server' },
    phase: 'Failed',
  }),
  pod('shop', 'web-1', { labels: { app: 'web' } }),
);

it('finds providers in any namespace, with the Services that lead to them', async () => {
  const cluster = literalCluster({
    '/api/v1/pods': PODS,
    '/api/v1/namespaces/kube-system/services': list(
      service('kube-system', 'metrics-server', { 'k8s-app': 'metrics-server' }),
      service('kube-system', 'kube-dns', { 'k8s-app': 'kube-dns' }),
      { metadata: { namespace: 'kube-system', name: 'headless' }, spec: {} },
    ),
    '/api/v1/namespaces/monitoring/services': FORBIDDEN,
  });
  expect(await read(cluster)).toMatchObject({
    state: 'known',
    value: [
      {
        program: 'metrics-server',
        namespace: 'kube-system',
        pods: [{ name: 'metrics-server-1', ready: true }],
        services: [{ name: 'metrics-server', port: 443 }],
      },
      {
        program: 'metrics-server',
        pods: [{ name: 'rke2-metrics-server-1', ready: false }],
        services: [],
      },
      { program: 'prometheus-adapter', namespace: 'monitoring', services: [] },
    ],
  });
});

it('is missing where pods may not be listed', async () => {
  expect(await read(literalCluster({ '/api/v1/pods': FORBIDDEN }))).toMatchObject({
    state: 'missing',
    reason: 'forbidden',
  });
});
