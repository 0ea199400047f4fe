import { endpointPort, providerReady } from '../aggregation.ts';
import { scrapes } from '../scraping.ts';
import type { World } from '../world.ts';
import { KUBELET_PORT } from '../world.ts';
import { CLUSTER_AGE_MS, condition, type KubeObject, metadata, timestamp } from './kube-object.ts';
import { type ContainerSketch, podObject } from './pods.ts';
import { eventObject } from './workloads.ts';

const IMAGE = 'rancher/hardened-k8s-metrics-server:v0.7.2-build20250110';
const CRASH_LOOP = 'back-off 5m0s restarting failed container=metrics-server';

/** metrics-server and its chain: APIService, Service, endpoints, Deployment, Pod, events. */
export function providerObjects(world: World): KubeObject[] {
  const { state } = world.provider;
  const installed = state !== 'not-installed';
  return [
    ...(world.provider.apiServicePresent ? [apiService(world)] : []),
    ...(installed ? [service(world), ...endpointObjects(world), deployment(world)] : []),
    ...(installed ? [replicaSet(world)] : []),
    ...(installed && state !== 'scaled-to-zero' ? [pod(world)] : []),
    ...(installed ? providerEvents(world) : []),
  ];
}

function created(world: World): number {
  return world.nowMs - CLUSTER_AGE_MS;
}

/** The APIService without its Available condition: that one is the API servers' quarrel and lives in the stand-in. */
function apiService(world: World): KubeObject {
  const { provider } = world;
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: metadata('v1beta1.metrics.k8s.io', created(world), {
      labels: {
        'app.kubernetes.io/instance': provider.name,
        'app.kubernetes.io/managed-by': 'Helm',
        'app.kubernetes.io/name': provider.name,
      },
      annotations: {
        'meta.helm.sh/release-name': provider.name,
        'meta.helm.sh/release-namespace': provider.namespace,
      },
    }),
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      ...(provider.caBundle === 'none'
        ? { insecureSkipTLSVerify: true }
        : { caBundle: Buffer.from(FOREIGN_CA_NOTE).toString('base64') }),
      service: {
        namespace: provider.namespace,
        name: provider.name,
        port: provider.apiServicePort,
      },
    },
  };
}

/** Replaced by a real PEM where a test needs one to parse. */
const FOREIGN_CA_NOTE = '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n';

function service(world: World): KubeObject {
  const { provider } = world;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(provider.name, created(world), {
      namespace: provider.namespace,
      labels: { 'app.kubernetes.io/name': provider.name },
    }),
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.43.118.201',
      clusterIPs: ['10.43.118.201'],
      selector: { 'app.kubernetes.io/name': provider.name },
      ports: [
        {
          name: 'https',
          port: provider.servicePort,
          protocol: 'TCP',
          targetPort: provider.targetPort,
        },
      ],
    },
    status: { loadBalancer: {} },
  };
}

function endpointObjects(world: World): KubeObject[] {
  const { provider } = world;
  const port = endpointPort(world);
  const hasPod = ['running', 'crashing', 'oom', 'stopped'].includes(provider.state);
  const ready = providerReady(world);
  const ref = { kind: 'Pod', namespace: provider.namespace, name: provider.podName };
  const address = { ip: provider.podIp, nodeName: provider.node, targetRef: ref };
  const ports = port === null ? [] : [{ name: 'https', port, protocol: 'TCP' }];
  return [
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: metadata(provider.name, created(world), { namespace: provider.namespace }),
      ...(hasPod
        ? { subsets: [{ [ready ? 'addresses' : 'notReadyAddresses']: [address], ports }] }
        : {}),
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: metadata(`${provider.name}-7tqzk`, created(world), {
        namespace: provider.namespace,
        labels: {
          'kubernetes.io/service-name': provider.name,
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
      }),
      addressType: 'IPv4',
      endpoints: hasPod
        ? [
            {
              addresses: [provider.podIp],
              conditions: { ready, serving: ready, terminating: false },
              nodeName: provider.node,
              targetRef: ref,
            },
          ]
        : [],
      ports,
    },
  ];
}

function podTemplate(world: World): ContainerSketch {
  return {
    name: 'metrics-server',
    image: IMAGE,
    args: [
      `--secure-port=${world.provider.containerPort}`,
      '--cert-dir=/tmp',
      '--kubelet-preferred-address-types=InternalIP',
      '--kubelet-use-node-status-port',
      '--metric-resolution=15s',
      ...(world.provider.state === 'crashing' ? ['--metric-resolutoin=30s'] : []),
    ],
    ports: [{ name: 'https', containerPort: world.provider.containerPort }],
    memoryLimit: world.provider.state === 'oom' ? '20Mi' : '200Mi',
  };
}

function deployment(world: World): KubeObject {
  const { provider } = world;
  const template = podTemplate(world);
  const wanted = provider.state === 'scaled-to-zero' ? 0 : 1;
  const ready = providerReady(world) ? 1 : 0;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(provider.name, created(world), {
      namespace: provider.namespace,
      labels: {
        'app.kubernetes.io/instance': provider.name,
        'app.kubernetes.io/managed-by': 'Helm',
        'app.kubernetes.io/name': provider.name,
      },
    }),
    spec: {
      replicas: wanted,
      selector: { matchLabels: { 'app.kubernetes.io/name': provider.name } },
      template: {
        metadata: { labels: provider.podLabels },
        spec: {
          containers: [
            {
              name: template.name,
              image: template.image,
              args: template.args,
              ports: template.ports?.map((port) => ({ protocol: 'TCP', ...port })),
              resources: { limits: { memory: template.memoryLimit } },
            },
          ],
        },
      },
    },
    status: {
      replicas: wanted,
      ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
    },
  };
}

function replicaSet(world: World): KubeObject {
  const { provider } = world;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metadata(provider.podName.replace(/-[^-]+$/, ''), created(world), {
      namespace: provider.namespace,
      labels: provider.podLabels,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: provider.name,
          controller: true,
          uid: '',
        },
      ],
    }),
    spec: { replicas: provider.state === 'scaled-to-zero' ? 0 : 1 },
    status: { replicas: provider.state === 'scaled-to-zero' ? 0 : 1 },
  };
}

function pod(world: World): KubeObject {
  const { provider } = world;
  const unscheduled = provider.state === 'unschedulable';
  const pending = unscheduled || provider.state === 'image-pull';
  const faultBegan = world.nowMs - world.faultAgeMs;
  return podObject(world, {
    namespace: provider.namespace,
    name: provider.podName,
    node: unscheduled ? null : provider.node,
    ip: pending ? null : provider.podIp,
    labels: provider.podLabels,
    owner: { kind: 'ReplicaSet', name: provider.podName.replace(/-[^-]+$/, '') },
    phase: pending ? 'Pending' : 'Running',
    createdMs: pending ? faultBegan : created(world),
    containers: [{ ...podTemplate(world), ...containerState(world) }],
    ...(unscheduled
      ? {
          conditions: [
            condition('PodScheduled', 'False', faultBegan, {
              reason: 'Unschedulable',
              message: unschedulableWords(world),
            }),
          ],
        }
      : {}),
  });
}

function unschedulableWords(world: World): string {
  const count = world.nodes.length;
  return `0/${count} nodes are available: ${count} node(s) had untolerated taint {node.example.com/maintenance: true}. preemption: 0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`;
}

function containerState(world: World): Partial<ContainerSketch> {
  const died = (reason: string, exitCode: number): Readonly<Record<string, unknown>> => ({
    terminated: {
      reason,
      exitCode,
      startedAt: timestamp(world.nowMs - 70_000),
      finishedAt: timestamp(world.nowMs - 68_000),
    },
  });
  const backOff = { waiting: { reason: 'CrashLoopBackOff', message: CRASH_LOOP } };
  const restarts = Math.max(2, Math.round(world.faultAgeMs / 100_000));
  switch (world.provider.state) {
    case 'crashing':
      return { ready: false, restarts, state: backOff, lastState: died('Error', 1) };
    case 'oom':
      return { ready: false, restarts, state: backOff, lastState: died('OOMKilled', 137) };
    case 'image-pull':
      return {
        ready: false,
        state: {
          waiting: {
            reason: 'ImagePullBackOff',
            message: `Back-off pulling image "${IMAGE}": ErrImagePull: failed to pull and unpack image "docker.io/${IMAGE}": failed to resolve reference "docker.io/${IMAGE}": dial tcp: lookup registry-1.docker.io: no such host`,
          },
        },
      };
    case 'running':
    case 'stopped':
      return { ready: providerReady(world) };
    case 'unschedulable':
    case 'scaled-to-zero':
    case 'not-installed':
      return { ready: false };
  }
}

function providerEvents(world: World): KubeObject[] {
  const { provider } = world;
  const about = { kind: 'Pod', namespace: provider.namespace, name: provider.podName };
  const event = (reason: string, message: string, component = 'kubelet'): KubeObject =>
    eventObject(world, { about, reason, message, component, count: 12 });
  switch (provider.state) {
    case 'unschedulable':
      return [event('FailedScheduling', unschedulableWords(world), 'default-scheduler')];
    case 'crashing':
    case 'oom':
      return [
        event(
          'BackOff',
          `Back-off restarting failed container metrics-server in pod ${provider.podName}_${provider.namespace}`,
        ),
      ];
    case 'image-pull':
      return [
        event(
          'Failed',
          `Failed to pull image "${IMAGE}": failed to resolve reference "docker.io/${IMAGE}": dial tcp: lookup registry-1.docker.io: no such host`,
        ),
        event('BackOff', `Back-off pulling image "${IMAGE}"`),
      ];
    case 'running':
    case 'stopped':
      return providerReady(world)
        ? []
        : [event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500')];
    case 'scaled-to-zero':
    case 'not-installed':
      return [];
  }
}

/** What `kubectl logs` of the metrics-server container shows; `previous` is the container before the last restart. */
export function providerLog(world: World, previous: boolean): readonly string[] {
  const at = `${new Date(world.nowMs - 12_000).toISOString().slice(11, 19)}.402118`;
  switch (world.provider.state) {
    case 'crashing':
      return [
        'unknown flag: --metric-resolutoin',
        'Usage:',
        '   [flags]',
        '',
        'Metrics server flags:',
      ];
    case 'oom':
      return previous
        ? [
            `I1122 ${at}       1 serving.go:374] Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)`,
          ]
        : [];
    case 'running':
      return previous
        ? []
        : [
            `I1122 ${at}       1 secure_serving.go:213] Serving securely on [::]:${world.provider.containerPort}`,
            ...scrapes(world)
              .filter(({ ok }) => !ok)
              .map(({ node, ip, error }) => scrapeLine(at, node, ip, error ?? '')),
            ...(scrapes(world).some(({ ok }) => ok)
              ? []
              : [
                  `I1122 ${at}       1 server.go:191] "Failed probe" probe="metric-storage-ready" err="no metrics to serve"`,
                ]),
          ];
    case 'stopped':
    case 'unschedulable':
    case 'image-pull':
    case 'scaled-to-zero':
    case 'not-installed':
      return [];
  }
}

function scrapeLine(at: string, node: string, ip: string, error: string): string {
  const head = error.startsWith('context deadline')
    ? '"Failed to scrape node, timeout to access kubelet"'
    : '"Failed to scrape node"';
  const tail = error.startsWith('context deadline') ? ' timeout="10s"' : '';
  return `E1122 ${at}       1 scraper.go:149] ${head} err="Get \\"https://${ip}:${KUBELET_PORT}/metrics/resource\\": ${error}" node="${node}"${tail}`;
}
