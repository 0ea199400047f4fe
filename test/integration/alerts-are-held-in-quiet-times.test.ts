import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { evidence, foundingIncident } from '../support/evidence-builder.ts';
import { type AlertBench, alertOf, groupOf, openAlertBench } from '../support/runs/alert-bench.ts';
import { until } from '../support/runs/run-bench.ts';

let bench: AlertBench;
afterEach(async () => {
  await bench?.close();
});

const DOWN = 'KubeAggregatedAPIDown';
const seconds = (n: number): string =>
  new Date(Date.now() + n * 1_000).toISOString().replace(/\.\d+Z/u, 'Z');
const maintenance = (endsIn: number) => ({
  maintenance: [{ clusters: ['prod'], from: seconds(-60), to: seconds(endsIn), reason: 'upgrade' }],
});

it('stores an alert of a maintenance window, counts it, posts nothing, and opens its thread afterwards', async () => {
  bench = await openAlertBench({ alerts: maintenance(6) });
  bench.runs.startWorker({ waves: 0, clusters: ['prod', 'test'], seen: [foundingIncident()] });
  expect(await bench.post(groupOf([alertOf(DOWN)]))).toMatchObject({ status: 200 });
  await until('held', async () => (await bench.alerts.held('prod')).length === 1);
  await bench.post(groupOf([alertOf(DOWN), alertOf('KubeletDown')]));
  // Another cluster is not held back.
  await bench.post(groupOf([alertOf(DOWN, { labels: { cluster: 'test' } })]));
  await bench.slack.until('the other cluster', () => bench.roots().length === 1);
  expect(bench.thread()[0]).toContain('test: ');
  expect(bench.outcomes.filter((outcome) => outcome === 'held')).toHaveLength(1);

  await bench.slack.until('the thread after the window', () => bench.roots().length === 2);
  const root = bench.roots()[1];
  await bench.slack.until('both alerts', () => bench.thread(root)[0]?.includes('`KubeletDown`'));
  expect(await bench.alerts.held('prod')).toEqual([]);
  const actions: unknown[] = [];
  for await (const entry of bench.runs.audit.entries()) actions.push(entry);
  expect(actions).toContainEqual(
    expect.objectContaining({
      action: 'alert-held',
      cluster: 'prod',
      detail: expect.objectContaining({ why: 'maintenance' }),
    }),
  );
});

it('never posts what is over before the window is', async () => {
  bench = await openAlertBench({ alerts: maintenance(4) });
  bench.runs.startWorker({ waves: 0 });
  await bench.post(groupOf([alertOf(DOWN)]));
  await until('held', async () => (await bench.alerts.held('prod')).length === 1);
  await bench.post(groupOf([alertOf(DOWN, { end: -1 })]));
  expect(await bench.alerts.held('prod')).toEqual([]);

  await sleep(5_000); // past the window: the job that waited for it has found nothing to do
  await until('the job is done', async () => {
    const { delayed = 0, waiting = 0 } = await bench.runs.queues.alerts.getJobCounts();
    return delayed + waiting === 0;
  });
  expect(bench.roots()).toEqual([]);
  expect(await bench.runs.history.recent('prod', 5)).toEqual([]);
});

it('says nothing of causes that are accepted as known, and speaks when another comes', async () => {
  bench = await openAlertBench({
    alerts: {
      knownCauses: [
        {
          cause: 'overlay-port-blocked',
          clusters: ['prod'],
          reason: 'the firewall is being moved',
        },
      ],
    },
  });
  bench.runs.startWorker({
    waves: 0,
    clusters: ['prod', 'test'],
    seen: [foundingIncident(), evidence()],
  });
  await bench.post(groupOf([alertOf(DOWN)]));
  const last = await until('the verdict', () => bench.runs.store.lastVerdict('prod'));
  expect(last.causes).toEqual(['overlay-port-blocked']);
  await until('the run has ended', async () => {
    const counts = await bench.runs.queues.runs('prod').getJobCounts('active', 'waiting');
    return (counts['active'] ?? 0) + (counts['waiting'] ?? 0) === 0;
  });
  await until('all is delivered', async () => {
    const counts = await bench.runs.queues.reports.getJobCounts('active', 'waiting', 'delayed');
    return (counts['active'] ?? 0) + (counts['waiting'] ?? 0) === 0;
  });
  expect(bench.roots()).toEqual([]);

  // Healthy while the alert fires is news.
  const later = { ...alertOf('KubeletDown'), startsAt: new Date().toISOString() };
  await bench.post(groupOf([later], { groupKey: '{}:{b}' }));
  await bench.slack.until('a thread', () => bench.roots().length > 0);
});
