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
