import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertsConfig } from '../config/alerts-schema.ts';
import type { StartRule } from '../config/default-alerts.ts';
import { ExternalError } from '../errors.ts';
import type { AlertGroup, AlertStore } from '../runs/alert-store.ts';
import type { AuditLog } from '../runs/audit-log.ts';
import { newRunId } from '../runs/request-run.ts';
import { type GroupChange, hear } from './alert-group.ts';
import type { Notification, NotifiedAlert, NotUnderstood } from './alert-notification.ts';
import { type AlertScope, nodesNamed } from './alert-scope.ts';

const HASH_LENGTH = 32;
/** The other member of an HA pair sends at the same moment; then turns are taken. */
const LOCK_PATIENCE_MS = 2_000;
const LOCK_RETRY_MS = 25;
const MAX_NODES = 24;

/** What a notification led to, for one group. */
export type AlertOutcome = GroupChange | 'ignored' | 'refused';

export interface AlertIntakeDeps {
  readonly scope: AlertScope;
  readonly config: Pick<AlertsConfig, 'channel' | 'channelByCluster' | 'clusterLabel'>;
  readonly alerts: AlertStore;
  readonly audit: AuditLog;
  /** Has what is due done about a group; resolves when that is stored. */
  readonly settle: (groupKeyHash: string) => Promise<void>;
  /** Asks the bot to render a run's threads again. */
  readonly showAgain: (run: { readonly runId: string; readonly cluster: string }) => Promise<void>;
  readonly onOutcome: (outcome: AlertOutcome) => void;
  readonly now?: () => Date;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** An alert that is acted on. */
interface ActedOn extends NotifiedAlert {
  readonly rule: StartRule;
}

/**
 * Takes one notification: keeps what it says of each group, and has done what follows. Answers 200 only when all is
 * stored; 503 where a retry may help; 422 where the configuration must change. Never 429: Alertmanager would drop it.
 */
export async function takeNotification(
  deps: AlertIntakeDeps,
  read: Notification | NotUnderstood,
): Promise<Answer> {
  if ('text' in read) return refused(deps, read.text);
  const actedOn = read.alerts.flatMap((alert): ActedOn[] => {
    const rule = deps.scope.ruleFor(alert.labels);
    return rule === null ? [] : [{ ...alert, rule }];
  });
  if (actedOn.length === 0) {
    deps.onOutcome('ignored');
    return { status: 200, text: 'Acknowledged: no rule of alerts.startOn acts on these alerts.' };
  }
  const { groups, unmapped } = byCluster(deps.scope, actedOn);
  if (groups.size === 0) {
    return refused(
      deps,
      `No alert names a configured cluster in its label "${deps.config.clusterLabel}" (external_labels in Prometheus; or alerts.clusterLabel, alerts.clusterRules and alerts.defaultCluster here).`,
    );
  }
  try {
    const lines: string[] = [];
    for (const [cluster, alerts] of groups) {
      lines.push(await takeGroup(deps, read, { cluster, alerts }));
    }
    if (unmapped > 0) {
      lines.push(`${unmapped} alert(s) name no configured cluster and were left out.`);
    }
    return { status: 200, text: lines.join('\n') };
  } catch (error) {
    if (error instanceof ExternalError || isConnectionError(error)) {
      return { status: 503, text: 'The notification could not be stored; retry.' };
    }
    throw error;
  }
}

function refused({ onOutcome }: AlertIntakeDeps, text: string): Answer {
  onOutcome('refused');
  return { status: 422, text };
}

/** ioredis rejects with plain errors while Redis is away. */
function isConnectionError(error: unknown): boolean {
  return (
    error instanceof Error &&
    /Stream isn't writeable|Connection is closed|Command timed out|max retries|ECONN|EPIPE/i.test(
      error.message,
    )
  );
}

function byCluster(
  scope: AlertScope,
  alerts: readonly ActedOn[],
): { readonly groups: ReadonlyMap<string, readonly ActedOn[]>; readonly unmapped: number } {
  const groups = new Map<string, ActedOn[]>();
  let unmapped = 0;
  for (const alert of alerts) {
    const cluster = scope.clusterOf(alert.labels);
    if (cluster === null) unmapped += 1;
    else groups.set(cluster, [...(groups.get(cluster) ?? []), alert]);
  }
  return { groups, unmapped };
}

interface ClusterPart {
  readonly cluster: string;
  readonly alerts: readonly ActedOn[];
}

const SAY: Readonly<Record<GroupChange, string>> = {
  opened: 'a new group; a run is asked for.',
  grown: 'new alerts of an open group.',
  repeated: 'joined the thread of an open group.',
  reopened: 'the group was closed too early; its thread is open again.',
  resolved: 'resolved; a last check closes the thread.',
  stale: 'heard before; nothing to do.',
};

async function takeGroup(
  deps: AlertIntakeDeps,
  notification: Notification,
  part: ClusterPart,
): Promise<string> {
  const hash = createHash('sha256')
    .update(`${notification.groupId}\n${part.cluster}`)
    .digest('hex')
    .slice(0, HASH_LENGTH);
  const lock = await lockGroup(deps.alerts, hash);
  try {
    const before = await deps.alerts.group(hash);
    const at = (deps.now ?? (() => new Date()))().toISOString();
    const { truncated } = notification;
    const { state, change } = hear(before, { alerts: part.alerts, truncated, at });
    const fresh = unheard(deps, notification, { ...part, hash });
    // A thread stays in its channel; a new one is opened where the configuration says now.
    const { channel } = change === 'opened' || before === null ? fresh : before;
    const kept = { ...fresh, ...before, ...state, channel };
    const after = withDue(kept, change, part.alerts);
    await note(deps, notification, { change, group: after });
    if (change === 'opened' && before !== null) await deps.alerts.archive(before);
    await deps.alerts.save(after);
    if (after.due !== null && after.held === null) await deps.settle(hash);
    if (after.runId !== null && SHOWN.has(change)) {
      await deps.showAgain({ runId: after.runId, cluster: after.cluster });
    }
    deps.onOutcome(change);
    return `${part.cluster}: ${SAY[change]}`;
  } finally {
    await lock.release();
  }
}

/** `stale`: the word before it may have been stored and not shown. */
const SHOWN: ReadonlySet<GroupChange> = new Set(['grown', 'reopened', 'resolved', 'stale']);

async function lockGroup(alerts: AlertStore, hash: string): Promise<{ release(): Promise<void> }> {
  const end = Date.now() + LOCK_PATIENCE_MS;
  for (;;) {
    const lock = await alerts.tryLock(hash);
    if (lock !== null) return lock;
    if (Date.now() > end) {
      throw new ExternalError('alert-group-busy', 'Another notification of this group is taken.', {
        retryable: true,
      });
    }
    await sleep(LOCK_RETRY_MS);
  }
}

function unheard(
  { config }: AlertIntakeDeps,
  { source }: Notification,
  { cluster, hash }: ClusterPart & { readonly hash: string },
): Omit<AlertGroup, keyof ReturnType<typeof hear>['state']> {
  return {
    groupKeyHash: hash,
    cluster,
    source,
    channel: config.channelByCluster[cluster] ?? config.channel,
    runId: null,
    deep: false,
    nodes: [],
    lastCheckRunId: null,
    due: null,
    held: null,
  };
}

/** What is to be done now: a thread for a group that fires and has none, a last check for one that has ended. */
function withDue(group: AlertGroup, change: GroupChange, alerts: readonly ActedOn[]): AlertGroup {
  const due = (kind: 'open' | 'last-check') => ({ kind, runId: newRunId() });
  switch (change) {
    case 'opened': {
      const firing = alerts.filter(({ status }) => status === 'firing');
      return {
        ...group,
        runId: null,
        lastCheckRunId: null,
        deep: firing.some(({ rule }) => rule.deep),
        nodes: nodesNamed(firing, MAX_NODES),
        due: due('open'),
        held: null,
      };
    }
    case 'reopened':
      return {
        ...group,
        lastCheckRunId: null,
        ...(group.runId === null ? { due: group.due ?? due('open') } : { due: null, held: null }),
      };
    case 'resolved':
      if (group.runId !== null) return { ...group, due: due('last-check') };
      // Held back until it was over: stored and counted, never posted.
      return group.held === null ? group : { ...group, due: null, held: null };
    case 'grown':
    case 'repeated':
    case 'stale':
      return group;
  }
}

/** Before it happens: what cannot be noted is not done. */
async function note(
  { audit }: AlertIntakeDeps,
  { source }: Notification,
  { change, group }: { readonly change: GroupChange; readonly group: AlertGroup },
): Promise<void> {
  if (change !== 'opened' && change !== 'resolved') return;
  await audit.append({
    actor: { kind: 'alert', id: group.groupKeyHash, name: group.alertNames.join(', ') },
    action: change === 'opened' ? 'alert-firing' : 'alert-resolved',
    cluster: group.cluster,
    runId: group.runId,
    detail: { source },
  });
}
