import type { World } from '../world.ts';
import { authenticationObjects } from './authentication.ts';
import { cniObjects } from './cni.ts';
import { controlPlaneObjects } from './control-plane.ts';
import { CLUSTER_AGE_MS, type KubeObject, metadata } from './kube-object.ts';
import { nodeObjects } from './nodes.ts';
import { providerObjects } from './provider.ts';
import { workloadObjects } from './workloads.ts';

/** Every API object of the world, as the API server would list it; the namespace for probe pods included. */
export function objectsOf(world: World, probeNamespace = 'metrics-diag'): KubeObject[] {
  return [
    ...controlPlaneObjects(world, probeNamespace),
    ...nodeObjects(world),
    ...cniObjects(world),
    ...authenticationObjects(world),
    ...providerObjects(world),
    ...workloadObjects(world),
    ...world.policies.map((policy) => ({
      ...policy,
      metadata: metadata(policy.metadata.name, world.nowMs - CLUSTER_AGE_MS, {
        namespace: policy.metadata.namespace,
      }),
    })),
  ];
}
