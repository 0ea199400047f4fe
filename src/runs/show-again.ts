import type { Queues } from './queues.ts';

/** Has the threads of a run rendered again, at once or after a while. */
export type ShowAgain = (
  run: { readonly runId: string; readonly cluster: string },
  delayMs?: number,
) => Promise<void>;

/** Looks that fall into the same minute are one. */
const SAME_LOOK_MS = 60_000;

/** By an event of its own, so that it is taken in turn with the run's other events. */
export function createShowAgain({ reports }: Pick<Queues, 'reports'>): ShowAgain {
  return async (run, delayMs = 0) => {
    const event = { kind: 'opened', ...run, seq: 0 } as const;
    const minute = Math.ceil((Date.now() + delayMs) / SAME_LOOK_MS);
    const later =
      delayMs === 0 ? {} : { delay: delayMs, jobId: `${run.runId}-again-${String(minute)}` };
    await reports.add('opened', event, later);
  };
}
