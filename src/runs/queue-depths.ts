import type { QueueDepth } from '../http/metrics.ts';
import { ALERTS_QUEUE, type Queues, REPORTS_QUEUE, runsQueueName } from './queues.ts';

const STATES = ['waiting', 'active', 'delayed', 'waiting-children', 'failed'] as const;

/** How many jobs wait in `reports` and in each cluster's runs. */
export async function queueDepths(
  queues: Queues,
  clusters: readonly string[],
): Promise<readonly QueueDepth[]> {
  const named = [
    { name: REPORTS_QUEUE, queue: queues.reports },
    { name: ALERTS_QUEUE, queue: queues.alerts },
    ...clusters.map((cluster) => ({ name: runsQueueName(cluster), queue: queues.runs(cluster) })),
  ];
  const depths = await Promise.all(
    named.map(async ({ name, queue }) => {
      const counts = await queue.getJobCounts(...STATES);
      return STATES.map((state) => ({ queue: name, state, jobs: counts[state] ?? 0 }));
    }),
  );
  return depths.flat();
}
