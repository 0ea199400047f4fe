import type { Facts } from './facts.ts';
import { valueOr } from './observed.ts';
import type { PodObject } from './snapshot.ts';

type PodFacts = Pick<Facts, 'podMetrics' | 'providerPods' | 'cniPods' | 'takenAt'>;

/** Two scrapes of the slowest setting in use (60 s) and a start; a younger pod may have no numbers yet. */
const SETTLED_MS = 300_000;

/**
 * By node: whether its pods have numbers in the Metrics API. Counted are the pods that we know and that must have
 * some: ready for minutes, in the namespace whose pod metrics were read. Null when those were not read.
 */
export function podNumbers(facts: PodFacts): ReadonlyMap<string, boolean> | null {
  if (facts.podMetrics.state === 'missing' || facts.takenAt.state === 'missing') return null;
  const namespaces = new Set(valueOr(facts.providerPods, []).map(({ namespace }) => namespace));
  const measured = new Set(
    facts.podMetrics.value.map(({ namespace, name }) => `${namespace}/${name}`),
  );
  const settledBefore = Date.parse(facts.takenAt.value) - SETTLED_MS;
  const byNode = new Map<string, boolean>();
  for (const pod of [...valueOr(facts.cniPods, []), ...valueOr(facts.providerPods, [])]) {
    if (pod.nodeName === null || !namespaces.has(pod.namespace)) continue;
    if (!isSettled(pod, settledBefore)) continue;
    const has = measured.has(`${pod.namespace}/${pod.name}`);
    byNode.set(pod.nodeName, has || (byNode.get(pod.nodeName) ?? false));
  }
  return byNode;
}

function isSettled(pod: PodObject, before: number): boolean {
  return (
    pod.ready &&
    !pod.deleting &&
    pod.createdAt !== null &&
    Date.parse(pod.createdAt) < before &&
    pod.statuses.every(
      ({ restarts, last }) => restarts === 0 || Date.parse(last?.finishedAt ?? '') < before,
    )
  );
}
