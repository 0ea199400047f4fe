import { TOKEN_USERS } from '../control-plane.ts';
import type { ControlPlane, LabNetwork, LabNode } from '../types.ts';
import {
  cniAgent,
  cniConfigMaps,
  cniCrds,
  cniCustomResources,
  crd,
  type NewObject,
} from './cni-objects.ts';
import { METRICS_SERVER, PROBE_NAMESPACE } from './names.ts';
import { nodeAnnotations } from './node-annotations.ts';

const CRD_TIMEOUT_MS = 20_000;
const POLL_MS = 100;
/** Fixed, so that reports of two runs look alike. */
export const METRICS_SERVICE_IP = '10.43.114.77';

/** POSTs objects side by side; one that exists already is kept. */
export async function createAll(
  controlPlane: ControlPlane,
  objects: readonly NewObject[],
): Promise<void> {
  await Promise.all(
    objects.map(({ path, object }) => controlPlane.request('POST', path, object, [409])),
  );
}

/** Everything an RKE2 cluster of this flavour holds before any Pod runs. */
export async function createClusterObjects(
  network: LabNetwork,
  controlPlane: ControlPlane,
): Promise<void> {
  const namespaces = new Set([
    'kube-system',
    PROBE_NAMESPACE,
    'shop',
    cniAgent(network.flavour).namespace,
  ]);
  await createAll(controlPlane, [
    ...[...namespaces].map(namespaceObject),
    ...network.nodes.map((node) => nodeObject(network, node)),
    crd('helm.cattle.io', 'v1', 'HelmChartConfig', 'Namespaced'),
    ...cniCrds(network.flavour),
  ]);
  await createAll(controlPlane, [
    ...cniConfigMaps(network),
    metricsService(),
    metricsApiService(),
    ...rbacObjects(),
    ...workloadObjects(),
  ]);
  await createWhenServed(controlPlane, cniCustomResources(network));
}

/** A new CRD answers 404 for a moment. */
async function createWhenServed(
  controlPlane: ControlPlane,
  objects: readonly NewObject[],
): Promise<void> {
  const deadline = Date.now() + CRD_TIMEOUT_MS;
  for (const { path, object } of objects) {
    for (;;) {
      const { status, text } = await controlPlane.request('POST', path, object, [404, 409]);
      if (status !== 404) break;
      if (Date.now() > deadline) throw new Error(`${path} is not served: ${text.slice(0, 200)}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function namespaceObject(name: string): NewObject {
  const labels = {
    // Newer API servers write it themselves; policies select by it.
    'kubernetes.io/metadata.name': name,
    ...(name === PROBE_NAMESPACE ? { 'pod-security.kubernetes.io/enforce': 'privileged' } : {}),
  };
  return {
    path: '/api/v1/namespaces',
    object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
  };
}

function nodeObject(network: LabNetwork, node: LabNode): NewObject {
  const roles = node.role === 'server' ? ['control-plane', 'etcd', 'master'] : [];
  return {
    path: '/api/v1/nodes',
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: node.name,
        labels: {
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': node.name,
          'node.kubernetes.io/instance-type': 'rke2',
          ...Object.fromEntries(roles.map((role) => [`node-role.kubernetes.io/${role}`, 'true'])),
        },
        annotations: nodeAnnotations(network, node),
      },
      spec: {
        podCIDR: node.podCidr,
        podCIDRs: [node.podCidr],
        providerID: `rke2://${node.name}`,
      },
      // Kubelets replace it; without them it is what readers see.
      status: {
        addresses: [
          { type: 'InternalIP', address: node.ip },
          { type: 'Hostname', address: node.name },
        ],
        conditions: [
          {
            type: 'Ready',
            status: 'True',
            reason: 'KubeletReady',
            message: 'kubelet is posting ready status',
          },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      },
    },
  };
}

function metricsService(): NewObject {
  const { namespace, name, labels, portName, servicePort } = METRICS_SERVER;
  return {
    path: `/api/v1/namespaces/${namespace}/services`,
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: {
        clusterIP: METRICS_SERVICE_IP,
        selector: labels,
        ports: [{ name: portName, port: servicePort, protocol: 'TCP', targetPort: portName }],
      },
    },
  };
}

/** The APIService as RKE2's chart makes it. */
export function metricsApiService(): NewObject {
  const { namespace, name, labels, servicePort } = METRICS_SERVER;
  return {
    path: '/apis/apiregistration.k8s.io/v1/apiservices',
    object: {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io', labels },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { name, namespace, port: servicePort },
      },
    },
  };
}

function rbacObjects(): readonly NewObject[] {
  const bind = (
    name: string,
    role: string,
    subject: Readonly<Record<string, string>>,
  ): NewObject => ({
    path: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
      subjects: [subject],
    },
  });
  return Object.entries(TOKEN_USERS).flatMap(([user, role]) =>
    role === null
      ? []
      : [
          bind(`lab-${user}`, role, {
            apiGroup: 'rbac.authorization.k8s.io',
            kind: 'User',
            name: user,
          }),
        ],
  );
}

/** Somebody who suffers: a Deployment with an HPA on CPU. */
function workloadObjects(): readonly NewObject[] {
  const namespace = 'shop';
  const labels = { app: 'web' };
  return [
    {
      path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
      object: {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace, labels },
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              terminationGracePeriodSeconds: 0,
              tolerations: [{ operator: 'Exists' }],
              containers: [
                {
                  name: 'web',
                  image: 'docker.io/library/echo:1.0.0',
                  imagePullPolicy: 'Never',
                  resources: { requests: { cpu: '10m', memory: '16Mi' } },
                },
              ],
            },
          },
        },
      },
    },
    {
      path: `/apis/autoscaling/v1/namespaces/${namespace}/horizontalpodautoscalers`,
      object: {
        apiVersion: 'autoscaling/v1',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'web', namespace },
        spec: {
          minReplicas: 1,
          maxReplicas: 3,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
          targetCPUUtilizationPercentage: 80,
        },
      },
    },
  ];
}
