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

/** The paths as the report lists them. */
export function reachRows(reach: readonly ReachResult[]): Report['reach'] {
  return reach.map(({ id, from, to, layer, check, result }) => ({
    id,
    from: from.kind === 'pod' ? `pod on ${from.node}` : from.node,
    to: to.node,
    target: to.port === null ? `${to.kind} ${to.address}` : `${to.kind} ${to.address}:${to.port}`,
    layer,
    check,
    outcome: result.state === 'known' ? result.value.outcome : `unknown: ${result.reason}`,
    ms: result.state === 'known' ? result.value.ms : null,
  }));
}
