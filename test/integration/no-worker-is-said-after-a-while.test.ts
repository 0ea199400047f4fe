import { afterEach, beforeEach, expect, it } from 'vitest';
import { requestRun } from '../../src/runs/request-run.ts';
import { asker, openRunBench, type RunBench, until } from '../support/runs/run-bench.ts';

let bench: RunBench;
beforeEach(async () => {
  bench = await openRunBench();
});
afterEach(() => bench.close());

it('marks a run that no worker takes, with when one was last seen, and clears it when one does', async () => {
  bench.startReports();
  await bench.store.workerSeen('prod', '2026-11-22T13:00:00.000Z');

  const { runId } = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });

  const waiting = await until('mark', async () => (await bench.store.run(runId))?.noWorker);
  expect(waiting).toEqual({ lastSeen: '2026-11-22T13:00:00.000Z' });
  bench.startWorker();
  const done = await until('verdict', async () => {
    const run = await bench.store.run(runId);
    return run?.report === null ? null : run;
  });
  expect(done.noWorker).toBeNull();
  expect(await bench.store.workerLastSeen('prod')).not.toBe('2026-11-22T13:00:00.000Z');
});

it('says nothing when a worker took the run in time', async () => {
  bench.startReports();
  bench.startWorker();
  const { runId } = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
  await until('verdict', async () => (await bench.store.run(runId))?.report);
  await until('check is over', async () => {
    const job = await bench.queues.reports.getJob(`${runId}-no-worker-check`);
    return (await job?.isCompleted()) === true;
  });

  expect((await bench.store.run(runId))?.noWorker).toBeNull();
  expect(bench.events.some(({ kind }) => kind === 'no-worker-check')).toBe(false);
});
