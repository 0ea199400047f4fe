import { known, mapObserved, type Observed } from '../../core/evidence/observed.ts';
import type { PodObject } from '../../core/evidence/snapshot.ts';
import { readPods } from './pods.ts';
import { joinReads, type ReadContext } from './reads.ts';

const MAX_NODES = 3;
const MAX_PODS_PER_NODE = 3;

/**
 * Pods in the pod network on the provider's nodes, of other namespaces: targets that no policy of the
 * provider's namespace touches.
 */
export async function readReferencePods(
  context: ReadContext,
  providerPods: Observed<readonly PodObject[]>,
  providerNamespace: string,
): Promise<Observed<readonly PodObject[]>> {
  if (providerPods.state === 'missing') return providerPods;
  const nodes = [...new Set(providerPods.value.flatMap(({ nodeName }) => nodeName ?? []))];
  if (nodes.length === 0) return known([], 'no provider pod runs on a node');
  const reads = await Promise.all(
    nodes.slice(0, MAX_NODES).map(async (node) => {
      const fields = `spec.nodeName=${node},status.phase=Running`;
      return mapObserved(await readPods(context, null, { fields }), (pods) =>
        pods.filter((pod) => isNeutral(pod, providerNamespace)).slice(0, MAX_PODS_PER_NODE),
      );
    }),
  );
  return joinReads(reads);
}

function isNeutral(pod: PodObject, providerNamespace: string): boolean {
  return (
    pod.namespace !== providerNamespace &&
    !pod.hostNetwork &&
    pod.ready &&
    !pod.deleting &&
    pod.podIps.length > 0
  );
}
