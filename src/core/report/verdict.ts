import type { Diagnosis } from '../engine.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Facts } from '../evidence/facts.ts';
import { outcomeOf, works } from '../evidence/paths.ts';
import type { Impact, Report } from './report.ts';
import { type Symptom, serviceOf } from './symptoms.ts';
import { count, duration, list } from './words.ts';

/** What the verdict is drawn from. */
export interface VerdictInput {
  readonly evidence: Evidence;
  readonly facts: Facts;
  readonly symptoms: readonly Symptom[];
  readonly diagnosis: Diagnosis;
  readonly impact: Impact;
}

/** The verdict and its one sentence. */
export function verdictOf(input: VerdictInput): Pick<Report, 'verdict' | 'headline'> {
  const { facts, symptoms, diagnosis } = input;
  const apiDown = symptoms.filter(({ id }) => id.startsWith('api-server:'));
  const blind = blindSpot(facts);
  const first = diagnosis.causes[0];
  if (first !== undefined) {
    const explainsApi = apiDown.some(({ id }) => diagnosis.explained.has(id));
    const verdict = explainsApi
      ? 'broken'
      : apiDown.length > 0 || blind !== null
        ? 'inconclusive'
        : 'degraded';
    return { verdict, headline: causeHeadline(diagnosis) };
  }
  if (symptoms.length > 0) {
    return { verdict: 'inconclusive', headline: unexplainedHeadline(input, apiDown) };
  }
  if (blind !== null) return { verdict: 'inconclusive', headline: blind };
  return { verdict: 'healthy', headline: healthyHeadline(input) };
}

function causeHeadline({ causes }: Diagnosis): string {
  const [first, second] = causes;
  if (first === undefined) return '';
  const lead = first.verdict === 'suspected' ? `Probably: ${first.headline}` : first.headline;
  const alsoConfirmed = second?.verdict === 'confirmed' ? ` Also: ${second.headline}` : '';
  return `${lead}${alsoConfirmed}`;
}

/** Why "healthy" cannot be said although nothing was seen broken; null when it can. */
function blindSpot(facts: Facts): string | null {
  if (facts.apiServers.state === 'missing') {
    return `The API servers could not be asked: ${facts.apiServers.detail}.`;
  }
  const views = facts.apiServers.value;
  if (views.length === 0) return 'No API server was found, so none was asked.';
  const serving = views.filter((view) => serviceOf(view, facts).state === 'serves');
  const unasked = views.filter(
    (view) => serviceOf(view, facts).state === 'unknown' && !reachesProvider(view.name, facts),
  );
  if (serving.length > 0 && unasked.length === 0) return null;
  const reasons = unasked.map((view) => {
    const service = serviceOf(view, facts);
    return service.state === 'unknown' ? `${view.name}: ${service.because}` : view.name;
  });
  const served = `${serving.length} of ${count(views.length, 'API server')} ${serving.length === 1 ? 'serves' : 'serve'} the Metrics API`;
  return `${served}; no answer of its own was had from ${list(reasons)}.`;
}

/** A probe on that node reached a provider pod: its API server's path is known to be open. */
function reachesProvider(node: string, facts: Facts): boolean {
  if (facts.reach.state === 'missing') return false;
  return facts.reach.value.some(
    (r) =>
      r.from.kind === 'node' &&
      r.from.node === node &&
      r.to.kind === 'provider' &&
      (r.check === 'tls' || r.check === 'https') &&
      works(r),
  );
}

/** No last word yet, and nothing else is known against them: say that, not that they cannot serve. */
function awaitedHeadline(
  { facts, evidence }: VerdictInput,
  apiDown: readonly Symptom[],
): string | null {
  if (evidence.final || facts.apiServers.state === 'missing') return null;
  const names = apiDown.map(({ id }) => id.slice('api-server:'.length));
  const awaited = facts.apiServers.value.filter(
    ({ name, metricsApi }) =>
      names.includes(name) &&
      metricsApi.state === 'known' &&
      metricsApi.value.outcome === 'no-answer' &&
      !metricsApi.value.settled,
  );
  if (awaited.length === 0 || awaited.length < names.length) return null;
  const waited = Math.max(
    ...awaited.map(({ metricsApi }) => (metricsApi.state === 'known' ? metricsApi.value.ms : 0)),
  );
  const have = names.length === 1 ? 'has' : 'have';
  return `${names.length} of ${count(facts.apiServers.value.length, 'API server')} (${list(names)}) ${have} not answered within ${duration(waited)}; the last word is awaited for up to 45 s.`;
}

function unexplainedHeadline(input: VerdictInput, apiDown: readonly Symptom[]): string {
  const { facts, impact } = input;
  const unprobed = facts.reach.state === 'missing' ? facts.reach.detail : null;
  const why =
    unprobed === null
      ? 'and no cause fits what was seen.'
      : `and the network was not tested (${unprobed}).`;
  const awaited = unprobed === null ? awaitedHeadline(input, apiDown) : null;
  if (awaited !== null) return awaited;
  if (apiDown.length > 0) {
    const total = impact.apiServersTotal;
    const names = apiDown.map(({ id }) => id.slice('api-server:'.length));
    return `${apiDown.length} of ${count(total, 'API server')} (${list(names)}) cannot serve the Metrics API, ${why}`;
  }
  const nodes = impact.nodesWithoutMetrics;
  if (nodes.length > 0) {
    const has = nodes.length === 1 ? 'has' : 'have';
    return `${count(nodes.length, 'node')} (${list(nodes)}) ${has} no metrics, ${why}`;
  }
  return `Every API server asked serves the Metrics API, but something is not as it should be, ${why}`;
}

function healthyHeadline({ facts, evidence }: VerdictInput): string {
  const parts = [];
  const views = facts.apiServers.state === 'known' ? facts.apiServers.value : [];
  const serving = views.filter((view) => serviceOf(view, facts).state === 'serves');
  const slowest = Math.max(
    ...serving.map(({ metricsApi }) => (metricsApi.state === 'known' ? metricsApi.value.ms : 0)),
  );
  parts.push(
    `${serving.length} of ${count(views.length, 'API server')} ${serving.length === 1 ? 'answers' : 'answer'} in ${duration(slowest)} or less`,
  );
  if (facts.nodes.state === 'known' && facts.nodeMetrics.state === 'known') {
    const total = facts.nodes.value.length;
    const all = new Set(facts.nodes.value.map(({ name }) => name));
    const reported = facts.nodeMetrics.value.filter((name) => all.has(name)).length;
    const away = facts.nodes.value
      .filter(({ ready }) => !(ready.state === 'known' && ready.value))
      .map(({ name }) => name);
    const words = away.length === 0 ? '' : ` (not Ready: ${list(away)})`;
    parts.push(`${reported} of ${count(total, 'node')} report metrics${words}`);
  }
  const tried = evidence.probes.reach.filter((r) => outcomeOf(r) !== null);
  if (tried.length > 0) {
    parts.push(`${tried.filter(works).length} of ${count(tried.length, 'path')} open`);
  } else {
    parts.push('the network was not tested');
  }
  return `${parts.join(', ')}.`;
}
