import type { Facts } from '../evidence/facts.ts';
import { serviceOf } from './symptoms.ts';
import { count, list } from './words.ts';

/** A condition younger than this was written by the last quarrel between API servers, not hours ago. */
const YOUNG_CONDITION_MS = 30_000;
const SECOND_MS = 1_000;

/**
 * Whether the APIService's condition can be trusted. All API servers write the one shared condition, so a healthy
 * one overwrites what the others report within milliseconds: it reads True while most requests fail.
 */
export function conditionSentence(facts: Facts): readonly string[] {
  if (facts.apiService.state === 'missing' || facts.apiService.value === null) return [];
  if (facts.apiServers.state === 'missing') return [];
  const looks = facts.apiServiceLooks.state === 'known' ? facts.apiServiceLooks.value : [];
  const condition = looks.at(-1) ?? facts.apiService.value.available;
  if (condition === null) return [];
  const states = facts.apiServers.value.map((view) => ({
    name: view.name,
    ...serviceOf(view, facts),
  }));
  const cannot = states.filter(({ state }) => state === 'cannot').map(({ name }) => name);
  const serving = states.filter(({ state }) => state === 'serves').map(({ name }) => name);
  if (cannot.length === 0) return [];
  if (condition.status !== 'True') {
    const quarrel =
      serving.length > 0
        ? ` ${list(serving)} would say otherwise: it depends on who wrote last.`
        : '';
    return [`The APIService shows Available=${condition.status} (${condition.reason}).${quarrel}`];
  }
  const details = quarrelDetails(facts, looks);
  const who =
    serving.length > 0
      ? `the API server on ${list(serving)} overwrites what the ${cannot.length === 1 ? 'other reports' : `other ${cannot.length} report`}`
      : 'its check does not verify TLS, uses open connections and reacts up to 35 s late';
  return [
    `The APIService shows Available=True. Do not trust it here: ${who}${details === '' ? '' : ` (${details})`}.`,
  ];
}

function quarrelDetails(
  { takenAt }: Facts,
  looks: Extract<Facts['apiServiceLooks'], { state: 'known' }>['value'],
): string {
  const last = looks.at(-1);
  if (last === undefined) return '';
  const now =
    Date.parse(last.at) || (takenAt.state === 'known' ? Date.parse(takenAt.value) : Number.NaN);
  const age = now - Date.parse(last.lastTransitionTime ?? '');
  const young =
    age >= 0 && age < YOUNG_CONDITION_MS
      ? [`the condition is ${Math.round(age / SECOND_MS)} s old`]
      : [];
  const versions = new Set(looks.map(({ resourceVersion }) => resourceVersion)).size;
  const spanMs = Date.parse(last.at) - Date.parse(looks[0]?.at ?? '');
  const written =
    versions > 1 && spanMs > 0
      ? [
          `written at least ${count(versions - 1, 'time')} in ${Math.max(1, Math.round(spanMs / SECOND_MS))} s`,
        ]
      : [];
  return [...young, ...written].join(', ');
}
