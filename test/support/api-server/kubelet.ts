import { encodeAnswer } from '../../../src/probes/codec.ts';
import type { PodPlan } from '../../../src/probes/plan.ts';
import { kubeletConnected } from '../../sim/node-condition.ts';
import type { KubeObject } from '../../sim/objects/kube-object.ts';
import { timestamp } from '../../sim/objects/kube-object.ts';
import { nodeAnswer, type RunningPods } from '../../sim/probe-answer.ts';
import type { RunningProbe } from '../../sim/probe-bursts.ts';
import { podAddress, type SimPod, type World, withPods } from '../../sim/world.ts';
import type { ObjectStore } from './object-store.ts';

/** How the kubelet of a node treats our Pods. */
export type KubeletBehaviour =
  | 'runs'
  /** Never takes the Pod up: it stays Pending, without a word. */
  | 'never-starts'
  | 'image-pull-error'
  /** The program exits with 1 and leaves no message. */
  | 'fails'
  /** The Pod runs and never ends. */
  | 'hangs'
  /** The termination message is cut in the middle. */
  | 'garbled';

export interface KubeletOptions {
  readonly store: ObjectStore;
  readonly world: () => World;
  /** The world as it was, for what a Pod saw before it ended. */
  readonly worldAt: (epochMs: number) => World;
  readonly behaviour: (node: string, kind: PodPlan['kind']) => KubeletBehaviour;
  /** From the Pod's creation to its container running. A real kubelet takes 0.9 to 1.4 s (docs/recorded-answers.md). */
  readonly podStartMs: (node: string) => number;
  /** How long a node Pod's program runs; `planned`: as long as its checks and bursts really would. */
  readonly podRunMs: number | 'planned';
  readonly podStopMs: number;
}

export interface Kubelets {
  stop(): void;
}

const PODS_KEY = '/pods';
/** The kubelet's limit (pkg/kubelet/container: MaxContainerTerminationMessageLength). */
const MAX_MESSAGE_BYTES = 4_096;
/** Host part of the first address given to Pods that come later. */
const FIRST_HOST_PART = 40;
const LAST_HOST_PART = 62;
/** A check that waits its whole timeout, and the exit after it. */
const EXIT_MS = 150;
const AFTER_BURSTS_MS = 400;
/** Before the first burst the probe samples its background. */
const LEAD_MS = 500;
const RETRY_MS = 10;
/** A sender whose Pod was refused never comes. */
const SENDERS_WAIT_MS = 3_000;

interface PodShape extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly hostNetwork?: boolean;
    readonly activeDeadlineSeconds?: number;
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
  readonly status?: Readonly<Record<string, unknown>>;
}

interface Running {
  readonly plan: PodPlan;
  readonly startedAt: number;
  /** By the real clock; `startedAt` may be set earlier. */
  readonly createdAt: number;
  readonly pod: SimPod | null;
  readonly hung: boolean;
}

/** One kubelet per node, for Pods with a `PROBE_PLAN`; their words come from the forward model. */
export function startKubelets(options: KubeletOptions): Kubelets {
  const { store, world } = options;
  const timers = new Set<NodeJS.Timeout>();
  const running = new Map<string, Running>();
  const finished = new Map<string, RunningProbe>();
  const seen = new Set<string>();
  const stopping = new Set<string>();
  let nextHost = 0;

  const later = (ms: number, action: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms);
    timer.unref();
    timers.add(timer);
  };
  const plans = new Map<string, PodPlan | null>();
  /** A plan never changes, and an event comes with each change of its Pod. */
  const planOf = (pod: PodShape): PodPlan | null => {
    const uid = pod.metadata.uid ?? '';
    const known = plans.get(uid);
    if (known !== undefined) return known;
    const plan = readPlan(pod);
    plans.set(uid, plan);
    return plan;
  };
  const treatment = (pod: PodShape): KubeletBehaviour => {
    const node = world().nodes.find(({ name }) => name === pod.spec.nodeName);
    if (node === undefined || !kubeletConnected(world(), node)) return 'never-starts';
    return options.behaviour(node.name, planOf(pod)?.kind ?? 'node');
  };
  const current = (pod: PodShape): PodShape | null => {
    const found = store.get(PODS_KEY, pod.metadata.namespace ?? null, pod.metadata.name);
    return found?.metadata.uid === pod.metadata.uid ? (found as PodShape | null) : null;
  };
  const setStatus = (pod: PodShape, status: Readonly<Record<string, unknown>>): void => {
    const present = current(pod);
    if (present === null) return;
    store.put(PODS_KEY, { ...present, status: { ...present.status, ...status } }, 'changed');
  };
  const freeAddress = (node: World['nodes'][number]): string => {
    const taken = new Set([...running.values()].map(({ pod }) => pod?.ip));
    for (let tries = 0; tries <= LAST_HOST_PART - FIRST_HOST_PART; tries += 1) {
      const ip = podAddress(
        node,
        FIRST_HOST_PART + (nextHost++ % (LAST_HOST_PART - FIRST_HOST_PART)),
      );
      if (!taken.has(ip)) return ip;
    }
    throw new RangeError(`no free pod address on ${node.name}`);
  };

  const start = (pod: PodShape): void => {
    const node = world().nodes.find(({ name }) => name === pod.spec.nodeName);
    const plan = planOf(pod);
    if (node === undefined || current(pod) === null) return;
    const behaviour = options.behaviour(node.name, plan?.kind ?? 'node');
    const container = pod.spec.containers[0];
    const base = { name: container?.name ?? '', image: container?.image ?? '', restartCount: 0 };
    if (behaviour === 'image-pull-error') {
      setStatus(pod, {
        hostIP: node.ip,
        startTime: timestamp(Date.now()),
        containerStatuses: [
          {
            ...base,
            ready: false,
            imageID: '',
            state: {
              waiting: {
                reason: 'ErrImagePull',
                message: `failed to pull and unpack image "${base.image}": not found`,
              },
            },
          },
        ],
      });
      return;
    }
    const ip = pod.spec.hostNetwork === true ? node.ip : freeAddress(node);
    const startedAt = Date.now();
    setStatus(pod, {
      phase: 'Running',
      hostIP: node.ip,
      hostIPs: [{ ip: node.ip }],
      podIP: ip,
      podIPs: [{ ip }],
      startTime: timestamp(startedAt),
      conditions: ['PodScheduled', 'Initialized', 'ContainersReady', 'Ready'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: timestamp(startedAt),
      })),
      containerStatuses: [
        {
          ...base,
          ready: true,
          started: true,
          imageID: base.image,
          state: { running: { startedAt: timestamp(startedAt) } },
        },
      ],
    });
    if (plan === null) return;
    const uid = pod.metadata.uid ?? '';
    running.set(uid, {
      plan,
      createdAt: startedAt,
      startedAt: options.podRunMs === 'planned' ? startedAt : inTime(plan, startedAt),
      pod: pod.spec.hostNetwork === true ? null : simPod(pod, plan, node.name, ip),
      hung: behaviour === 'hangs' || behaviour === 'fails',
    });
    if (plan.kind === 'listener' || behaviour === 'hangs') {
      const deadline = pod.spec.activeDeadlineSeconds;
      if (deadline !== undefined) later(deadline * 1_000, () => expire(pod));
      return;
    }
    const runMs = options.podRunMs === 'planned' ? plannedMs(plan, startedAt) : options.podRunMs;
    later(runMs, () => finish(pod, behaviour));
  };

  const expire = (pod: PodShape): void => {
    running.delete(pod.metadata.uid ?? '');
    setStatus(pod, {
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
      containerStatuses: [terminated(pod, { exitCode: 137, reason: 'Error', message: '' })],
    });
  };

  const finish = (pod: PodShape, behaviour: KubeletBehaviour): void => {
    const own = running.get(pod.metadata.uid ?? '');
    if (own === undefined) return;
    if (behaviour === 'fails') {
      running.delete(pod.metadata.uid ?? '');
      setStatus(pod, {
        phase: 'Failed',
        containerStatuses: [terminated(pod, { exitCode: 1, reason: 'Error', message: '' })],
      });
      return;
    }
    if (options.podRunMs !== 'planned' && awaitsSenders(own, podsOf(own.plan.runId))) {
      later(RETRY_MS, () => finish(pod, behaviour));
      return;
    }
    const probe: RunningProbe = { plan: own.plan, startedAt: own.startedAt };
    const whole = encodeAnswer(nodeAnswer(networkAt, probe, podsOf(own.plan.runId), Date.now()));
    const message = behaviour === 'garbled' ? whole.slice(0, whole.length / 2) : whole;
    running.delete(pod.metadata.uid ?? '');
    finished.set(pod.metadata.uid ?? '', probe);
    setStatus(pod, {
      phase: 'Succeeded',
      containerStatuses: [
        terminated(pod, {
          exitCode: 0,
          reason: 'Completed',
          message: Buffer.from(message).subarray(0, MAX_MESSAGE_BYTES).toString(),
        }),
      ],
    });
  };

  /** In shrunk time the Pods of a wave may be created further apart than they run: each waits for the others' bursts. */
  const awaitsSenders = (own: Running, run: RunningPods): boolean => {
    const { bursts, wave } = own.plan;
    if (bursts === null || Date.now() - own.createdAt > SENDERS_WAIT_MS) return false;
    return Object.keys(bursts.tags).some(
      (node) =>
        options.behaviour(node, 'node') === 'runs' &&
        !run.probes.some(
          ({ plan }) => plan.node === node && plan.wave === wave && plan.bursts !== null,
        ),
    );
  };

  const networks = new Map<World, { readonly pods: readonly SimPod[]; readonly world: World }>();
  /** The same object for the same pods: the model keeps what it has worked out about a world. */
  const networkAt = (epochMs: number): World => {
    const base = options.worldAt(epochMs);
    const pods = [...running.values()].flatMap(({ pod }) => (pod === null ? [] : [pod]));
    const known = networks.get(base);
    const same =
      known !== undefined &&
      known.pods.length === pods.length &&
      known.pods.every((pod, index) => pod === pods[index]);
    if (same) return known.world;
    const world = withPods(base, pods);
    networks.set(base, { pods, world });
    return world;
  };

  const podsOf = (runId: string): RunningPods => {
    const alive = [...running.values()].filter(({ plan, hung }) => plan.runId === runId && !hung);
    return {
      probes: [
        ...alive.filter(({ plan }) => plan.kind === 'node'),
        ...[...finished.values()].filter(({ plan }) => plan.runId === runId),
      ],
      listeners: alive.flatMap(({ plan, pod, startedAt }) =>
        pod === null ? [] : [{ plan, pod, startedAt }],
      ),
    };
  };

  const onPod = (pod: PodShape): void => {
    const uid = pod.metadata.uid ?? '';
    const deleting = pod.metadata['deletionTimestamp'] !== undefined;
    if (deleting && !stopping.has(uid)) {
      stopping.add(uid);
      // A node whose kubelet is gone never confirms: only a delete by force removes the Pod.
      if (treatment(pod) === 'never-starts') return;
      later(options.podStopMs, () => {
        if (current(pod) !== null) {
          store.remove(PODS_KEY, pod.metadata.namespace ?? null, pod.metadata.name);
        }
      });
      return;
    }
    if (seen.has(uid) || deleting || planOf(pod) === null) return;
    seen.add(uid);
    if (treatment(pod) === 'never-starts') return;
    later(options.podStartMs(pod.spec.nodeName ?? ''), () => start(pod));
  };

  const unfollow = store.follow(store.resourceVersion(), (event) => {
    if (event.key !== PODS_KEY) return;
    if (event.type === 'DELETED') running.delete(event.object.metadata.uid ?? '');
    else onPod(event.object as PodShape);
  });
  return {
    stop() {
      unfollow();
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

function readPlan(pod: PodShape): PodPlan | null {
  for (const { env } of pod.spec.containers) {
    const value = env?.find(({ name }) => name === 'PROBE_PLAN')?.value;
    if (value !== undefined) return JSON.parse(value) as PodPlan;
  }
  return null;
}

function simPod(pod: PodShape, plan: PodPlan, node: string, ip: string): SimPod {
  return {
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name,
    node,
    ip,
    hostNetwork: false,
    labels: pod.metadata.labels ?? {},
    ports:
      plan.listenPort === null
        ? []
        : [{ name: 'probe', port: plan.listenPort, listening: true, tls: false }],
  };
}

/** In shrunk time a Pod is never late for its bursts, however busy the machine is that runs the test. */
function inTime(plan: PodPlan, startedAt: number): number {
  return plan.bursts === null ? startedAt : Math.min(startedAt, plan.bursts.startAt - LEAD_MS);
}

/** As long as the program would take: its slowest possible check, or its bursts and what it does after them. */
function plannedMs(plan: PodPlan, startedAt: number): number {
  const checks = Math.max(0, ...plan.checks.map(({ timeoutMs }) => timeoutMs)) + EXIT_MS;
  const { bursts } = plan;
  const burstsMs =
    bursts === null
      ? 0
      : bursts.startAt + bursts.rounds * bursts.periodMs - startedAt + AFTER_BURSTS_MS;
  return Math.min(plan.deadlineMs, Math.max(checks, burstsMs));
}

function terminated(
  pod: PodShape,
  end: { readonly exitCode: number; readonly reason: string; readonly message: string },
): Readonly<Record<string, unknown>> {
  const container = pod.spec.containers[0];
  return {
    name: container?.name ?? '',
    image: container?.image ?? '',
    restartCount: 0,
    ready: false,
    started: false,
    state: {
      terminated: {
        exitCode: end.exitCode,
        reason: end.reason,
        ...(end.message === '' ? {} : { message: end.message }),
        startedAt: timestamp(Date.now() - 1_000),
        finishedAt: timestamp(Date.now()),
      },
    },
  };
}
