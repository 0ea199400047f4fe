import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';

const FOLDER = new URL('../../docs/measurements/', import.meta.url);

/** The results of one bench so far, one JSON line each. */
export interface Measurements<T extends object> {
  readonly rows: () => readonly T[];
  /** Keeps a result, with when and on what it was measured, and prints it. */
  add(row: T): void;
}

/** Opens `docs/measurements/NAME.jsonl`. */
export function measurements<T extends object>(name: string): Measurements<T> {
  const file = new URL(`${name}.jsonl`, FOLDER);
  return {
    rows: () =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as T)
        : [],
    add(row) {
      mkdirSync(FOLDER, { recursive: true });
      const line = JSON.stringify({
        ...row,
        at: new Date().toISOString(),
        node: process.version,
        cores: cpus().length,
        kernel: release(),
        load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
      });
      appendFileSync(file, `${line}\n`);
      process.stdout.write(`${line}\n`);
    },
  };
}

/** The value below which `share` of the values lie (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
