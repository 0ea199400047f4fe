import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Metrics } from '../http/metrics.ts';
import { createBaselineStore } from './baseline-store.ts';
import { createEvidenceStore } from './evidence-store.ts';
import { KEY_PREFIX } from './keys.ts';
import { type ProbeJob, type ProbeJobResult, processProbeJob } from './probe-job.ts';
import { probesQueueName, type Queues, runsQueueName } from './queues.ts';
import { createRunEvents } from './run-events.ts';
import { processRunJob } from './run-job.ts';
import { createRunSlots, type RunSlots } from './run-slots.ts';
import type { RunStages } from './run-stages.ts';
import type { RunJobData, RunJobDeps, RunResult } from './run-step.ts';
import type { RunStore } from './run-store.ts';
import type { RunWorkStore } from './run-work-store.ts';

/** One run before its verdict (deduplicated), and earlier ones that wait for last words. */
const RUN_CONCURRENCY = 8;
const PROBE_CONCURRENCY = 8;
/**
 * A worker killed in mid-run: its lock ends after the first, the next check within the second finds it, so
 * another takes over within 13 s. Renewed every half of it, so an event loop may stand still for 5 s.
 */
const LOCK_DURATION_MS = 10_000;
const STALLED_INTERVAL_MS = 3_000;
/** More than a run's own attempts: those end it with a sentence. */
const MAX_STALLED_RUNS = 6;
const HEARTBEAT_MS = 5_000;
const KEEP_FINISHED = { age: 3600, count: 200 };

export interface ClusterWorkersDeps {
  readonly clusters: readonly string[];
  /** Runs at once on their way to a verdict, over all clusters. */
  readonly maxRuns: number;
  readonly stages: RunStages;
  readonly queues: Queues;
  readonly store: RunStore;
  readonly work: RunWorkStore;
  /** A worker connection (`maxRetriesPerRequest: null`); blocking ones are made from it. */
  readonly connection: Redis;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly now?: () => Date;
}

/** Takes runs and probe batches of these clusters until closed. */
export function startClusterWorkers(deps: ClusterWorkersDeps): { close(): Promise<void> } {
  const closing = new AbortController();
  const shared = { closing: closing.signal, slots: createRunSlots(deps.maxRuns) };
  const opened = deps.clusters.flatMap((cluster) => startCluster(deps, cluster, shared));
  const stopHeartbeat = startHeartbeat(deps);
  return {
    async close() {
      stopHeartbeat();
      closing.abort();
      await Promise.allSettled(opened.map((each) => each.close()));
    },
  };
}

function startCluster(
  deps: ClusterWorkersDeps,
  cluster: string,
  { closing, slots }: { readonly closing: AbortSignal; readonly slots: RunSlots },
): readonly { close(): Promise<void> }[] {
  const { connection, stages, queues, store, work, metrics } = deps;
  const log = deps.log.child({ cluster });
  const shared = {
    connection,
    prefix: KEY_PREFIX,
    lockDuration: LOCK_DURATION_MS,
    stalledInterval: STALLED_INTERVAL_MS,
    removeOnComplete: KEEP_FINISHED,
    removeOnFail: KEEP_FINISHED,
  };
  const onError = (err: Error): void => log.warn({ err }, 'queue trouble');
  const probes = new Queue<ProbeJob>(probesQueueName(cluster), { connection, prefix: KEY_PREFIX });
  const runDeps: RunJobDeps = {
    stages,
    work,
    baselines: createBaselineStore(connection),
    probes,
    slots,
    events: (run) => createRunEvents({ reports: queues.reports, work }, run),
    evidence: createEvidenceStore(connection),
    waiting: new Map(),
    cancelled: (runId) => store.isCancelled(runId),
    closing,
    log: deps.log,
    stageTook: (stage, seconds) => metrics.stageTook(stage, seconds),
  };
  const runs = new Worker<RunJobData, RunResult>(
    runsQueueName(cluster),
    (job, token) => processRunJob(runDeps, job, token),
    { ...shared, concurrency: RUN_CONCURRENCY, maxStalledCount: MAX_STALLED_RUNS },
  );
  const batches = new Worker<ProbeJob, ProbeJobResult>(
    probesQueueName(cluster),
    (job) => processProbeJob(runDeps, job),
    { ...shared, concurrency: PROBE_CONCURRENCY, maxStalledCount: 2 },
  );
  runs.on('error', onError);
  batches.on('error', onError);
  probes.on('error', onError);
  runs.on('failed', (job, err) => {
    log.error({ err, runId: job?.id }, 'run job failed');
    if (job === undefined) return;
    const sentence = `Run ${job.data.runId} was interrupted too often; look at the worker's log and restarts, then ask again.`;
    runDeps.events(job.data).failed(sentence).catch(onError);
  });
  batches.on('failed', (job, err) =>
    log.error({ err, runId: job?.data.runId }, 'probe job failed'),
  );
  stages.sweep(cluster).catch((err: unknown) => log.warn({ err }, 'old probe pods were not swept'));
  return [runs, batches, probes];
}

/** Tells the bot that a worker serves these clusters. */
function startHeartbeat({
  clusters,
  store,
  log,
  now = () => new Date(),
}: ClusterWorkersDeps): () => void {
  const beat = (): void => {
    const at = now().toISOString();
    Promise.all(clusters.map((cluster) => store.workerSeen(cluster, at))).catch((err: unknown) =>
      log.warn({ err }, 'heartbeat not stored'),
    );
  };
  beat();
  const timer = setInterval(beat, HEARTBEAT_MS);
  return () => clearInterval(timer);
}
