import { randomBytes } from 'node:crypto';
import type { HealthySummary } from '../core/changes/healthy-summary.ts';
import type { Evidence } from '../core/evidence/evidence.ts';
import { missing, type Observed } from '../core/evidence/observed.ts';
import type { ApiServerView } from '../core/evidence/snapshot.ts';
import { buildReport } from '../core/report/build-report.ts';
import type { Report } from '../core/report/report.ts';
import type { Progress } from './jobs.ts';
import {
  type Begun,
  MAX_WAVES,
  type RunStages,
  type RunTarget,
  type RunWork,
} from './run-stages.ts';

const RUN_ID_BYTES = 4;

export interface Diagnosed {
  readonly evidence: Evidence;
  readonly report: Report;
}

export interface DiagnoseOptions {
  readonly progress: Progress;
  /** Return at the first verdict, without waiting for the last words of slow API servers. */
  readonly fast: boolean;
  /** The last healthy run of this cluster. */
  readonly before?: HealthySummary | null;
}

/** An id for a run outside the queues. */
export function newRunId(): string {
  return `r${randomBytes(RUN_ID_BYTES).toString('hex')}`;
}

/** All stages of a run in this process, without Redis. Pods are deleted whatever happens. */
export async function diagnose(
  stages: RunStages,
  target: RunTarget,
  options: DiagnoseOptions,
): Promise<Diagnosed> {
  let cleaned: Promise<void> = Promise.resolve();
  try {
    const { work: firstLook, plans, settled } = await stages.begin(target, options.progress);
    const work = await runWaves(stages, target, {
      work: firstLook.then((look) => ({ ...look, before: options.before ?? null })),
      plans,
    });
    cleaned = stages.cleanUp(target);
    return await conclude(stages, target, { work, settled: options.fast ? null : settled });
  } catch (error) {
    cleaned = stages.cleanUp(target);
    throw error;
  } finally {
    await cleaned;
  }
}

async function runWaves(
  stages: RunStages,
  target: RunTarget,
  begun: Pick<Begun, 'work' | 'plans'>,
): Promise<RunWork> {
  let { plans } = begun;
  let running = stages.runPods(target, plans);
  let work = await begun.work;
  for (let wave = 1; plans.length > 0; wave += 1) {
    work = { ...work, waves: [...work.waves, { wave, runs: await running }] };
    if (wave === MAX_WAVES) break;
    const next = stages.planNext(target, work);
    plans = next.plans;
    running = stages.runPods(target, plans);
    work = { ...work, notProbed: [...work.notProbed, ...next.notProbed] };
  }
  return work;
}

async function conclude(
  stages: RunStages,
  target: RunTarget,
  seen: {
    readonly work: RunWork;
    readonly settled: Promise<Observed<readonly ApiServerView[]>> | null;
  },
): Promise<Diagnosed> {
  const { work, settled } = seen;
  const tookMs = Date.now() - work.startedAtMs;
  const first = stages.evidence(target, work, { final: false, tookMs, apiServers: null });
  const firstReport = buildReport(first);
  if (settled === null) return { evidence: first, report: firstReport };
  const apiServers = await settled.catch((error: unknown) =>
    missing('failed', error instanceof Error ? error.message : 'the API servers were not asked'),
  );
  const last = (ms: number): Evidence =>
    stages.evidence(target, work, { final: true, tookMs: ms, apiServers });
  const report = buildReport(last(tookMs));
  // The time to the verdict that stands: the first one's, unless the last words changed it.
  if (report.verdict === firstReport.verdict) return { evidence: last(tookMs), report };
  const evidence = last(Date.now() - work.startedAtMs);
  return { evidence, report: buildReport(evidence) };
}
