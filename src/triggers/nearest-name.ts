/** A typing mistake changes a third of the letters at most; beyond that a guess misleads. */
const MAX_CHANGED_SHARE = 1 / 3;
/** Longer input is no name. */
const MAX_LENGTH = 63;

/**
 * The name that was probably meant: one that begins like it, or the one with the fewest letters changed.
 *
 * @returns null when none is near
 */
export function nearestName(wanted: string, names: readonly string[]): string | null {
  const typed = wanted.toLowerCase();
  if (typed === '' || typed.length > MAX_LENGTH) return null;
  const ranked = names
    .map((name) => ({ name, changes: name.startsWith(typed) ? 0 : distance(typed, name) }))
    .toSorted((a, b) => a.changes - b.changes || a.name.localeCompare(b.name));
  const [best] = ranked;
  if (best === undefined) return null;
  const allowed = Math.max(
    1,
    Math.floor(Math.max(typed.length, best.name.length) * MAX_CHANGED_SHARE),
  );
  return best.changes <= allowed ? best.name : null;
}

/** Letters to add, drop, change or swap with a neighbour (optimal string alignment distance). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      const above = rows[i - 1] ?? [];
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          (above[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (above[j - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (rows[i - 2]?.[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
