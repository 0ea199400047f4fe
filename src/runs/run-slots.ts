/** Bounds the runs that one worker takes at once, over all its clusters. */
export interface RunSlots {
  readonly limit: number;
  /** Takes a slot, or says that there is none; a run that has one keeps it. */
  take(runId: string): boolean;
  /** Gives it back; a run without one is no error. */
  release(runId: string): void;
}

/**
 * A run that another replica went on with never gives its slot back here: after this long it is no longer on its
 * way to a verdict (run-job.ts begins it again by then).
 */
const HELD_AT_MOST_MS = 90_000;

/** @param now - a clock in milliseconds */
export function createRunSlots(limit: number, now: () => number = Date.now): RunSlots {
  const taken = new Map<string, number>();
  return {
    limit,
    take(runId) {
      for (const [held, since] of taken) if (now() - since > HELD_AT_MOST_MS) taken.delete(held);
      if (!taken.has(runId) && taken.size >= limit) return false;
      taken.set(runId, now());
      return true;
    },
    release(runId) {
      taken.delete(runId);
    },
  };
}
