import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { known, valueOr } from '../../../src/core/evidence/observed.ts';
import type { ApiServerView } from '../../../src/core/evidence/snapshot.ts';
import type { ChecklistItem } from '../../../src/core/report/report.ts';
import { createProgress } from '../../../src/runs/progress-checklist.ts';
import { evidence } from '../../support/evidence-builder.ts';

const { snapshot } = evidence();
const views = valueOr(snapshot.apiServers, []);
const target = { runId: 'r1', cluster: 'prod', attempt: 1 };

function watch() {
  const told: (readonly ChecklistItem[])[] = [];
  const progress = createProgress(target, (checklist) => void told.push(checklist), 0);
  const line = (id: ChecklistItem['id']) => told.at(-1)?.find((item) => item.id === id);
  return { told, progress, line };
}

/** The second server said nothing so far. */
const waiting = views.map(
  (view, index): ApiServerView =>
    index === 1 && view.metricsApi.state === 'known'
      ? {
          ...view,
          metricsApi: known(
            { ...view.metricsApi.value, outcome: 'no-answer', status: null, settled: false },
            '',
          ),
        }
      : view,
);

it('tells the first finding as soon as an API server has answered', async () => {
  const { progress, line } = watch();
  progress.apiServers(waiting);
  await sleep(5);
  await progress.end();

  expect(line('api-servers')).toMatchObject({ state: 'running' });
  expect(line('api-servers')?.text).toMatch(/2 of 3 serve metrics\.k8s\.io so far.*no answer yet/);
  expect(line('paths')?.state).toBe('pending');
});

it("then uses the report's own lines, with the probes still to come", async () => {
  const { progress, line } = watch();
  progress.snapshot(snapshot, true);
  await progress.end();

  expect(line('chain')).toMatchObject({ state: 'done' });
  expect(line('paths')).toEqual({
    id: 'paths',
    state: 'running',
    text: 'Paths: probe Pods start on 3 nodes',
  });
});

it('says that nodes pull the image, beside what is known by then', async () => {
  const { progress, line } = watch();
  progress.pulling(snapshot, ['prod02']);
  await progress.end();

  expect(line('chain')).toMatchObject({ state: 'done' });
  expect(line('paths')?.text).toBe('Paths: 1 node pulls the probe image for the first time');
});

it('keeps quiet while nobody has answered', async () => {
  const { told, progress } = watch();
  progress.apiServers(
    waiting.map((view) => ({ ...view, metricsApi: waiting[1]?.metricsApi ?? view.metricsApi })),
  );
  await sleep(5);
  await progress.end();

  expect(told).toEqual([]);
});

it('gathers answers that come together, tells nothing after the end, and survives a listener that fails', async () => {
  const { told, progress } = watch();
  progress.apiServers(waiting);
  progress.apiServers(views);
  await sleep(5);
  await progress.end();
  progress.apiServers(waiting);
  await sleep(5);
  expect(told).toHaveLength(1);
  expect(told[0]?.[0]?.text).toContain('3 of 3');

  const failing = createProgress(target, () => Promise.reject(new Error('queue is away')), 0);
  failing.apiServers(views);
  await sleep(5);
  await expect(failing.end()).resolves.toBeUndefined();
});
