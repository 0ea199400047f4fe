import { access, constants } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtBinariesDir } from '../control-plane-binaries.ts';
import { prepareImages } from '../images/image-store.ts';
import { bundlePrograms } from '../images/programs.ts';
import { createAll } from '../objects/cluster-objects.ts';
import { cniDaemonSet } from '../objects/cni-objects.ts';
import { PROBE_NAMESPACE } from '../objects/names.ts';
import type {
  ControlPlane,
  KubeletOptions,
  LabKubelets,
  LabNetwork,
  LabProcess,
} from '../types.ts';
import { containerCgroups, raiseContainerWeight, removeCgroups, sweepCgroups } from './cgroups.ts';
import { findContainerPid } from './container-pid.ts';
import { answerForDocker } from './docker-answer.ts';
import { deployMetricsServer, untilMetricsServed } from './metrics-server.ts';
import { ensureNode, untilNodesReady, untilReadySince } from './node-objects.ts';
import { killAll, shimTree } from './processes.ts';
import { createReferencePods } from './reference-pods.ts';
import { issueServing, type ServingCertificate } from './serving-certificates.ts';
import { type NodeRuntime, startContainerd, startKubelet } from './start-node.ts';

/** Nodes were Ready 6 to 11 s after the kubelets' start on two cores; three at once on a busy machine take longer. */
const NODES_READY_MS = 120_000;

/** A node shows after two measurements of its kubelet, 2 s apart. */
const METRICS_SERVED_MS = 120_000;

/** A restarted kubelet that does not serve by then has died. */
const KUBELET_SERVES_MS = 30_000;

/** kube-controller-manager makes service accounts within a second of its start; that start may take a while. */
const SERVICE_ACCOUNT_MS = 60_000;

/** Every server node's own API server, in the node's network namespace. */
const LOCAL_API_SERVER = 'https://127.0.0.1:6443';

/** What can be done with running nodes, beside stopping them. */
export interface RunningKubelets extends LabKubelets {
  /** containerd and kubelet of a node, for logs and resource use. */
  processes(nodeName: string): { containerd: LabProcess; kubelet: LabProcess };
}

/** The kubelet binary: LAB_KUBELET, or beside LAB_KUBE_APISERVER, or the built one. Null when there is none. */
export async function findKubelet(): Promise<string | null> {
  const given = process.env['LAB_KUBELET'];
  const apiServer = process.env['LAB_KUBE_APISERVER'];
  const candidates = [
    given,
    given === undefined && apiServer !== undefined
      ? join(dirname(apiServer), 'kubelet')
      : undefined,
    given === undefined ? join(builtBinariesDir(), 'kubelet') : undefined,
  ];
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    const usable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return candidate;
  }
  return null;
}

/**
 * Starts a real containerd and a real kubelet on every node, then the Pods that every cluster has: CNI agents,
 * metrics-server (on the first node unless told otherwise), two of a user. Returns once all Nodes are Ready and
 * the Metrics API names each of them.
 */
export async function startKubelets(
  network: LabNetwork,
  controlPlane: ControlPlane,
  options: KubeletOptions = {},
): Promise<RunningKubelets> {
  const binary = await findKubelet();
  if (binary === null) {
    throw new Error('no kubelet: run "npm run lab:control-plane" or set LAB_KUBELET=/path');
  }
  await sweepCgroups();
  await raiseContainerWeight();
  const programs = await bundlePrograms(join(network.dir, 'programs'));
  const images = { store: await prepareImages(programs), programs };
  const dockerSocket = await answerForDocker(network);
  const runtimes = new Map<string, NodeRuntime>();
  const kubelets = new Map<string, LabProcess>();

  const startOne = async (runtime: NodeRuntime, kind: ServingCertificate): Promise<void> => {
    const { node } = runtime;
    const client = controlPlane.pki.kubelets.get(node.name)?.client;
    if (client === undefined) throw new Error(`no kubelet client certificate for ${node.name}`);
    const kubelet = await startKubelet(network, controlPlane, runtime, {
      binary,
      // As on RKE2: a server's kubelet speaks to its own API server, an agent's to a server's.
      kubeconfig: await controlPlane.writeKubeconfig(
        `kubelet-${node.name}`,
        client,
        node.role === 'server' ? LOCAL_API_SERVER : undefined,
      ),
      serving: await issueServing(controlPlane, node, kind),
      dockerSocket,
    });
    kubelets.set(node.name, kubelet);
  };
  const runtimeOf = (nodeName: string): NodeRuntime => {
    const found = runtimes.get(nodeName);
    if (found === undefined) throw new Error(`no kubelet was started on '${nodeName}'`);
    return found;
  };

  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= stopAll(network, [...kubelets.values()], [...runtimes.values()]);
    return stopped;
  };
  network.onDestroy(stop);

  await Promise.all(
    network.nodes.map(async (node) => {
      const [runtime] = await Promise.all([
        startContainerd(network, node, images),
        ensureNode(controlPlane, node),
      ]);
      runtimes.set(node.name, runtime);
      await startOne(runtime, 'good');
    }),
  );
  await createPods(network, controlPlane, options);
  await untilNodesReady(network, controlPlane, NODES_READY_MS).catch(async (error: unknown) => {
    const logs = await Promise.all([...kubelets.values()].map((kubelet) => kubelet.tail(5)));
    throw new Error(`the lab's nodes did not come up:\n${logs.join('\n')}`, { cause: error });
  });

  if (options.metricsServer !== false) {
    await untilMetricsServed(
      controlPlane,
      network.nodes.map(({ name }) => name),
      METRICS_SERVED_MS,
    );
  }
  return {
    stop,
    async restartKubeletWith(nodeName, { certVariant }) {
      // A kubelet takes no harm from SIGKILL, and on SIGTERM it goes on for seconds.
      await kubelets.get(nodeName)?.stop(0);
      const since = Date.now();
      await startOne(runtimeOf(nodeName), certVariant);
      await untilKubeletServes(network, nodeName);
      await untilReadySince(controlPlane, nodeName, since);
    },
    async stopKubelet(nodeName) {
      await kubelets.get(nodeName)?.stop(0);
    },
    async containerPid(pod) {
      return findContainerPid(controlPlane, pod, (nodeName) => runtimeOf(nodeName).files);
    },
    processes(nodeName) {
      const kubelet = kubelets.get(nodeName);
      if (kubelet === undefined) throw new Error(`no kubelet was started on '${nodeName}'`);
      return { containerd: runtimeOf(nodeName).containerd, kubelet };
    },
  };
}

/** The kubelet serves its port about a second after its start; whatever it answers, it serves. */
async function untilKubeletServes(network: LabNetwork, nodeName: string): Promise<void> {
  const deadline = performance.now() + KUBELET_SERVES_MS;
  const ask = [
    'curl',
    '--silent',
    '--insecure',
    '--output',
    '/dev/null',
    'https://127.0.0.1:10250/',
  ];
  while ((await network.tryExec(nodeName, ask)).code !== 0) {
    if (performance.now() > deadline) throw new Error(`the kubelet of ${nodeName} does not serve`);
    await sleep(100);
  }
}

/** Pods wait for their kubelets by themselves, so they are created while those start. */
async function createPods(
  network: LabNetwork,
  controlPlane: ControlPlane,
  options: KubeletOptions,
): Promise<void> {
  // Without its namespace's service account a Pod is refused (403), and the controller takes a moment.
  await Promise.all(
    ['default', PROBE_NAMESPACE].map((name) => untilServiceAccount(controlPlane, name)),
  );
  const [first] = network.nodes;
  if (
    options.cniAgents !== false &&
    controlPlane.hasScheduler &&
    controlPlane.hasControllerManager
  ) {
    await createAll(controlPlane, [cniDaemonSet(network.flavour)]);
  }
  if (options.metricsServer !== false && first !== undefined) {
    const node = options.metricsServer?.node ?? first.name;
    await deployMetricsServer(controlPlane, { node });
  }
  await createReferencePods(controlPlane, network.nodes);
}

async function untilServiceAccount(controlPlane: ControlPlane, namespace: string): Promise<void> {
  const deadline = performance.now() + SERVICE_ACCOUNT_MS;
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
  while ((await controlPlane.request('GET', path, undefined, [404])).status === 404) {
    if (performance.now() > deadline) {
      throw new Error(`no service account in ${namespace}: does kube-controller-manager run?`);
    }
    await sleep(100);
  }
}

/**
 * Kubelets first, or they would start again what ends; then containers with their shims, which outlive
 * containerd; then containerd, with which the node's mounts vanish, for nobody holds their namespace any more.
 */
async function stopAll(
  network: LabNetwork,
  kubelets: readonly LabProcess[],
  runtimes: readonly NodeRuntime[],
): Promise<void> {
  await Promise.all(kubelets.map((kubelet) => kubelet.stop(0)));
  const containers = await shimTree(network.dir);
  const cgroups = await containerCgroups(containers.map(({ pid }) => pid));
  await killAll(containers);
  await Promise.all(runtimes.map(({ containerd }) => containerd.stop(0)));
  await removeCgroups(cgroups);
}
