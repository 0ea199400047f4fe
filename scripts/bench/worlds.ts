import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Mark } from '../../test/support/worlds/mark-world.ts';
import { type Score, scoreOf } from '../../test/support/worlds/score.ts';
import { measurements } from './measurements.ts';

/** How many worlds of each kind, where nobody says. */
const WORLDS = 10_000;
const ROOT = new URL('../../', import.meta.url);
const PART = new URL('./worlds-part.mjs', import.meta.url);
const LANES = Number(process.env['BENCH_LANES'] ?? availableParallelism());
/** Seeds per child process: what an interruption loses at most, per lane. */
const PART_SEEDS = 50;

type Kind = Mark['kind'];
interface Part {
  readonly kind: Kind;
  readonly from: number;
  readonly to: number;
}

/**
 * `npm run bench -- worlds [N]`: the program on N drawn worlds with faults and N healthy ones, seeds 1 to N. Each
 * world's mark goes to `.cache/worlds/` at once, in a file for this very state of program and model: an interrupted
 * bench goes on, and one with changed rules begins anew.
 */
export async function benchWorlds(worlds: number | null): Promise<void> {
  const wanted = worlds ?? WORLDS;
  const file = workingFile();
  const known = readMarks(file);
  const done = new Set(known.map(({ kind, seed }) => `${kind} ${seed}`));
  const parts = partsOf(wanted).filter(({ kind, from, to }) =>
    Array.from({ length: to - from }, (_, i) => `${kind} ${from + i}`).some(
      (key) => !done.has(key),
    ),
  );
  process.stdout.write(`${parts.length} parts of ${PART_SEEDS} worlds to do, ${LANES} lanes\n`);
  const startedAt = performance.now();
  const total = parts.length;
  const keep = (mark: Mark): void => {
    if (done.has(`${mark.kind} ${mark.seed}`)) return;
    done.add(`${mark.kind} ${mark.seed}`);
    appendFileSync(file, `${JSON.stringify(mark)}\n`);
  };
  const lane = async (): Promise<void> => {
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      await runPart(part, keep);
      const minutes = (performance.now() - startedAt) / 60_000;
      const did = total - parts.length;
      process.stdout.write(
        `${did} of ${total} parts begun, ${minutes.toFixed(1)} min, about ${((minutes / did) * parts.length).toFixed(0)} min left\n`,
      );
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const score = scoreOf(readMarks(file).filter(({ seed }) => seed <= wanted));
  measurements<Score>('worlds').add(score);
}

/** Healthy and faulty ones side by side, so that an interrupted bench has some of both. */
function partsOf(wanted: number): Part[] {
  const parts: Part[] = [];
  for (let from = 1; from <= wanted; from += PART_SEEDS) {
    const to = Math.min(wanted + 1, from + PART_SEEDS);
    parts.push({ kind: 'faulty', from, to }, { kind: 'healthy', from, to });
  }
  return parts;
}

function runPart({ kind, from, to }: Part, keep: (mark: Mark) => void): Promise<void> {
  const child: ChildProcess = fork(PART, [kind, String(from), String(to)]);
  child.on('message', (mark) => keep(mark as Mark));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`a part of the worlds ended with ${code}: ${kind} ${from}-${to}`)),
    );
  });
}

function readMarks(file: string): readonly Mark[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Mark);
}

/** Named by all that decides a mark. */
function workingFile(): string {
  const hash = createHash('sha256');
  for (const folder of [
    'src/core',
    'src/snapshot',
    'src/probes',
    'src/runs',
    'test/sim',
    'test/support',
  ]) {
    const names = readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter((each) => each.endsWith('.ts')).toSorted()) {
      hash.update(name).update(readFileSync(new URL(`${folder}/${name}`, ROOT)));
    }
  }
  const folder = new URL('.cache/worlds/', ROOT);
  mkdirSync(folder, { recursive: true });
  return fileURLToPath(new URL(`${hash.digest('hex').slice(0, 12)}.jsonl`, folder));
}
