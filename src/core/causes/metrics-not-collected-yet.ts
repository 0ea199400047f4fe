import { valueOr } from '../evidence/observed.ts';
import { scrapeComplaints } from '../evidence/scrape-complaints.ts';
import type { PodObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { flagValue } from '../fixes/metrics-server-flags.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';

/** What metrics-server says of itself while it waits for its second scrape (0.4: the first, 0.5 and later the second). */
const NOTHING_YET =
  /no metrics to serve|no metrics to store|needs at least 2 scrapes to serve metrics|no metrics known for (?:pod|node)/;
/** `--metric-resolution` where no flag is given. */
const DEFAULT_RESOLUTION_S = 60;
/** From the Pod's creation to the first scrape: image there, container started, caches filled. */
const START_MS = 30_000;
const SECOND_MS = 1_000;

/**
 * metrics-server has only just started: usage needs two points in time, and the second is still to come.
 *
 * Signature: every live metrics-server pod is younger than two resolutions and its start, runs, has not ended, and
 * complains of no scrape. Never confirmed: a fault that is only about to show looks the same, and waiting settles it.
 */
export const metricsNotCollectedYet = defineCause({
  id: 'metrics-not-collected-yet',
  title: 'metrics-server has only just started',
  needs: ['providerPods', 'takenAt'],
  wants: ['providerLogs', 'nodes', 'nodeMetrics'],
  infer(facts): Judgement {
    const live = facts.providerPods.filter(({ deleting }) => !deleting);
    const [first] = live;
    const now = Date.parse(facts.takenAt);
    const young = live.every((pod) => isStarting(pod, now));
    if (first === undefined || !young)
      return { kind: 'ruled-out', because: 'metrics-server has run for more than two scrapes' };
    const logs = valueOr(facts.providerLogs, []);
    const nodes = valueOr(facts.nodes, []);
    const seen = {
      logs,
      nodes,
      takenAt: { state: 'known', value: facts.takenAt, source: '' },
    } as const;
    if (scrapeComplaints(seen).length > 0)
      return { kind: 'ruled-out', because: 'metrics-server complains of its scrapes' };
    const words = logs
      .flatMap(({ previous, lines }) => (previous ? [] : lines))
      .findLast((line) => NOTHING_YET.test(line));
    const reported = facts.nodeMetrics.state === 'known' ? facts.nodeMetrics.value : null;
    const lacking = nodes
      .map(({ name }) => name)
      .filter((name) => reported?.includes(name) !== true);
    const waiting = live.every(({ ready }) => !ready);
    const age = Math.round((now - Date.parse(first.createdAt ?? '')) / SECOND_MS);
    return {
      kind: 'suspected',
      headline: `metrics-server started ${age} s ago and has not scraped twice yet: nothing is broken so far.`,
      where: { nodes: [], from: [], to: [], layer: null, direction: null },
      because: [
        {
          text: `${list(live.map(({ name }) => name))}: ${age} s old, running, scrapes every ${resolutionSeconds(first)} s`,
          evidence: 'snapshot.providerPods',
        },
        ...(words === undefined
          ? []
          : [{ text: NOTHING_YET.exec(words)?.[0] ?? '', evidence: 'snapshot.providerLogs' }]),
      ],
      explains: waiting
        ? metricsApiDown()
        : [...lacking.map((name) => `node-metrics:${name}`), 'hpa:*'],
      fixes: [waitFix(first)],
      settle: `Run the diagnosis again in ${2 * resolutionSeconds(first)} s: if numbers are still missing it is another fault.`,
    };
  },
  fromWords: spokenBy('metrics-not-collected-yet', () => [waitFix(null)]),
});

/** Runs, has not ended, and is too young for two scrapes. */
function isStarting(pod: PodObject, now: number): boolean {
  const limit = START_MS + 2 * resolutionSeconds(pod) * SECOND_MS;
  return (
    now - Date.parse(pod.createdAt ?? '') < limit &&
    pod.statuses.length > 0 &&
    pod.statuses.every(({ state, restarts }) => state === 'running' && restarts === 0)
  );
}

function resolutionSeconds({ containers }: PodObject): number {
  const given = flagValue(
    containers.flatMap(({ args }) => args),
    'metric-resolution',
  );
  const [, amount, unit] = /^(\d{1,6})(ms|s|m)$/.exec(given ?? '') ?? [];
  if (amount === undefined) return DEFAULT_RESOLUTION_S;
  const factor = unit === 'm' ? DEFAULT_RESOLUTION_S : unit === 's' ? 1 : 1 / SECOND_MS;
  return Math.max(1, Math.round(Number(amount) * factor));
}

function waitFix(pod: PodObject | null): Fix {
  const seconds = 2 * (pod === null ? DEFAULT_RESOLUTION_S : resolutionSeconds(pod));
  return {
    title: 'Wait for two scrapes',
    where: ['cluster'],
    variants: [{ tool: 'kubectl', commands: [`sleep ${seconds}; kubectl top nodes`] }],
    risk: 'none',
    undo: ['nothing to undo'],
    verify: ['kubectl top nodes'],
    notes: [
      'A second replica (values of the chart, PodDisruptionBudget) keeps numbers there during a rollout.',
    ],
  };
}
