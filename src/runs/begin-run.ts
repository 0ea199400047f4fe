import type { ClusterClient } from '../clients/cluster-client.ts';
import type { Missing, Observed } from '../core/evidence/observed.ts';
import { valueOr } from '../core/evidence/observed.ts';
import type { NodeObject, Snapshot } from '../core/evidence/snapshot.ts';
import { type Planned, planListeners } from '../probes/plan-probes.ts';
import { type Listeners, startListeners } from '../probes/start-listeners.ts';
import { readSnapshot } from '../snapshot/read-snapshot.ts';
import { chooseServer } from '../snapshot/vantage.ts';
import type { Progress } from './jobs.ts';
import { planFirst } from './plan-waves.ts';
import { createProgress } from './progress-checklist.ts';
import type { Begun, RunTarget, RunWork } from './run-stages.ts';
import type { StageCluster } from './stage-cluster.ts';

/** From the run's start; an image that is present starts in 0.9 to 1.5 s, one that is pulled is not waited for. */
const LISTENERS_BY_MS = 4_000;

/** The first step: the first look, listeners started beside it, and the plan of wave 1. */
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
  const listening = reading.nodes.then((nodes) => listen(client, { cluster, target, nodes }));
  const first = await reading.first;
  const snapshot: Snapshot =
    note === null ? first : { ...first, vantage: { ...first.vantage, note } };
  const { listeners, notProbed } = await listening;
  told.snapshot(snapshot, listeners !== null);
  const work: RunWork = {
    startedAtMs,
    snapshot,
    listeners: (await listeners?.settled(startedAtMs + LISTENERS_BY_MS - Date.now())) ?? [],
    probesOff: probesOff(cluster, snapshot),
    notProbed,
    waves: [],
  };
  const wave =
    work.probesOff === null ? planFirst(cluster, target, work) : { plans: [], notProbed: [] };
  await told.end();
  return {
    work: { ...work, notProbed: [...notProbed, ...wave.notProbed] },
    plans: wave.plans,
    settled: reading.settled,
  };
}

/** Probes need an image, a permission by configuration, and the list of nodes. */
function probesOff({ probe }: StageCluster, { nodes }: Snapshot): Missing | null {
  if ('state' in probe) return probe;
  return nodes.state === 'missing' ? nodes : null;
}

async function listen(
  client: ClusterClient,
  seen: {
    readonly cluster: StageCluster;
    readonly target: RunTarget;
    readonly nodes: Observed<readonly NodeObject[]>;
  },
): Promise<{ readonly listeners: Listeners | null; readonly notProbed: readonly string[] }> {
  const { cluster, target, nodes } = seen;
  const { probe } = cluster;
  if ('state' in probe) return { listeners: null, notProbed: [] };
  const planned: Planned = planListeners({
    runId: target.runId,
    nodes: valueOr(nodes, []),
    required: [],
    apiServers: [],
  });
  return {
    listeners: startListeners(client, planned.plans, { ...probe, attempt: target.attempt }),
    notProbed: planned.notProbed,
  };
}
