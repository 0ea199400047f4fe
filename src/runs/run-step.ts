import type { Job, Queue } from 'bullmq';
import type { Logger } from 'pino';
import type { Report } from '../core/report/report.ts';
import type { BaselineStore } from './baseline-store.ts';
import type { EvidenceStore } from './evidence-store.ts';
import type { RunJob } from './jobs.ts';
import type { ProbeJob } from './probe-job.ts';
import type { RunEvents } from './run-events.ts';
import type { RunSlots } from './run-slots.ts';
import type { Begun, RunStages, RunTarget } from './run-stages.ts';
import type { RunWorkStore } from './run-work-store.ts';

/** Job data with the step that comes next. */
export interface RunJobData extends RunJob {
  readonly step?: 'begin' | 'wave' | 'settle' | 'done';
  readonly attempt?: number;
  readonly wave?: number;
  /** The thread was told that the worker is busy. */
  readonly toldBusy?: boolean;
  /** Batches of the present wave. */
  readonly batches?: number;
}

export interface RunJobDeps {
  readonly stages: RunStages;
  readonly work: RunWorkStore;
  /** The last healthy run of each cluster. */
  readonly baselines: BaselineStore;
  readonly probes: Queue<ProbeJob>;
  /** From the beginning to the verdict a run holds one. */
  readonly slots: RunSlots;
  readonly events: (run: RunJob) => RunEvents;
  /** Last words that this process waits for, by run and attempt; lost with the process, and asked for again then. */
  readonly waiting: Map<string, Begun['settled']>;
  readonly evidence: EvidenceStore;
  /** Whether somebody cancelled the run. */
  readonly cancelled: (runId: string) => Promise<boolean>;
  /** Aborted when this worker stops: a run that only waits for last words is handed to the next one. */
  readonly closing: AbortSignal;
  readonly log: Logger;
  readonly stageTook: (stage: string, seconds: number) => void;
}

/** How a run ended, kept as the job's return value. */
export interface RunResult {
  readonly verdict: Report['verdict'] | 'failed' | 'cancelled';
}

/** Everything the steps of one job share. */
export interface Step {
  readonly deps: RunJobDeps;
  readonly job: Job<RunJobData, RunResult>;
  readonly token: string | undefined;
  readonly events: RunEvents;
  readonly log: Logger;
}

/** What the stages know this run by. */
export function targetOf({ job }: Step): RunTarget {
  const { runId, cluster, attempt = 1, deep, nodes, only } = job.data;
  return {
    runId,
    cluster,
    attempt,
    ...(deep === undefined ? {} : { deep }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(only === undefined ? {} : { only }),
  };
}

/** Under which last words wait in this process. */
export const waitingKey = ({ runId, attempt }: RunTarget): string => `${runId}/${attempt}`;

/** Keeps where the run stands. */
export async function update({ job }: Step, change: Partial<RunJobData>): Promise<void> {
  await job.updateData({ ...job.data, ...change });
}
