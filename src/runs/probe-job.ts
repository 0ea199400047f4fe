import type { Job } from 'bullmq';
import { z } from 'zod';
import type { PodPlan } from '../probes/plan.ts';
import type { PodRun } from '../probes/run-pods.ts';
import type { RunStages, RunTarget } from './run-stages.ts';

/**
 * Bursts of a wave begin at a common moment: a batch that is taken up much later than it was planned (its
 * worker was dead) would measure nothing and meet listeners that are gone.
 */
const MAX_WAIT_MS = 15_000;

/** Data of a job on `probes.<cluster>`. */
export interface ProbeJob extends RunTarget {
  readonly wave: number;
  readonly plans: readonly PodPlan[];
}

/** `lost`: the batch was interrupted; what its Pods saw is not worth keeping, and the run starts over. */
export type ProbeJobResult =
  | {
      readonly kind: 'ran';
      readonly attempt: number;
      readonly wave: number;
      readonly runs: readonly PodRun[];
    }
  | { readonly kind: 'lost'; readonly attempt: number; readonly wave: number };

/** What a child left in Redis. */
export const probeJobResultSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('ran'),
    attempt: z.number(),
    wave: z.number(),
    // Written by this program into its own Redis; the joining stage reads only what it planned.
    runs: z.custom<readonly PodRun[]>(Array.isArray),
  }),
  z.object({ kind: z.literal('lost'), attempt: z.number(), wave: z.number() }),
]);

export interface ProbeJobDeps {
  readonly stages: RunStages;
  /** Whether somebody cancelled the run: then no more of its Pods are made. */
  readonly cancelled: (runId: string) => Promise<boolean>;
}

/** Runs one batch of a wave. */
export async function processProbeJob(
  { stages, cancelled }: ProbeJobDeps,
  job: Job<ProbeJob, ProbeJobResult>,
): Promise<ProbeJobResult> {
  const { plans, wave, ...target } = job.data;
  const { attempt } = target;
  const late = Date.now() - job.timestamp > MAX_WAIT_MS;
  if (late || job.attemptsStarted > 1 || (await cancelled(target.runId)))
    return { kind: 'lost', attempt, wave };
  return { kind: 'ran', attempt, wave, runs: await stages.runPods(target, plans) };
}
