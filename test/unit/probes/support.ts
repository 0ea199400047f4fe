import { known, missing } from '../../../src/core/evidence/observed.ts';
import type { ReachAnswer } from '../../../src/core/evidence/probe-results.ts';
import type { NodeObject } from '../../../src/core/evidence/snapshot.ts';
import type { CounterSeries, PodAnswer } from '../../../src/probes/plan.ts';

/** An answer to build on: a node Pod that was asked nothing. */
export function podAnswer(parts: Partial<PodAnswer>): PodAnswer {
  return {
    runId: 'run-1',
    wave: 1,
    node: 'prod01',
    kind: 'node',
    batch: 0,
    startedAt: 1_000_000,
    endedAt: 1_004_000,
    checks: [],
    bursts: null,
    listener: missing('not-attempted', 'none on this node'),
    localApi: missing('not-attempted', 'not asked'),
    facts: missing('not-attempted', 'not asked'),
    cut: [],
    ...parts,
  };
}

export function reachAnswer(parts: Partial<ReachAnswer>): ReachAnswer {
  return {
    outcome: 'open',
    ms: 1,
    errno: null,
    sizeBytes: null,
    status: null,
    detail: '',
    peer: null,
    ...parts,
  };
}

/** All counters alike. */
export function flatSeries(values: readonly number[]): CounterSeries {
  return {
    at: values.map((_, i) => 1_000_000 + i * 50),
    values: {
      overlayTx: values,
      overlayTxErrors: values,
      overlayRx: values,
      underlayTx: values,
      underlayRx: values,
      ipInReceives: values,
      ipInDelivers: values,
      udpInDatagrams: values,
      udpNoPorts: values,
      udpInErrors: values,
      udpInCsumErrors: values,
      ipOutRequests: values,
    },
  };
}

export function nodeObject(parts: Partial<NodeObject>): NodeObject {
  return {
    name: 'prod01',
    internalIps: ['192.168.77.1'],
    externalIps: [],
    ready: known(true, 'test'),
    unschedulable: false,
    controlPlane: false,
    podCidrs: [],
    os: 'linux',
    osImage: '',
    kernel: '',
    architecture: 'amd64',
    kubeletVersion: 'v1.32.5+rke2r1',
    containerRuntime: '',
    kubeletPort: 10_250,
    annotations: {},
    labels: {},
    taints: [],
    conditions: [],
    createdAt: null,
    providerId: null,
    ...parts,
  };
}
