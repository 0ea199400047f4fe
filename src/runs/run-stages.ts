import type { HealthySummary } from '../core/changes/healthy-summary.ts';
import type { Evidence } from '../core/evidence/evidence.ts';
import type { Missing, Observed } from '../core/evidence/observed.ts';
import type { ApiServerView, Snapshot } from '../core/evidence/snapshot.ts';
import type { Report } from '../core/report/report.ts';
import type { OnlyPaths } from '../probes/only-paths.ts';
import type { PodPlan } from '../probes/plan.ts';
import type { PodRun } from '../probes/run-pods.ts';
import type { ListenerState } from '../probes/start-listeners.ts';
import type { Progress } from './jobs.ts';

/** One attempt at one run. Probe Pods carry both labels, so that an attempt after a crash can remove the last one's. */
export interface RunTarget {
  readonly runId: string;
  readonly cluster: string;
  readonly attempt: number;
  /** Deep mode was asked for: probes with NET_ADMIN after the others. */
  readonly deep?: DeepWish;
  /** Nodes that must be among those probed, where they exist. */
  readonly nodes?: readonly string[];
  /** Try these paths again and nothing else. */
  readonly only?: OnlyPaths;
}

/** What deep mode may do beyond reading: let the kernel trace packets of its own. */
export interface DeepWish {
  readonly trace: boolean;
}

/** First wave, its completion where it showed red, and the deep one where it is asked for. */
export const MAX_WAVES = 3;

/** One wave of probe Pods: how each of them ended (each holds its plan). */
export interface WaveWork {
  readonly wave: number;
  readonly runs: readonly PodRun[];
}

/** All that a run has seen so far. Plain JSON: it is kept in Redis between the steps, for whichever replica goes on. */
export interface RunWork {
  readonly startedAtMs: number;
  readonly snapshot: Snapshot;
  readonly listeners: readonly ListenerState[];
  /** Why no probe runs; null when they may. */
  readonly probesOff: Missing | null;
  /** What was left out to keep the cost bounded, in words. */
  readonly notProbed: readonly string[];
  readonly waves: readonly WaveWork[];
  /** The last healthy run of this cluster, as it was when this one began. */
  readonly before?: HealthySummary | null;
  /** The first verdict, once given. */
  readonly first?: { readonly tookMs: number; readonly verdict: Report['verdict'] };
}

/** What the first step found. */
export interface Begun {
  /** Wave 1; empty when nothing can or shall be probed. It is there before the first look is over. */
  readonly plans: readonly PodPlan[];
  /** The first look with the listeners. */
  readonly work: Promise<RunWork>;
  /** Last words of every API server, at most 45 s after the start; lives in this process alone. */
  readonly settled: Promise<Observed<readonly ApiServerView[]>>;
}

/**
 * The stages of a run, in order. The worker calls them step by step over BullMQ, the CLI in one go
 * (`diagnose`). No method rejects for what the cluster does: that ends up in the report.
 */
export interface RunStages {
  /** Reads the first look, starts listeners, plans wave 1. @throws UserError where the way in is misconfigured */
  begin(target: RunTarget, progress: Progress): Promise<Begun>;
  /** Runs some Pods of one wave to their end. */
  runPods(target: RunTarget, plans: readonly PodPlan[]): Promise<readonly PodRun[]>;
  /** The Pods of the next wave; empty when the picture is complete. */
  planNext(
    target: RunTarget,
    work: RunWork,
  ): { readonly plans: readonly PodPlan[]; readonly notProbed: readonly string[] };
  /** Report from what is known. `apiServers` replaces the first look's when the last words are in. */
  conclude(
    target: RunTarget,
    work: RunWork,
    options: {
      readonly final: boolean;
      readonly tookMs: number;
      readonly apiServers: Observed<readonly ApiServerView[]> | null;
    },
  ): Report;
  /** What this run saw, in short: kept for the next one where it was healthy. */
  summary(target: RunTarget, work: RunWork): HealthySummary;
  /** The evidence that `conclude` judges: all that the run saw. */
  evidence(
    target: RunTarget,
    work: RunWork,
    options: Parameters<RunStages['conclude']>[2],
  ): Evidence;
  /** Asks every API server again, where the process that waited for the last words is gone. */
  settle(target: RunTarget): Promise<Observed<readonly ApiServerView[]>>;
  /** Deletes all Pods of the run. */
  cleanUp(target: RunTarget): Promise<void>;
  /** Deletes Pods of any run that outlived it; called when a worker starts. */
  sweep(cluster: string): Promise<void>;
  close(): Promise<void>;
}
