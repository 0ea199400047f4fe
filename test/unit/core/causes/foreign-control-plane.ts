import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import type { ApiServerView, NodeObject } from '../../../../src/core/evidence/snapshot.ts';
import { type EvidenceShape, evidence, withSnapshot } from '../../../support/evidence-builder.ts';

/** A cluster of workers whose one API server is at 10.99.0.1, on no node; it answers with this body. */
export function foreignControlPlane(
  body: string,
  shape: EvidenceShape = {},
  change: (node: NodeObject) => NodeObject = (node) => node,
): Evidence {
  const base = evidence({ platform: 'kubeadm', ...shape, servers: 0 });
  const { nodes } = base.snapshot;
  if (nodes.state === 'missing') throw new Error('the builder has nodes');
  const view: ApiServerView = {
    name: '10.99.0.1:6443',
    address: '10.99.0.1:6443',
    metricsApi: known(
      { outcome: 'http-error', status: 503, body, ms: 30_004, settled: true, nodes: [] },
      'GET',
    ),
    unavailableGauge: known(1, 'GET'),
    ready: known(true, 'GET'),
  };
  return withSnapshot(base, {
    nodes: known(nodes.value.map(change), 'GET'),
    apiServers: known([view], 'GET'),
    controlPlanePods: known([], 'GET'),
    nodeMetrics: known(
      nodes.value.map(({ name }) => name),
      'GET',
    ),
  });
}

export const reach = (words: string): string => `error trying to reach service: ${words}\n`;
