/** Names shown before the rest becomes a number. */
const SHOWN_NAMES = 5;

/** `a`, `a and b`, `a, b and c`; long lists end in a number: `a, b, c, d, e and 995 more`. */
export function list(items: readonly string[]): string {
  const sorted = [...items];
  if (sorted.length > SHOWN_NAMES) {
    return `${sorted.slice(0, SHOWN_NAMES).join(', ')} and ${sorted.length - SHOWN_NAMES} more`;
  }
  if (sorted.length < 2) return sorted.join('');
  return `${sorted.slice(0, -1).join(', ')} and ${sorted.at(-1) ?? ''}`;
}

/** `1 node`, `3 nodes`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}

/** `38 ms`, `4.0 s`. */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
