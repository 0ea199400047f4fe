import { DelayedError, type Job, WaitingChildrenError } from 'bullmq';
import type { HealthySummary } from '../core/changes/healthy-summary.ts';
import { UserError } from '../errors.ts';
import type { PodPlan } from '../probes/plan.ts';
import type { PodRun } from '../probes/run-pods.ts';
import type { StoppedPods } from './jobs.ts';
import { probeJobResultSchema } from './probe-job.ts';
import { MAX_WAVES, type RunStages, type RunWork } from './run-stages.ts';
import {
  type RunJobData,
  type RunJobDeps,
  type RunResult,
  type Step,
  targetOf,
  update,
  waitingKey,
} from './run-step.ts';
import { settle } from './settle-run.ts';

/** A run that waited longer for a worker is not begun: whoever asked has moved on, and would be startled. */
const MAX_QUEUED_MS = 15 * 60_000;
/** Beginnings of one run: the first, and two after crashes. */
const MAX_ATTEMPTS = 3;
/** Pods per child job, so that replicas share a big cluster. */
const PODS_PER_BATCH = 25;
/** A run that finds the worker busy is offered again, to whichever replica is free. */
const BUSY_RETRY_MS = 1_000;
/** A step that is taken up later than this found its process dead in between: addresses and Pods have changed. */
const MAX_WORK_AGE_MS = 90_000;

const NOTHING_MORE: ReturnType<RunStages['planNext']> = { plans: [], notProbed: [] };

/**
 * Takes a run as far as it goes: to its next wave of probe Pods (then BullMQ calls again when they are
 * done, in this process or another), or to its end. After a crash it begins again, with Pods of the last
 * attempt removed: half a measurement would be a wrong one.
 */
export async function processRunJob(
  deps: RunJobDeps,
  job: Job<RunJobData, RunResult>,
  token?: string,
): Promise<RunResult> {
  const { runId, cluster } = job.data;
  const step: Step = {
    deps,
    job,
    token,
    events: deps.events(job.data),
    log: deps.log.child({ runId, cluster }),
  };
  try {
    return await advance(step);
  } catch (error) {
    // A job whose lock is gone belongs to somebody else by now: nothing of it is ours to report.
    const goesOn = error instanceof WaitingChildrenError || error instanceof DelayedError;
    if (goesOn || isLockLost(error)) throw error;
    return fail(step, error);
  }
}

function isLockLost(error: unknown): boolean {
  return error instanceof Error && /Missing lock|Missing key for job/.test(error.message);
}

async function advance(step: Step): Promise<RunResult> {
  const { job } = step;
  if (Date.now() - job.timestamp > MAX_QUEUED_MS && job.data.step === undefined) {
    throw new UserError(
      'run-too-old',
      'No worker took this run for 15 minutes, so it was dropped; ask again.',
    );
  }
  for (;;) {
    if (await isCancelled(step)) return stop(step);
    switch (job.data.step ?? 'begin') {
      case 'begin':
        await waitForSlot(step);
        await begin(step);
        break;
      case 'wave':
        await nextWaveOrVerdict(step);
        break;
      case 'settle':
        return settle(step);
      case 'done':
        return { verdict: 'failed' };
    }
  }
}

/** After the verdict there is nothing left to cancel. */
async function isCancelled({ deps, job }: Step): Promise<boolean> {
  const before = job.data.step === undefined || ['begin', 'wave'].includes(job.data.step);
  return before && (await deps.cancelled(job.data.runId));
}

/** Ends a cancelled run: Pods first, then its batches (BullMQ ends no job whose children run), then the word to the bot. */
async function stop(step: Step): Promise<RunResult> {
  const { deps, job, token, events, log } = step;
  const target = targetOf(step);
  const { runId } = target;
  deps.waiting.delete(waitingKey(target));
  deps.slots.release(runId);
  let pods: StoppedPods = 'none';
  if (job.data.attempt !== undefined) {
    pods = await deps.stages.cleanUp(target).then(
      () => 'removed' as const,
      (err: unknown) => {
        log.warn({ err }, 'clean-up failed');
        return 'left' as const;
      },
    );
  }
  const hasBatches = job.data.step === 'wave' && (job.data.batches ?? 0) > 0;
  if (hasBatches && (await job.moveToWaitingChildren(token ?? '')))
    throw new WaitingChildrenError();
  await job.removeDeduplicationKey();
  await deps.work.forget(runId);
  await events.cancelled(pods);
  await update(step, { step: 'done' });
  log.info({ pods }, 'run was cancelled');
  return { verdict: 'cancelled' };
}

/** Without a free slot the run goes back into the queue for a moment; its thread is told once. */
async function waitForSlot(step: Step): Promise<void> {
  const { deps, job, token, events } = step;
  if (deps.slots.take(job.data.runId)) return;
  if (job.data.toldBusy !== true) {
    const text = `API servers: not asked yet, the worker is at its limit of ${deps.slots.limit} diagnoses at once`;
    await events.progress([{ id: 'api-servers', state: 'pending', text }]);
    await update(step, { toldBusy: true });
  }
  await job.moveToDelayed(Date.now() + BUSY_RETRY_MS, token);
  throw new DelayedError();
}

async function begin(step: Step): Promise<void> {
  const { deps, job, events, log } = step;
  const attempt = (job.data.attempt ?? 0) + 1;
  if (attempt > MAX_ATTEMPTS) {
    throw new UserError(
      'run-interrupted',
      `The worker was interrupted ${MAX_ATTEMPTS} times in this run; look at its log and restarts, then ask again.`,
    );
  }
  await update(step, { step: 'begin', attempt });
  const target = targetOf(step);
  if (attempt > 1) {
    log.warn({ attempt }, 'run was interrupted, beginning again');
    await Promise.all([deps.stages.cleanUp(target), deps.work.forget(target.runId)]);
  }
  const startedAt = performance.now();
  await events.progress([]);
  const begun = await deps.stages.begin(target, (checklist) => events.progress(checklist));
  deps.waiting.set(waitingKey(target), begun.settled);
  // Pods start while the first look goes on; a crash in between finds no work saved, and begins again.
  const [work, before] = await Promise.all([
    begun.work,
    lastHealthy(step),
    startWave(step, 1, begun.plans),
  ]);
  await deps.work.save(target.runId, { ...work, before });
  deps.stageTook('snapshot', (performance.now() - startedAt) / 1000);
  log.info({ attempt, pods: begun.plans.length }, 'first look taken');
}

async function lastHealthy({ deps, job, log }: Step): Promise<HealthySummary | null> {
  return deps.baselines.load(job.data.cluster).catch((err: unknown) => {
    log.warn({ err }, 'the last healthy run could not be read');
    return null;
  });
}

/** Adds the wave's batches as children, then remembers them; with no Pod to run, goes straight to the verdict. */
async function startWave(step: Step, wave: number, plans: readonly PodPlan[]): Promise<void> {
  const { deps, job } = step;
  const target = targetOf(step);
  const batches: (readonly PodPlan[])[] = [];
  for (let start = 0; start < plans.length; start += PODS_PER_BATCH) {
    batches.push(plans.slice(start, start + PODS_PER_BATCH));
  }
  // The step first: a crash between the two finds fewer children than batches, and begins again.
  await update(step, { step: 'wave', wave, batches: batches.length });
  const parent = { id: target.runId, queue: job.queueQualifiedName };
  await Promise.all(
    batches.map((batch, index) =>
      deps.probes.add(
        'probe',
        { ...target, wave, plans: batch },
        {
          jobId: `${target.runId}-attempt${target.attempt}-wave${wave}-batch${index}`,
          parent,
          ignoreDependencyOnFailure: true,
        },
      ),
    ),
  );
}

async function nextWaveOrVerdict(step: Step): Promise<void> {
  const { deps, job, token, log } = step;
  const { wave = 1, batches = 0 } = job.data;
  const target = targetOf(step);
  if (batches > 0 && (await job.moveToWaitingChildren(token ?? '')))
    throw new WaitingChildrenError();
  const saved = await deps.work.load(target.runId);
  const results = await resultsOf(step, wave);
  const complete = results.length === batches && results.every(({ kind }) => kind === 'ran');
  const stale = saved !== null && Date.now() - saved.startedAtMs > MAX_WORK_AGE_MS;
  if (saved === null || ((!complete || stale) && target.attempt < MAX_ATTEMPTS)) {
    log.warn({ wave, batches, results: results.length }, 'probe wave was interrupted');
    await update(step, { step: 'begin' });
    return;
  }
  const work = await withWave(
    step,
    saved,
    results.flatMap((r) => (r.kind === 'ran' ? r.runs : [])),
  );
  const next =
    wave >= MAX_WAVES || batches === 0 ? NOTHING_MORE : deps.stages.planNext(target, work);
  const planned = { ...work, notProbed: [...work.notProbed, ...next.notProbed] };
  if (next.plans.length === 0) return verdict(step, planned);
  await deps.work.save(target.runId, planned);
  await startWave(step, wave + 1, next.plans);
}

async function resultsOf({ job }: Step, wave: number) {
  const { attempt = 1 } = job.data;
  const values = Object.values(await job.getChildrenValues<unknown>());
  return values.flatMap((value) => {
    const parsed = probeJobResultSchema.safeParse(value);
    if (!parsed.success) return [];
    return parsed.data.attempt === attempt && parsed.data.wave === wave ? [parsed.data] : [];
  });
}

async function withWave(step: Step, saved: RunWork, runs: readonly PodRun[]): Promise<RunWork> {
  const { deps, job } = step;
  const { wave = 1, batches = 0 } = job.data;
  if (batches === 0) return saved;
  const waves = [...saved.waves.filter((w) => w.wave !== wave), { wave, runs }];
  const work = { ...saved, waves };
  await deps.work.save(job.data.runId, work);
  return work;
}

async function verdict(step: Step, work: RunWork): Promise<void> {
  const { deps, job, events, log } = step;
  const target = targetOf(step);
  const tookMs = Date.now() - work.startedAtMs;
  const report = deps.stages.conclude(target, work, { final: false, tookMs, apiServers: null });
  await deps.work.save(target.runId, { ...work, first: { tookMs, verdict: report.verdict } });
  await events.verdict(report);
  deps.slots.release(target.runId);
  // From here on "Run again" starts a new run, while this one waits for the last words.
  await job.removeDeduplicationKey();
  deps.stageTook('verdict', tookMs / 1000);
  log.info({ verdict: report.verdict, tookMs, causes: report.causes.map((c) => c.id) }, 'verdict');
  await update(step, { step: 'settle' });
}

async function fail(step: Step, error: unknown): Promise<RunResult> {
  const { deps, job, events, log } = step;
  const target = targetOf(step);
  if (error instanceof UserError) log.info({ err: error }, 'run ended without a report');
  else log.error({ err: error }, 'run failed');
  deps.waiting.delete(waitingKey(target));
  deps.slots.release(target.runId);
  const sentence =
    error instanceof UserError
      ? error.message
      : `Run ${target.runId} failed inside metrics-diag; the worker's log has the details under this run id.`;
  await events.failed(sentence);
  await job.removeDeduplicationKey();
  await deps.stages.cleanUp(target).catch((err: unknown) => log.warn({ err }, 'clean-up failed'));
  await update(step, { step: 'done' });
  return { verdict: 'failed' };
}
