import { describe, expect, it } from 'vitest';
import { metricsServerCrashing } from '../../../../src/core/causes/metrics-server-crashing.ts';
import { podNetnsLost } from '../../../../src/core/causes/pod-netns-lost.ts';
import { portConflictHostnetwork } from '../../../../src/core/causes/port-conflict-hostnetwork.ts';
import { probeUnauthorized } from '../../../../src/core/causes/probe-unauthorized.ts';
import { readinessProbeWrong } from '../../../../src/core/causes/readiness-probe-wrong.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { PodObject } from '../../../../src/core/evidence/snapshot.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import { evidence, withSnapshot } from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { withEvents, withLog, withProviderPod } from './provider-world.ts';

const BIND =
  'panic: failed to create listener: failed to listen on [::]:10250: listen tcp [::]:10250: bind: address already in use';

function crashed(fields: Partial<PodObject>, lines: readonly string[] = [BIND]): Evidence {
  const pod = withProviderPod(fields, {
    state: 'waiting',
    reason: 'CrashLoopBackOff',
    restarts: 4,
    last: { reason: 'Error', exitCode: 2, finishedAt: '2026-11-22T14:02:00Z', message: null },
  });
  return withLog(withSnapshot(pod, { nodeMetrics: missing('failed', 'no answer') }), lines, true);
}

describe('port-conflict-hostnetwork and pod-netns-lost', () => {
  const onHost = crashed({ hostNetwork: true, podIps: ['192.168.77.1'] });
  const inPod = crashed({});
  const lost = crashed({ podIps: ['192.168.77.1'] });

  it('confirms port-conflict-hostnetwork from the words and hostNetwork', () => {
    const report = buildReport(onHost);
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [
        { id: 'port-conflict-hostnetwork', verdict: 'confirmed', where: { nodes: ['prod01'] } },
      ],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
    expect(report.headline).toContain("the kubelet's own");
  });
  it.each(['401', '403', '404'])(
    'takes %s, which whoever holds the port answers to the probe, for no word of metrics-server',
    (status) => {
      const message = `Readiness probe failed: HTTP probe failed with statuscode: ${status}`;
      for (const [there, id] of [
        [onHost, 'port-conflict-hostnetwork'],
        [lost, 'pod-netns-lost'],
      ] as const) {
        const { causes } = buildReport(withEvents(there, [{ message }]));
        expect(causes.map((cause) => cause.id)).toEqual([id]);
      }
      const judged = (world: Evidence) =>
        [readinessProbeWrong, probeUnauthorized].map(
          (cause) => judgeOne(cause, withEvents(world, [{ message }])).kind,
        );
      expect(judged(onHost)).toEqual(['ruled-out', 'ruled-out']);
      // With the port its own, on the host network or not, the answer is its own, too.
      const running = withProviderPod(
        { hostNetwork: true, podIps: ['192.168.77.1'] },
        { state: 'running', reason: null },
      );
      expect(judged(running)).toContain('confirmed');
      expect(judged(inPod)).toContain('confirmed');
    },
  );
  it('takes the host ports along when it takes metrics-server off the host network', () => {
    const [fix] = buildReport(onHost).causes[0]?.fixes ?? [];
    const patch = fix?.variants.find(({ tool }) => tool === 'kubectl')?.commands[0] ?? '';
    expect(patch).toContain('"hostNetwork":false');
    expect(patch).toContain('{"containerPort":10250,"protocol":"TCP","hostPort":null}');
  });
  it('confirms pod-netns-lost when the pod has the address of its node without hostNetwork', () => {
    expect(buildReport(lost)).toMatchObject({
      verdict: 'broken',
      causes: [{ id: 'pod-netns-lost', verdict: 'confirmed', where: { nodes: ['prod01'] } }],
      unexplained: [],
    });
  });
  it('only suspects pod-netns-lost from the words alone', () => {
    expect(judgeOne(podNetnsLost, inPod).kind).toBe('suspected');
  });
  it('holds the two apart, and from a crash of its own', () => {
    expect(judgeOne(podNetnsLost, onHost).kind).toBe('ruled-out');
    expect(judgeOne(portConflictHostnetwork, inPod).kind).toBe('ruled-out');
    expect(judgeOne(metricsServerCrashing, onHost).kind).toBe('ruled-out');
    const flag = crashed({ hostNetwork: true }, ['Error: unknown flag: --no-such-flag']);
    expect(judgeOne(portConflictHostnetwork, flag).kind).toBe('ruled-out');
    expect(judgeOne(metricsServerCrashing, flag).kind).toBe('confirmed');
  });
  it('rules both out while another replica serves, and on a healthy cluster', () => {
    const { providerPods } = onHost.snapshot;
    const healthy = evidence().snapshot.providerPods;
    if (providerPods.state === 'missing' || healthy.state === 'missing')
      throw new Error('the builder has provider pods');
    const two = withSnapshot(onHost, {
      providerPods: known(
        [...providerPods.value, ...healthy.value.map((pod) => ({ ...pod, name: 'other' }))],
        'GET pods',
      ),
    });
    expect(judgeOne(portConflictHostnetwork, two).kind).toBe('ruled-out');
    expect(judgeOne(portConflictHostnetwork, evidence()).kind).toBe('ruled-out');
    expect(judgeOne(podNetnsLost, evidence()).kind).toBe('ruled-out');
  });
});

describe('probe-unauthorized', () => {
  const running = withSnapshot(withProviderPod({}), {
    nodeMetrics: missing('failed', 'no answer'),
  });

  it.each(['403', '401'])('is confirmed when the newest probe event says %s', (status) => {
    const message = `Readiness probe failed: HTTP probe failed with statuscode: ${status}`;
    expect(buildReport(withEvents(running, [{ message }]))).toMatchObject({
      verdict: 'broken',
      causes: [{ id: 'probe-unauthorized', verdict: 'confirmed' }],
      unexplained: [],
    });
  });
  it.each([
    ['a 500', { message: 'Readiness probe failed: HTTP probe failed with statuscode: 500' }],
    [
      'a newer failure of another kind',
      {
        message:
          'Readiness probe failed: Get "https://10.42.0.20:10250/readyz": context deadline exceeded',
        lastSeen: '2026-11-22T14:02:30Z',
      },
    ],
  ])('is ruled out by %s', (_, event) => {
    const older = { lastSeen: '2026-11-22T14:01:00Z' };
    expect(judgeOne(probeUnauthorized, withEvents(running, [older, event])).kind).toBe('ruled-out');
  });
  it('is ruled out when the event is old, is about another pod, or the pod is ready', () => {
    const old = withEvents(running, [{ lastSeen: '2026-11-22T13:00:00Z' }]);
    expect(judgeOne(probeUnauthorized, old).kind).toBe('ruled-out');
    expect(judgeOne(probeUnauthorized, withEvents(running, [{ name: 'coredns' }])).kind).toBe(
      'ruled-out',
    );
    expect(judgeOne(probeUnauthorized, withEvents(evidence(), [{}])).kind).toBe('ruled-out');
  });
  it('is unknown without events', () => {
    const e = withSnapshot(running, { events: missing('forbidden', 'not allowed to list events') });
    expect(judgeOne(probeUnauthorized, e).kind).toBe('unknown');
  });
  it('is not taken for a crash when the liveness probe is what ends it', () => {
    const message = 'Liveness probe failed: HTTP probe failed with statuscode: 403';
    const e = withEvents(
      crashed({}, ['E1122 14:02:00.000000       1 scraper.go:149] "Failed to scrape node"']),
      [{ message }],
    );
    expect(judgeOne(metricsServerCrashing, e).kind).toBe('ruled-out');
    expect(judgeOne(probeUnauthorized, e).kind).toBe('confirmed');
  });
});
