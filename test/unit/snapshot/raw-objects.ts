import type { Reply } from './literal-cluster.ts';

/** Raw API JSON as API servers send it, shortened to what matters; field names and defaults are Kubernetes'. */

export const list = (...items: readonly unknown[]): Reply => ({ body: { items } });
export const one = (body: unknown): Reply => ({ body });

export const FORBIDDEN: Reply = {
  status: 403,
  text: JSON.stringify({
    kind: 'Status',
    status: 'Failure',
    reason: 'Forbidden',
    message: 'is forbidden: User "limited" cannot list resource',
    code: 403,
  }),
};

/** How an API server says that the object, of a kind that it serves, does not exist. */
export function notFound(kind: string, name: string): Reply {
  return {
    status: 404,
    text: JSON.stringify({
      kind: 'Status',
      status: 'Failure',
      reason: 'NotFound',
      message: `${kind} "${name}" not found`,
      details: { name, kind },
      code: 404,
    }),
  };
}

export function node(
  name: string,
  ip: string,
  extra: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly labels?: Readonly<Record<string, string>>;
    readonly podCidr?: string;
    readonly controlPlane?: boolean;
    readonly ready?: string;
    readonly os?: string;
  } = {},
): unknown {
  return {
    metadata: {
      name,
      uid: `uid-${name}`,
      creationTimestamp: '2026-01-05T10:00:00Z',
      labels: {
        'kubernetes.io/os': extra.os ?? 'linux',
        'kubernetes.io/hostname': name,
        ...(extra.controlPlane === false
          ? {}
          : { 'node-role.kubernetes.io/control-plane': 'true' }),
        'company.example/secret-team': 'x',
        ...extra.labels,
      },
      annotations: {
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        ...extra.annotations,
      },
    },
    spec: {
      ...(extra.podCidr === undefined ? {} : { podCIDR: extra.podCidr, podCIDRs: [extra.podCidr] }),
      providerID: `rke2://${name}`,
      taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoExecute' }],
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: ip },
        { type: 'Hostname', address: name },
      ],
      conditions: [
        {
          type: 'MemoryPressure',
          status: 'False',
          reason: 'KubeletHasSufficientMemory',
          message: '',
        },
        {
          type: 'Ready',
          status: extra.ready ?? 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
          lastTransitionTime: '2026-01-05T10:01:00Z',
        },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      nodeInfo: {
        operatingSystem: extra.os ?? 'linux',
        osImage: 'SUSE Linux Enterprise Server 15 SP6',
        kernelVersion: '6.4.0-150600.23-default',
        architecture: 'amd64',
        kubeletVersion: 'v1.32.5+rke2r1',
        containerRuntimeVersion: 'containerd://2.0.5-k3s1',
      },
      images: [{ names: ['docker.io/rancher/hardened-kubernetes'], sizeBytes: 1 }],
    },
  };
}

export function pod(
  namespace: string,
  name: string,
  extra: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly node?: string;
    readonly ip?: string;
    readonly ready?: boolean;
    readonly hostNetwork?: boolean;
    readonly container?: Readonly<Record<string, unknown>>;
    readonly status?: Readonly<Record<string, unknown>>;
    readonly phase?: string;
    readonly owner?: string;
  } = {},
): unknown {
  const ready = extra.ready ?? true;
  return {
    metadata: {
      namespace,
      name,
      uid: `uid-${name}`,
      labels: extra.labels ?? {},
      creationTimestamp: '2026-11-20T08:00:00Z',
      ownerReferences: [
        { kind: 'ReplicaSet', name: extra.owner ?? name.replace(/-[^-]+$/, ''), controller: true },
      ],
    },
    spec: {
      ...(extra.node === undefined ? {} : { nodeName: extra.node }),
      ...(extra.hostNetwork === true ? { hostNetwork: true } : {}),
      containers: [{ name: 'main', image: 'example/main:1', ...extra.container }],
    },
    status: {
      phase: extra.phase ?? 'Running',
      ...(extra.ip === undefined ? {} : { podIP: extra.ip, podIPs: [{ ip: extra.ip }] }),
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [
        {
          name: 'main',
          ready,
          restartCount: 0,
          state: { running: { startedAt: '2026-11-20T08:00:05Z' } },
          imageID: 'sha256:abc',
          ...extra.status,
        },
      ],
    },
  };
}

export function apiService(
  namespace: string,
  name: string,
  extra: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    metadata: {
      name: 'v1beta1.metrics.k8s.io',
      resourceVersion: '4711',
      creationTimestamp: '2026-01-05T10:02:00Z',
    },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      insecureSkipTLSVerify: true,
      service: { namespace, name, port: 443 },
      ...extra,
    },
    status: {
      conditions: [
        {
          type: 'Available',
          status: 'True',
          reason: 'Passed',
          message: 'all checks passed',
          lastTransitionTime: '2026-11-22T14:02:57Z',
        },
      ],
    },
  };
}

export function service(
  namespace: string,
  name: string,
  selector: Readonly<Record<string, string>>,
): unknown {
  return {
    metadata: { namespace, name },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.43.7.7',
      clusterIPs: ['10.43.7.7'],
      selector,
      ports: [{ name: 'https', port: 443, targetPort: 'https', protocol: 'TCP' }],
    },
  };
}

export function slice(
  service: string,
  endpoints: readonly unknown[],
  ports: readonly unknown[] = [{ name: 'https', port: 10250 }],
): unknown {
  return {
    metadata: { name: `${service}-abc`, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    ports,
    endpoints,
  };
}

export function deployment(
  namespace: string,
  name: string,
  labels: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): unknown {
  return {
    metadata: { namespace, name, labels },
    spec: {
      replicas: 1,
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'metrics-server',
              image: 'rancher/hardened-k8s-metrics-server:v0.7.2',
              args,
              ports: [{ name: 'https', containerPort: 10250, protocol: 'TCP' }],
              resources: { limits: { memory: '200Mi' } },
            },
          ],
        },
      },
    },
    status: { readyReplicas: 1 },
  };
}

export const METRICS_NODES = '/apis/metrics.k8s.io/v1beta1/nodes';
export const API_SERVICE_PATH =
  '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io';

/** Three API servers `prod01..03` at 192.168.77.N, as their own endpoints say. */
export const API_SERVER_SLICE = slice(
  'kubernetes',
  [1, 2, 3].map((n) => ({ addresses: [`192.168.77.${n}`], conditions: { ready: true } })),
  [{ name: 'https', port: 6443, protocol: 'TCP' }],
);

export const GAUGE_0 = `# HELP aggregator_unavailable_apiservice [ALPHA] Gauge\n# TYPE aggregator_unavailable_apiservice gauge\naggregator_unavailable_apiservice{name="v1beta1.metrics.k8s.io"} 0\n`;
