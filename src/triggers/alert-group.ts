import type { AlertGroup, KnownAlert } from '../runs/alert-store.ts';

/** One alert of a notification, in the words that Alertmanager and Grafana share. */
export interface HeardAlert {
  readonly fingerprint: string;
  readonly name: string;
  readonly status: 'firing' | 'resolved';
  /** ISO 8601; null where it was left out or is no time. */
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

/** What a notification says of one group in one cluster. */
export interface HeardGroup {
  readonly alerts: readonly HeardAlert[];
  readonly truncated: number;
  /** By our clock, ISO 8601. */
  readonly at: string;
}

/**
 * What a notification does to a group: `opened` a thread is due; `grown` new alerts join it; `reopened` it was closed
 * though an alert that fired all along was only not listed; `stale` it tells of what is over.
 */
export type GroupChange = 'opened' | 'grown' | 'repeated' | 'reopened' | 'resolved' | 'stale';

/** What a group is made of that notifications change. */
export type GroupState = Pick<
  AlertGroup,
  | 'alerts'
  | 'alertNames'
  | 'firingSince'
  | 'truncated'
  | 'repeats'
  | 'resolvedAt'
  | 'resolvedSeenAt'
>;

const UNHEARD: GroupState = {
  alerts: {},
  alertNames: [],
  firingSince: null,
  truncated: 0,
  repeats: 0,
  resolvedAt: null,
  resolvedSeenAt: null,
};
/** Ended alerts are remembered so that a late word of their firing opens nothing; a group of more is cut. */
const MAX_ALERTS = 500;
const MAX_ALERT_NAMES = 10;
/**
 * So long after an alert's end a word of the firing before it may still come: Alertmanager retries a notification for
 * its `group_interval`, 5 minutes by default, and a peer sends it once more 15 s later. What comes after that is true,
 * whatever its times say: of two Prometheus servers one may have lost sight of the fault that the other one sees.
 */
const LATE_MS = 10 * 60_000;
const FIRING = { endsAt: null, endSeenAt: null } as const;

/**
 * Takes a notification into what is known of its group. Pure. The order in which notifications arrive does not matter:
 * Alertmanager delivers at least once, from every member of an HA pair, and repeats after a lost answer. An alert is
 * told from its earlier firing by its times alone: it fires anew where it starts after it has ended.
 *
 * Source: https://prometheus.io/docs/alerting/latest/high_availability/
 */
export function hear(
  before: GroupState | null,
  heard: HeardGroup,
): { readonly state: GroupState; readonly change: GroupChange } {
  const group = before ?? UNHEARD;
  const taken = heard.alerts.map((alert) => take(group.alerts[alert.fingerprint], alert, heard.at));
  const alerts = { ...group.alerts };
  for (const { fingerprint, known } of taken) alerts[fingerprint] = known;
  const { truncated } = heard;
  const firing = taken.filter(({ news }) => news === 'fires' || news === 'fires-on');
  if (firing.length > 0) return fires({ ...group, alerts: bounded(alerts), truncated }, firing);
  const listsFiring = heard.alerts.some(({ status }) => status === 'firing');
  const hasEnded = taken.some(({ news }) => news === 'ends');
  const isOpen = group.firingSince !== null && group.resolvedAt === null;
  if (!hasEnded || listsFiring || !isOpen) {
    return { state: { ...group, alerts: bounded(alerts) }, change: 'stale' };
  }
  // Of those not listed nothing is known any more: should one fire on, its next word opens the thread again.
  const ended = Object.entries(alerts).filter(([, { endsAt }]) => endsAt !== null);
  const resolvedAt = latest(ended.map(([, { endsAt }]) => endsAt)) ?? heard.at;
  return {
    state: {
      ...group,
      alerts: bounded(Object.fromEntries(ended)),
      truncated,
      resolvedAt,
      resolvedSeenAt: heard.at,
    },
    change: 'resolved',
  };
}

interface Taken {
  readonly fingerprint: string;
  readonly known: KnownAlert;
  readonly news: 'fires' | 'fires-on' | 'ends' | 'nothing';
}

function take(known: KnownAlert | undefined, alert: HeardAlert, at: string): Taken {
  const { fingerprint, name } = alert;
  if (alert.status === 'firing') {
    const startsAt = alert.startsAt ?? at;
    if (known === undefined || known.endsAt === null) {
      const since = latest([known?.startsAt ?? null, startsAt]);
      const news = known === undefined ? 'fires' : 'fires-on';
      return { fingerprint, known: { ...FIRING, name, startsAt: since }, news };
    }
    const isLate = msBetween(known.endSeenAt ?? known.endsAt, at) <= LATE_MS;
    if (isLate && !isLater(startsAt, known.endsAt)) return { fingerprint, known, news: 'nothing' };
    return { fingerprint, known: { ...FIRING, name, startsAt }, news: 'fires' };
  }
  const endsAt = alert.endsAt ?? at;
  const ended = { endsAt, endSeenAt: at };
  if (known === undefined) {
    return { fingerprint, known: { name, startsAt: null, ...ended }, news: 'ends' };
  }
  // Heard before, or the end of an earlier firing.
  const isOld =
    known.endsAt !== null || (known.startsAt !== null && isLater(known.startsAt, endsAt));
  if (isOld) return { fingerprint, known, news: 'nothing' };
  return { fingerprint, known: { ...known, ...ended }, news: 'ends' };
}

function fires(
  group: GroupState,
  firing: readonly Taken[],
): { readonly state: GroupState; readonly change: GroupChange } {
  const names = firing.map(({ known }) => known.name);
  const starts = firing.map(({ known }) => known.startsAt);
  const { resolvedAt } = group;
  const wasOpen = group.firingSince !== null && resolvedAt === null;
  const goesOn =
    resolvedAt !== null && starts.every((start) => start !== null && !isLater(start, resolvedAt));
  if (!wasOpen && !goesOn) {
    const state = {
      ...group,
      alertNames: named(names),
      firingSince: earliest(starts),
      repeats: 0,
      resolvedAt: null,
      resolvedSeenAt: null,
    };
    return { state, change: 'opened' };
  }
  const alertNames = named([...group.alertNames, ...names]);
  const state = { ...group, alertNames, resolvedAt: null, resolvedSeenAt: null };
  if (!wasOpen) return { state, change: 'reopened' };
  const isNew = firing.some(({ news }) => news === 'fires');
  return isNew
    ? { state, change: 'grown' }
    : { state: { ...state, repeats: group.repeats + 1 }, change: 'repeated' };
}

function named(names: readonly string[]): readonly string[] {
  return [...new Set(names)].slice(0, MAX_ALERT_NAMES);
}

/** The oldest ends are forgotten first. */
function bounded(alerts: GroupState['alerts']): GroupState['alerts'] {
  const all = Object.entries(alerts);
  if (all.length <= MAX_ALERTS) return alerts;
  const age = ([, { endsAt }]: (typeof all)[number]): number =>
    endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(endsAt);
  return Object.fromEntries(all.toSorted((a, b) => age(b) - age(a)).slice(0, MAX_ALERTS));
}

function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}

function isLater(a: string, b: string): boolean {
  return Date.parse(a) > Date.parse(b);
}

function times(values: readonly (string | null)[]): readonly number[] {
  return values.flatMap((value) => (value === null ? [] : [Date.parse(value)]));
}

function earliest(values: readonly (string | null)[]): string | null {
  const all = times(values);
  return all.length === 0 ? null : new Date(Math.min(...all)).toISOString();
}

function latest(values: readonly (string | null)[]): string | null {
  const all = times(values);
  return all.length === 0 ? null : new Date(Math.max(...all)).toISOString();
}
