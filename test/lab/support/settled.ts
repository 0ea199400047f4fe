import type { Fault, Lab } from './types.ts';

/** Longer than two scrapes of the lab's metrics-server and a readiness probe's three failures. */
const LIMIT_MS = 60_000;
const STEP_MS = 500;
/** Causes that only show once metrics-server has scraped again: nodes then lack metrics. */
const NODES_LACK_METRICS = new Set([
  'kubelet-port-blocked',
  'host-firewall-pod-to-node',
  'kubelet-tls-no-ip-san',
  'kubelet-tls-untrusted',
]);
/** Causes at which no replica is Ready any more. */
const NOT_READY = new Set([
  'metrics-server-crashing',
  'metrics-server-oom',
  'metrics-server-unschedulable',
  'image-pull-failed',
]);

/**
 * Waits until a fault has had the effect by which people notice it (a scrape ago, a Pod replaced), or, with
 * `null`, until the whole cluster is well again. Network faults count from their first second.
 *
 * @throws when it does not come, with what is seen instead
 */
export async function settled(lab: Lab, fault: Fault | null): Promise<void> {
  const cause = fault?.expects.cause ?? null;
  const done =
    fault === null
      ? () => everythingServes(lab)
      : cause !== null && NODES_LACK_METRICS.has(cause)
        ? async () =>
            (await nodesWithMetrics(lab, lab.controlPlane.servers[0]?.url ?? '')) <
            lab.network.nodes.length
        : cause !== null && NOT_READY.has(cause)
          ? async () => !(await readyProvider(lab))
          : async () => true;
  const startedAt = performance.now();
  while (!(await done())) {
    if (performance.now() - startedAt > LIMIT_MS) {
      throw new Error(
        fault === null ? 'the cluster does not get well again' : `${fault.name} shows no effect`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

async function everythingServes(lab: Lab): Promise<boolean> {
  const counts = await Promise.all(
    lab.controlPlane.servers.map(({ url }) => nodesWithMetrics(lab, url)),
  );
  return counts.every((count) => count === lab.network.nodes.length) && (await readyProvider(lab));
}

/** How many nodes one API server reports metrics of; -1 when it does not answer in time. */
async function nodesWithMetrics(lab: Lab, url: string): Promise<number> {
  const { pki } = lab.controlPlane;
  const { code, stdout } = await lab.network.tryExec(
    'ops',
    [
      'curl',
      '-s',
      '--max-time',
      '3',
      '--cacert',
      pki.ca.cert,
      '--cert',
      pki.admin.cert,
      '--key',
      pki.admin.key,
      `${url}/apis/metrics.k8s.io/v1beta1/nodes`,
    ],
    { timeoutMs: 10_000 },
  );
  if (code !== 0) return -1;
  try {
    const list = JSON.parse(stdout) as { readonly items?: readonly unknown[] };
    return list.items?.length ?? -1;
  } catch {
    return -1;
  }
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly deletionTimestamp?: string };
    readonly status: {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  }[];
}

/** Exactly one provider Pod, Ready and not on its way out. */
async function readyProvider(lab: Lab): Promise<boolean> {
  const { body } = await lab.controlPlane.request(
    'GET',
    '/api/v1/namespaces/kube-system/pods?labelSelector=app%3Drke2-metrics-server',
  );
  const { items } = body as PodList;
  const living = items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return (
    items.length === 1 &&
    living.some(
      ({ status }) =>
        status.conditions?.some(
          ({ type, status: state }) => type === 'Ready' && state === 'True',
        ) === true,
    )
  );
}
