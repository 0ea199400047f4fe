import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { type Mutant, mutate } from './mutants/mutate.ts';
import type { Orders } from './mutants/runner.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CAUSES = join(ROOT, 'src/core/causes');
/** So many mutants of each cause, drawn evenly over its file: the same ones every time. */
const PER_CAUSE = 20;
/** A mutant may make a test slow; nothing here waits for anything. */
const PATIENCE_MS = 600_000;

interface Prepared {
  readonly code: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
}

/**
 * `npm run bench -- mutants [mutants per cause]`: changes conditions, stances and lists in every cause, runs the
 * unit tests that name the cause, and prints the share that some test noticed, and what none did.
 */
export async function benchMutants(perCause: number | null): Promise<void> {
  const { code, mutants } = prepare(perCause ?? PER_CAUSE);
  const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-mutants-'));
  const orders: Orders = { mutants, results: join(folder, 'results.jsonl') };
  writeFileSync(orders.results, '');
  writeFileSync(join(folder, 'orders.json'), JSON.stringify(orders));
  const vitest = await startVitest(
    'test',
    [],
    {
      root: ROOT,
      config: false,
      watch: false,
      include: ['test/unit/core/causes/*.test.ts', 'test/unit/core/*-causes.test.ts'],
      runner: join(ROOT, 'scripts/bench/mutants/runner.ts'),
      env: { METRICS_DIAG_MUTANTS: join(folder, 'orders.json') },
      isolate: false,
      maxWorkers: 1,
      testTimeout: PATIENCE_MS,
      reporters: ['dot'],
    },
    {
      plugins: [
        {
          name: 'mutants',
          enforce: 'pre',
          transform: (_code, id) => code.get(id),
        },
      ],
    },
  );
  const failed = vitest.state.getCountOfFailedTests();
  await vitest.close();
  if (failed > 0) throw new Error(`${failed} tests fail without any mutant: nothing was measured`);
  const lines = readFileSync(orders.results, 'utf8').trim().split('\n');
  rmSync(folder, { recursive: true });
  const noted = lines.map((line) => JSON.parse(line) as { id: number; killed: boolean });
  process.stdout.write(`${table(mutants, noted).join('\n')}\n`);
}

function prepare(perCause: number): Prepared {
  const code = new Map<string, string>();
  const mutants: Mutant[] = [];
  let nextId = 1;
  for (const file of readdirSync(CAUSES).toSorted()) {
    const path = join(CAUSES, file);
    const source = readFileSync(path, 'utf8');
    if (file === 'define-cause.ts' || !source.includes('defineCause({')) continue;
    const mutated = mutate(source, file.replace(/\.ts$/, ''), nextId);
    nextId += mutated.mutants.length;
    code.set(path, mutated.code);
    const step = Math.max(1, mutated.mutants.length / perCause);
    mutants.push(
      ...mutated.mutants.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step)),
    );
  }
  return { code, mutants };
}

function table(
  mutants: readonly Mutant[],
  noted: readonly { readonly id: number; readonly killed: boolean }[],
): readonly string[] {
  const killed = new Set(noted.flatMap((one) => (one.killed ? [one.id] : [])));
  const tried = new Set(noted.map(({ id }) => id));
  const share = (own: readonly Mutant[]): string =>
    `${own.length} | ${own.filter(({ id }) => killed.has(id)).length} | ${Math.round((100 * own.filter(({ id }) => killed.has(id)).length) / Math.max(1, own.length))} % | ${own.filter(({ id }) => !tried.has(id)).length}`;
  const causes = [...new Set(mutants.map(({ cause }) => cause))];
  return [
    '| cause | mutants | noticed | share | reached by no test of its own |',
    '| --- | --- | --- | --- | --- |',
    ...causes.map((id) => `| ${id} | ${share(mutants.filter(({ cause }) => cause === id))} |`),
    `| all | ${share(mutants)} |`,
    '',
    ...mutants
      .filter(({ id }) => !killed.has(id))
      .map(
        ({ id, cause, line, what }) =>
          `- ${cause}.ts:${line} ${what}${tried.has(id) ? '' : ' (not reached)'}`,
      ),
  ];
}
