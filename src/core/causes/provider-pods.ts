import type { Observed } from '../evidence/observed.ts';
import type { ContainerStatusObject, PodObject } from '../evidence/snapshot.ts';

/** A provider container that is not doing its work, with its pod. */
export interface AilingContainer {
  readonly pod: PodObject;
  readonly status: ContainerStatusObject;
}

/** Containers that are not ready, of provider pods that are meant to live. */
export function ailingContainers(pods: readonly PodObject[]): readonly AilingContainer[] {
  return pods
    .filter(({ deleting }) => !deleting)
    .flatMap((pod) =>
      pod.statuses.filter(({ ready }) => !ready).map((status) => ({ pod, status })),
    );
}

/** Kubernetes waits at most this long before it starts a container anew (CrashLoopBackOff); doubled for the run itself. */
const PRESENT_MS = 600_000;

/**
 * The end that keeps a container from working now: it is down, or it came back a moment ago. One that has run for
 * longer than any back-off is not held up by how it ended before.
 */
export function presentEnd(
  status: ContainerStatusObject,
  takenAt: Observed<string>,
): ReturnType<typeof lastEnd> {
  if (status.state !== 'running' || takenAt.state === 'missing') return lastEnd(status);
  const endedAt = Date.parse(status.last?.finishedAt ?? '');
  return Date.parse(takenAt.value) - endedAt > PRESENT_MS ? null : status.last;
}

/** True when at least one replica is Ready: then no fault of a single pod explains an outage. */
export function someReplicaReady(pods: readonly PodObject[]): boolean {
  return pods.some(({ ready, deleting }) => ready && !deleting);
}

/** The end that the container came to last: the present one, else the one before the restart. */
export function lastEnd(status: ContainerStatusObject): {
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly message: string | null;
} | null {
  if (status.state === 'terminated') {
    return { reason: status.reason, exitCode: status.exitCode, message: status.message };
  }
  return status.last;
}

/** `--secure-port` of each container that states one; the last one wins, as for pflag. */
export function securePorts({ containers }: PodObject): readonly number[] {
  return containers.flatMap(({ args }) => {
    const stated = args.findLast((arg) => arg.startsWith('--secure-port='));
    const port = Number(stated?.slice('--secure-port='.length));
    return stated !== undefined && Number.isInteger(port) ? [port] : [];
  });
}
