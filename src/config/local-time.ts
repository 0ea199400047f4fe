/** Days of the week as the configuration spells them, Monday first. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

export const MINUTES_PER_DAY = 24 * 60;
const MINUTE_MS = 60_000;

/** A clock on a wall somewhere. */
export interface LocalTime {
  readonly day: Day;
  /** Since midnight. */
  readonly minutes: number;
  /** Seconds and less, in ms. */
  readonly restMs: number;
  /** What the wall shows, read as if it were UTC. */
  readonly asUtcMs: number;
}

/** Whether Intl knows a time zone. */
export function isTimeZone(value: string): boolean {
  try {
    clockOf(value);
    return true;
  } catch {
    return false; // a RangeError: no such zone
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making one costs much more than using it. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(timeZone, clock);
  return clock;
}

/** What clocks show in a time zone at an instant (ms since 1970). */
export function localTime(atMs: number, timeZone: string): LocalTime {
  const parts = clockOf(timeZone).formatToParts(atMs);
  const part = (wanted: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find(({ type }) => type === wanted)?.value ?? 0);
  const date = Date.UTC(part('year'), part('month') - 1, part('day'));
  const minutes = part('hour') * 60 + part('minute');
  const restMs = part('second') * 1_000 + (((atMs % 1_000) + 1_000) % 1_000);
  // getUTCDay counts from Sunday.
  const day = DAYS[(new Date(date).getUTCDay() + 6) % 7] ?? 'mon';
  return { day, minutes, restMs, asUtcMs: date + minutes * MINUTE_MS + restMs };
}

const MOMENT =
  /^(?<date>\d{4}-\d\d-\d\d)[T ](?<time>\d\d:\d\d(?::\d\d)?)(?<offset>Z|[+-]\d\d:\d\d)?$/u;

/**
 * The instant of `2026-12-01T22:00` in a time zone, or with an offset of its own; null where it is no such text. A
 * time that clocks skip is the instant as long after the skip; of one that they show twice, either.
 */
export function instantOf(written: string, timeZone: string): number | null {
  const { date, time, offset } = MOMENT.exec(written)?.groups ?? {};
  const wall = Date.parse(`${date}T${time}${offset ?? 'Z'}`);
  if (Number.isNaN(wall)) return null;
  if (offset !== undefined) return wall;
  const shift = (atMs: number): number => localTime(atMs, timeZone).asUtcMs - atMs;
  // The offset of the first guess may be of the other side of a change of clocks: once more from there.
  return wall - shift(wall - shift(wall));
}
