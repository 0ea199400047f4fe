import { DelayedError } from 'bullmq';
import { missing } from '../core/evidence/observed.ts';
import type { Report } from '../core/report/report.ts';
import type { Begun, RunStages, RunTarget, RunWork } from './run-stages.ts';
import { type RunResult, type Step, targetOf, update, waitingKey } from './run-step.ts';

/** A stopping worker's run is taken up by the next one after this long. */
const HAND_OVER_MS = 500;

/** From the verdict to the final report: the last words of the API servers, what is kept, and no Pod left. */
export async function settle(step: Step): Promise<RunResult> {
  const { deps, events, log } = step;
  const target = targetOf(step);
  const cleaned = deps.stages.cleanUp(target);
  const work = await deps.work.load(target.runId);
  if (work === null) throw new Error('the work of this run is gone');
  const apiServers = await lastWords(step);
  const report = finalReport(deps.stages, target, { work, apiServers });
  // Before the bot hears of it: from then on somebody may ask for the evidence.
  await keepEvidence(step, work, apiServers);
  await events.verdict(report);
  // A run of some paths has not seen the cluster whole.
  if (report.verdict === 'healthy' && target.only === undefined) await keepBaseline(step, work);
  deps.stageTook('final', (Date.now() - work.startedAtMs) / 1000);
  log.info({ verdict: report.verdict }, 'final report');
  await cleaned;
  await update(step, { step: 'done' });
  await deps.work.forget(target.runId);
  return { verdict: report.verdict };
}

/** The ground for "what changed?" of later runs; without it they only say less. */
async function keepBaseline(step: Step, work: RunWork): Promise<void> {
  const { deps, log } = step;
  const target = targetOf(step);
  await deps.baselines
    .save(target.cluster, deps.stages.summary(target, work))
    .catch((err: unknown) => log.warn({ err }, 'the healthy run was not kept'));
}

/** What cannot be kept costs the verdict nothing: the thread then shows the report alone. */
async function keepEvidence(
  { deps, job, log, ...step }: Step,
  work: RunWork,
  settled: Awaited<Begun['settled']>,
): Promise<void> {
  const target = targetOf({ deps, job, log, ...step });
  const apiServers = settled.state === 'known' ? settled : null;
  const tookMs = work.first?.tookMs ?? Date.now() - work.startedAtMs;
  const evidence = deps.stages.evidence(target, work, { final: true, tookMs, apiServers });
  try {
    if (!(await deps.evidence.save(target.runId, evidence)))
      log.warn('evidence too big to be kept');
  } catch (err) {
    log.warn({ err }, 'evidence was not kept');
  }
}

async function lastWords({ deps, job, token, ...step }: Step): Promise<Awaited<Begun['settled']>> {
  const target = targetOf({ deps, job, token, ...step });
  const key = waitingKey(target);
  const words = (deps.waiting.get(key) ?? deps.stages.settle(target)).catch((error: unknown) =>
    missing('failed', error instanceof Error ? error.message : 'the API servers were not asked'),
  );
  let onStop: () => void = () => undefined;
  const stopped = new Promise<null>((resolve) => {
    onStop = () => resolve(null);
    if (deps.closing.aborted) onStop();
    else deps.closing.addEventListener('abort', onStop, { once: true });
  });
  const first = await Promise.race([words, stopped]);
  deps.closing.removeEventListener('abort', onStop);
  deps.waiting.delete(key);
  if (first !== null) return first;
  await job.moveToDelayed(Date.now() + HAND_OVER_MS, token);
  throw new DelayedError();
}

/** The last report; it keeps the time of the first one where that said the same. */
function finalReport(
  stages: RunStages,
  target: RunTarget,
  seen: { readonly work: RunWork; readonly apiServers: Awaited<Begun['settled']> },
): Report {
  const { work } = seen;
  const apiServers = seen.apiServers.state === 'known' ? seen.apiServers : null;
  const tookMs = Date.now() - work.startedAtMs;
  const report = stages.conclude(target, work, { final: true, tookMs, apiServers });
  return work.first?.verdict === report.verdict
    ? stages.conclude(target, work, { final: true, tookMs: work.first.tookMs, apiServers })
    : report;
}
