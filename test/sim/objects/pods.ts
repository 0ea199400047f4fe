import type { World } from '../world.ts';
import { condition, type KubeObject, metadata, timestamp } from './kube-object.ts';

/** One container's end of the story: its spec and its status. */
export interface ContainerSketch {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly memoryLimit?: string;
  readonly ready?: boolean;
  readonly restarts?: number;
  readonly state?: Readonly<Record<string, unknown>>;
  readonly lastState?: Readonly<Record<string, unknown>>;
}

export interface PodSketch {
  readonly namespace: string;
  readonly name: string;
  readonly node: string | null;
  readonly ip: string | null;
  readonly hostNetwork?: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly owner: { readonly kind: string; readonly name: string };
  readonly phase?: 'Running' | 'Pending' | 'Succeeded' | 'Failed';
  /** `status.reason`, as `Evicted`. */
  readonly reason?: string;
  readonly deletingSinceMs?: number;
  readonly createdMs: number;
  readonly containers: readonly ContainerSketch[];
  readonly conditions?: readonly Readonly<Record<string, unknown>>[];
}

const GRACE_MS = 30_000;

/** A Pod as a kubelet reports it. */
export function podObject(world: World, pod: PodSketch): KubeObject {
  const hostIp = world.nodes.find(({ name }) => name === pod.node)?.publishedIp;
  const ready = pod.containers.every((container) => container.ready ?? true);
  const running = (pod.phase ?? 'Running') === 'Running';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(pod.name, pod.createdMs, {
      namespace: pod.namespace,
      labels: pod.labels,
      ...(pod.deletingSinceMs === undefined
        ? {}
        : {
            deletionTimestamp: timestamp(pod.deletingSinceMs + GRACE_MS),
            deletionGracePeriodSeconds: GRACE_MS / 1_000,
          }),
      ownerReferences: [{ apiVersion: 'apps/v1', controller: true, ...pod.owner, uid: '' }],
    }),
    spec: {
      ...(pod.node === null ? {} : { nodeName: pod.node }),
      ...(pod.hostNetwork === true ? { hostNetwork: true } : {}),
      serviceAccountName: 'default',
      containers: pod.containers.map(containerSpec),
    },
    status: {
      phase: pod.phase ?? 'Running',
      ...(pod.reason === undefined ? {} : { reason: pod.reason }),
      ...(hostIp === undefined ? {} : { hostIP: hostIp, hostIPs: [{ ip: hostIp }] }),
      ...(pod.ip === null ? {} : { podIP: pod.ip, podIPs: [{ ip: pod.ip }] }),
      startTime: timestamp(pod.createdMs),
      conditions: pod.conditions ?? [
        condition('PodScheduled', 'True', pod.createdMs),
        condition('Initialized', 'True', pod.createdMs),
        condition('ContainersReady', ready && running ? 'True' : 'False', pod.createdMs),
        condition(
          'Ready',
          ready && running ? 'True' : 'False',
          pod.createdMs,
          ready && running ? {} : { reason: running ? 'ContainersNotReady' : 'PodCompleted' },
        ),
      ],
      ...(pod.node === null || pod.reason === 'Evicted'
        ? {}
        : { containerStatuses: pod.containers.map((c) => containerStatus(c, pod.createdMs)) }),
    },
  };
}

function containerSpec(container: ContainerSketch): Readonly<Record<string, unknown>> {
  return {
    name: container.name,
    image: container.image,
    imagePullPolicy: 'IfNotPresent',
    ...(container.args === undefined ? {} : { args: container.args }),
    ...(container.ports === undefined
      ? {}
      : { ports: container.ports.map((port) => ({ protocol: 'TCP', ...port })) }),
    resources:
      container.memoryLimit === undefined
        ? {}
        : {
            limits: { memory: container.memoryLimit },
            requests: { cpu: '100m', memory: container.memoryLimit },
          },
  };
}

function containerStatus(
  container: ContainerSketch,
  startedMs: number,
): Readonly<Record<string, unknown>> {
  const state = container.state ?? { running: { startedAt: timestamp(startedMs) } };
  return {
    name: container.name,
    image: container.image,
    imageID: 'running' in state ? `${container.image}@sha256:${'5e1f'.repeat(16)}` : '',
    containerID: 'running' in state ? `containerd://${'c0de'.repeat(16)}` : '',
    ready: container.ready ?? true,
    started: 'running' in state,
    restartCount: container.restarts ?? 0,
    state,
    lastState: container.lastState ?? {},
  };
}
