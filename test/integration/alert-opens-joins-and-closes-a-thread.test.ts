import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkChain } from '../../src/runs/audit-log.ts';
import { requestRun } from '../../src/runs/request-run.ts';
import { evidence, foundingIncident } from '../support/evidence-builder.ts';
import {
  type AlertBench,
  alertOf,
  groupOf,
  openAlertBench,
  WEBHOOK_TOKEN,
} from '../support/runs/alert-bench.ts';
import { asker, until } from '../support/runs/run-bench.ts';

let bench: AlertBench;
beforeEach(async () => {
  bench = await openAlertBench();
}, 60_000);
afterEach(async () => {
  await bench?.close();
});

const DOWN = 'KubeAggregatedAPIDown';
const firing = (labels: Record<string, string> = {}) => groupOf([alertOf(DOWN, { labels })]);
const resolved = (labels: Record<string, string> = {}) =>
  groupOf([alertOf(DOWN, { labels, end: -1 })]);
/** Runs that were begun. */
const runIds = async () => {
  const counts = await Promise.all(
    ['prod', 'test'].map((cluster) => bench.runs.history.recent(cluster, 50)),
  );
  return counts.flat();
};
const rootSays = (words: string) =>
  bench.slack.until(words, () => bench.thread()[0]?.includes(words));

it('opens a thread, joins repeats, adds new alerts, and closes with a last check and the times', async () => {
  bench.runs.startWorker({ waves: 0, seen: [foundingIncident(), evidence()] });
  expect(await bench.post(firing())).toMatchObject({ status: 200 });
  await rootSays('Metrics API broken');
  expect(await bench.post(firing())).toMatchObject({
    status: 200,
    text: expect.stringContaining('joined the thread'),
  });
  await bench.post(groupOf([alertOf(DOWN), alertOf('KubeletDown', { since: -2 })]));
  await rootSays('`KubeletDown`');
  expect(bench.roots()).toHaveLength(1);
  expect(await runIds()).toHaveLength(1);

  const endsAt = new Date().toISOString();
  const both = [alertOf(DOWN, { end: 0 }), alertOf('KubeletDown', { since: -2, end: 0 })].map(
    (alert) => ({ ...alert, endsAt }),
  );
  expect(await bench.post(groupOf(both))).toMatchObject({ status: 200 });
  await bench.slack.until('the closing reply', () =>
    bench.thread().find((text) => text.includes('this thread is closed')),
  );

  const [root = '', ...replies] = bench.thread();
  expect(root).toContain('✅ Resolved');
  expect(root).toMatch(/\d min after it fired. The verdict came \d min after the alert/u);
  expect(root).toMatch(/Last check, run `r[0-9a-f]+`: 🟢 Metrics API healthy/u);
  const closing = replies.filter((text) => text.includes('this thread is closed'));
  expect(closing).toHaveLength(1);
  expect(closing[0]).toMatch(/alert \d\d:\d\d UTC → verdict .* → resolved \d\d:\d\d UTC/u);
  expect(bench.roots()).toHaveLength(1);
  expect(await runIds()).toHaveLength(2);
  expect(bench.slack.complaints).toEqual([]);
  expect(bench.outcomes).toEqual(['opened', 'repeated', 'grown', 'resolved']);
  const check = await checkChain(bench.runs.audit.entries());
  expect(check).toMatchObject({ intact: true, entries: 2 });
});

it('says in the closing reply that the last check finds the API still broken', async () => {
  bench.runs.startWorker({ waves: 0, seen: [foundingIncident(), foundingIncident()] });
  await bench.post(firing());
  await rootSays('Metrics API broken');
  await bench.post(resolved());

  await bench.slack.until('the closing reply', () =>
    bench.thread().find((text) => text.includes('still not well')),
  );
});

it('does not take a run that began before the end for the last check', async () => {
  bench.runs.startWorker({
    waves: 0,
    beginMs: 1_500,
    seen: [foundingIncident(), evidence()],
  });
  await bench.post(firing());
  await until('the run', async () => (await runIds()).length === 1);
  // The first run is under way: the check joins it, and is made again when it has ended.
  await bench.post(resolved());

  await bench.slack.until('the closing reply', () =>
    bench.thread().find((text) => text.includes('this thread is closed')),
  );
  expect(await runIds()).toHaveLength(2);
  expect(bench.roots()).toHaveLength(1);
});

it('fires again after resolved: a thread of its own, and the old one keeps its end', async () => {
  bench.runs.startWorker({ waves: 0, seen: [foundingIncident(), evidence(), foundingIncident()] });
  await bench.post(firing());
  await rootSays('Metrics API broken');
  await bench.post(resolved());
  await rootSays('✅ Resolved');
  await bench.slack.until(
    'closed',
    () => bench.thread().length > 1 && bench.thread()[0]?.includes('Last check, run'),
  );

  await bench.post(groupOf([{ ...alertOf(DOWN), startsAt: new Date().toISOString() }]));
  const second = await bench.slack.until('another thread', () => bench.roots()[1]);
  await bench.slack.until('its verdict', () => bench.thread(second)[0]?.includes('broken'));
  expect(bench.thread(second)[0]).not.toContain('Resolved');
  expect(bench.thread()[0]).toContain('✅ Resolved');
});

it('takes the doubles of an HA pair at the same moment as one', async () => {
  bench.runs.startWorker({ waves: 0 });
  const answers = await Promise.all(Array.from({ length: 8 }, () => bench.post(firing())));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  await rootSays('broken');
  const ends = await Promise.all(Array.from({ length: 8 }, () => bench.post(resolved())));
  expect(ends.map(({ status }) => status)).toEqual(Array(8).fill(200));
  await bench.slack.until('closed', () => bench.thread()[0]?.includes('Last check, run'));

  expect(bench.outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(1);
  expect(bench.outcomes.filter((outcome) => outcome === 'resolved')).toHaveLength(1);
  expect(bench.roots()).toHaveLength(1);
  expect(await runIds()).toHaveLength(2);
});

it('opens nothing for a firing that arrives after its end', async () => {
  await bench.post(resolved());
  await bench.post(firing());

  expect(bench.outcomes).toEqual(['stale', 'stale']);
  expect(await bench.runs.queues.alerts.getJobCountByTypes('waiting', 'active')).toBe(0);
  expect(await runIds()).toEqual([]);
});

it('opens the thread again for an alert that a cut list did not show, and says so', async () => {
  bench.runs.startWorker({ waves: 0 });
  await bench.post(groupOf([alertOf(DOWN)], { truncatedAlerts: 2 }));
  await rootSays('2 more alerts of the group were cut off');
  await bench.post(groupOf([alertOf(DOWN, { end: -1 })], { truncatedAlerts: 2 }));
  await bench.slack.until('closed', () =>
    bench.thread().find((text) => text.includes('still not well')),
  );
  await bench.post(groupOf([alertOf('KubeletDown', { since: -4 })]));

  await bench.slack.until('the closing reply is taken back', () =>
    bench.thread().find((text) => text.includes('the alert fires again')),
  );
  expect(bench.thread()[0]).not.toContain('Resolved');
  expect(bench.roots()).toHaveLength(1);
});

it('opens no second thread after a crash between asking for the run and noting it', async () => {
  bench.runs.startWorker({ waves: 0 });
  await bench.post(firing());
  await rootSays('broken');
  const [runId = ''] = await runIds();
  const [follower] = await bench.runs.store.subscriptions(runId);
  const hash = follower?.trigger.kind === 'alert' ? follower.trigger.groupKeyHash : '';
  const group = await until('noted', () => bench.alerts.ofThread(hash, runId));
  await bench.alerts.save({ ...group, runId: null, due: { kind: 'open', runId: 'r0crashed' } });
  await bench.runs.queues.alerts.add('settle', { groupKeyHash: hash });

  await until('noted again', () => bench.alerts.ofThread(hash, runId));
  expect(await runIds()).toEqual([runId]);
  expect(bench.roots()).toHaveLength(1);
});

it('joins the run that a person asked for, in a thread of its own', async () => {
  const asked = await requestRun(bench.runs.deps, {
    cluster: 'prod',
    trigger: asker('U0LIN', 'C0PLATFORM'),
  });
  await bench.post(firing({ cluster: 'production' }));

  await until('two followers', async () => {
    const followers = await bench.runs.store.subscriptions(asked.runId);
    return followers.length === 2;
  });
  expect(await runIds()).toEqual([asked.runId]);
});

it('keeps the clusters of one group apart', async () => {
  bench.runs.startWorker({ waves: 0, clusters: ['prod', 'test'] });
  const alerts = [alertOf(DOWN), alertOf(DOWN, { labels: { cluster: 'test' } })];
  expect(await bench.post(groupOf(alerts))).toMatchObject({ status: 200 });

  await bench.slack.until('two threads', () => bench.roots().length === 2);
  // The end in one of them closes that one alone.
  await bench.post(groupOf([alertOf(DOWN, { end: -1, labels: { cluster: 'test' } })]));
  await bench.slack.until('one is resolved', () =>
    bench.roots().some((root) => bench.thread(root)[0]?.includes('Resolved')),
  );
  const ends = bench.roots().filter((root) => bench.thread(root)[0]?.includes('Resolved'));
  expect(ends).toHaveLength(1);
});

it('takes what Grafana sends, by POST and PUT', async () => {
  bench.runs.startWorker({ waves: 0, seen: [foundingIncident(), evidence()] });
  const alert = { ...alertOf(DOWN), values: { B: 1 }, silenceURL: 'https://g/x', panelURL: '' };
  const body = groupOf([alert], {
    orgId: 1,
    version: '1',
    title: '[FIRING:1] KubeAggregatedAPIDown',
    state: 'alerting',
    message: '**Firing**',
  });
  const path = '/webhooks/grafana';
  expect(await bench.post(body, { path })).toMatchObject({ status: 200 });
  await rootSays('Metrics API broken');
  expect(await bench.post(body, { path, method: 'PUT' })).toMatchObject({ status: 200 });
  const end = { ...body, alerts: [{ ...alertOf(DOWN, { end: -1 }), values: null }] };
  expect(await bench.post(end, { path })).toMatchObject({ status: 200 });

  await bench.slack.until('closed', () =>
    bench.thread().find((text) => text.includes('this thread is closed')),
  );
  expect(bench.outcomes).toEqual(['opened', 'repeated', 'resolved']);
});

it.each([
  ['no token', {}, { headers: { authorization: '' } }, 401, 'Authorization: Bearer'],
  ['a wrong token', {}, { headers: { authorization: 'Bearer nearly-right' } }, 401, 'Bearer'],
  ['no JSON', 'groupKey=1', {}, 400, 'not JSON'],
  ['another format', { alerts: 'yes' }, {}, 422, 'alerts'],
  ['an unknown cluster', firing({ cluster: 'mars' }), {}, 422, 'label "cluster"'],
  ['a body above 1 MiB', ' '.repeat(1024 * 1024 + 1), {}, 413, '1 MiB'],
  ['another method', '', { method: 'PUT' }, 405, 'POST'],
  ['Alertmanager at Grafana', firing(), { path: '/webhooks/grafana' }, 422, '/webhooks/alertm'],
  [
    'old dashboard alerts of Grafana',
    { ruleName: 'x', state: 'alerting', evalMatches: [] },
    { path: '/webhooks/grafana' },
    422,
    'Grafana Alerting',
  ],
] as const)('refuses %s with words that help', async (_name, body, how, status, words) => {
  const answer = await bench.post(body, how);

  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect(answer.text).not.toContain(WEBHOOK_TOKEN);
});

it('answers 503, which Alertmanager retries, while Redis is away', async () => {
  await bench.runs.redis.stop();

  expect(await bench.post(firing())).toMatchObject({ status: 503 });
});

it('does not act on alerts that no rule names, and says so', async () => {
  const answer = await bench.post(groupOf([alertOf('CPUThrottlingHigh')]));

  expect(answer).toMatchObject({ status: 200, text: expect.stringContaining('Acknowledged') });
  expect(bench.outcomes).toEqual(['ignored']);
  expect(await runIds()).toEqual([]);
});
