import { appendFileSync, readFileSync } from 'node:fs';
import { type RunnerTestCase, TestRunner } from 'vitest';
import type { Mutant } from './mutate.ts';

/** What the bench hands over: the mutants to try, and the file that takes those that a test noticed. */
export interface Orders {
  readonly mutants: readonly Mutant[];
  readonly results: string;
}

declare global {
  /** Asked by the mutated sources: is this mutant switched on? */
  var __mutant: (id: number) => boolean;
}

let reached = new Set<number>();
let active: number | null = null;
globalThis.__mutant = (id) => {
  reached.add(id);
  return id === active;
};

const ORDERS = 'METRICS_DIAG_MUTANTS';
const sources = new Map<string, string>();

/**
 * Runs each test as it is, and then once more for every mutant that it came by and that no test has noticed yet:
 * one process, one import of the program for all of them. Vitest takes a runner as a default export.
 */
export default class MutantRunner extends TestRunner {
  readonly #orders = JSON.parse(readFileSync(process.env[ORDERS] ?? '', 'utf8')) as Orders;
  readonly #left = new Map(this.#orders.mutants.map((mutant) => [mutant.id, mutant]));

  async runTask(test: RunnerTestCase): Promise<void> {
    const run = TestRunner.getTestFn(test);
    reached = new Set();
    await run();
    const own = reached;
    reached = new Set();
    for (const id of own) {
      const mutant = this.#left.get(id);
      if (mutant === undefined || !mentions(test.file.filepath, mutant.cause)) continue;
      active = id;
      const killed = await fails(run);
      active = null;
      this.#note({ id, killed });
      if (killed) this.#left.delete(id);
    }
  }

  #note(line: { readonly id: number; readonly killed: boolean }): void {
    appendFileSync(this.#orders.results, `${JSON.stringify(line)}\n`);
  }
}

async function fails(run: () => unknown): Promise<boolean> {
  try {
    await run();
    return false;
  } catch {
    return true;
  }
}

/** A cause's own unit tests are those in files that name it. */
function mentions(path: string, cause: string): boolean {
  const source = sources.get(path) ?? readFileSync(path, 'utf8');
  sources.set(path, source);
  return source.includes(cause);
}
