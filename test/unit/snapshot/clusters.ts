import type { Reply } from './literal-cluster.ts';
import {
  API_SERVER_SLICE,
  API_SERVICE_PATH,
  apiService,
  deployment,
  GAUGE_0,
  list,
  METRICS_NODES,
  node,
  notFound,
  one,
  pod,
  service,
  slice,
} from './raw-objects.ts';

type Routes = Readonly<Record<string, Reply>>;

const PROVIDER = { app: 'rke2-metrics-server', 'app.kubernetes.io/name': 'rke2-metrics-server' };

/** RKE2 v1.32 with Canal, three servers, metrics-server on prod01: the founding incident's shape, healthy. */
export const RKE2_CANAL: Routes = {
  '/version': one({ gitVersion: 'v1.32.5+rke2r1' }),
  '/readyz': { status: 200, text: 'ok' },
  '/metrics': { status: 200, text: GAUGE_0 },
  [METRICS_NODES]: list(
    { metadata: { name: 'prod01' } },
    { metadata: { name: 'prod02' } },
    { metadata: { name: 'prod03' } },
  ),
  '/api/v1/nodes': list(
    ...[1, 2, 3].map((n) =>
      node(`prod0${n}`, `192.168.77.${n}`, {
        podCidr: `10.42.${n - 1}.0/24`,
        annotations: {
          'flannel.alpha.coreos.com/backend-type': 'vxlan',
          'flannel.alpha.coreos.com/public-ip': `192.168.77.${n}`,
          'rke2.io/node-args': '["server"]',
        },
      }),
    ),
  ),
  '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices': list(API_SERVER_SLICE),
  '/apis/discovery.k8s.io/v1/namespaces/kube-system/endpointslices': list(
    slice('rke2-metrics-server', [
      {
        addresses: ['10.42.0.20'],
        conditions: { ready: true },
        nodeName: 'prod01',
        targetRef: { kind: 'Pod', name: 'rke2-metrics-server-7b9c-x1' },
      },
    ]),
  ),
  [API_SERVICE_PATH]: one(apiService('kube-system', 'rke2-metrics-server')),
  '/api/v1/namespaces/kube-system/services/rke2-metrics-server': one(
    service('kube-system', 'rke2-metrics-server', { app: 'rke2-metrics-server' }),
  ),
  '/apis/apps/v1/namespaces/kube-system/deployments': list(
    deployment('kube-system', 'rke2-metrics-server', PROVIDER, ['--secure-port=10250']),
    deployment('kube-system', 'rke2-coredns', { app: 'coredns' }),
  ),
  '/api/v1/namespaces/kube-system/pods': list(
    pod('kube-system', 'rke2-metrics-server-7b9c-x1', {
      labels: PROVIDER,
      node: 'prod01',
      ip: '10.42.0.20',
    }),
    pod('kube-system', 'rke2-coredns-1', {
      labels: { app: 'coredns' },
      node: 'prod01',
      ip: '10.42.0.21',
    }),
  ),
  '/api/v1/pods': list(
    pod('kube-system', 'rke2-canal-aaaaa', {
      labels: { 'k8s-app': 'canal' },
      node: 'prod01',
      ip: '192.168.77.1',
      hostNetwork: true,
    }),
    pod('kube-system', 'rke2-metrics-server-7b9c-x1', {
      labels: PROVIDER,
      node: 'prod01',
      ip: '10.42.0.20',
    }),
    pod('shop', 'web-1', { node: 'prod01', ip: '10.42.0.33' }),
    pod('shop', 'agent-1', { node: 'prod01', ip: '192.168.77.1', hostNetwork: true }),
    pod('kube-system', 'rke2-coredns-1', { node: 'prod01', ip: '10.42.0.21' }),
    pod('shop', 'web-2', { node: 'prod02', ip: '10.42.1.33' }),
  ),
  '/api/v1/namespaces/kube-system/pods/rke2-metrics-server-7b9c-x1/log': {
    status: 200,
    text: 'I1122 serving.go:342] Generated self-signed cert\n\nI1122 secure_serving.go:266] Serving securely on [::]:10250\n',
  },
  '/api/v1/namespaces/kube-system/events': list(),
  '/api/v1/namespaces/kube-system/configmaps/rke2-canal-config': one({
    metadata: { namespace: 'kube-system', name: 'rke2-canal-config' },
    data: { 'net-conf.json': '{"Backend":{"Type":"vxlan"}}', 'etcd-key': 'SECRET' },
  }),
  '/apis/crd.projectcalico.org/v1/ippools': list(),
  '/apis/crd.projectcalico.org/v1/felixconfigurations/default': one({
    spec: { vxlanPort: 4789, featureDetectOverride: 'ChecksumOffloadBroken=true' },
  }),
  '/apis/networking.k8s.io/v1/namespaces/kube-system/networkpolicies': list(),
  '/api/v1/namespaces/kube-system': one({ metadata: { name: 'kube-system', labels: { a: 'b' } } }),
  '/api/v1/namespaces/metrics-diag': notFound('namespaces', 'metrics-diag'),
  '/apis/autoscaling/v2/horizontalpodautoscalers': list(),
  '/apis/helm.cattle.io/v1/namespaces/kube-system/helmchartconfigs': list(
    {
      metadata: { namespace: 'kube-system', name: 'rke2-metrics-server' },
      spec: { valuesContent: 'args: ["--metric-resolution=30s"]' },
    },
    { metadata: { namespace: 'kube-system', name: 'rke2-ingress-nginx' }, spec: {} },
  ),
};

/** Upstream metrics-server by kubeadm on an old cluster: v1beta1 slices, v2beta2 autoscaling, no Helm CRDs, flannel. */
export const KUBEADM_OLD: Routes = {
  '/version': one({ gitVersion: 'v1.20.2' }),
  '/readyz': { status: 200, text: 'ok' },
  '/metrics': { status: 403, text: '{}' },
  [METRICS_NODES]: list({ metadata: { name: 'cp1' } }),
  '/api/v1/nodes': list(
    node('cp1', '10.0.0.11', { podCidr: '10.244.0.0/24' }),
    node('w1', '10.0.0.21', { podCidr: '10.244.1.0/24', controlPlane: false, ready: 'Unknown' }),
  ),
  '/api/v1/namespaces/default/endpoints/kubernetes': one({
    subsets: [{ addresses: [{ ip: '10.0.0.11' }], ports: [{ name: 'https', port: 6443 }] }],
  }),
  '/apis/discovery.k8s.io/v1beta1/namespaces/kube-system/endpointslices': list(
    slice('metrics-server', [
      { addresses: ['10.244.1.5'], conditions: {}, topology: { 'kubernetes.io/hostname': 'w1' } },
    ]),
  ),
  '/apis/discovery.k8s.io/v1beta1/namespaces/default/endpointslices': list(),
  [API_SERVICE_PATH]: one(apiService('kube-system', 'metrics-server')),
  '/api/v1/namespaces/kube-system/services/metrics-server': one(
    service('kube-system', 'metrics-server', { 'k8s-app': 'metrics-server' }),
  ),
  '/apis/apps/v1/namespaces/kube-system/deployments': list(
    deployment('kube-system', 'metrics-server', { 'k8s-app': 'metrics-server' }),
  ),
  '/api/v1/namespaces/kube-system/pods': list(
    pod('kube-system', 'metrics-server-5d-1', {
      labels: { 'k8s-app': 'metrics-server' },
      node: 'w1',
      ip: '10.244.1.5',
    }),
  ),
  '/api/v1/pods': list(
    pod('kube-flannel', 'kube-flannel-ds-1', {
      labels: { app: 'flannel' },
      node: 'w1',
      ip: '10.0.0.21',
      hostNetwork: true,
      ready: false,
      status: { restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    }),
  ),
  '/api/v1/namespaces/kube-flannel/pods/kube-flannel-ds-1/log': {
    status: 200,
    text: 'I starting\nE1122 main.go:332] Error registering network: failed to acquire lease\nI bye\n',
  },
  '/api/v1/namespaces/kube-system/events': list(),
  '/api/v1/namespaces/kube-flannel/configmaps/kube-flannel-cfg': one({
    data: { 'net-conf.json': '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}' },
  }),
  '/apis/networking.k8s.io/v1/namespaces/kube-system/networkpolicies': list(),
  '/api/v1/namespaces/kube-system': one({ metadata: { name: 'kube-system' } }),
  '/apis/autoscaling/v2beta2/horizontalpodautoscalers': list({
    metadata: { namespace: 'shop', name: 'web' },
    spec: {
      scaleTargetRef: { kind: 'Deployment', name: 'web' },
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [{ type: 'Resource', resource: { name: 'cpu' } }],
    },
    status: {
      currentReplicas: 2,
      conditions: [
        {
          type: 'ScalingActive',
          status: 'False',
          reason: 'FailedGetResourceMetric',
          message: 'no metrics',
        },
      ],
    },
  }),
};

/** prometheus-adapter owns the Metrics API, in another namespace, with a caBundle. */
export const PROMETHEUS_ADAPTER: Routes = {
  ...RKE2_CANAL,
  [API_SERVICE_PATH]: one(
    apiService('monitoring', 'prometheus-adapter', {
      insecureSkipTLSVerify: false,
      caBundle: Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n').toString('base64'),
    }),
  ),
  '/api/v1/namespaces/monitoring/services/prometheus-adapter': one(
    service('monitoring', 'prometheus-adapter', { 'app.kubernetes.io/name': 'prometheus-adapter' }),
  ),
  '/apis/discovery.k8s.io/v1/namespaces/monitoring/endpointslices': list(
    slice('prometheus-adapter', [
      { addresses: ['10.42.1.9'], conditions: { ready: true }, nodeName: 'prod02' },
      { addresses: ['10.42.2.9'], conditions: { ready: false }, nodeName: 'prod03' },
    ]),
  ),
  '/apis/apps/v1/namespaces/monitoring/deployments': list(
    deployment('monitoring', 'prometheus-adapter', {
      'app.kubernetes.io/name': 'prometheus-adapter',
    }),
  ),
  '/api/v1/namespaces/monitoring/pods': list(
    pod('monitoring', 'prometheus-adapter-1', {
      labels: { 'app.kubernetes.io/name': 'prometheus-adapter' },
      node: 'prod02',
      ip: '10.42.1.9',
    }),
    pod('monitoring', 'prometheus-adapter-2', {
      labels: { 'app.kubernetes.io/name': 'prometheus-adapter' },
      node: 'prod03',
      ip: '10.42.2.9',
      ready: false,
    }),
    pod('monitoring', 'grafana-1', {
      labels: { app: 'grafana' },
      node: 'prod02',
      ip: '10.42.1.10',
    }),
  ),
  '/api/v1/namespaces/monitoring/events': list(),
  '/apis/networking.k8s.io/v1/namespaces/monitoring/networkpolicies': list(),
  '/api/v1/namespaces/monitoring': one({
    metadata: { name: 'monitoring', labels: { team: 'obs' } },
  }),
};
