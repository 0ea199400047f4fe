import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { requestRun } from '../../src/runs/request-run.ts';
import { bundleProgram } from '../support/bundle-program.ts';
import { asker, openRunBench, type RunBench, until } from '../support/runs/run-bench.ts';
import { type JournalEntry, readJournal } from '../support/runs/small-stages.ts';

const RECOVERY_MS = 30_000;
let program: string;

interface Scene extends RunBench {
  startWorkerProcess(podsMs: number, settleMs: number): Promise<ChildProcess>;
  calls(call: string): readonly JournalEntry[];
}

beforeAll(async () => {
  program = await bundleProgram(
    fileURLToPath(new URL('../support/runs/worker-process.ts', import.meta.url)),
  );
});

/** The tests wait for dead locks most of the time: they do it side by side, each on a Redis of its own. */
const test = it.extend<{ scene: Scene }>({
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the fixture's needs from this pattern
  scene: async ({}, use) => {
    const bench = await openRunBench();
    const children: ChildProcess[] = [];
    await use({
      ...bench,
      startWorkerProcess: (podsMs, settleMs) =>
        startWorkerProcess(bench, children, [podsMs, settleMs]),
      calls: (call) => readJournal(bench.journal).filter((entry) => entry.call === call),
    });
    for (const child of children) child.kill('SIGKILL');
    await bench.close();
  },
});

async function startWorkerProcess(
  bench: RunBench,
  children: ChildProcess[],
  times: readonly [podsMs: number, settleMs: number],
): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    [program, bench.redis.url, bench.journal, ...times.map(String)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`worker ended with ${code}`)));
  });
  return child;
}

test.concurrent('killed while probe Pods run: the run begins anew after a restart, old Pods removed first', async ({
  scene: bench,
}) => {
  bench.startReports();
  const first = await bench.startWorkerProcess(60_000, 100);
  const { runId } = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
  await until('pods run', () => bench.calls('runPods').length === 1);

  first.kill('SIGKILL');
  const killedAt = Date.now();
  await bench.startWorkerProcess(50, 100);
  const report = await until(
    'final report',
    async () => {
      const run = await bench.store.run(runId);
      return run?.report?.final === true ? run.report : null;
    },
    RECOVERY_MS,
  );

  expect(Date.now() - killedAt).toBeLessThan(RECOVERY_MS);
  expect(report.headline).toBe('3 pods in attempt 2');
  const journal = readJournal(bench.journal);
  const cleaned = journal.findIndex((e) => e.call === 'cleanUp' && e.attempt === 2);
  const begun = journal.findIndex((e) => e.call === 'begin' && e.attempt === 2);
  expect(cleaned).toBeGreaterThan(-1);
  expect(cleaned).toBeLessThan(begun);
  expect(bench.events.filter(({ kind }) => kind === 'failed')).toEqual([]);
  expect(bench.calls('conclude').every(({ attempt }) => attempt === 2)).toBe(true);
});

test.concurrent('killed after the verdict: the last words are asked for again, nothing is probed twice', async ({
  scene: bench,
}) => {
  bench.startReports();
  const first = await bench.startWorkerProcess(50, 60_000);
  const { runId } = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
  await until('first verdict', async () => (await bench.store.run(runId))?.report);

  first.kill('SIGKILL');
  await bench.startWorkerProcess(50, 100);
  await until(
    'final report',
    async () => (await bench.store.run(runId))?.report?.final === true,
    RECOVERY_MS,
  );

  expect(bench.calls('settle')).toHaveLength(1);
  expect(bench.calls('runPods')).toHaveLength(1);
  expect(bench.calls('begin')).toHaveLength(1);
});
