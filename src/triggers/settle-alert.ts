import type { AlertsConfig } from '../config/alerts-schema.ts';
import { quietAt } from '../config/quiet-windows.ts';
import type { AlertGroup, AlertStore } from '../runs/alert-store.ts';
import type { AuditLog } from '../runs/audit-log.ts';
import type { Trigger } from '../runs/jobs.ts';
import {
  newRunId,
  type RequestedRun,
  type RunRequest,
  subscriptionIdOf,
} from '../runs/request-run.ts';
import type { RunState, RunStore } from '../runs/run-store.ts';

/** A verdict as young as this answers a new group of the same cluster, too: a storm of groups makes one run. */
const FRESH_VERDICT_MS = 60_000;

export interface SettleDeps {
  readonly config: Pick<AlertsConfig, 'maintenance' | 'quietHours'>;
  readonly alerts: AlertStore;
  readonly store: RunStore;
  readonly audit: AuditLog;
  readonly requestRun: (request: RunRequest) => Promise<RequestedRun>;
  /** Shows a run that is there to one more place. */
  readonly followRun: (run: {
    readonly runId: string;
    readonly cluster: string;
    readonly trigger: Trigger;
  }) => Promise<void>;
  readonly showAgain: (run: { readonly runId: string; readonly cluster: string }) => Promise<void>;
  readonly onHeld: () => void;
  readonly now?: () => Date;
}

/**
 * Does what is due about a group: opens its thread, holds it back, or has the last check made. Called by one process
 * at a time for each group, again after a crash, and again when the last check has ended.
 *
 * @returns ms after which to look again; null when nothing is left to wait for
 */
export async function settleAlert(deps: SettleDeps, groupKeyHash: string): Promise<number | null> {
  const group = await deps.alerts.group(groupKeyHash);
  if (group === null) return null;
  if (group.due === null) return followLastCheck(deps, group);
  const now = nowOf(deps);
  const quiet = quietAt(deps.config, group.cluster, now.getTime());
  if (quiet !== null) {
    await hold(deps, group, { kind: quiet.kind, until: new Date(quiet.untilMs).toISOString() });
    return quiet.untilMs - now.getTime();
  }
  const { kind, runId } = group.due;
  const done = kind === 'open' ? await open(deps, group, runId) : await check(deps, group, runId);
  // It ended before anybody looked: the last check follows at once.
  const isOver = kind === 'open' && group.resolvedAt !== null;
  const due = isOver ? { kind: 'last-check' as const, runId: newRunId() } : null;
  const settled = { ...done, due, held: null };
  await deps.alerts.save(settled);
  // The run that it joined may have ended before it was followed: then nobody else says so.
  return isOver ? 0 : followLastCheck(deps, settled);
}

function nowOf({ now = () => new Date() }: SettleDeps): Date {
  return now();
}

async function hold(
  deps: SettleDeps,
  group: AlertGroup,
  held: NonNullable<AlertGroup['held']>,
): Promise<void> {
  if (group.held === null) {
    await deps.audit.append({
      actor: { kind: 'alert', id: group.groupKeyHash, name: group.alertNames.join(', ') },
      action: 'alert-held',
      cluster: group.cluster,
      runId: group.runId,
      detail: { source: group.source, why: held.kind, until: held.until },
    });
    deps.onHeld();
  }
  await deps.alerts.save({ ...group, held });
}

function triggerOf(group: AlertGroup, lastCheckOf: string | null): Trigger {
  const { source, channel, groupKeyHash, alertNames, firingSince } = group;
  return {
    kind: 'alert',
    source,
    channel,
    groupKeyHash,
    alertNames,
    firingSince,
    ...(lastCheckOf === null ? {} : { lastCheckOf }),
  };
}

async function open(deps: SettleDeps, group: AlertGroup, runId: string): Promise<AlertGroup> {
  const { cluster, nodes } = group;
  const trigger = triggerOf(group, null);
  const fresh = await freshRun(deps, group, trigger);
  if (fresh !== null) {
    await deps.followRun({ runId: fresh, cluster, trigger });
    return { ...group, runId: fresh };
  }
  const deep = group.deep ? { deep: { trace: false } } : {};
  const run = await deps.requestRun({ cluster, trigger, nodes, runId, ...deep });
  return { ...group, runId: run.runId };
}

/** The last run of the cluster, where it began while the alert fired, its verdict is young, and this group has no thread there. */
async function freshRun(
  deps: SettleDeps,
  group: AlertGroup,
  trigger: Trigger,
): Promise<string | null> {
  const last = await deps.store.lastVerdict(group.cluster);
  if (last === null) return null;
  const followers = await deps.store.subscriptions(last.runId);
  const own = followers.find(({ id }) => id === subscriptionIdOf(trigger));
  if (own !== undefined) {
    // Of this very firing: an attempt before this one ended between following that run and noting it.
    const isThis = own.trigger.kind === 'alert' && own.trigger.firingSince === group.firingSince;
    return isThis ? last.runId : null;
  }
  if (group.deep || group.nodes.length > 0 || group.resolvedAt !== null) return null;
  const run = await deps.store.run(last.runId);
  const age = nowOf(deps).getTime() - Date.parse(run?.verdictAt ?? '');
  const isFresh = age <= FRESH_VERDICT_MS;
  const beganWhileFiring = run !== null && (group.firingSince ?? '~') <= run.requestedAt;
  return isFresh && beganWhileFiring ? last.runId : null;
}

async function check(deps: SettleDeps, group: AlertGroup, runId: string): Promise<AlertGroup> {
  const { cluster } = group;
  const trigger = triggerOf(group, group.runId);
  const run = await deps.requestRun({ cluster, trigger, runId });
  return { ...group, lastCheckRunId: run.runId };
}

/** When the last check has ended the thread is closed; one that began before the end of the alert proves nothing. */
async function followLastCheck(deps: SettleDeps, group: AlertGroup): Promise<number | null> {
  const { lastCheckRunId, runId, cluster, resolvedSeenAt } = group;
  if (lastCheckRunId === null || runId === null || resolvedSeenAt === null) return null;
  const run = await deps.store.run(lastCheckRunId);
  if (run === null || !hasEnded(run)) return null;
  if (run.requestedAt < resolvedSeenAt) {
    await deps.alerts.save({ ...group, due: { kind: 'last-check', runId: newRunId() } });
    return 0;
  }
  await deps.showAgain({ runId, cluster });
  return null;
}

function hasEnded({ report, failed, stopped }: RunState): boolean {
  return report !== null || failed !== null || stopped !== null;
}
