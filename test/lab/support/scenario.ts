import type { Fault, FaultOptions, Lab } from './types.ts';

/** Where the time of a scenario went, in milliseconds. */
export interface StageTimes {
  /** Making the fault. */
  applyMs: number;
  /** Until the cluster has noticed. */
  settleMs: number;
  /** What the scenario does while the fault is there: mostly one diagnosis. */
  lookMs: number;
  undoMs: number;
  /** From the undo until every API server serves every node again. */
  healMs: number;
}

/** All zero: to be filled in, also by a scenario that fails half-way. */
export function noStageTimes(): StageTimes {
  return { applyMs: 0, settleMs: 0, lookMs: 0, undoMs: 0, healMs: 0 };
}

/** Makes a fault, looks, takes it back and waits until the cluster is well again, whatever the look said. */
export async function underFault<T>(
  lab: Lab,
  fault: Fault,
  scene: {
    readonly look: () => Promise<T>;
    readonly options?: FaultOptions | undefined;
    readonly times?: StageTimes | undefined;
  },
): Promise<T> {
  const { look, options = {}, times = noStageTimes() } = scene;
  const undo = await timed(times, 'applyMs', () => fault.apply(lab, options));
  try {
    await timed(times, 'settleMs', async () => fault.settle?.(lab, options));
    return await timed(times, 'lookMs', look);
  } finally {
    await timed(times, 'undoMs', undo);
    await timed(times, 'healMs', () => lab.untilHealthy());
  }
}

async function timed<T>(
  times: StageTimes,
  stage: keyof StageTimes,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    times[stage] = Math.round(performance.now() - startedAt);
  }
}
