import type { World } from '../world.ts';
import { CLUSTER_AGE_MS, type KubeObject, metadata } from './kube-object.ts';
import { podObject } from './pods.ts';

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
    ...staticPods(world),
    ...tunnelAgents(world),
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

const WITH_STATIC_PODS: ReadonlySet<string> = new Set(['rke2', 'kubeadm', 'talos']);

/** kube-apiserver as a mirror Pod, where the distribution runs it as one. */
function staticPods(world: World): KubeObject[] {
  if (!WITH_STATIC_PODS.has(world.platform.name)) return [];
  return world.nodes
    .filter(({ apiServer, registered }) => registered && apiServer !== 'none')
    .map((node) =>
      podObject(world, {
        namespace: 'kube-system',
        name: `kube-apiserver-${node.name}`,
        node: node.name,
        ip: node.publishedIp,
        hostNetwork: true,
        labels: { component: 'kube-apiserver', tier: 'control-plane' },
        owner: { kind: 'Node', name: node.name },
        createdMs: world.nowMs - CLUSTER_AGE_MS,
        containers: [
          {
            name: 'kube-apiserver',
            image: 'registry.k8s.io/kube-apiserver:v1.32.5',
            ready: node.apiServer === 'serving',
            args: [
              '--requestheader-client-ca-file=/etc/kubernetes/pki/front-proxy-ca.crt',
              '--proxy-client-cert-file=/etc/kubernetes/pki/front-proxy-client.crt',
              '--proxy-client-key-file=/etc/kubernetes/pki/front-proxy-client.key',
              '--service-cluster-ip-range=10.43.0.0/16',
              ...(world.provider.dialled === 'pod' ? ['--enable-aggregator-routing=true'] : []),
            ],
          },
        ],
      }),
    );
}

/** Agents of the konnectivity tunnel, on the nodes that API servers dial from. */
function tunnelAgents(world: World): KubeObject[] {
  const homes = new Set(world.nodes.flatMap(({ dialsFrom }) => dialsFrom ?? []));
  return [...homes].map((node, index) =>
    podObject(world, {
      namespace: 'kube-system',
      name: `konnectivity-agent-7d9f${index}`,
      node,
      ip: world.nodes.find(({ name }) => name === node)?.publishedIp ?? null,
      hostNetwork: true,
      labels: { 'k8s-app': 'konnectivity-agent' },
      owner: { kind: 'DaemonSet', name: 'konnectivity-agent' },
      createdMs: world.nowMs - CLUSTER_AGE_MS,
      containers: [
        {
          name: 'konnectivity-agent',
          image: 'registry.k8s.io/kas-network-proxy/proxy-agent:v0.31.2',
        },
      ],
    }),
  );
}
