import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AlertsConfig } from '../config/file-schema.ts';
import { findCluster } from '../config/role-config.ts';
import { ExternalError } from '../errors.ts';
import type { AuditLog } from '../runs/audit-log.ts';
import type { Trigger } from '../runs/jobs.ts';
import type { RequestedRun } from '../runs/request-run.ts';
import type { AlertGroup, RunStore } from '../runs/run-store.ts';

const labels = z.record(z.string(), z.string());
/**
 * The fields of Alertmanager's webhook (version "4") that we use.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
const payloadSchema = z.object({
  version: z.string().optional(),
  groupKey: z.string().min(1),
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels,
        startsAt: z.string().optional(),
        endsAt: z.string().optional(),
      }),
    )
    .min(1),
});

type Alert = z.output<typeof payloadSchema>['alerts'][number];

/** Go's zero time, which `endsAt` of a firing alert holds. */
const ZERO_TIME = '0001-01-01T00:00:00Z';
const MAX_ALERT_NAMES = 10;
const HASH_LENGTH = 32;

export interface AlertmanagerDeps {
  readonly clusters: readonly { readonly name: string; readonly aliases: readonly string[] }[];
  readonly alerts: AlertsConfig;
  readonly store: RunStore;
  readonly audit: AuditLog;
  readonly requestRun: (request: {
    readonly cluster: string;
    readonly trigger: Trigger;
  }) => Promise<RequestedRun>;
  /** Asks the bot to render a run's threads again. */
  readonly renderAgain: (run: {
    readonly runId: string;
    readonly cluster: string;
  }) => Promise<void>;
  readonly onOutcome: (outcome: 'started' | 'joined' | 'resolved' | 'refused') => void;
  readonly now?: () => Date;
}

/**
 * Takes one notification of Alertmanager: the first firing of a group starts a run (or joins the one under
 * way) with a thread of its own, repeats join that thread, `resolved` closes it. Answers 200 only when all
 * is stored; 503 where a retry may help; 422 where the configuration must change.
 */
export async function handleAlertmanager(
  deps: AlertmanagerDeps,
  body: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  const payload = payloadSchema.safeParse(body);
  if (!payload.success) {
    deps.onOutcome('refused');
    const where = payload.error.issues.map((issue) => issue.path.join('.') || 'body');
    return {
      status: 422,
      text: `This is not Alertmanager's webhook format, version 4 (look at: ${[...new Set(where)].join(', ')}). Remove a custom payload from the receiver.`,
    };
  }
  const { groups, unmapped } = byCluster(deps, payload.data.alerts);
  if (groups.size === 0) {
    deps.onOutcome('refused');
    return {
      status: 422,
      text: `No alert names a configured cluster in its label "${deps.alerts.clusterLabel}" (external_labels in Prometheus, or alerts.clusterLabel and alerts.defaultCluster here).`,
    };
  }
  try {
    const lines: string[] = [];
    for (const [cluster, alerts] of groups) {
      lines.push(await handleGroup(deps, { cluster, groupKey: payload.data.groupKey, alerts }));
    }
    if (unmapped > 0)
      lines.push(`${unmapped} alert(s) name no configured cluster and were left out.`);
    return { status: 200, text: lines.join('\n') };
  } catch (error) {
    if (error instanceof ExternalError || isConnectionError(error)) {
      return { status: 503, text: 'The notification could not be stored; retry.' };
    }
    throw error;
  }
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
  deps: AlertmanagerDeps,
  alerts: readonly Alert[],
): { readonly groups: ReadonlyMap<string, readonly Alert[]>; readonly unmapped: number } {
  const groups = new Map<string, Alert[]>();
  let unmapped = 0;
  for (const alert of alerts) {
    const label = alert.labels[deps.alerts.clusterLabel] ?? deps.alerts.defaultCluster;
    const cluster = label === undefined ? null : findCluster(deps.clusters, label);
    if (cluster === null) unmapped += 1;
    else groups.set(cluster.name, [...(groups.get(cluster.name) ?? []), alert]);
  }
  return { groups, unmapped };
}

interface ClusterGroup {
  readonly cluster: string;
  readonly groupKey: string;
  readonly alerts: readonly Alert[];
}

async function handleGroup(deps: AlertmanagerDeps, group: ClusterGroup): Promise<string> {
  const hash = createHash('sha256')
    .update(`${group.groupKey}\n${group.cluster}`)
    .digest('hex')
    .slice(0, HASH_LENGTH);
  const stored = await deps.store.alertGroup(hash);
  const firing = group.alerts.filter(({ status }) => status === 'firing');
  if (firing.length === 0) return resolve(deps, group, stored);
  if (stored !== null && stored.resolvedAt === null) return repeat(deps, stored, firing);
  return start(deps, { ...group, alerts: firing }, hash);
}

/** Before it happens: what cannot be noted is not done. */
async function note(
  { audit }: AlertmanagerDeps,
  what: {
    readonly action: 'alert-firing' | 'alert-resolved';
    readonly cluster: string;
    readonly hash: string;
    readonly alertNames: readonly string[];
  },
): Promise<void> {
  await audit.append({
    actor: { kind: 'alert', id: what.hash, name: what.alertNames.join(', ') },
    action: what.action,
    cluster: what.cluster,
    runId: null,
    detail: { source: 'alertmanager' },
  });
}

async function start(deps: AlertmanagerDeps, group: ClusterGroup, hash: string): Promise<string> {
  const { cluster } = group;
  const channel = deps.alerts.channelByCluster[cluster] ?? deps.alerts.channel;
  const alertNames = namesOf(group.alerts);
  const firingSince = earliest(group.alerts.map(({ startsAt }) => startsAt));
  const trigger: Trigger = {
    kind: 'alert',
    source: 'alertmanager',
    channel,
    groupKeyHash: hash,
    alertNames,
    firingSince,
  };
  await note(deps, { action: 'alert-firing', cluster, hash, alertNames });
  const run = await deps.requestRun({ cluster, trigger });
  await deps.store.saveAlertGroup({
    groupKeyHash: hash,
    cluster,
    runId: run.runId,
    subscriptionId: run.subscription?.id ?? `alert-${hash}`,
    channel,
    alertNames,
    firingSince,
    repeats: 0,
    resolvedAt: null,
  });
  deps.onOutcome(run.joined ? 'joined' : 'started');
  return `${cluster}: run ${run.runId} ${run.joined ? 'joined' : 'started'}.`;
}

async function repeat(
  deps: AlertmanagerDeps,
  stored: AlertGroup,
  firing: readonly Alert[],
): Promise<string> {
  const alertNames = [...new Set([...stored.alertNames, ...namesOf(firing)])].slice(
    0,
    MAX_ALERT_NAMES,
  );
  await deps.store.saveAlertGroup({ ...stored, alertNames, repeats: stored.repeats + 1 });
  if (alertNames.length > stored.alertNames.length) await deps.renderAgain(stored);
  deps.onOutcome('joined');
  return `${stored.cluster}: joined the thread of run ${stored.runId}.`;
}

async function resolve(
  deps: AlertmanagerDeps,
  group: ClusterGroup,
  stored: AlertGroup | null,
): Promise<string> {
  if (stored === null) return `${group.cluster}: resolved; no thread was open for this group.`;
  if (stored.resolvedAt === null) {
    const { cluster, groupKeyHash: hash, alertNames } = stored;
    await note(deps, { action: 'alert-resolved', cluster, hash, alertNames });
    const ends = group.alerts.map(({ endsAt }) => endsAt).filter((at) => at !== ZERO_TIME);
    const now = (deps.now ?? (() => new Date()))().toISOString();
    await deps.store.saveAlertGroup({ ...stored, resolvedAt: latest(ends) ?? now });
  }
  // Also for a repeated `resolved`: the one before may have been stored but not announced.
  await deps.renderAgain(stored);
  deps.onOutcome('resolved');
  return `${group.cluster}: resolved; run ${stored.runId}'s thread is closed.`;
}

function namesOf(alerts: readonly Alert[]): readonly string[] {
  const names = alerts.map((alert) => alert.labels['alertname'] ?? 'alert without a name');
  return [...new Set(names)].toSorted().slice(0, MAX_ALERT_NAMES);
}

function times(values: readonly (string | undefined)[]): readonly number[] {
  return values.flatMap((value) => {
    const time = value === undefined ? Number.NaN : Date.parse(value);
    return Number.isNaN(time) ? [] : [time];
  });
}

function earliest(values: readonly (string | undefined)[]): string | null {
  const all = times(values);
  return all.length === 0 ? null : new Date(Math.min(...all)).toISOString();
}

function latest(values: readonly (string | undefined)[]): string | null {
  const all = times(values);
  return all.length === 0 ? null : new Date(Math.max(...all)).toISOString();
}
