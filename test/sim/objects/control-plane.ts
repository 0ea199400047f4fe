import type { World } from '../world.ts';
import { CLUSTER_AGE_MS, type KubeObject, metadata } from './kube-object.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'shop'] as const;

/** Namespaces, and the Service `default/kubernetes` through which the API servers are found. */
export function controlPlaneObjects(world: World, probeNamespace: string): KubeObject[] {
  const created = world.nowMs - CLUSTER_AGE_MS;
  const namespaces = NAMESPACES.map((name) => namespaceObject(name, created, {}));
  const probes = namespaceObject(probeNamespace, created, {
    'pod-security.kubernetes.io/enforce': 'privileged',
  });
  const port = world.platform.apiServerPort;
  const addresses = world.nodes
    .filter(({ apiServer }) => apiServer === 'serving' || apiServer === 'hanging')
    .map(({ publishedIp }) => publishedIp);
  return [
    ...namespaces,
    probes,
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata('kubernetes', created, {
        namespace: 'default',
        labels: { component: 'apiserver', provider: 'kubernetes' },
      }),
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.43.0.1',
        clusterIPs: ['10.43.0.1'],
        ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
      },
      status: { loadBalancer: {} },
    },
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: metadata('kubernetes', created, {
        namespace: 'default',
        labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
      }),
      subsets: [
        {
          addresses: addresses.map((ip) => ({ ip })),
          ports: [{ name: 'https', port, protocol: 'TCP' }],
        },
      ],
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: metadata('kubernetes', created, {
        namespace: 'default',
        labels: { 'kubernetes.io/service-name': 'kubernetes' },
      }),
      addressType: 'IPv4',
      endpoints: addresses.map((ip) => ({ addresses: [ip], conditions: { ready: true } })),
      ports: [{ name: 'https', port, protocol: 'TCP' }],
    },
  ];
}

function namespaceObject(
  name: string,
  created: number,
  labels: Readonly<Record<string, string>>,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: metadata(name, created, {
      labels: { 'kubernetes.io/metadata.name': name, ...labels },
    }),
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  };
}
