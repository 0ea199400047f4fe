import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { ReportEvent } from './jobs.ts';
import { KEY_PREFIX } from './keys.ts';
import { REPORTS_QUEUE } from './queues.ts';
import type { RunHistory } from './run-history.ts';
import { tryRunLock } from './run-lock.ts';
import type { RunState, RunStore, Subscription } from './run-store.ts';

/** Runs rendered at the same time by one bot; events of one run are always handled one after another. */
const CONCURRENCY = 10;
/** Another event of the same run is being delivered: look again soon. */
const LOCKED_RETRY_MS = 200;
/** A bot killed in mid-delivery: its events are taken over after about this long. */
const LOCK_DURATION_MS = 10_000;
const STALLED_INTERVAL_MS = 3_000;
/** Crashes of the bot that one event may survive. */
const MAX_STALLED = 20;

/** Thrown by a handler that must wait (429 with Retry-After, outbox full): the event is handled again after `ms`. */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly ms: number;
  constructor(ms: number) {
    super(`retry in ${ms} ms`);
    this.ms = ms;
  }
}

/**
 * Shows the present state of a run wherever it is followed. Called for each event, one at a time per run
 * over all replicas, possibly again for the same state: it must compare with what it posted
 * (`RunStore.message`) and send only what differs. Throws to be called again later.
 */
export type ReportHandler = (input: {
  readonly event: ReportEvent;
  readonly run: RunState;
  readonly subscriptions: readonly Subscription[];
}) => Promise<void>;

export interface ReportsWorkerDeps {
  /** A worker connection (`maxRetriesPerRequest: null`). */
  readonly connection: Redis;
  /** An ordinary connection for the per-run lock. */
  readonly redis: Redis;
  readonly store: RunStore;
  readonly history: RunHistory;
  readonly now?: () => Date;
  readonly onError: (error: Error) => void;
  /** Called once per run, at its first verdict, its failure, or when it stopped after being cancelled. */
  readonly onVerdict?: (run: RunState) => void;
}

/** Takes events from the `reports` queue, stores what they say and has the handler show it. */
export function startReportsWorker(
  deps: ReportsWorkerDeps,
  handler: ReportHandler,
): { close(): Promise<void> } {
  const worker = new Worker<ReportEvent>(
    REPORTS_QUEUE,
    async (job, token) => {
      const lock = await tryRunLock(deps.redis, job.data.runId);
      if (lock === null) return later(job, LOCKED_RETRY_MS, token);
      try {
        await handle(deps, handler, job.data);
      } catch (error) {
        // Awaited here: `finally` would leave its rejection unhandled, which ends the process.
        if (error instanceof RetryLater) return await later(job, error.ms, token);
        throw error;
      } finally {
        await lock.release();
      }
    },
    {
      connection: deps.connection,
      prefix: KEY_PREFIX,
      concurrency: CONCURRENCY,
      lockDuration: LOCK_DURATION_MS,
      stalledInterval: STALLED_INTERVAL_MS,
      maxStalledCount: MAX_STALLED,
    },
  );
  worker.on('error', deps.onError);
  worker.on('failed', (_job, error) => deps.onError(error));
  return { close: () => worker.close() };
}

async function later(job: Job<ReportEvent>, ms: number, token?: string): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

function hasEnded({ report, failed, stopped }: RunState): boolean {
  return report !== null || failed !== null || stopped !== null;
}

async function handle(
  { store, history, onVerdict, now = () => new Date() }: ReportsWorkerDeps,
  handler: ReportHandler,
  event: ReportEvent,
): Promise<void> {
  const before = await store.run(event.runId);
  if (before === null) return; // expired: nobody is left who waits for it
  if (event.kind === 'no-worker-check') {
    if (before.startedAt !== null) return;
    await store.markNoWorker(event.runId, await store.workerLastSeen(event.cluster));
  }
  const current = await store.applyEvent(event, now().toISOString());
  if (!current) return; // a newer event was stored, and it renders all that this one would
  const run = await store.run(event.runId);
  if (run === null) return;
  // A run of some paths says nothing of the cluster as a whole: it is part of the thread that it verifies.
  const isWhole = run.trigger.kind !== 'verify';
  if (event.kind === 'verdict' && isWhole) {
    const { verdict, headline, takenAt: at } = event.report;
    const causes = event.report.causes.map(({ id }) => id);
    await store.saveLastVerdict(event.cluster, {
      runId: event.runId,
      verdict,
      headline,
      at,
      causes,
    });
  }
  if (event.kind !== 'progress' && isWhole) {
    await history.note(run.cluster, { runId: run.runId, requestedAt: run.requestedAt });
  }
  if (hasEnded(run) && !hasEnded(before)) onVerdict?.(run);
  await handler({ event, run, subscriptions: await store.subscriptions(event.runId) });
}
