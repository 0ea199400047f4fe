import { afterEach, beforeEach, expect, it } from 'vitest';
import { requestRun } from '../../src/runs/request-run.ts';
import { asker, openRunBench, type RunBench, until } from '../support/runs/run-bench.ts';
import { readJournal } from '../support/runs/small-stages.ts';

let bench: RunBench;
beforeEach(async () => {
  bench = await openRunBench();
});
afterEach(() => bench.close());

it('goes through two waves to a verdict and a final report, events in order', async () => {
  bench.startReports();
  bench.startWorker({ waves: 2, settleMs: 300 });

  const { runId, joined } = await requestRun(bench.deps, {
    cluster: 'prod',
    trigger: asker('U1', 'C1'),
  });

  expect(joined).toBe(false);
  await until(
    'both reports shown',
    () => bench.events.filter(({ kind }) => kind === 'verdict').length === 2,
  );
  const run = await until('final report', () => bench.store.run(runId));
  expect(run.report?.final).toBe(true);
  expect(run.report?.headline).toBe('6 pods in attempt 1');
  expect(run.startedAt).not.toBeNull();
  const seqs = bench.events.map(({ seq }) => seq).filter((seq) => seq > 0);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  expect(await bench.store.lastVerdict('prod')).toMatchObject({ runId, verdict: 'broken' });
  expect(readJournal(bench.journal).filter(({ call }) => call === 'runPods')).toHaveLength(2);
  expect(readJournal(bench.journal).some(({ call }) => call === 'cleanUp')).toBe(true);
});

it('starts a new run after the verdict while the old one still waits for last words', async () => {
  bench.startReports();
  bench.startWorker({ settleMs: 2_000 });
  const first = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
  await until('first verdict', async () => (await bench.store.run(first.runId))?.report);

  const second = await until('a run of its own', async () => {
    const asked = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
    return asked.joined ? null : asked;
  });

  expect(second.runId).not.toBe(first.runId);
  await until('second verdict', async () => (await bench.store.run(second.runId))?.report);
  const old = await until('final words of the first', async () => {
    const state = await bench.store.run(first.runId);
    return state?.report?.final === true ? state : null;
  });
  expect(old.report?.runId).toBe(first.runId);
});

it('says in one sentence why a run could not begin', async () => {
  bench.startReports();
  bench.startWorker({ failBegin: new Error('boom') });
  const { runId } = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });

  const failed = await until('failure', async () => (await bench.store.run(runId))?.failed);

  expect(failed).toContain(runId);
  expect(failed).not.toContain('boom');
  // The next one is not held up by the one that failed.
  const next = await until('next', async () => {
    const asked = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
    return asked.joined ? null : asked;
  });
  expect(next.runId).not.toBe(runId);
});

it('hands a run that waits for last words to the next worker when it stops', async () => {
  bench.startReports();
  const first = bench.startWorker({ settleMs: 60_000 });
  const { runId } = await requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') });
  await until('verdict', async () => (await bench.store.run(runId))?.report);

  const stoppedAt = Date.now();
  await first.close();
  // It does not wait for the last words.
  expect(Date.now() - stoppedAt).toBeLessThan(30_000);
  bench.startWorker({ settleMs: 100 });

  await until('final report', async () => (await bench.store.run(runId))?.report?.final === true);
  const calls = readJournal(bench.journal).map(({ call }) => call);
  expect(calls.filter((call) => call === 'begin')).toHaveLength(1);
  expect(calls.filter((call) => call === 'settle')).toHaveLength(1);
});
