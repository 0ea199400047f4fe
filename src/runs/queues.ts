import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { AlertJob, ReportEvent, RunJob } from './jobs.ts';
import { KEY_PREFIX } from './keys.ts';

/** Finished jobs are kept for a look at them, not as a record: the run store is the record. */
const KEEP_FINISHED = { age: 3600, count: 200 };
/** Slack may be away for hours: delivery is tried for about a day before an event is given up. */
const REPORT_ATTEMPTS = 3_000;
const REPORT_BACKOFF_MS = 1_000;

/** Queue of a cluster's runs. Cluster names hold no `:` (config schema), which BullMQ forbids. */
export function runsQueueName(cluster: string): string {
  return `runs.${cluster}`;
}

/** Queue of a cluster's probe batches, children of its runs. */
export function probesQueueName(cluster: string): string {
  return `probes.${cluster}`;
}

/** The one queue back to the bot. */
export const REPORTS_QUEUE = 'reports';

/** Alert groups that something is due for; the bot looks after them itself. */
export const ALERTS_QUEUE = 'alerts';

/** The producer side of all queues, on one connection that fails at once when Redis is away. */
export interface Queues {
  runs(cluster: string): Queue<RunJob>;
  readonly reports: Queue<ReportEvent>;
  readonly alerts: Queue<AlertJob>;
  close(): Promise<void>;
}

/** Opens queues lazily, one per cluster; `onError` hears of connection trouble. */
export function createQueues(connection: Redis, onError: (error: Error) => void): Queues {
  const runs = new Map<string, Queue<RunJob>>();
  const open = <T>(name: string, options: object): Queue<T> => {
    const queue = new Queue<T>(name, {
      connection,
      prefix: KEY_PREFIX,
      skipWaitingForReady: true,
      // Ours is made at start (redis-check.ts). BullMQ's is made once for each queue: should Redis be slow at that
      // moment, the queue would refuse everything until the next restart.
      skipVersionCheck: true,
      defaultJobOptions: {
        removeOnComplete: KEEP_FINISHED,
        removeOnFail: KEEP_FINISHED,
        ...options,
      },
    });
    queue.on('error', onError);
    return queue;
  };
  const patient = {
    attempts: REPORT_ATTEMPTS,
    backoff: { type: 'fixed', delay: REPORT_BACKOFF_MS, jitter: 0.5 },
  };
  const reports = open<ReportEvent>(REPORTS_QUEUE, patient);
  const alerts = open<AlertJob>(ALERTS_QUEUE, patient);
  return {
    reports,
    alerts,
    runs(cluster) {
      const existing = runs.get(cluster);
      if (existing !== undefined) return existing;
      const queue = open<RunJob>(runsQueueName(cluster), {});
      runs.set(cluster, queue);
      return queue;
    },
    async close() {
      const all = [reports, alerts, ...runs.values()];
      await Promise.allSettled(all.map((queue) => queue.close()));
    },
  };
}
