import type { Queues } from './queues.ts';
import type { Cancelled, CancelOutcome, RunStore } from './run-store.ts';

/**
 * Cancels a run that has no verdict yet. Its worker stops at the next step and removes the probe Pods; a new run of the
 * cluster may begin at once. Rejects when Redis is away.
 */
export async function cancelRun(
  { queues, store }: { readonly queues: Queues; readonly store: RunStore },
  run: { readonly runId: string; readonly cluster: string },
  by: Cancelled,
): Promise<CancelOutcome> {
  const outcome = await store.cancelRun(run.runId, by);
  if (outcome === 'unknown' || outcome === 'ended') return outcome;
  // Also for the second to cancel: the first may have died between the mark and these.
  const job = await queues.runs(run.cluster).getJob(run.runId);
  await job?.removeDeduplicationKey();
  await queues.reports.add('opened', { kind: 'opened', ...run, seq: 0 });
  return outcome;
}
