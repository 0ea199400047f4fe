import { DelayedError, type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { AlertStore } from './alert-store.ts';
import type { AlertJob } from './jobs.ts';
import { KEY_PREFIX } from './keys.ts';
import { ALERTS_QUEUE } from './queues.ts';

/** Groups that are looked after at the same time by one bot; one group is never by two. */
const CONCURRENCY = 10;
/** Another notification of the group is being taken: look again soon. */
const LOCKED_RETRY_MS = 200;
/** As for reports: a bot killed in mid-work is taken over from after about this long. */
const LOCK_DURATION_MS = 10_000;
const STALLED_INTERVAL_MS = 3_000;
const MAX_STALLED = 20;

/** Does what is due about a group; gives the ms after which to look again, or null. */
export type AlertHandler = (groupKeyHash: string) => Promise<number | null>;

/** Looks after alert groups: what a notification made due, what a window held back, and last checks that have ended. */
export function startAlertsWorker(
  deps: {
    /** A worker connection (`maxRetriesPerRequest: null`). */
    readonly connection: Redis;
    readonly alerts: AlertStore;
    readonly onError: (error: Error) => void;
  },
  handler: AlertHandler,
): { close(): Promise<void> } {
  const worker = new Worker<AlertJob>(
    ALERTS_QUEUE,
    async (job, token) => {
      const { groupKeyHash } = job.data;
      const lock = await deps.alerts.tryLock(groupKeyHash);
      if (lock === null) return later(job, LOCKED_RETRY_MS, token);
      try {
        const again = await handler(groupKeyHash);
        if (again !== null) return await later(job, again, token);
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

async function later(job: Job<AlertJob>, ms: number, token?: string): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}
