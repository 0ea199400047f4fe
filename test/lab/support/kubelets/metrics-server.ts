import { METRICS_SERVER_IMAGE } from '../images/definitions.ts';
import { createAll } from '../objects/cluster-objects.ts';
import type { NewObject } from '../objects/cni-objects.ts';
import { METRICS_SERVER } from '../objects/names.ts';
import type { ControlPlane } from '../types.ts';

/** The arguments of RKE2's chart. */
export const METRICS_SERVER_ARGS = [
  '--secure-port=10250',
  '--cert-dir=/tmp',
  '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
  '--kubelet-use-node-status-port',
  '--metric-resolution=15s',
] as const;

const POLL_MS = 200;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

/** Where and with which arguments the metrics-server runs. */
export interface MetricsServerOptions {
  /** Runs on this node: by a node selector where a scheduler runs, else by `nodeName`. */
  readonly node: string;
  readonly args?: readonly string[] | undefined;
}

/** Service account, rights and Deployment as RKE2's chart has them; Service and APIService are cluster objects. */
export async function deployMetricsServer(
  controlPlane: ControlPlane,
  options: MetricsServerOptions,
): Promise<void> {
  await createAll(controlPlane, [
    ...accessObjects(),
    deployment(options, controlPlane.hasScheduler),
  ]);
}

function accessObjects(): readonly NewObject[] {
  const { namespace, name } = METRICS_SERVER;
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const roleRef = (kind: string, role: string): object => ({
    apiGroup: 'rbac.authorization.k8s.io',
    kind,
    name: role,
  });
  const rbac = (kind: string, objectName: string, rest: object): NewObject => ({
    path: `${RBAC}/${kind.toLowerCase()}s`,
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind,
      metadata: { name: objectName },
      ...rest,
    },
  });
  return [
    {
      path: `/api/v1/namespaces/${namespace}/serviceaccounts`,
      object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
    },
    rbac('ClusterRole', `system:${name}`, {
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    }),
    rbac('ClusterRoleBinding', `system:${name}`, {
      roleRef: roleRef('ClusterRole', `system:${name}`),
      subjects,
    }),
    rbac('ClusterRoleBinding', `${name}:system:auth-delegator`, {
      roleRef: roleRef('ClusterRole', 'system:auth-delegator'),
      subjects,
    }),
    {
      path: `${RBAC}/namespaces/${namespace}/rolebindings`,
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: `${name}-auth-reader`, namespace },
        roleRef: roleRef('Role', 'extension-apiserver-authentication-reader'),
        subjects,
      },
    },
  ];
}

function deployment(
  { node, args = METRICS_SERVER_ARGS }: MetricsServerOptions,
  hasScheduler: boolean,
): NewObject {
  const { namespace, name, labels, portName, containerPort } = METRICS_SERVER;
  const probe = (path: string, rest: object): object => ({
    httpGet: { path, port: portName, scheme: 'HTTPS' },
    failureThreshold: 3,
    ...rest,
  });
  return {
    path: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        // The new Pod must not wait for the old one's replacement to be Ready: a broken one never is.
        strategy: { type: 'Recreate' },
        template: {
          metadata: { labels },
          spec: {
            ...(hasScheduler
              ? { nodeSelector: { 'kubernetes.io/hostname': node } }
              : { nodeName: node }),
            serviceAccountName: name,
            priorityClassName: 'system-cluster-critical',
            terminationGracePeriodSeconds: 1,
            tolerations: [{ operator: 'Exists' }],
            containers: [
              {
                name: 'metrics-server',
                image: METRICS_SERVER_IMAGE,
                imagePullPolicy: 'IfNotPresent',
                args,
                ports: [{ name: portName, containerPort, protocol: 'TCP' }],
                livenessProbe: probe('/livez', { periodSeconds: 10 }),
                // The chart waits 20 s before it looks, every 10 s; a lab looks at once, and not so often that it fills the log.
                readinessProbe: probe('/readyz', { periodSeconds: 2 }),
                resources: { requests: { cpu: '100m', memory: '200Mi' } },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  runAsNonRoot: true,
                  runAsUser: 1000,
                },
                volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
              },
            ],
            volumes: [{ name: 'tmp', emptyDir: {} }],
          },
        },
      },
    },
  };
}

/**
 * Waits until the Metrics API names every node, asked through the API server that `controlPlane` speaks to.
 * @throws when it does not within the time, with the last answer
 */
export async function untilMetricsServed(
  controlPlane: ControlPlane,
  nodes: readonly string[],
  withinMs: number,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const path = '/apis/metrics.k8s.io/v1beta1/nodes';
    const { status, text } = await controlPlane.request(
      'GET',
      path,
      undefined,
      [401, 403, 404, 500, 502, 503, 504],
    );
    if (status === 200 && nodes.every((name) => text.includes(JSON.stringify(name)))) return;
    if (performance.now() > deadline) {
      throw new Error(
        `no metrics of all nodes after ${withinMs} ms: ${status} ${text.slice(0, 300)}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
