import type { ClusterClient } from '../clients/cluster-client.ts';
import { type Missing, type Observed, valueOr } from '../core/evidence/observed.ts';
import type { NodeObject, PodObject } from '../core/evidence/snapshot.ts';
import { MAX_SAMPLED_NODES } from '../probes/eligible-nodes.ts';
import { needListeners } from '../probes/only-paths.ts';
import { type Planned, planListeners } from '../probes/plan-probes.ts';
import { type Listeners, startListeners } from '../probes/start-listeners.ts';
import { type EarlyFacts, readSnapshot } from '../snapshot/read-snapshot.ts';
import { chooseServer } from '../snapshot/vantage.ts';
import type { Progress } from './jobs.ts';
import { planFirst } from './plan-waves.ts';
import { createProgress } from './progress-checklist.ts';
import type { Begun, RunTarget, RunWork } from './run-stages.ts';
import type { StageCluster } from './stage-cluster.ts';

/** From the run's start; where the image is present a Pod starts in 0.9 to 1.5 s. */
const LISTENERS_BY_MS = 4_000;
/** Busy nodes and slow disks: without listeners a run can tell little of the pod network. */
const SLOW_LISTENERS_BY_MS = 10_000;
/** The first run of a cluster pulls the image. Beyond this the run answers with what it has: the first listeners must outlive two waves. */
const PULLED_BY_MS = 30_000;
/** The first bursts wait as long as Pods took to start just now, within these. */
const MIN_BURST_LEAD_MS = 2_000;
const MAX_BURST_LEAD_MS = 4_500;

/** The first step: the first look, listeners started beside it, and the plan of wave 1 as soon as it can be made. */
export async function beginRun(
  cluster: StageCluster,
  target: RunTarget,
  progress: Progress,
): Promise<Begun> {
  const startedAtMs = Date.now();
  const { client, note } = await chooseServer(
    cluster.client,
    cluster.config.apiServers ?? [],
    cluster.snapshot.signal,
  );
  const told = createProgress(target, progress);
  const reading = readSnapshot(client, {
    ...cluster.snapshot,
    onApiServers: (views) => told.apiServers(views),
  });
  const listening = reading.nodes.then(async (nodes) => {
    // Where every node gets a listener nothing is waited for; a sample must hold the provider's node.
    const sampled = valueOr(nodes, []).length > MAX_SAMPLED_NODES;
    const required = requiredNodes(nodes, sampled ? (await reading.early).providerPods : null);
    return listen(client, { cluster, target, nodes, required });
  });
  const early = await reading.early;
  const { listeners, notProbed } = await listening;
  const sinceStart = Date.now() - startedAtMs;
  const { states, slowestMs } = (await listeners?.settled({
    usualMs: LISTENERS_BY_MS - sinceStart,
    slowMs: SLOW_LISTENERS_BY_MS - sinceStart,
    pullMs: PULLED_BY_MS - sinceStart,
    onPull: (nodes) => void reading.first.then((snapshot) => told.pulling(snapshot, nodes)),
  })) ?? { states: [], slowestMs: 0 };
  const burstLeadMs = Math.min(Math.max(slowestMs, MIN_BURST_LEAD_MS), MAX_BURST_LEAD_MS);
  const off = probesOff(cluster, early);
  const wave =
    off === null
      ? planFirst(cluster, target, { snapshot: early, listeners: states, burstLeadMs })
      : NO_WAVE;
  const work = async (): Promise<RunWork> => {
    const first = await reading.first;
    const snapshot = note === null ? first : { ...first, vantage: { ...first.vantage, note } };
    told.snapshot(snapshot, wave.plans.length > 0);
    await told.end();
    return {
      startedAtMs,
      snapshot,
      listeners: states,
      probesOff: off,
      notProbed: [...notProbed, ...wave.notProbed],
      waves: [],
    };
  };
  return { plans: wave.plans, work: work(), settled: reading.settled };
}

/** Nodes that must be probed: those with an API server, and those with a provider pod. */
function requiredNodes(
  nodes: Observed<readonly NodeObject[]>,
  providerPods: Observed<readonly PodObject[]> | null,
): readonly string[] {
  return [
    ...valueOr(nodes, []).flatMap(({ name, controlPlane }) => (controlPlane ? [name] : [])),
    ...(providerPods === null
      ? []
      : valueOr(providerPods, []).flatMap(({ nodeName }) => nodeName ?? [])),
  ];
}

const NO_WAVE: Planned = { plans: [], notProbed: [] };

/** Probes need an image, a permission by configuration, and the list of nodes. */
function probesOff({ probe }: StageCluster, { nodes }: EarlyFacts): Missing | null {
  if ('state' in probe) return probe;
  return nodes.state === 'missing' ? nodes : null;
}

async function listen(
  client: ClusterClient,
  seen: {
    readonly cluster: StageCluster;
    readonly target: RunTarget;
    readonly nodes: Observed<readonly NodeObject[]>;
    readonly required: readonly string[];
  },
): Promise<{ readonly listeners: Listeners | null; readonly notProbed: readonly string[] }> {
  const { cluster, target, nodes, required } = seen;
  const { probe } = cluster;
  const { only } = target;
  if ('state' in probe || (only !== undefined && !needListeners(only)))
    return { listeners: null, notProbed: [] };
  const planned: Planned = planListeners({
    runId: target.runId,
    nodes: valueOr(nodes, []).filter(({ name }) => only?.nodes.includes(name) ?? true),
    required: [...required, ...(target.nodes ?? [])],
    apiServers: [],
  });
  return {
    listeners: startListeners(client, planned.plans, { ...probe, attempt: target.attempt }),
    notProbed: planned.notProbed,
  };
}
