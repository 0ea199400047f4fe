import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { type AlertBench, alertOf, groupOf, openAlertBench } from '../support/runs/alert-bench.ts';
import { until } from '../support/runs/run-bench.ts';
import { readJournal } from '../support/runs/small-stages.ts';

let bench: AlertBench | null = null;
afterEach(async () => {
  await bench?.close();
});

const CLUSTERS = Array.from({ length: 20 }, (_, index) => `c${index}`);
const channelOf = (cluster: string): string => `C0${cluster.toUpperCase()}ALERTS`;
const GROUPS = [
  'KubeAggregatedAPIDown',
  'KubeAggregatedAPIErrors',
  'KubeletDown',
  'MetricsServerDown',
  'HpaWithoutMetrics',
];
const ALERTS_PER_GROUP = 5;

it('500 alerts over 20 clusters: one run of a cluster at a time, one root for each group, nothing lost', async () => {
  const storm = await openAlertBench({
    clusters: CLUSTERS,
    channels: CLUSTERS.map(channelOf),
    alerts: {
      channelByCluster: Object.fromEntries(CLUSTERS.map((name) => [name, channelOf(name)])),
    },
  });
  bench = storm;
  storm.runs.startWorker({ waves: 0, clusters: CLUSTERS, beginMs: 200 });
  const notifications = CLUSTERS.flatMap((cluster) =>
    GROUPS.map((name) =>
      groupOf(
        Array.from({ length: ALERTS_PER_GROUP }, (_, index) =>
          alertOf(name, { labels: { cluster, instance: `i${index}` } }),
        ),
        { groupKey: `{}:{alertname="${name}", cluster="${cluster}"}` },
      ),
    ),
  );
  let refused = 0;
  /** As Alertmanager does: a 503 is sent again, later each time. */
  const deliver = async (body: unknown): Promise<void> => {
    for (let wait = 100; ; wait *= 2) {
      const { status } = await storm.post(body);
      if (status === 200) return;
      expect(status).toBe(503);
      refused += 1;
      await sleep(wait);
    }
  };
  await Promise.all(notifications.map(deliver));

  expect(storm.outcomes.filter((outcome) => outcome === 'opened')).toHaveLength(100);
  expect(storm.outcomes.filter((outcome) => outcome === 'overload')).toHaveLength(refused);
  const roots = () => CLUSTERS.map((cluster) => storm.slack.roots(channelOf(cluster)));
  await storm.slack.until(
    'all roots',
    () => roots().every((each) => each.length >= GROUPS.length),
    110_000,
  );
  expect(roots().map((each) => each.length)).toEqual(CLUSTERS.map(() => GROUPS.length));

  const begun = readJournal(storm.runs.journal);
  const clusterOf = new Map<string, string>();
  for (const { runId } of begun) {
    const run = runId === undefined ? null : await storm.runs.store.run(runId);
    if (runId !== undefined && run !== null) clusterOf.set(runId, run.cluster);
  }
  // A run is under way from its beginning to its first verdict.
  const underWay = new Set<string>();
  for (const { call, runId = '', final } of begun) {
    const cluster = clusterOf.get(runId) ?? '';
    if (call === 'begin') {
      expect(underWay.has(cluster)).toBe(false);
      underWay.add(cluster);
    }
    if (call === 'conclude' && final === false) underWay.delete(cluster);
  }
  const runs = begun.filter(({ call }) => call === 'begin').length;
  expect(new Set(clusterOf.values()).size).toBe(CLUSTERS.length);
  // Groups that come after the verdict share it: far fewer runs than groups.
  expect(runs).toBeLessThanOrEqual(2 * CLUSTERS.length);
  await until('no group is left to look after', async () => {
    const counts = await storm.runs.queues.alerts.getJobCounts('waiting', 'active', 'failed');
    return Object.values(counts).every((count) => count === 0);
  });
});
