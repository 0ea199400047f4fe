import type { Facts } from '../evidence/facts.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import type { Impact } from './report.ts';
import { blindHpas, nodesWithoutMetrics, type Symptom, serviceOf } from './symptoms.ts';
import { count, list } from './words.ts';

/** Who is hurt, with numbers. */
export function impactOf(facts: Facts, symptoms: readonly Symptom[]): Impact {
  const views = facts.apiServers.state === 'known' ? facts.apiServers.value : [];
  const cannot = views.filter((view) => serviceOf(view, facts).state === 'cannot');
  const serving = views.filter((view) => serviceOf(view, facts).state === 'serves').length;
  const hurtHpas = new Set(symptoms.map(({ id }) => id).filter((id) => id.startsWith('hpa:')));
  const hpas = blindHpas(facts).filter((h) => hurtHpas.has(`hpa:${h.namespace}/${h.name}`));
  const nodes = nodesWithoutMetrics(facts);
  return {
    sentences: [
      ...apiSentences(
        cannot.map(({ name }) => name),
        views.length,
      ),
      ...stillSentences(cannot),
      ...hpaSentences(hpas.map(({ scalingActive }) => scalingActive?.lastTransitionTime ?? null)),
      ...nodeSentences(nodes, facts),
    ],
    apiServersServing: serving,
    apiServersTotal: views.length,
    hpasBlind: hpas.map(({ namespace, name, scalingActive, currentReplicas }) => ({
      namespace,
      name,
      since: scalingActive?.lastTransitionTime ?? null,
      currentReplicas,
    })),
    nodesWithoutMetrics: nodes,
  };
}

/** Said when an answer of 200 must not be trusted: it came over a connection that was open before the fault. */
function stillSentences(cannot: readonly ApiServerView[]): readonly string[] {
  const still = cannot.filter(
    ({ metricsApi }) => metricsApi.state === 'known' && metricsApi.value.outcome === 'ok',
  );
  if (still.length === 0) return [];
  const names = list(still.map(({ name }) => name));
  return [
    `${names} still ${still.length === 1 ? 'answers' : 'answer'} 200 over connections that are open since before; new ones fail, so that ends when they close.`,
  ];
}

function apiSentences(cannot: readonly string[], total: number): readonly string[] {
  if (cannot.length === 0) return [];
  if (cannot.length === total) {
    return [
      total === 1
        ? `The API server cannot serve the Metrics API; kubectl top fails every time.`
        : `None of the ${total} API servers can serve the Metrics API; kubectl top fails every time.`,
    ];
  }
  return [
    `${cannot.length} of ${total} API servers (${list(cannot)}) cannot serve the Metrics API.`,
    `Behind a load balancer kubectl top fails ${times(cannot.length, total)}.`,
  ];
}

const SMALL_NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven'] as const;

function times(part: number, total: number): string {
  const word = (n: number): string => SMALL_NUMBERS[n] ?? String(n);
  return `${word(part)} ${part === 1 ? 'time' : 'times'} out of ${word(total)}`;
}

function hpaSentences(since: readonly (string | null)[]): readonly string[] {
  if (since.length === 0) return [];
  const first = since.filter((at) => at !== null).toSorted()[0];
  const from = first === undefined ? '' : ` since ${clock(first)}`;
  return [`${count(since.length, 'HPA')} cannot scale on CPU or memory${from}.`];
}

/** `2026-11-22T14:02:00Z` as `14:02 UTC`. */
export function clock(iso: string): string {
  const match = /T(\d{2}:\d{2})/.exec(iso);
  return match?.[1] === undefined ? iso : `${match[1]} UTC`;
}

function nodeSentences(nodes: readonly string[], facts: Facts): readonly string[] {
  if (nodes.length === 0 || facts.nodes.state === 'missing') return [];
  return [
    `${nodes.length} of ${count(facts.nodes.value.length, 'node')} ${nodes.length === 1 ? 'has' : 'have'} no metrics: ${list(nodes)}.`,
  ];
}
