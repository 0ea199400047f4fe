import { availability } from '../aggregation.ts';
import { apiServerMachines, type World } from '../world.ts';
import { CLUSTER_AGE_MS, condition, type KubeObject, metadata, timestamp } from './kube-object.ts';
import { podObject } from './pods.ts';

/** Users' pods and their HorizontalPodAutoscalers. */
export function workloadObjects(world: World): KubeObject[] {
  const created = world.nowMs - CLUSTER_AGE_MS;
  const pods = world.pods
    .filter(({ hostNetwork }) => !hostNetwork)
    .map((pod) =>
      podObject(world, {
        ...pod,
        owner: { kind: 'ReplicaSet', name: pod.name.replace(/-[^-]+$/, '') },
        createdMs: created,
        containers: [
          {
            name: pod.labels['app'] ?? 'coredns',
            image:
              pod.labels['app'] === 'web'
                ? 'registry.example.com/shop/web:4.2.1'
                : 'rancher/hardened-coredns:v1.12.1-build20250401',
            ports: pod.ports.map(({ name, port }) => ({ name, containerPort: port })),
          },
        ],
      }),
    );
  return [
    ...pods,
    ...completedPods(world),
    ...HPAS.map((hpa) => hpaObject(world, hpa)),
    ...troubledHpas(world),
    ...hpaEvents(world),
  ];
}

/** The model's autoscalers: three that need CPU or memory, and one that scales on an external metric. */
const HPAS = [
  { name: 'web', resource: 'cpu', replicas: 3 },
  { name: 'cart', resource: 'cpu', replicas: 2 },
  { name: 'search', resource: 'memory', replicas: 4 },
  { name: 'checkout', resource: 'cpu', replicas: 2 },
  { name: 'mailer', resource: null, replicas: 1 },
] as const satisfies readonly Hpa[];

interface Hpa {
  readonly name: string;
  readonly resource: 'cpu' | 'memory' | null;
  readonly replicas: number;
}

/**
 * Whether the HPA controller gets numbers. It sits in the kube-controller-manager of one server (the leader)
 * and asks the API server of its own node; the second server leads here, as good a guess as any.
 */
export function hpaControllerSees(world: World): boolean {
  const servers = apiServerMachines(world);
  const leader = servers[1] ?? servers[0];
  if (leader === undefined || !world.provider.apiServicePresent) return false;
  if (world.provider.caBundle === 'foreign') return false;
  return leader.apiServer === 'serving' && availability(world, leader.name).available;
}

function blindWords(world: World, resource: string): string {
  const reason = world.provider.apiServicePresent
    ? 'the server is currently unable to handle the request (get pods.metrics.k8s.io)'
    : 'the server could not find the requested resource (get pods.metrics.k8s.io)';
  return `failed to get ${resource} utilization: unable to get metrics for resource ${resource}: unable to fetch metrics from resource metrics API: ${reason}`;
}

function hpaObject(world: World, hpa: Hpa): KubeObject {
  const created = world.nowMs - CLUSTER_AGE_MS;
  const blind = hpa.resource !== null && !hpaControllerSees(world);
  const since = blind ? world.nowMs - world.faultAgeMs : created;
  const scaling = blind
    ? condition('ScalingActive', 'False', since, {
        reason: 'FailedGetResourceMetric',
        message: `the HPA was unable to compute the replica count: ${blindWords(world, hpa.resource)}`,
      })
    : condition('ScalingActive', 'True', since, {
        reason: 'ValidMetricFound',
        message:
          'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)',
      });
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata(hpa.name, created, { namespace: 'shop' }),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: hpa.name },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [
        hpa.resource === null
          ? {
              type: 'External',
              external: {
                metric: { name: 'queue_depth' },
                target: { type: 'AverageValue', averageValue: '30' },
              },
            }
          : {
              type: 'Resource',
              resource: {
                name: hpa.resource,
                target: { type: 'Utilization', averageUtilization: 70 },
              },
            },
      ],
    },
    status: {
      currentReplicas: hpa.replicas,
      desiredReplicas: hpa.replicas,
      conditions: [
        condition('AbleToScale', 'True', created, {
          reason: 'SucceededGetScale',
          message: "the HPA controller was able to get the target's current scale",
        }),
        scaling,
      ],
    },
  };
}

function hpaEvents(world: World): KubeObject[] {
  if (hpaControllerSees(world)) return [];
  return HPAS.filter(({ resource }) => resource !== null).map((hpa) =>
    eventObject(world, {
      about: { kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: hpa.name },
      reason: 'FailedGetResourceMetric',
      message: blindWords(world, hpa.resource ?? 'cpu').replace(
        /^failed to get \w+ utilization: /,
        '',
      ),
      component: 'horizontal-pod-autoscaler',
      count: Math.max(1, Math.round(world.faultAgeMs / 15_000)),
    }),
  );
}

/** Pods of jobs that ended well long ago. */
function completedPods(world: World): KubeObject[] {
  const [node] = world.nodes;
  return Array.from({ length: world.litter.completedPods }, (_, index) =>
    podObject(world, {
      namespace: 'kube-system',
      name: `helm-install-something-${index}-x${index}k`,
      node: node?.name ?? null,
      ip: null,
      labels: { 'job-name': `helm-install-something-${index}` },
      owner: { kind: 'Job', name: `helm-install-something-${index}` },
      phase: 'Succeeded',
      createdMs: world.nowMs - CLUSTER_AGE_MS,
      containers: [
        {
          name: 'helm',
          image: 'rancher/klipper-helm:v0.9.5',
          ready: false,
          state: {
            terminated: {
              reason: 'Completed',
              exitCode: 0,
              finishedAt: timestamp(world.nowMs - CLUSTER_AGE_MS),
            },
          },
        },
      ],
    }),
  );
}

const TROUBLES = {
  'missing-request': {
    reason: 'FailedGetResourceMetric',
    message:
      'the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container sidecar of Pod reports-7d9c5b6f4-2xk8p',
  },
  'external-metric': {
    reason: 'FailedGetExternalMetric',
    message:
      'the HPA was unable to compute the replica count: unable to get external metric shop/queue_depth/nil: unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue_depth.external.metrics.k8s.io)',
  },
  'no-target': {
    reason: 'FailedGetScale',
    message:
      'the HPA controller was unable to get the target\'s current scale: deployments.apps "legacy" not found',
  },
} as const;

/** Autoscalers that cannot scale for reasons of their own. */
function troubledHpas(world: World): KubeObject[] {
  return world.litter.troubledHpas.map((trouble, index) => {
    const object = hpaObject(world, {
      name: `${trouble}-${index}`,
      resource: trouble === 'external-metric' ? null : 'cpu',
      replicas: 1,
    });
    const since = world.nowMs - CLUSTER_AGE_MS;
    const type = trouble === 'no-target' ? 'AbleToScale' : 'ScalingActive';
    return {
      ...object,
      status: {
        currentReplicas: 1,
        desiredReplicas: 1,
        conditions: [condition(type, 'False', since, TROUBLES[trouble])],
      },
    };
  });
}

/** A core/v1 Event of type Warning. */
export function eventObject(
  world: World,
  event: {
    readonly about: { readonly kind: string; readonly namespace: string; readonly name: string };
    readonly reason: string;
    readonly message: string;
    readonly component: string;
    readonly count: number;
  },
): KubeObject {
  const first = world.nowMs - world.faultAgeMs;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: metadata(
      `${event.about.name}.${(first % 1e9).toString(16)}${event.reason.length}`,
      first,
      {
        namespace: event.about.namespace,
      },
    ),
    involvedObject: event.about,
    type: 'Warning',
    reason: event.reason,
    message: event.message,
    source: { component: event.component },
    firstTimestamp: timestamp(first),
    lastTimestamp: timestamp(world.nowMs - 9_000),
    count: event.count,
  };
}
