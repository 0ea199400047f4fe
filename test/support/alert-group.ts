import type { AlertGroup } from '../../src/runs/alert-store.ts';

/** A group that fires and has its thread in a run. */
export function alertGroup(changes: Partial<AlertGroup> = {}): AlertGroup {
  return {
    groupKeyHash: 'abc',
    cluster: 'prod',
    source: 'alertmanager',
    channel: 'C0OPS',
    alerts: {},
    alertNames: ['KubeAggregatedAPIDown'],
    firingSince: '2026-11-22T14:00:00.000Z',
    truncated: 0,
    runId: 'r1',
    deep: false,
    nodes: [],
    repeats: 0,
    resolvedAt: null,
    resolvedSeenAt: null,
    lastCheckRunId: null,
    due: null,
    held: null,
    ...changes,
  };
}
