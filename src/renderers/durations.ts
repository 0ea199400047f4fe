const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DURATION =
  /^(?<count>\d{1,5})\s*(?<unit>m|h|d)(?:in|ins|inute|inutes|r|rs|our|ours|ay|ays)?$/iu;

/** `90m`, `6 h`, `2 days` in milliseconds; null for anything else. */
export function readDuration(words: string): number | null {
  const { count, unit } = DURATION.exec(words.trim())?.groups ?? {};
  const unitMs = UNIT_MS[unit?.toLowerCase() ?? ''];
  return count === undefined || unitMs === undefined ? null : Number(count) * unitMs;
}

/** `6 h`, `1 d 12 h`, `1 h 30 min`: rounded down to minutes. */
export function spellDuration(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const parts = [
    [Math.floor(minutes / 1_440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'min'],
  ] as const;
  const said = parts.flatMap(([count, unit]) => (count === 0 ? [] : [`${count} ${unit}`]));
  return said.length === 0 ? '0 min' : said.join(' ');
}
