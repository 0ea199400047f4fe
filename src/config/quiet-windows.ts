import type { AlertsConfig } from './alerts-schema.ts';
import { DAYS, type Day, instantOf, localTime, MINUTES_PER_DAY } from './local-time.ts';

const MINUTE_MS = 60_000;
/** Windows that follow on one another, as quiet hours of seven days do; past this many the last end is given. */
const MAX_CHAINED = 20;

type Windows = Pick<AlertsConfig, 'maintenance' | 'quietHours'>;

/** A time in which alerts of a cluster are held. */
export interface Quiet {
  readonly kind: 'maintenance' | 'quiet-hours';
  /** The reason of a maintenance window. */
  readonly reason: string | null;
  /** ms since 1970: when the last of the windows that follow on one another ends. */
  readonly untilMs: number;
}

/** Whether alerts of a cluster are held at an instant, why, and until when; null where they are not. */
export function quietAt(windows: Windows, cluster: string, atMs: number): Quiet | null {
  const first = windowAt(windows, cluster, atMs);
  let last = first;
  for (let next = last, count = 0; next !== null && count < MAX_CHAINED; count += 1) {
    last = next;
    next = windowAt(windows, cluster, last.untilMs);
  }
  return first === null || last === null ? null : { ...first, untilMs: last.untilMs };
}

function windowAt(
  { maintenance, quietHours }: Windows,
  cluster: string,
  atMs: number,
): Quiet | null {
  const about = ({ clusters }: { readonly clusters?: readonly string[] | undefined }): boolean =>
    clusters === undefined || clusters.includes(cluster);
  for (const { from, to, timeZone, reason } of maintenance.filter(about)) {
    const begins = instantOf(from, timeZone) ?? Number.POSITIVE_INFINITY;
    const ends = instantOf(to, timeZone) ?? Number.NEGATIVE_INFINITY;
    if (begins <= atMs && atMs < ends) return { kind: 'maintenance', reason, untilMs: ends };
  }
  for (const hours of quietHours.filter(about)) {
    const untilMs = endOfHours(hours, atMs);
    if (untilMs !== null) return { kind: 'quiet-hours', reason: null, untilMs };
  }
  return null;
}

function endOfHours(hours: Windows['quietHours'][number], atMs: number): number | null {
  const now = localTime(atMs, hours.timeZone);
  const from = minutesOf(hours.from);
  const to = minutesOf(hours.to);
  const begunToday = hours.days.includes(now.day) && now.minutes >= from;
  const begunYesterday = hours.days.includes(dayBefore(now.day)) && now.minutes < to;
  const isIn = from < to ? begunToday && now.minutes < to : begunToday || begunYesterday;
  if (!isIn) return null;
  const left = (to - now.minutes + MINUTES_PER_DAY) % MINUTES_PER_DAY || MINUTES_PER_DAY;
  const end = atMs + left * MINUTE_MS - now.restMs;
  // Clocks may have changed on the way: then the wall shows another time than `to`.
  const off = localTime(end, hours.timeZone).minutes - to;
  const half = MINUTES_PER_DAY / 2;
  const wrapped = off > half ? off - MINUTES_PER_DAY : off < -half ? off + MINUTES_PER_DAY : off;
  // A time that clocks skip is shown by none: the next minute is looked at again.
  const corrected = end - wrapped * MINUTE_MS;
  return corrected > atMs ? corrected : atMs + MINUTE_MS;
}

function minutesOf(timeOfDay: string): number {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  return hours * 60 + minutes;
}

function dayBefore(day: Day): Day {
  return DAYS[(DAYS.indexOf(day) + DAYS.length - 1) % DAYS.length] ?? day;
}
