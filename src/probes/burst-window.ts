import type { CounterName, CounterSeries } from './plan.ts';

/** A time span by one node's clock, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One burst's window with the quiet time on its sides. */
export interface BurstWindow {
  readonly burst: Span;
  readonly before: Span;
  readonly after: Span;
}

/** Increase of one counter in the window above its background; null where the noise is too large for the burst. */
export interface Increase {
  readonly packets: number | null;
  readonly backgroundPps: number;
  /** Three standard deviations of the background in the window. */
  readonly noisePackets: number;
}

/** A sample is taken every 50 ms: the first packets of a burst may show up to so much before, the last so much after. */
export const EDGE_MS = 60;
const SIGMAS = 3;
/** Causes read up to a tenth as "none" and from a half on as "all" (core/evidence/burst-stage.ts): more noise than this decides nothing. */
const MAX_NOISE_SHARE = 0.25;
/** Less quiet time than this gives no background. */
const MIN_QUIET_MS = 120;

/**
 * The window of a burst and its quiet sides, which end where another burst begins.
 *
 * @param others - the other bursts on the same counter, by the same clock
 * @param quietMs - no side is longer than this
 */
export function windowOf(burst: Span, others: readonly Span[], quietMs: number): BurstWindow {
  const endBefore = Math.max(
    burst.from - quietMs,
    ...others.map(({ to }) => to).filter((to) => to <= burst.from),
  );
  const startAfter = Math.min(
    burst.to + quietMs,
    ...others.map(({ from }) => from).filter((from) => from >= burst.to),
  );
  return {
    burst: { from: burst.from - EDGE_MS, to: burst.to + EDGE_MS },
    before: { from: endBefore + EDGE_MS, to: burst.from - EDGE_MS },
    after: { from: burst.to + EDGE_MS, to: startAfter - EDGE_MS },
  };
}

/** What a counter did in the window, minus what it does beside it. Null where the counter does not exist. */
export function increaseOf(
  series: CounterSeries,
  name: CounterName,
  window: BurstWindow,
  sent: number,
): Increase | null {
  const values = series.values[name];
  if (values === null) return null;
  const quiet = [window.before, window.after].flatMap((span) => {
    const inside = clip(span, series);
    return inside === null
      ? []
      : [{ ms: inside.to - inside.from, packets: moved(series.at, values, inside) }];
  });
  const quietMs = quiet.reduce((total, { ms }) => total + ms, 0);
  if (quietMs < MIN_QUIET_MS || !isCovered(window.burst, series)) return null;
  const windowMs = window.burst.to - window.burst.from;
  const perMs = quiet.reduce((total, { packets }) => total + packets, 0) / quietMs;
  const expected = perMs * windowMs;
  const noisePackets = SIGMAS * Math.max(Math.sqrt(expected), unevenness(quiet, perMs) * windowMs);
  const packets = moved(series.at, values, window.burst) - expected;
  // Fewer than the background alone: what was taken for it was something else.
  const isNoise = noisePackets > sent * MAX_NOISE_SHARE || packets < -noisePackets;
  return {
    packets: isNoise ? null : Math.max(0, Math.round(packets)),
    backgroundPps: Math.round(perMs * 1_000),
    noisePackets,
  };
}

/** How much the two quiet sides differ beyond chance, as packets per millisecond: half of it is the error of their mean. */
function unevenness(
  quiet: readonly { readonly ms: number; readonly packets: number }[],
  perMs: number,
): number {
  const [first, second] = quiet;
  if (first === undefined || second === undefined) return 0;
  const difference = Math.abs(first.packets / first.ms - second.packets / second.ms);
  const chance = Math.sqrt(perMs / first.ms + perMs / second.ms);
  return Math.max(0, difference - SIGMAS * chance) / 2;
}

/** Increase of a cumulative counter over a span, interpolated between samples. */
export function moved(at: readonly number[], values: readonly number[], span: Span): number {
  return valueAt(at, values, span.to) - valueAt(at, values, span.from);
}

function valueAt(at: readonly number[], values: readonly number[], time: number): number {
  const next = at.findIndex((sampleAt) => sampleAt >= time);
  if (next < 0) return values.at(-1) ?? 0;
  if (next === 0) return values[0] ?? 0;
  const [t0, t1] = [at[next - 1] ?? 0, at[next] ?? 0];
  const [v0, v1] = [values[next - 1] ?? 0, values[next] ?? 0];
  return t1 === t0 ? v1 : v0 + ((v1 - v0) * (time - t0)) / (t1 - t0);
}

function clip(span: Span, series: CounterSeries): Span | null {
  const from = Math.max(span.from, series.at[0] ?? Number.POSITIVE_INFINITY);
  const to = Math.min(span.to, series.at.at(-1) ?? Number.NEGATIVE_INFINITY);
  return to > from ? { from, to } : null;
}

function isCovered(span: Span, series: CounterSeries): boolean {
  return (
    (series.at[0] ?? Number.POSITIVE_INFINITY) <= span.from && (series.at.at(-1) ?? 0) >= span.to
  );
}
