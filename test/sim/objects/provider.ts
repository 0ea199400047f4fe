import { endpointPort, podReady } from '../aggregation.ts';
import { reachesApiServer } from '../paths.ts';
import { scrapesBy } from '../scraping.ts';
import type { Replica, SimPod, World } from '../world.ts';
import { providerPods, registeredNodes } from '../world.ts';
import { CLUSTER_AGE_MS, condition, type KubeObject, metadata, timestamp } from './kube-object.ts';
import { type ContainerSketch, podObject } from './pods.ts';
import { eventObject } from './workloads.ts';

const CRASH_LOOP = 'back-off 5m0s restarting failed container=metrics-server';

/** metrics-server and its chain: APIService, Service, endpoints, Deployment, Pods, events. */
export function providerObjects(world: World): KubeObject[] {
  const { state, replicas, apiServicePresent } = world.provider;
  const installed = state !== 'not-installed';
  const pods = installed && state !== 'scaled-to-zero' ? replicas : [];
  return [
    ...(apiServicePresent ? [apiService(world)] : []),
    ...(installed ? [service(world), ...endpointObjects(world), deployment(world)] : []),
    ...(installed ? [replicaSet(world)] : []),
    ...pods.map((replica, index) => pod(world, replica, index)),
    ...(installed ? [...leftPods(world), ...providerEvents(world)] : []),
  ];
}

function created(world: World): number {
  return world.nowMs - CLUSTER_AGE_MS;
}

function helmLabels({ provider }: World): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/instance': provider.name,
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/name': provider.name,
  };
}

/** The APIService without its Available condition: that one is the API servers' quarrel and lives in the stand-in. */
function apiService(world: World): KubeObject {
  const { provider } = world;
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: metadata('v1beta1.metrics.k8s.io', created(world), {
      labels: helmLabels(world),
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
  const { provider, platform } = world;
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(provider.name, created(world), {
      namespace: provider.namespace,
      labels: helmLabels(world),
    }),
    spec: {
      type: 'ClusterIP',
      clusterIP: provider.clusterIp,
      clusterIPs: [provider.clusterIp],
      selector: platform.provider.selector,
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
  const ports = port === null ? [] : [{ name: 'https', port, protocol: 'TCP' }];
  const pods = providerPods(world).map((each) => ({
    ready: podReady(world, each),
    address: {
      ip: each.ip,
      nodeName: each.node,
      targetRef: { kind: 'Pod', namespace: provider.namespace, name: each.name },
    },
  }));
  const addresses = pods.filter(({ ready }) => ready).map(({ address }) => address);
  const notReadyAddresses = pods.filter(({ ready }) => !ready).map(({ address }) => address);
  return [
    {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: metadata(provider.name, created(world), { namespace: provider.namespace }),
      ...(pods.length === 0
        ? {}
        : {
            subsets: [
              {
                ...(addresses.length === 0 ? {} : { addresses }),
                ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
                ports,
              },
            ],
          }),
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
      endpoints: pods.map(({ ready, address: { ip, ...rest } }) => ({
        addresses: [ip],
        conditions: { ready, serving: ready, terminating: false },
        ...rest,
      })),
      ports,
    },
  ];
}

function podTemplate(world: World): ContainerSketch {
  const { provider, platform } = world;
  return {
    name: 'metrics-server',
    image: platform.provider.image,
    args: [
      `--secure-port=${provider.containerPort}`,
      ...platform.provider.args,
      ...(provider.insecureKubeletTls ? ['--kubelet-insecure-tls'] : []),
      ...(provider.state === 'crashing' ? ['--metric-resolutoin=30s'] : []),
    ],
    ports: [{ name: 'https', containerPort: provider.containerPort }],
    memoryLimit: provider.state === 'oom' ? '20Mi' : '200Mi',
  };
}

function deployment(world: World): KubeObject {
  const { provider, platform } = world;
  const template = podTemplate(world);
  const wanted = provider.state === 'scaled-to-zero' ? 0 : provider.replicas.length;
  const ready = providerPods(world).filter((each) => podReady(world, each)).length;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(provider.deployment, created(world), {
      namespace: provider.namespace,
      labels: helmLabels(world),
    }),
    spec: {
      replicas: wanted,
      selector: { matchLabels: platform.provider.selector },
      template: {
        metadata: { labels: provider.podLabels },
        spec: {
          ...(provider.hostNetwork ? { hostNetwork: true } : {}),
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

function replicaSetName({ provider }: World): string {
  return provider.replicas[0].podName.replace(/-[^-]+$/, '');
}

function replicaSet(world: World): KubeObject {
  const { provider } = world;
  const wanted = provider.state === 'scaled-to-zero' ? 0 : provider.replicas.length;
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: metadata(replicaSetName(world), created(world), {
      namespace: provider.namespace,
      labels: provider.podLabels,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: provider.deployment,
          controller: true,
          uid: '',
        },
      ],
    }),
    spec: { replicas: wanted },
    status: { replicas: wanted },
  };
}

function pod(world: World, replica: Replica, index: number): KubeObject {
  const { provider } = world;
  const unscheduled = provider.state === 'unschedulable';
  const pending = unscheduled || provider.state === 'image-pull';
  const faultBegan = world.nowMs - world.faultAgeMs;
  const own = providerPods(world).find(({ name }) => name === replica.podName) ?? null;
  return podObject(world, {
    namespace: provider.namespace,
    name: replica.podName,
    node: unscheduled ? null : replica.node,
    ip: pending ? null : replica.podIp,
    hostNetwork: provider.hostNetwork,
    labels: provider.podLabels,
    owner: { kind: 'ReplicaSet', name: replicaSetName(world) },
    phase: pending ? 'Pending' : 'Running',
    createdMs: pending ? faultBegan : created(world),
    containers: [{ ...podTemplate(world), ...containerState(world, own, index) }],
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

/** Objects of pods that are no more: thrown out by their node, or of the rollout before. */
function leftPods(world: World): KubeObject[] {
  const { provider, litter } = world;
  const node = provider.replicas[0].node;
  const base = {
    namespace: provider.namespace,
    node,
    labels: provider.podLabels,
    owner: { kind: 'ReplicaSet', name: replicaSetName(world) },
    createdMs: created(world),
  };
  const evicted = Array.from({ length: litter.evictedProviderPods }, (_, index) =>
    podObject(world, {
      ...base,
      name: `${replicaSetName(world)}-evict${index}`,
      ip: null,
      phase: 'Failed',
      reason: 'Evicted',
      containers: [podTemplate(world)],
    }),
  );
  const terminating = litter.terminatingProviderPod
    ? [
        podObject(world, {
          ...base,
          name: `${provider.deployment}-5f8d7c6b4-old12`,
          ip: null,
          deletingSinceMs: world.nowMs - 5_000,
          containers: [{ ...podTemplate(world), ready: false, state: died(world, 'Completed', 0) }],
        }),
      ]
    : [];
  return [...evicted, ...terminating];
}

function unschedulableWords(world: World): string {
  const count = registeredNodes(world).length;
  return `0/${count} nodes are available: ${count} node(s) had untolerated taint {node.example.com/maintenance: true}. preemption: 0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`;
}

function died(
  world: World,
  reason: string,
  exitCode: number,
  agoMs = 68_000,
): Readonly<Record<string, unknown>> {
  return {
    terminated: {
      reason,
      exitCode,
      startedAt: timestamp(world.nowMs - agoMs - 2_000),
      finishedAt: timestamp(world.nowMs - agoMs),
    },
  };
}

function containerState(world: World, own: SimPod | null, index: number): Partial<ContainerSketch> {
  const { image } = world.platform.provider;
  const backOff = { waiting: { reason: 'CrashLoopBackOff', message: CRASH_LOOP } };
  const restarts = Math.max(2, Math.round(world.faultAgeMs / 100_000));
  switch (world.provider.state) {
    case 'crashing':
      return { ready: false, restarts, state: backOff, lastState: died(world, 'Error', 1) };
    case 'oom':
      return { ready: false, restarts, state: backOff, lastState: died(world, 'OOMKilled', 137) };
    case 'image-pull':
      return {
        ready: false,
        state: {
          waiting: {
            reason: 'ImagePullBackOff',
            message: `Back-off pulling image "${image}": ErrImagePull: failed to pull and unpack image "${image}": failed to resolve reference "${image}": dial tcp: lookup registry-1.docker.io: no such host`,
          },
        },
      };
    case 'running':
    case 'stopped': {
      if (own !== null && world.provider.state === 'running' && !reachesApiServer(world, own)) {
        return { ready: false, restarts, state: backOff, lastState: died(world, 'Error', 1) };
      }
      const before = world.litter.providerRestarts.find(({ replica }) => replica === index);
      return {
        ready: own !== null && podReady(world, own),
        ...(before === undefined
          ? {}
          : {
              restarts: before.count,
              lastState: died(world, before.reason, before.exitCode, before.agoMs),
            }),
      };
    }
    case 'unschedulable':
    case 'scaled-to-zero':
    case 'not-installed':
      return { ready: false };
  }
}

function providerEvents(world: World): KubeObject[] {
  const old = world.litter.events.map(({ agoMs, reason, message }) => ({
    ...eventObject(world, {
      about: aboutPod(world, world.provider.replicas[0]),
      reason,
      message,
      component: 'kubelet',
      count: 2,
    }),
    lastTimestamp: timestamp(world.nowMs - agoMs),
  }));
  return [...old, ...world.provider.replicas.flatMap((replica) => presentEvents(world, replica))];
}

function aboutPod({ provider }: World, { podName }: Replica) {
  return { kind: 'Pod', namespace: provider.namespace, name: podName };
}

function presentEvents(world: World, replica: Replica): KubeObject[] {
  const { provider } = world;
  const { image } = world.platform.provider;
  const about = aboutPod(world, replica);
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
          `Back-off restarting failed container metrics-server in pod ${replica.podName}_${provider.namespace}`,
        ),
      ];
    case 'image-pull':
      return [
        event(
          'Failed',
          `Failed to pull image "${image}": failed to resolve reference "docker.io/${image}": dial tcp: lookup registry-1.docker.io: no such host`,
        ),
        event('BackOff', `Back-off pulling image "${image}"`),
      ];
    case 'running':
    case 'stopped':
      return providerPods(world).some((own) => own.name === replica.podName && podReady(world, own))
        ? []
        : [event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500')];
    case 'scaled-to-zero':
    case 'not-installed':
      return [];
  }
}

/** What `kubectl logs` of a metrics-server container shows; `previous` is the container before the last restart. */
export function providerLog(world: World, podName: string, previous: boolean): readonly string[] {
  const at = klogTime(world, SCRAPED_MS);
  const own = providerPods(world).find(({ name }) => name === podName);
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
            `I${at}       1 serving.go:374] Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)`,
          ]
        : [];
    case 'running':
      if (own === undefined) return [];
      if (!reachesApiServer(world, own)) return previous ? noApiServerLog(at) : [];
      return previous ? [] : runningLog(world, own, at);
    case 'stopped':
    case 'unschedulable':
    case 'image-pull':
    case 'scaled-to-zero':
    case 'not-installed':
      return [];
  }
}

/** How metrics-server 0.7 ends when it cannot read the front proxy's CA at its start. */
function noApiServerLog(at: string): readonly string[] {
  const words =
    'unable to load configmap based request-header-client-ca-file: Get "https://10.43.0.1:443/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication": dial tcp 10.43.0.1:443: i/o timeout';
  return [
    `I${at}       1 serving.go:374] Generated self-signed cert (/tmp/apiserver.crt, /tmp/apiserver.key)`,
    `Error: ${words}`,
    'Usage:',
    '   [flags]',
    '',
    `panic: ${words}`,
  ];
}

/** How long ago the last scrape was, and the one before it. */
const SCRAPED_MS = 12_000;
const RESOLUTION_MS = 15_000;

function runningLog(world: World, own: SimPod, at: string): readonly string[] {
  const scrapes = scrapesBy(world, own);
  return [
    `I${klogTime(world, CLUSTER_AGE_MS)}       1 secure_serving.go:213] Serving securely on [::]:${world.provider.containerPort}`,
    ...world.litter.providerLog.map(({ agoMs, text }) => klogLine(klogTime(world, agoMs), text)),
    ...[klogTime(world, SCRAPED_MS + RESOLUTION_MS), at].flatMap((when) =>
      scrapes.filter(({ ok }) => !ok).map(({ node, error }) => scrapeLine(when, node, error ?? '')),
    ),
    ...(scrapes.some(({ ok }) => ok)
      ? []
      : [
          `I${at}       1 server.go:191] "Failed probe" probe="metric-storage-ready" err="no metrics to serve"`,
        ]),
  ];
}

/** klog's `1122 14:02:01.402118`. */
function klogTime(world: World, agoMs: number): string {
  const iso = new Date(world.nowMs - agoMs).toISOString();
  return `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 19)}.402118`;
}

function klogLine(at: string, text: string): string {
  return `E${at}       1 ${text}`;
}

function scrapeLine(at: string, node: string, error: string): string {
  const late = error.endsWith('context deadline exceeded');
  const head = late
    ? '"Failed to scrape node, timeout to access kubelet"'
    : '"Failed to scrape node"';
  const tail = late ? ' timeout="10s"' : '';
  return `E${at}       1 scraper.go:149] ${head} err=${JSON.stringify(error)} node="${node}"${tail}`;
}
