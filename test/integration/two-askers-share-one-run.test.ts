import { afterEach, beforeEach, expect, it } from 'vitest';
import { requestRun } from '../../src/runs/request-run.ts';
import { asker, openRunBench, type RunBench, until } from '../support/runs/run-bench.ts';
import { readJournal } from '../support/runs/small-stages.ts';

let bench: RunBench;
beforeEach(async () => {
  bench = await openRunBench();
});
afterEach(() => bench.close());

it('gives simultaneous askers one run, and each channel one subscription', async () => {
  const asked = await Promise.all([
    requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') }),
    requestRun(bench.deps, { cluster: 'prod', trigger: asker('U2', 'C1') }),
    requestRun(bench.deps, { cluster: 'prod', trigger: asker('U3', 'C2') }),
  ]);

  expect(new Set(asked.map(({ runId }) => runId)).size).toBe(1);
  expect(asked.filter(({ joined }) => !joined)).toHaveLength(1);
  expect(asked.filter(({ added }) => added)).toHaveLength(2);
  const runId = asked[0]?.runId ?? '';
  const channels = (await bench.store.subscriptions(runId)).map(({ channel }) => channel);
  expect(channels.toSorted()).toEqual(['C1', 'C2']);

  bench.startReports();
  bench.startWorker();
  await until('verdict', async () => (await bench.store.run(runId))?.report);
  expect(readJournal(bench.journal).filter(({ call }) => call === 'begin')).toHaveLength(1);
});

it('keeps runs of different clusters apart', async () => {
  const [a, b] = await Promise.all([
    requestRun(bench.deps, { cluster: 'prod', trigger: asker('U1', 'C1') }),
    requestRun(bench.deps, { cluster: 'test', trigger: asker('U1', 'C1') }),
  ]);

  expect(a?.runId).not.toBe(b?.runId);
  expect(b?.joined).toBe(false);
});
