import type { Report } from '../core/report/report.ts';
import type { AlertAsker } from '../renderers/slack-message.ts';
import type { AlertGroup, AlertStore } from '../runs/alert-store.ts';
import type { Trigger } from '../runs/jobs.ts';
import type { RunState, RunStore, Subscription } from '../runs/run-store.ts';

export type AlertTrigger = Extract<Trigger, { readonly kind: 'alert' }>;

export interface AlertThreadDeps {
  readonly store: RunStore;
  readonly alerts: AlertStore;
  /** Of alert-started runs: whether causes that were accepted as known account for all that a report finds. */
  readonly isKnown: (cluster: string, report: Report) => boolean;
  /** Whether any cause is accepted as known there: then nothing is posted before there is a verdict. */
  readonly knowsAny: (cluster: string) => boolean;
}

/** What a thread says of its alert. */
export async function alertAsker(
  { store, alerts }: AlertThreadDeps,
  run: RunState,
  trigger: AlertTrigger,
): Promise<AlertAsker> {
  const group = await alerts.ofThread(trigger.groupKeyHash, run.runId);
  return {
    kind: 'alert',
    alertNames: group?.alertNames ?? trigger.alertNames,
    firingSince: group?.firingSince ?? trigger.firingSince,
    truncated: group?.truncated ?? 0,
    verdictAt: run.verdictAt,
    resolvedAt: group?.resolvedAt ?? null,
    lastCheck: group === null ? null : await lastCheckOf(store, group),
  };
}

async function lastCheckOf(store: RunStore, group: AlertGroup): Promise<AlertAsker['lastCheck']> {
  const { lastCheckRunId: runId, resolvedSeenAt } = group;
  if (runId === null || resolvedSeenAt === null) return null;
  const run = await store.run(runId);
  if (run === null) return null;
  // A run that began before the end is not the last check: another one follows.
  if (run.requestedAt < resolvedSeenAt) return { state: 'running' };
  const { report, failed, stopped } = run;
  if (report === null && failed === null && stopped === null) return { state: 'running' };
  const why = failed ?? (stopped === null ? null : 'It was cancelled.');
  return { state: 'ended', runId, report, failed: report === null ? why : null };
}

/**
 * Whether a follower of a run gets no message: a last check speaks in the thread that it closes, and what accepted
 * causes explain is shown with the cluster alone. A thread that is open is carried on in any case.
 */
export async function isSilent(
  { store, isKnown, knowsAny }: AlertThreadDeps,
  run: RunState,
  { id, trigger }: Subscription,
): Promise<boolean> {
  if (trigger.kind !== 'alert') return false;
  if (trigger.lastCheckOf !== undefined) return true;
  if (!knowsAny(run.cluster) || (await store.message(run.runId, id, 'root')) !== null) return false;
  const { report, failed, cancelled, noWorker } = run;
  if (report !== null) return isKnown(run.cluster, report);
  return failed === null && cancelled === null && noWorker === null;
}
