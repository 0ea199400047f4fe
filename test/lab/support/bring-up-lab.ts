import { startControlPlane } from './control-plane.ts';
import { FAULTS } from './faults/index.ts';
import { startKubelets } from './kubelets/start-kubelets.ts';
import { createNetwork } from './network.ts';
import { createClusterObjects } from './objects/cluster-objects.ts';
import type { FaultTarget, Lab, LabKubelets, LabSpec } from './types.ts';

export type LabRequest = LabSpec & {
  /** Node of the metrics-server Pod; the first when absent. */
  readonly metricsNode?: string | undefined;
  /** False: API objects only, no Pods run. */
  readonly kubelets?: boolean | undefined;
  /** Told as each part is up, with what it took. */
  readonly onProgress?: ((part: string, ms: number) => void) | undefined;
};

/** Brings up a whole cluster: network, control plane, objects, kubelets with their Pods. */
export async function bringUpLab(request: LabRequest = {}): Promise<Lab> {
  const timed = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const startedAt = performance.now();
    const result = await work();
    request.onProgress?.(part, Math.round(performance.now() - startedAt));
    return result;
  };
  const withKubelets = request.kubelets ?? true;
  const network = await timed('network', () => createNetwork(request));
  try {
    const metricsNode = network.node(request.metricsNode ?? network.nodes[0]?.name ?? '').name;
    const controlPlane = await timed('control plane', () =>
      startControlPlane(network, { kubelets: withKubelets }),
    );
    await timed('objects', () => createClusterObjects(network, controlPlane));
    const kubelets: LabKubelets | undefined = withKubelets
      ? await timed('kubelets and Pods', () =>
          startKubelets(network, controlPlane, { metricsServer: { node: metricsNode } }),
        )
      : undefined;
    const target: FaultTarget = { network, controlPlane, kubelets, metricsNode };
    return {
      network,
      controlPlane,
      kubelets,
      kubeconfig: controlPlane.kubeconfig,
      opsNetns: network.opsNetns,
      metricsNode,
      async applyFault(name, options = {}) {
        const fault = FAULTS.get(name);
        if (!fault) {
          throw new Error(`no fault '${name}'; there are: ${[...FAULTS.keys()].sort().join(', ')}`);
        }
        return fault.apply(target, options);
      },
      async destroy() {
        await network.destroy();
      },
    };
  } catch (error) {
    await network.destroy();
    throw error;
  }
}
