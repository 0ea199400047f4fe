import { describe, expect, it } from 'vitest';
import { clockSkew } from '../../../../src/core/causes/clock-skew.ts';
import { hpaMissingRequests } from '../../../../src/core/causes/hpa-missing-requests.ts';
import { kubeletTlsExpired } from '../../../../src/core/causes/kubelet-tls-expired.ts';
import { kubeletUnauthorized } from '../../../../src/core/causes/kubelet-unauthorized.ts';
import { metricsNotCollectedYet } from '../../../../src/core/causes/metrics-not-collected-yet.ts';
import { nodeJustJoinedOrGone } from '../../../../src/core/causes/node-just-joined-or-gone.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { NodeObject } from '../../../../src/core/evidence/snapshot.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  evidence,
  withApiServer,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { withProviderPod } from './provider-world.ts';
import { complaining, complainingOfAll } from './scrape-world.ts';

const NODE = 'prod02';

function withNode(e: Evidence, fields: Partial<NodeObject>): Evidence {
  const { nodes } = e.snapshot;
  if (nodes.state === 'missing') throw new Error('the builder has nodes');
  return withSnapshot(e, {
    nodes: known(
      nodes.value.map((node) => (node.name === NODE ? { ...node, ...fields } : node)),
      nodes.source,
    ),
  });
}

/** The node's Lease says that it was renewed so many seconds after (or before) the API server's time. */
function clockOff(e: Evidence, seconds: number): Evidence {
  const now = Date.parse('2026-11-22T14:03:00Z');
  return withSnapshot(e, {
    nodeHeartbeats: known(
      {
        serverDate: new Date(now).toISOString(),
        leases: [
          { node: 'prod01', renewTime: new Date(now - 4_000).toISOString(), durationSeconds: 40 },
          {
            node: NODE,
            renewTime: new Date(now + seconds * 1_000).toISOString(),
            durationSeconds: 40,
          },
        ],
      },
      'GET leases',
    ),
  });
}

describe('clock-skew', () => {
  const EARLY =
    'Get "https://{ip}:10250/metrics/resource": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-22T14:02:51Z is before 2026-11-22T14:10:00Z';
  const early = complaining([NODE], EARLY);

  it.each([[600], [-900]])('is confirmed by the words and a clock that is %i s off', (seconds) => {
    expect(buildReport(clockOff(early, seconds))).toMatchObject({
      verdict: 'degraded',
      causes: [{ id: 'clock-skew', verdict: 'confirmed', where: { nodes: [NODE] } }],
      unexplained: [],
    });
  });
  it('is only suspected from the words alone, and by a lag that a busy kubelet explains', () => {
    expect(judgeOne(clockSkew, early).kind).toBe('suspected');
    expect(judgeOne(clockSkew, clockOff(early, -45)).kind).toBe('suspected');
    expect(judgeOne(clockSkew, clockOff(early, 3)).kind).toBe('suspected');
  });
  it('does not read an old Lease of a node that is not Ready as a clock', () => {
    const gone = withNode(clockOff(early, -900), { ready: missing('failed', 'Ready is Unknown') });
    expect(judgeOne(clockSkew, gone).kind).toBe('suspected');
  });
  it('is ruled out where it hurts nothing, and by a certificate that has expired', () => {
    expect(judgeOne(clockSkew, clockOff(evidence(), 600)).kind).toBe('ruled-out');
    expect(buildReport(clockOff(evidence(), 600)).verdict).toBe('healthy');
    const late = complaining([NODE], EARLY.replace('is before', 'is after'));
    expect(judgeOne(clockSkew, clockOff(late, 600)).kind).toBe('ruled-out');
    expect(judgeOne(kubeletTlsExpired, late).kind).toBe('confirmed');
    expect(judgeOne(kubeletTlsExpired, early).kind).toBe('ruled-out');
  });
  it('keeps refused tokens open while a clock is off', () => {
    const refused = complaining([NODE], 'request failed, status: "401 Unauthorized"');
    expect(judgeOne(kubeletUnauthorized, refused).kind).toBe('confirmed');
    expect(judgeOne(kubeletUnauthorized, clockOff(refused, 600)).kind).toBe('suspected');
  });
});

function autoscaler(message: string, status = 'False'): Evidence {
  const base = evidence();
  const { hpas } = base.snapshot;
  if (hpas.state === 'missing') throw new Error('the builder has HPAs');
  const [first, ...rest] = hpas.value;
  if (first === undefined) throw new Error('the builder has an HPA');
  const scalingActive = {
    type: 'ScalingActive',
    status,
    reason: 'FailedGetResourceMetric',
    message,
    lastTransitionTime: '2026-11-22T14:00:00Z',
  };
  return withSnapshot(base, { hpas: known([{ ...first, scalingActive }, ...rest], 'GET hpas') });
}

describe('hpa-missing-requests', () => {
  it.each([
    'the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container web of Pod web-1-abc',
    'the HPA was unable to compute the replica count: missing request for cpu',
    'failed to get memory utilization: missing request for memory in container istio-proxy of Pod web-1-abc',
  ])('is confirmed by: %s', (message) => {
    const report = buildReport(autoscaler(message));
    expect(report).toMatchObject({
      verdict: 'degraded',
      causes: [{ id: 'hpa-missing-requests', verdict: 'confirmed' }],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
  });
  it('is only suspected while nobody serves metrics: the words are from before', () => {
    const down = ['prod01', 'prod02', 'prod03'].reduce(
      (e, name) =>
        withApiServer(e, name, { outcome: 'http-error', status: 503, body: 'service unavailable' }),
      autoscaler('missing request for cpu in container web of Pod web-1-abc'),
    );
    expect(judgeOne(hpaMissingRequests, down).kind).toBe('suspected');
  });
  it('is ruled out when metrics cannot be fetched, when it is over, and on a healthy cluster', () => {
    const other = autoscaler(
      'unable to get metrics for resource cpu: no metrics returned from resource metrics API',
    );
    expect(judgeOne(hpaMissingRequests, other).kind).toBe('ruled-out');
    const over = autoscaler('missing request for cpu', 'True');
    expect(judgeOne(hpaMissingRequests, over).kind).toBe('ruled-out');
    expect(judgeOne(hpaMissingRequests, evidence()).kind).toBe('ruled-out');
  });
});

describe("an autoscaler's words about metrics that it did not get", () => {
  const words =
    'unable to get metrics for resource cpu: no metrics returned from resource metrics API';

  it('are from its last look where every node and pod has metrics', () => {
    expect(buildReport(autoscaler(words))).toMatchObject({ verdict: 'healthy', unexplained: [] });
  });
  it('count while a node has none', () => {
    const gap = withSnapshot(autoscaler(words), {
      nodeMetrics: known(['prod01', 'prod02'], 'GET'),
    });
    expect(buildReport(gap).unexplained.join()).toContain('HPA');
  });
});

describe('metrics-not-collected-yet', () => {
  const started = withSnapshot(
    withProviderPod({ createdAt: '2026-11-22T14:02:30Z' }, { state: 'running', restarts: 0 }),
    { nodeMetrics: missing('failed', 'no API server answered 200') },
  );

  it('is suspected, never confirmed, while metrics-server is young', () => {
    expect(buildReport(started)).toMatchObject({
      verdict: 'broken',
      causes: [{ id: 'metrics-not-collected-yet', verdict: 'suspected' }],
      unexplained: [],
    });
  });
  it('is ruled out for an old pod, one that has restarted, and one that complains', () => {
    const old = withProviderPod({}, { state: 'running' });
    expect(judgeOne(metricsNotCollectedYet, old).kind).toBe('ruled-out');
    const again = withProviderPod(
      { createdAt: '2026-11-22T14:02:30Z' },
      { state: 'running', restarts: 2 },
    );
    expect(judgeOne(metricsNotCollectedYet, again).kind).toBe('ruled-out');
    const sick = withSnapshot(started, {
      providerLogs: complainingOfAll('request failed, status: "401 Unauthorized"').snapshot
        .providerLogs,
    });
    expect(judgeOne(metricsNotCollectedYet, sick).kind).toBe('ruled-out');
  });
  it('leaves a healthy cluster healthy', () => {
    expect(judgeOne(metricsNotCollectedYet, evidence()).kind).toBe('ruled-out');
  });
});

describe('node-just-joined-or-gone', () => {
  const cut = withReach(
    evidence(),
    (r) => r.to.kind === 'kubelet' && r.to.node === NODE && r.from.node !== NODE,
    null,
  );
  const without = (e: Evidence): Evidence =>
    withSnapshot(e, { nodeMetrics: known(['prod01', 'prod03'], 'GET') });

  it.each([
    ['has just joined', { createdAt: '2026-11-22T14:02:20Z' }],
    ['is not Ready', { ready: known(false, 'condition Ready') }],
  ])('is suspected of a node that %s, and the cluster stays healthy', (_, fields) => {
    const e = withNode(without(cut), fields);
    expect(judgeOne(nodeJustJoinedOrGone, e).kind).toBe('suspected');
    expect(buildReport(e)).toMatchObject({ verdict: 'healthy', causes: [] });
  });
  it('is ruled out for a node that is old and Ready, and on a healthy cluster', () => {
    expect(judgeOne(nodeJustJoinedOrGone, without(cut)).kind).toBe('ruled-out');
    expect(judgeOne(nodeJustJoinedOrGone, evidence()).kind).toBe('ruled-out');
  });
  it('gives way to what was measured', () => {
    const refused = withReach(
      withNode(without(evidence()), { ready: known(false, 'condition Ready') }),
      (r) => r.to.kind === 'kubelet' && r.to.node === NODE,
      'refused',
    );
    expect(buildReport(refused).causes.map(({ id }) => id)).toEqual(['kubelet-not-listening']);
  });
});
