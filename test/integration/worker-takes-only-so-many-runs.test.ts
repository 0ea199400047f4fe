import { afterEach, beforeEach, expect, it } from 'vitest';
import { requestRun } from '../../src/runs/request-run.ts';
import { asker, openRunBench, type RunBench, until } from '../support/runs/run-bench.ts';
import { readJournal } from '../support/runs/small-stages.ts';

const CLUSTERS = ['prod', 'staging', 'vault'];

let bench: RunBench;
beforeEach(async () => {
  bench = await openRunBench();
});
afterEach(() => bench.close());

async function askForAll(): Promise<readonly string[]> {
  const asked = await Promise.all(
    CLUSTERS.map((cluster) => requestRun(bench.deps, { cluster, trigger: asker('U1', 'C1') })),
  );
  return asked.map(({ runId }) => runId);
}

async function untilVerdicts(runIds: readonly string[]): Promise<void> {
  for (const runId of runIds)
    await until('a verdict', async () => (await bench.store.run(runId))?.report);
}

/** Most runs at once between their beginning and their first verdict. */
function mostAtOnce(): number {
  const under = new Set<string>();
  let most = 0;
  for (const { call, runId = '', final } of readJournal(bench.journal)) {
    if (call === 'begin') under.add(runId);
    if (call === 'conclude' && final === false) under.delete(runId);
    most = Math.max(most, under.size);
  }
  return most;
}

it('runs one after another at a limit of one, and tells those who wait', async () => {
  bench.startReports();
  bench.startWorker({ clusters: CLUSTERS, maxRuns: 1, beginMs: 400 });
  const runIds = await askForAll();
  await untilVerdicts(runIds);

  expect(mostAtOnce()).toBe(1);
  const told = bench.events.flatMap((event) =>
    event.kind === 'progress' && JSON.stringify(event.checklist).includes('limit of 1')
      ? [event.runId]
      : [],
  );
  expect(new Set(told).size).toBe(2);
  expect(told).toHaveLength(2);
});

it('runs all of them together where there is room', async () => {
  bench.startReports();
  bench.startWorker({ clusters: CLUSTERS, maxRuns: 3, beginMs: 1_500 });
  await untilVerdicts(await askForAll());

  expect(mostAtOnce()).toBe(3);
});

it('gives the slot of a run that failed to the next', async () => {
  bench.startReports();
  bench.startWorker({ clusters: CLUSTERS, maxRuns: 1, failBegin: new Error('boom') });
  for (const runId of await askForAll())
    await until('a failure', async () => (await bench.store.run(runId))?.failed);
});
