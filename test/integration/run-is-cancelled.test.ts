import { afterEach, beforeEach, expect, it } from 'vitest';
import { cancelRun } from '../../src/runs/cancel-run.ts';
import { requestRun } from '../../src/runs/request-run.ts';
import { asker, openRunBench, type RunBench, until } from '../support/runs/run-bench.ts';
import { readJournal } from '../support/runs/small-stages.ts';

let bench: RunBench;
beforeEach(async () => {
  bench = await openRunBench();
  bench.startReports();
});
afterEach(() => bench.close());

const LIN = { user: 'U0LIN', userName: 'lin', at: '2026-11-22T14:03:00.000Z' };
const request = () => requestRun(bench.deps, { cluster: 'prod', trigger: asker('U0LIN', 'C0OPS') });
const calls = (runId: string) =>
  readJournal(bench.journal)
    .filter((entry) => entry.runId === runId)
    .map(({ call }) => call);

it('stops while its probes run: no verdict, Pods removed, and a new run may begin at once', async () => {
  bench.startWorker({ podsMs: 1_500, waves: 2 });
  const { runId } = await request();
  await until('Pods of the first wave', () => calls(runId).includes('runPods'));

  expect(await cancelRun(bench.deps, { runId, cluster: 'prod' }, LIN)).toBe('cancelled');
  const next = await request();
  expect(next.joined).toBe(false);
  const run = await until('the worker to stop', async () => {
    const state = await bench.store.run(runId);
    return state?.stopped !== null && state;
  });

  expect(run).toMatchObject({ stopped: 'removed', cancelled: LIN, report: null, failed: null });
  expect(calls(runId)).not.toContain('conclude');
  expect(calls(runId).filter((call) => call === 'runPods')).toHaveLength(1);
  expect(calls(runId).at(-1)).toBe('cleanUp');
  const job = await bench.queues.runs('prod').getJob(runId);
  await until('the job to end', async () => (await job?.getState()) === 'completed');
  await until('the next verdict', async () => (await bench.store.run(next.runId))?.report);
});

it('that nobody has taken ends when a worker comes, and touches nothing', async () => {
  const { runId } = await request();
  expect(await cancelRun(bench.deps, { runId, cluster: 'prod' }, LIN)).toBe('cancelled');
  bench.startWorker();
  await until('the worker to stop', async () => (await bench.store.run(runId))?.stopped);

  expect((await bench.store.run(runId))?.stopped).toBe('none');
  expect(calls(runId)).toEqual([]);
});

it('counts the first to cancel, and leaves a run with a verdict as it is', async () => {
  const { runId } = await request();
  const run = { runId, cluster: 'prod' };
  const both = await Promise.all([
    cancelRun(bench.deps, run, LIN),
    cancelRun(bench.deps, run, { ...LIN, user: 'U0MAYA', userName: 'maya' }),
  ]);
  expect(both.toSorted()).toEqual(['cancelled', 'cancelled-before']);

  bench.startWorker();
  const { runId: second } = await request();
  await until('a verdict', async () => (await bench.store.run(second))?.report);
  expect(await cancelRun(bench.deps, { runId: second, cluster: 'prod' }, LIN)).toBe('ended');
  expect((await bench.store.run(second))?.cancelled).toBeNull();
  expect(await cancelRun(bench.deps, { runId: 'r0', cluster: 'prod' }, LIN)).toBe('unknown');
});

it('drops a verdict that was on its way when somebody cancelled', async () => {
  const { runId } = await request();
  await cancelRun(bench.deps, { runId, cluster: 'prod' }, LIN);
  const report = { verdict: 'healthy', headline: 'x', takenAt: LIN.at } as never;
  const event = { kind: 'verdict', runId, cluster: 'prod', seq: 7, report } as const;
  const job = await bench.queues.reports.add('verdict', event);
  await until('the event to be taken', async () => (await job.getState()) === 'completed');

  expect((await bench.store.run(runId))?.report).toBeNull();
  expect(await bench.store.lastVerdict('prod')).toBeNull();
});

it('keeps the last fifty runs of a cluster, newest first', async () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 14, minute)).toISOString();
  for (let minute = 0; minute < 55; minute += 1) {
    await bench.history.note('prod', { runId: `r${minute}`, requestedAt: at(minute) });
  }
  await bench.history.note('prod', { runId: 'r54', requestedAt: at(54) });
  const kept = await bench.history.recent('prod', 100);

  expect(kept).toHaveLength(50);
  expect(kept.slice(0, 2)).toEqual(['r54', 'r53']);
  expect(await bench.history.recent('staging', 10)).toEqual([]);
});
