import type { Facts } from '../evidence/facts.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { Report } from './report.ts';

/** The API servers as the report lists them. */
export function apiServerRows(facts: Facts): Report['apiServers'] {
  if (facts.apiServers.state === 'missing') return [];
  return facts.apiServers.value.map(({ name, address, metricsApi }) => {
    if (metricsApi.state === 'missing') {
      const body = metricsApi.detail;
      return { name, address, outcome: metricsApi.reason, status: null, body, ms: null };
    }
    const { outcome, status, body, ms } = metricsApi.value;
    return { name, address, outcome, status, body, ms };
  });
}

/**
 * The paths as the report lists them: `from` and `to` are nodes, so that a matrix can be drawn; a source in the
 * pod network is said with the target. A path without a result has the outcome `missing`.
 */
export function reachRows(reach: readonly ReachResult[]): Report['reach'] {
  return reach.map(({ id, from, to, layer, check, result }) => {
    const address = to.port === null ? to.address : `${to.address}:${to.port}`;
    return {
      id,
      from: from.node,
      to: to.node,
      target: `${to.kind} ${address}${from.kind === 'pod' ? ', from a pod' : ''}`,
      layer,
      check,
      outcome: result.state === 'known' ? result.value.outcome : 'missing',
      ms: result.state === 'known' ? result.value.ms : null,
    };
  });
}
