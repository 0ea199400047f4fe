import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A notification of Alertmanager or Grafana, as far as both say the same. */
export interface Notification {
  readonly source: 'alertmanager' | 'grafana';
  /** Tells one group from another, over all members of an HA pair. */
  readonly groupId: string;
  readonly truncated: number;
  readonly alerts: readonly NotifiedAlert[];
}

export interface NotifiedAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

/** What was sent instead. */
export interface NotUnderstood {
  /** What to look at and what to change. */
  readonly text: string;
}

/** Go's zero time, which `endsAt` of a firing alert holds. */
const ZERO_TIME = '0001-01-01T00:00:00Z';
/** As both programs make them: 64 bits in hexadecimal. */
const FINGERPRINT = /^[0-9a-f]{8,64}$/u;
/** A name longer than this is nobody's; it is kept and shown many times. */
const MAX_NAME_CHARS = 200;

const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), z.string()),
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
  fingerprint: z.string().optional(),
});
const group = z.object({
  groupKey: z.string().min(1),
  truncatedAlerts: z.int().min(0).nullish(),
  alerts: z.array(alert).min(1),
});

/** @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config (version "4") */
const alertmanagerSchema = group;
/** @see https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/ */
const grafanaSchema = group.extend({ orgId: z.int() });
/** Grafana's dashboard alerts until version 10 had a body of their own. */
const legacySchema = z.object({ ruleName: z.string(), state: z.string() });

/** Reads the body of Alertmanager's webhook. */
export function readAlertmanager(body: unknown): Notification | NotUnderstood {
  const parsed = alertmanagerSchema.safeParse(body);
  if (!parsed.success) {
    return {
      text: `This is not Alertmanager's webhook format, version 4 (look at: ${places(parsed.error)}). Remove a custom payload from the receiver.`,
    };
  }
  return notification('alertmanager', parsed.data.groupKey, parsed.data);
}

/** Reads the body of Grafana's webhook contact point. */
export function readGrafana(body: unknown): Notification | NotUnderstood {
  const parsed = grafanaSchema.safeParse(body);
  if (parsed.success) {
    const { orgId, groupKey } = parsed.data;
    return notification('grafana', `grafana/${orgId}/${groupKey}`, parsed.data);
  }
  if (legacySchema.safeParse(body).success) {
    return {
      text: 'This is the format of old dashboard alerts. Use Grafana Alerting (version 9 or newer) with a webhook contact point.',
    };
  }
  if (group.safeParse(body).success) {
    return {
      text: 'This looks like a notification of Alertmanager (it has no orgId): send it to /webhooks/alertmanager.',
    };
  }
  return {
    text: `This is not the format of Grafana's webhook contact point (look at: ${places(parsed.error)}). Remove a custom payload from it.`,
  };
}

/** Paths of what does not fit; values are not repeated. */
function places(error: z.ZodError): string {
  const where = error.issues.map(({ path }) => path.map(String).join('.') || 'body');
  return [...new Set(where)].slice(0, 10).join(', ');
}

function notification(
  source: Notification['source'],
  groupId: string,
  { truncatedAlerts, alerts }: z.output<typeof group>,
): Notification {
  return { source, groupId, truncated: truncatedAlerts ?? 0, alerts: alerts.map(read) };
}

function read({ status, labels, startsAt, endsAt, fingerprint }: z.output<typeof alert>) {
  return {
    status,
    labels,
    fingerprint:
      fingerprint !== undefined && FINGERPRINT.test(fingerprint)
        ? fingerprint
        : fingerprintOf(labels),
    name: (labels['alertname'] || 'alert without a name').slice(0, MAX_NAME_CHARS),
    startsAt: timeOf(startsAt),
    endsAt: timeOf(endsAt),
  };
}

function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32);
}

function timeOf(written: string | undefined): string | null {
  if (written === undefined || written === ZERO_TIME) return null;
  const time = Date.parse(written);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}
