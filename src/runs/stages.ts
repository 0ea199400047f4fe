import { createClusterClient } from '../clients/kubernetes.ts';
import { toClusterAccess } from '../config/cluster-access.ts';
import type { WorkerCluster, WorkerPlace } from '../config/role-config.ts';
import { healthySummary } from '../core/changes/healthy-summary.ts';
import { deriveNetwork } from '../core/evidence/derive-network.ts';
import type { Evidence } from '../core/evidence/evidence.ts';
import { known, valueOr } from '../core/evidence/observed.ts';
import { buildReport } from '../core/report/build-report.ts';
import { UserError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { joinResults, noProbes } from '../probes/join-results.ts';
import { deleteRunPods, runPods } from '../probes/run-pods.ts';
import { sweepProbePods } from '../probes/sweep-probe-pods.ts';
import { readSnapshot } from '../snapshot/read-snapshot.ts';
import { beginRun } from './begin-run.ts';
import { planNext } from './plan-waves.ts';
import { deepAsked, deepSettings, probeNamespaces, probeSettings } from './probe-settings.ts';
import type { RunStages, RunTarget, RunWork } from './run-stages.ts';
import type { StageCluster } from './stage-cluster.ts';

/** No run lives longer; Pods older than this are nobody's. */
const SWEEP_OLDER_THAN_MS = 5 * 60_000;

export interface StagesOptions {
  readonly clusters: readonly WorkerCluster[];
  readonly place: WorkerPlace;
  readonly log: Logger;
  readonly probeEnded?: (outcome: string) => void;
  /** Why probing is off for this process, e.g. `--no-probes`. */
  readonly probesOff?: string;
}

/** The stages over real clusters. Clients are opened at first use and kept. */
export function createStages(options: StagesOptions): RunStages {
  const closing = new AbortController();
  const opened = new Map<string, Promise<StageCluster>>();
  const open = (name: string): Promise<StageCluster> => {
    const cached = opened.get(name);
    if (cached !== undefined) return cached;
    const fresh = openCluster(options, name, closing.signal);
    opened.set(name, fresh);
    // A kubeconfig that is mended must be read again by the next run.
    fresh.catch(() => opened.delete(name));
    return fresh;
  };
  const stages: RunStages = {
    begin: async (target, progress) => beginRun(await open(target.cluster), target, progress),
    async runPods(target, plans) {
      const { client, probe, deep } = await open(target.cluster);
      const settings = plans.some((plan) => plan.deep !== undefined) ? deep : probe;
      if ('state' in settings) return [];
      const { runs } = await runPods(client, plans, { ...settings, attempt: target.attempt });
      for (const { outcome } of runs) options.probeEnded?.(outcome.outcome);
      return runs;
    },
    planNext: (target, work) => {
      const config = configOf(options, target.cluster);
      const { deep, ...plain } = target;
      // Whoever asks, the configuration of the cluster must allow it.
      const allowed = deep !== undefined && config.probe.deep.enabled;
      const trace = deep?.trace === true && config.probe.deep.trace;
      const evidence = stages.evidence(target, work, { final: false, tookMs: 0, apiServers: null });
      return planNext(allowed ? { ...plain, deep: { trace } } : plain, work, {
        probes: evidence.probes,
        network: valueOr(deriveNetwork(evidence), null),
      });
    },
    evidence: (target, work, how) =>
      evidenceOf(configOf(options, target.cluster), target, { work, ...how }),
    conclude: (target, work, how) => buildReport(stages.evidence(target, work, how)),
    summary: (target, work) =>
      healthySummary(stages.evidence(target, work, { final: true, tookMs: 0, apiServers: null })),
    async settle(target) {
      const { client, snapshot } = await open(target.cluster);
      return readSnapshot(client, snapshot).settled;
    },
    async cleanUp(target) {
      const { client, ...settings } = await open(target.cluster);
      await Promise.all(
        probeNamespaces(settings).map((namespace) =>
          deleteRunPods(client, namespace, { runId: target.runId, attempt: null }),
        ),
      );
    },
    async sweep(name) {
      const { client, ...settings } = await open(name);
      const limits = { olderThanMs: SWEEP_OLDER_THAN_MS, now: Date.now() };
      for (const namespace of probeNamespaces(settings)) {
        const deleted = await sweepProbePods(client, namespace, limits);
        if (deleted !== null && deleted > 0)
          options.log.info({ cluster: name, namespace, deleted }, 'old probe pods deleted');
      }
    },
    async close() {
      closing.abort();
      const clusters = await Promise.allSettled(opened.values());
      await Promise.all(
        clusters.map((each) =>
          each.status === 'fulfilled' ? each.value.client.close() : Promise.resolve(),
        ),
      );
    },
  };
  return stages;
}

function configOf({ clusters }: StagesOptions, name: string): WorkerCluster {
  const config = clusters.find((cluster) => cluster.name === name);
  if (config === undefined) {
    throw new UserError(
      'cluster-unknown',
      `This worker has no cluster named ${name}; add it to its configuration.`,
    );
  }
  return config;
}

async function openCluster(
  options: StagesOptions,
  name: string,
  signal: AbortSignal,
): Promise<StageCluster> {
  const config = configOf(options, name);
  const client = await createClusterClient(toClusterAccess(config.access));
  return {
    config,
    client,
    snapshot: {
      signal,
      probeNamespace: config.probe.namespace,
      vantage: { inCluster: options.place.inCluster, node: options.place.node },
      ...(config.apiServers === undefined ? {} : { apiServers: config.apiServers }),
    },
    probe: probeSettings(options, config, signal),
    deep: deepSettings(options, config, signal),
  };
}

function evidenceOf(
  config: WorkerCluster,
  target: RunTarget,
  seen: { readonly work: RunWork } & Parameters<RunStages['conclude']>[2],
): Evidence {
  const { work, apiServers, final, tookMs } = seen;
  return {
    schema: 'metrics-diag/evidence/v1',
    runId: target.runId,
    cluster: target.cluster,
    hints: { platform: config.platform ?? null, cni: config.cni ?? null },
    snapshot: apiServers === null ? work.snapshot : withLastWords(work.snapshot, apiServers),
    probes:
      work.probesOff === null
        ? joinResults({
            listeners: work.listeners,
            runs: work.waves.flatMap(({ runs }) => runs),
            notProbed: work.notProbed,
            deep: target.deep === undefined ? null : deepAsked(config),
          })
        : noProbes(work.probesOff),
    ...(work.before === undefined ? {} : { before: work.before }),
    tookMs,
    final,
  };
}

/** The snapshot with the API servers' last words, and the node list of one that answered late. */
function withLastWords(
  snapshot: Evidence['snapshot'],
  apiServers: Evidence['snapshot']['apiServers'],
): Evidence['snapshot'] {
  if (apiServers.state === 'missing') return snapshot;
  const late = apiServers.value
    .map(({ metricsApi }) => (metricsApi.state === 'known' ? metricsApi.value : null))
    .find((answer) => answer?.outcome === 'ok');
  const nodeMetrics =
    snapshot.nodeMetrics.state === 'missing' && late !== null && late !== undefined
      ? known(late.nodes, apiServers.source)
      : snapshot.nodeMetrics;
  return { ...snapshot, apiServers, nodeMetrics };
}
