import { expect, it } from 'vitest';
import { pathKey } from '../../../src/probes/only-paths.ts';
import { canVerify } from '../../../src/renderers/slack-verify.ts';
import { compareRuns, failingPaths } from '../../../src/runs/verify.ts';
import { type ScenarioName, scenario } from '../../sim/scenarios.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';

async function verify(before: ScenarioName, now: ScenarioName) {
  const { final: first } = await diagnoseModel(scenario(before));
  const only = failingPaths(first);
  const second = await diagnoseModel(scenario(now), { runId: 'run-2', only });
  return { first, only, second, change: compareRuns(first, second.final) };
}

it('tries again just what failed, and sees that it works', async () => {
  const { first, only, second, change } = await verify('founding-incident', 'healthy');

  expect(canVerify(first)).toBe(true);
  expect(only.paths.length).toBeGreaterThan(10);
  const tried = second.final.reach.filter(({ outcome }) => outcome !== 'missing');
  expect(new Set(tried.map(({ id }) => pathKey(id)))).toEqual(new Set(only.paths));
  expect(second.evidence.probes.bursts).toEqual([]);
  expect(change).toMatchObject({ mended: 'all', nodesWithoutMetrics: { now: 0 } });
  expect(change.apiServers.map(({ name, now }) => [name, now])).toEqual([
    ['prod02', 'ok'],
    ['prod03', 'ok'],
  ]);
  expect(change.pairs.map(({ from, to }) => `${from}>${to}`).toSorted()).toEqual([
    'prod01>prod02',
    'prod01>prod03',
    'prod02>prod01',
    'prod03>prod01',
  ]);
  expect(change.pairs.every(({ failedBefore, worksNow }) => failedBefore === worksNow)).toBe(true);
});

it('sees that nothing is mended', async () => {
  const { change } = await verify('founding-incident', 'founding-incident');

  expect(change.mended).toBe('none');
  expect(change.pairs.flatMap(({ failsNow }) => failsNow)).toContain('tcp timeout');
  expect(change.pairs.every(({ worksNow, notTried }) => worksNow + notTried === 0)).toBe(true);
});

it('sees that something is mended and something is not', async () => {
  const { change } = await verify('founding-incident', 'overlay-dropped-between-two-nodes');

  expect(change.mended).toBe('some');
});

it('asks the API servers alone where no path failed', async () => {
  const { first, only, second, change } = await verify('metrics-server-crashing', 'healthy');

  expect(first.verdict).toBe('broken');
  expect(change.apiServers).toHaveLength(3);
  expect(change.mended).toBe('all');
  expect(second.final.reach.length).toBe(only.paths.length);
});

it('has nothing to verify where all is well', async () => {
  const { final } = await diagnoseModel(scenario('healthy'));

  expect(canVerify(final)).toBe(false);
});
