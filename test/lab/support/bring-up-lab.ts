import { startControlPlane } from './control-plane.ts';
import { FAULTS } from './faults/index.ts';
import { scrapeNow } from './kubelets/scrape-now.ts';
import { startKubelets } from './kubelets/start-kubelets.ts';
import { createNetwork } from './network.ts';
import { createClusterObjects } from './objects/cluster-objects.ts';
import type { ControlPlane, FaultTarget, Lab, LabKubelets, LabSpec } from './types.ts';

export type LabRequest = LabSpec & {
  /** Node of the metrics-server Pod; the first when absent. */
  readonly metricsNode?: string | undefined;
  /** False: API objects only, no Pods run. */
  readonly kubelets?: boolean | undefined;
  /** Told as each part is up, with what it took. */
  readonly onProgress?: ((part: string, ms: number) => void) | undefined;
};

/** A pooled connection that died in a fault is given up after 35 to 45 s. */
const HEALTHY_TIMEOUT_MS = 120_000;
const POLL_MS = 500;

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
      untilHealthy: (timeoutMs = HEALTHY_TIMEOUT_MS) =>
        untilHealthy(target, controlPlane, timeoutMs),
      async destroy() {
        await network.destroy();
      },
    };
  } catch (error) {
    await network.destroy();
    throw error;
  }
}

async function untilHealthy(
  { network, kubelets }: FaultTarget,
  controlPlane: ControlPlane,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const names = network.nodes.map(({ name }) => JSON.stringify(name));
  for (;;) {
    const answers = await Promise.all(
      network.servers.map(async ({ name }) => {
        const path = '/apis/metrics.k8s.io/v1beta1/nodes';
        const allow = [401, 403, 404, 500, 502, 503, 504];
        return controlPlane.requestAt(name, 'GET', path, undefined, allow).then(
          ({ status, text }) => ({ name, status, text }),
          (error: unknown) => ({ name, status: 0, text: String(error) }),
        );
      }),
    );
    const ill = answers.filter(
      ({ status, text }) => status !== 200 || names.some((each) => !text.includes(each)),
    );
    if (ill.length === 0) return;
    if (Date.now() > deadline) {
      const what = ill.map(({ name, status, text }) => `${name}: ${status} ${text.slice(0, 200)}`);
      throw new Error(`not healthy after ${timeoutMs} ms: ${what.join('; ')}`);
    }
    // Every API server reaches metrics-server, which has not measured every node: no need to wait for its next round.
    if (kubelets && ill.every(({ status }) => status === 200))
      await scrapeNow(controlPlane, kubelets).catch(() => false);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
