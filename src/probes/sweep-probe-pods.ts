import type { ClusterClient } from '../clients/cluster-client.ts';
import { readPod } from './pod-status.ts';
import { DEADLINE_ANNOTATION, PROBE_NAME, PROBE_NAME_LABEL } from './probe-pod.ts';
import { deletePods, podsPath } from './run-pods.ts';

/**
 * Deletes probe Pods that a killed worker left behind: those past the deadline in their annotation, and those
 * older than `olderThanMs`. Another worker's living run is younger than both.
 *
 * @param now - the worker's clock, epoch milliseconds
 * @returns how many were deleted; null when the API server refused the list
 */
export async function sweepProbePods(
  client: ClusterClient,
  namespace: string,
  { olderThanMs, now }: { readonly olderThanMs: number; readonly now: number },
): Promise<number | null> {
  const listed = await client.list(podsPath(namespace), {
    query: { labelSelector: `${PROBE_NAME_LABEL}=${PROBE_NAME}` },
  });
  if (listed.kind === 'refused') return null;
  const stale = listed.items.flatMap((item) => {
    const pod = readPod(item);
    if (pod === null) return [];
    const deadline = Date.parse(pod.annotations[DEADLINE_ANNOTATION] ?? '');
    const createdAt = Date.parse(pod.createdAt ?? '');
    return now > deadline || now - createdAt > olderThanMs ? [pod.name] : [];
  });
  await deletePods(client, namespace, stale);
  return stale.length;
}
