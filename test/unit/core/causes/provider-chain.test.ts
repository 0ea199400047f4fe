import { describe, expect, it } from 'vitest';
import { metricsServerCrashing } from '../../../../src/core/causes/metrics-server-crashing.ts';
import { metricsServerNotStarting } from '../../../../src/core/causes/metrics-server-not-starting.ts';
import { metricsServerPodsRefused } from '../../../../src/core/causes/metrics-server-pods-refused.ts';
import { probeUnauthorized } from '../../../../src/core/causes/probe-unauthorized.ts';
import { readinessProbeWrong } from '../../../../src/core/causes/readiness-probe-wrong.ts';
import { serviceSelectsNoPods } from '../../../../src/core/causes/service-selects-no-pods.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { PodObject, ServiceObject } from '../../../../src/core/evidence/snapshot.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import { evidence, withSnapshot } from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { allServersSay, withEvents, withProviderPod } from './provider-world.ts';

const causes = [
  serviceSelectsNoPods,
  metricsServerNotStarting,
  metricsServerPodsRefused,
  readinessProbeWrong,
];

function providerPods(e: Evidence): readonly PodObject[] {
  return e.snapshot.providerPods.state === 'known' ? e.snapshot.providerPods.value : [];
}

const dark = (e: Evidence): Evidence =>
  withSnapshot(e, { nodeMetrics: missing('failed', 'no answer') });

function withSelector(e: Evidence, selector: ServiceObject['selector'], addresses = 0): Evidence {
  const { service, endpoints } = e.snapshot;
  if (service.state === 'missing' || service.value === null) throw new Error('has a Service');
  const seen = endpoints.state === 'known' ? endpoints.value : null;
  return withSnapshot(e, {
    service: known({ ...service.value, selector }, service.source),
    endpoints: known(
      seen === null ? null : { ...seen, addresses: seen.addresses.slice(0, addresses) },
      'GET endpointslices',
    ),
  });
}

describe('a healthy chain', () => {
  it.each(causes.map((cause) => [cause.id, cause] as const))('rules %s out', (_, cause) => {
    expect(judgeOne(cause, evidence()).kind).toBe('ruled-out');
  });
});

describe('service-selects-no-pods', () => {
  const down = dark(allServersSay(evidence(), 503, 'service unavailable\n'));
  const wrong = withSelector(down, { app: 'metrics-servr' });

  it('is the whole verdict, with a selector that fits the pods', () => {
    const report = buildReport(wrong);
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [{ id: 'service-selects-no-pods', verdict: 'confirmed' }],
      unexplained: [],
    });
    const [pod] = providerPods(wrong);
    const commands = report.causes[0]?.fixes[0]?.variants[0]?.commands.join('\n') ?? '';
    const value = /"value":(\{[^}]*\})/.exec(commands)?.[1] ?? '{}';
    for (const [key, label] of Object.entries(JSON.parse(value) as Record<string, string>))
      expect(pod?.labels[key]).toBe(label);
    expect(report.causes[0]?.fixes[0]?.undo.join()).toContain('metrics-servr');
  });
  it('says so of a Service without a selector, too', () => {
    expect(judgeOne(serviceSelectsNoPods, withSelector(down, {}))).toMatchObject({
      kind: 'confirmed',
      headline: expect.stringContaining('has no selector'),
    });
  });
  it('never puts the hash of one rollout into the selector', () => {
    const hashed = withSnapshot(withSelector(down, { x: 'y' }), {
      providerPods: known(
        providerPods(down).map((pod) => ({
          ...pod,
          labels: { tier: 'metrics', 'pod-template-hash': '5f9' },
        })),
        'GET pods',
      ),
    });
    const text = JSON.stringify(judgeOne(serviceSelectsNoPods, hashed));
    expect(text).toContain('tier');
    expect(text).not.toContain('pod-template-hash');
  });
  it.each([
    ['a not-ready endpoint', withSelector(down, { app: 'metrics-servr' }, 1)],
    [
      'pods that are selected and have no address yet',
      withSelector(down, providerPods(down)[0]?.labels ?? {}),
    ],
    ['no pod at all', withSnapshot(wrong, { providerPods: known([], 'GET pods') })],
    ['no Service', withSnapshot(down, { service: known(null, 'GET') })],
  ])('is ruled out by %s', (_, e) => {
    expect(judgeOne(serviceSelectsNoPods, e).kind).toBe('ruled-out');
  });
  it('is unknown where endpoints could not be read', () => {
    const e = withSnapshot(wrong, { endpoints: missing('forbidden', 'not allowed') });
    expect(judgeOne(serviceSelectsNoPods, e).kind).toBe('unknown');
  });
});

describe('metrics-server-not-starting', () => {
  const waits = {
    state: 'waiting',
    reason: 'CreateContainerConfigError',
    message: 'configmap "adapter-config" not found',
  } as const;

  it('quotes the kubelet', () => {
    const report = buildReport(dark(withProviderPod({}, waits)));
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [
        {
          id: 'metrics-server-not-starting',
          verdict: 'confirmed',
          headline: expect.stringContaining('configmap "adapter-config" not found'),
          where: { nodes: ['prod01'] },
        },
      ],
      unexplained: [],
    });
  });
  it('reads a volume that does not come out of a fresh event', () => {
    const creating = withProviderPod({}, { state: 'waiting', reason: 'ContainerCreating' });
    const message = 'MountVolume.SetUp failed for volume "certs" : secret "ms-tls" not found';
    const at = (lastSeen: string): Evidence =>
      withEvents(creating, [{ reason: 'FailedMount', message, lastSeen }]);
    expect(judgeOne(metricsServerNotStarting, at('2026-11-22T14:02:00Z'))).toMatchObject({
      kind: 'confirmed',
      headline: expect.stringContaining('ms-tls'),
    });
    expect(judgeOne(metricsServerNotStarting, at('2026-11-22T12:00:00Z')).kind).toBe('ruled-out');
  });
  it.each([
    ['that ran and crashed', { reason: 'CrashLoopBackOff', restarts: 1 }],
    ['whose image is at fault', { reason: 'ImagePullBackOff' }],
    [
      'that ended a moment ago',
      {
        reason: null,
        last: { reason: 'Error', exitCode: 1, finishedAt: '2026-11-22T14:02:00Z', message: null },
      },
    ],
  ])('a volume that came late is no fault of a container %s', (_, status) => {
    const e = withProviderPod({}, { state: 'waiting', ...status });
    const message = 'MountVolume.SetUp failed for volume "token" : failed to sync secret cache';
    const late = withEvents(e, [
      { reason: 'FailedMount', message, lastSeen: '2026-11-22T14:02:00Z' },
    ]);
    expect(judgeOne(metricsServerNotStarting, late).kind).toBe('ruled-out');
  });
  it.each(['CrashLoopBackOff', 'ImagePullBackOff', 'ContainerCreating', 'PodInitializing'])(
    'is not said of %s',
    (reason) => {
      const e = withProviderPod({}, { state: 'waiting', reason });
      expect(judgeOne(metricsServerNotStarting, e).kind).toBe('ruled-out');
    },
  );
});

describe('metrics-server-pods-refused', () => {
  const none = dark(
    withSnapshot(allServersSay(evidence(), 503, 'service unavailable\n'), {
      providerPods: known([], 'GET pods'),
      endpoints: known(null, 'GET endpointslices'),
      reach: missing('failed', 'nothing to probe'),
    } as Partial<Evidence['snapshot']>),
  );
  const refusal = (message: string, lastSeen = '2026-11-22T13:55:00Z'): Evidence =>
    withEvents(none, [
      {
        kind: 'ReplicaSet',
        name: 'rke2-metrics-server-5f9',
        reason: 'FailedCreate',
        message,
        lastSeen,
      },
    ]);

  it.each([
    [
      'a quota',
      'Error creating: pods "ms-5f9-" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=9, limited: pods=9',
      'resourcequota',
    ],
    [
      'PodSecurity',
      'Error creating: pods "ms-5f9-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      'pod-security.kubernetes.io/enforce',
    ],
    [
      'a webhook',
      'Error creating: admission webhook "validate.kyverno.svc" denied the request: no',
      'webhookconfigurations',
    ],
    [
      'a missing ServiceAccount',
      'Error creating: pods "ms-" is forbidden: error looking up service account kube-system/ms: serviceaccount "ms" not found',
      'get serviceaccounts',
    ],
  ])('is confirmed by the words of %s', (_, message, command) => {
    const judgement = judgeOne(metricsServerPodsRefused, refusal(message));
    expect(judgement).toMatchObject({ kind: 'confirmed' });
    expect(JSON.stringify(judgement)).toContain(command);
  });
  it('is only suspected without a fresh refusal', () => {
    const old = refusal('Error creating: exceeded quota', '2026-11-22T10:00:00Z');
    for (const e of [none, old])
      expect(judgeOne(metricsServerPodsRefused, e)).toMatchObject({
        kind: 'suspected',
        settle: expect.stringContaining('kube-controller-manager'),
      });
  });
  it('is ruled out when a pod exists, or none is wanted', () => {
    expect(judgeOne(metricsServerPodsRefused, withProviderPod({})).kind).toBe('ruled-out');
    const { deployments } = none.snapshot;
    const zero = withSnapshot(none, {
      deployments: known(
        (deployments.state === 'known' ? deployments.value : []).map((each) => ({
          ...each,
          replicas: 0,
        })),
        'GET deployments',
      ),
    });
    expect(judgeOne(metricsServerPodsRefused, zero).kind).toBe('ruled-out');
  });
});

describe('readiness-probe-wrong', () => {
  const running = dark(withProviderPod({}, { state: 'running', reason: null }));
  const failing = (message: string): Evidence => withEvents(running, [{ message }]);

  it.each([
    ['404', 'Readiness probe failed: HTTP probe failed with statuscode: 404'],
    ['plain HTTP to TLS', 'Liveness probe failed: HTTP probe failed with statuscode: 400'],
    [
      'TLS to plain HTTP',
      'Readiness probe failed: Get "https://10.42.119.20:10250/readyz": http: server gave HTTP response to HTTPS client',
    ],
    [
      'another port',
      'Readiness probe failed: Get "https://10.42.119.20:4443/readyz": dial tcp 10.42.119.20:4443: connect: connection refused',
    ],
  ])('is the whole verdict for %s', (_, message) => {
    expect(buildReport(failing(message))).toMatchObject({
      verdict: 'broken',
      causes: [{ id: 'readiness-probe-wrong', verdict: 'confirmed' }],
      unexplained: [],
    });
  });
  it.each([
    ['500', 'Readiness probe failed: HTTP probe failed with statuscode: 500'],
    ['403', 'Readiness probe failed: HTTP probe failed with statuscode: 403'],
    ['429', 'Readiness probe failed: HTTP probe failed with statuscode: 429'],
    [
      'silence',
      'Readiness probe failed: Get "https://10.42.119.20:10250/readyz": context deadline exceeded',
    ],
    [
      'a refusal at its own port',
      'Readiness probe failed: Get "https://10.42.119.20:10250/readyz": dial tcp 10.42.119.20:10250: connect: connection refused',
    ],
  ])('is not said of %s', (_, message) => {
    expect(judgeOne(readinessProbeWrong, failing(message)).kind).toBe('ruled-out');
  });
  it('leaves 403 to its look-alike, and takes 404 from it', () => {
    const [other, own] = ['403', '404'].map((status) =>
      failing(`Readiness probe failed: HTTP probe failed with statuscode: ${status}`),
    );
    if (other === undefined || own === undefined) throw new Error('both are made above');
    expect(judgeOne(probeUnauthorized, other).kind).toBe('confirmed');
    expect(judgeOne(probeUnauthorized, own).kind).toBe('ruled-out');
  });
  it('is what a 403 means to a path that is no health path', () => {
    const asking = (path: string): Evidence =>
      withSnapshot(failing('Readiness probe failed: HTTP probe failed with statuscode: 403'), {
        providerPods: known(
          providerPods(running).map((pod) => ({
            ...pod,
            containers: pod.containers.map((each) => ({
              ...each,
              probePaths: { Readiness: path },
            })),
          })),
          'GET pods',
        ),
      });
    expect(judgeOne(readinessProbeWrong, asking('/health')).kind).toBe('confirmed');
    expect(judgeOne(probeUnauthorized, asking('/health')).kind).toBe('ruled-out');
    expect(judgeOne(readinessProbeWrong, asking('/readyz?verbose')).kind).toBe('ruled-out');
    expect(judgeOne(probeUnauthorized, asking('/readyz?verbose')).kind).toBe('confirmed');
  });
  it('is no crash where a wrong liveness probe restarts it', () => {
    const restarted = withEvents(
      withProviderPod(
        {},
        {
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          restarts: 6,
          last: {
            reason: 'Error',
            exitCode: 2,
            finishedAt: '2026-11-22T14:02:00Z',
            message: null,
          },
        },
      ),
      [{ message: 'Liveness probe failed: HTTP probe failed with statuscode: 404' }],
    );
    expect(judgeOne(metricsServerCrashing, restarted).kind).toBe('ruled-out');
    expect(judgeOne(readinessProbeWrong, restarted).kind).toBe('confirmed');
  });
});
