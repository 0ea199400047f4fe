import { stageOf, stageWords } from '../evidence/burst-stage.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Facts } from '../evidence/facts.ts';
import { fails, outcomeOf } from '../evidence/paths.ts';
import type { ChecklistItem } from './report.ts';
import { serviceOf } from './symptoms.ts';
import { count, duration, list } from './words.ts';

/** The four lines of what was looked at. */
export function checklistOf(evidence: Evidence, facts: Facts): readonly ChecklistItem[] {
  return [apiServers(facts), chain(facts), paths(evidence, facts), counters(evidence, facts)];
}

function apiServers(facts: Facts): ChecklistItem {
  const id = 'api-servers';
  if (facts.apiServers.state === 'missing') {
    return { id, state: 'failed', text: `API servers: not asked, ${facts.apiServers.detail}` };
  }
  const views = facts.apiServers.value;
  const serving = views.filter((view) => serviceOf(view, facts).state === 'serves');
  const words = views.map((view) => {
    const { metricsApi } = view;
    if (metricsApi.state === 'missing') return `${view.name} not asked (${metricsApi.detail})`;
    const { outcome, status, ms } = metricsApi.value;
    switch (outcome) {
      case 'ok':
      case 'http-error':
        return `${view.name} ${status ?? 'error'} in ${duration(ms)}`;
      case 'no-answer':
        return `${view.name} no answer in ${duration(ms)}`;
      case 'hung-body':
        return `${view.name} ${status ?? 200}, then silence`;
      case 'unreachable':
        return `${view.name} not reachable from the worker`;
    }
  });
  const text = `API servers: ${serving.length} of ${views.length} ${serving.length === 1 ? 'serves' : 'serve'} metrics.k8s.io (${list(words)})`;
  return { id, state: 'done', text };
}

function chain(facts: Facts): ChecklistItem {
  const id = 'chain';
  if (facts.apiService.state === 'missing') {
    return { id, state: 'failed', text: `Chain: APIService not read, ${facts.apiService.detail}` };
  }
  const apiService = facts.apiService.value;
  if (apiService === null) return { id, state: 'done', text: 'Chain: there is no APIService' };
  if (apiService.service === null) {
    return { id, state: 'done', text: 'Chain: the APIService names no Service' };
  }
  const named = `${apiService.service.name}:${apiService.service.port}`;
  const head = `Chain: APIService → Service ${named}`;
  if (facts.service.state === 'known' && facts.service.value === null) {
    return { id, state: 'done', text: `${head}, which does not exist` };
  }
  if (facts.providerPods.state === 'missing') {
    return { id, state: 'failed', text: `${head} → pods not read, ${facts.providerPods.detail}` };
  }
  const pods = facts.providerPods.value.filter(({ deleting }) => !deleting);
  if (pods.length === 0) return { id, state: 'done', text: `${head} → no pod` };
  const words = pods.map(
    (p) =>
      `pod ${p.podIps[0] ?? p.name} on ${p.nodeName ?? 'no node'} (${p.ready ? 'ready' : 'not ready'})`,
  );
  return { id, state: 'done', text: `${head} → ${list(words)}` };
}

function paths(evidence: Evidence, facts: Facts): ChecklistItem {
  const id = 'paths';
  if (facts.reach.state === 'missing') {
    const skipped = facts.reach.reason === 'not-attempted';
    return {
      id,
      state: skipped ? 'skipped' : 'failed',
      text: `Paths: not probed, ${facts.reach.detail}`,
    };
  }
  const tried = facts.reach.value.filter((r) => outcomeOf(r) !== null);
  const dead = tried.filter(fails).length;
  const sources = new Set(tried.map(({ from }) => from.node)).size;
  const lost = evidence.probes.reach.length - tried.length;
  const without = lost === 0 ? '' : `, ${lost} without a result`;
  return {
    id,
    state: 'done',
    text: `Paths: ${tried.length} probed from ${count(sources, 'node')}, ${dead === 0 ? 'none' : dead} dead${without}`,
  };
}

function counters(evidence: Evidence, facts: Facts): ChecklistItem {
  const id = 'counters';
  if (facts.bursts.state === 'missing') {
    const skipped = facts.bursts.reason === 'not-attempted';
    return {
      id,
      state: skipped ? 'skipped' : 'failed',
      text: `Counters: none, ${facts.bursts.detail}`,
    };
  }
  const staged = facts.bursts.value.map((burst) => ({ burst, stage: stageOf(burst) }));
  const lost = staged.find(({ stage }) => stage !== 'arrives' && stage !== 'unclear');
  const arrived = staged.filter(({ stage }) => stage === 'arrives').length;
  const total = count(evidence.probes.bursts.length, 'one-way burst');
  const detail = lost === undefined ? '' : `; ${stageWords(lost.burst, lost.stage)}`;
  return { id, state: 'done', text: `Counters: ${arrived} of ${total} arrived${detail}` };
}
