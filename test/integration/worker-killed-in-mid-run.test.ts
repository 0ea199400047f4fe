import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requestRun } from '../../src/runs/request-run.ts';
import { asker, openRunBench, type RunBench, until } from '../support/runs/run-bench.ts';
import { readJournal } from '../support/runs/small-stages.ts';

const RECOVERY_MS = 30_000;
const program = fileURLToPath(new URL('../support/runs/worker-process.ts', import.meta.url));

let bench: RunBench;
const children: ChildProcess[] = [];
beforeEach(async () => {
  bench = await openRunBench();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await bench.close();
});

async function startWorkerProcess(podsMs: number, settleMs: number): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', program, bench.redis.url, bench.journal, String(podsMs), String(settleMs)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`worker ended with ${code}`)));
  });
  return child;
}

const calls = (call: string) => readJournal(bench.journal).filter((entry) => entry.call === call);

it('killed while probe Pods run: the run begins anew after a restart, old Pods removed first', async () => {
  bench.startReports();
  const first = await startWorkerProcess(60_000, 100);
  const { runId } = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
  await until('pods run', () => calls('runPods').length === 1);

  first.kill('SIGKILL');
  const killedAt = Date.now();
  await startWorkerProcess(50, 100);
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
  expect(calls('conclude').every(({ attempt }) => attempt === 2)).toBe(true);
});

it('killed after the verdict: the last words are asked for again, nothing is probed twice', async () => {
  bench.startReports();
  const first = await startWorkerProcess(50, 60_000);
  const { runId } = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
  await until('first verdict', async () => (await bench.store.run(runId))?.report);

  first.kill('SIGKILL');
  await startWorkerProcess(50, 100);
  await until(
    'final report',
    async () => (await bench.store.run(runId))?.report?.final === true,
    RECOVERY_MS,
  );

  expect(calls('settle')).toHaveLength(1);
  expect(calls('runPods')).toHaveLength(1);
  expect(calls('begin')).toHaveLength(1);
});
