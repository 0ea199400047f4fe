import { describe, expect, it } from 'vitest';
import { apiserverStaleConnection } from '../../../../src/core/causes/apiserver-stale-connection.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  evidence,
  foundingIncident,
  withApiServer,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';

const LOST = 'error trying to reach service: http2: client connection lost\n';

/** The last node stopped being Ready so long before the snapshot; prod02's API server says this. */
function afterLoss(secondsAgo: number, body = LOST, version = 'v1.32.3'): Evidence {
  const base = evidence({ nodes: 4, servers: 3 });
  const { nodes } = base.snapshot;
  if (nodes.state === 'missing') throw new Error('the builder has nodes');
  const at = new Date(Date.parse(base.snapshot.takenAt) - secondsAgo * 1_000).toISOString();
  const e = withSnapshot(base, {
    serverVersion: known(version, 'GET /version'),
    nodes: known(
      nodes.value.map((node) =>
        node.name === 'prod04'
          ? {
              ...node,
              ready: { state: 'missing', reason: 'failed', detail: 'Ready is Unknown' } as const,
              conditions: [
                {
                  type: 'Ready',
                  status: 'Unknown',
                  reason: 'NodeStatusUnknown',
                  message: '',
                  lastTransitionTime: at,
                },
              ],
            }
          : node,
      ),
      'GET',
    ),
  });
  return withApiServer(e, 'prod02', { outcome: 'http-error', status: 503, body, nodes: [] }, 1);
}

describe('apiserver-stale-connection', () => {
  it('is suspected, first, when a node was just lost and the pod is within reach', () => {
    const report = buildReport(afterLoss(60));
    expect(report.causes[0]).toMatchObject({
      id: 'apiserver-stale-connection',
      verdict: 'suspected',
      where: { nodes: ['prod02'] },
      settle: expect.stringContaining('again'),
    });
    expect(report.unexplained).toEqual([]);
  });

  it('counts silence as well', () => {
    const e = withApiServer(afterLoss(60), 'prod02', {
      outcome: 'no-answer',
      status: null,
      body: '',
    });
    expect(judgeOne(apiserverStaleConnection, e).kind).toBe('suspected');
  });

  it('is ruled out when it would have healed by now: later in an old version', () => {
    expect(judgeOne(apiserverStaleConnection, afterLoss(600)).kind).toBe('ruled-out');
    expect(judgeOne(apiserverStaleConnection, afterLoss(600, LOST, 'v1.18.20')).kind).toBe(
      'suspected',
    );
    expect(judgeOne(apiserverStaleConnection, afterLoss(3_600, LOST, 'v1.18.20')).kind).toBe(
      'ruled-out',
    );
  });

  it('is ruled out by a fresh dial that fails, and by a dead path', () => {
    const dial = 'error trying to reach service: dial tcp 10.42.0.20:10250: i/o timeout\n';
    expect(judgeOne(apiserverStaleConnection, afterLoss(60, dial)).kind).toBe('ruled-out');
    const founding = withApiServer(foundingIncident(), 'prod02', { body: LOST });
    expect(judgeOne(apiserverStaleConnection, founding).kind).toBe('ruled-out');
  });

  it('is ruled out on a healthy cluster that lost a node', () => {
    const e = withApiServer(afterLoss(60), 'prod02', { outcome: 'ok', status: 200, body: '' });
    expect(judgeOne(apiserverStaleConnection, e).kind).toBe('ruled-out');
  });
});
