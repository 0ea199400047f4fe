import { describe, expect, it } from 'vitest';
import { imagePullFailed } from '../../../../src/core/causes/image-pull-failed.ts';
import { metricsServerCrashing } from '../../../../src/core/causes/metrics-server-crashing.ts';
import { metricsServerOom } from '../../../../src/core/causes/metrics-server-oom.ts';
import { metricsServerScaledToZero } from '../../../../src/core/causes/metrics-server-scaled-to-zero.ts';
import { metricsServerUnschedulable } from '../../../../src/core/causes/metrics-server-unschedulable.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { PodObject } from '../../../../src/core/evidence/snapshot.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import { evidence, withSnapshot } from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';
import { withLog, withProviderPod } from './provider-world.ts';

const all = [
  imagePullFailed,
  metricsServerCrashing,
  metricsServerOom,
  metricsServerScaledToZero,
  metricsServerUnschedulable,
];

const pending: Partial<PodObject> = {
  phase: 'Pending',
  nodeName: null,
  podIps: [],
  statuses: [],
  conditions: [
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message: '0/3 nodes are available: 3 Insufficient memory.',
      lastTransitionTime: '2026-11-22T14:00:00Z',
    },
  ],
};
const oomKilled = {
  state: 'waiting',
  reason: 'CrashLoopBackOff',
  restarts: 7,
  last: { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-11-22T14:02:30Z', message: null },
} as const;
const exitOne = {
  state: 'waiting',
  reason: 'CrashLoopBackOff',
  restarts: 4,
  last: { reason: 'Error', exitCode: 1, finishedAt: '2026-11-22T14:02:30Z', message: null },
} as const;
const noImage = {
  state: 'waiting',
  reason: 'ImagePullBackOff',
  message: 'Back-off pulling image "registry.local/ms:v9"',
} as const;

describe('a healthy pod', () => {
  it.each(all.map((cause) => [cause.id, cause] as const))('rules %s out', (_, cause) => {
    expect(judgeOne(cause, evidence()).kind).toBe('ruled-out');
  });
});

describe('metrics-server-unschedulable', () => {
  it('quotes the scheduler', () => {
    const judgement = judgeOne(metricsServerUnschedulable, withProviderPod(pending));
    expect(judgement).toMatchObject({ kind: 'confirmed' });
    expect(judgement).toHaveProperty('headline', expect.stringContaining('3 Insufficient memory'));
  });
  it('is not said of a pod that waits for its volume or image', () => {
    expect(
      judgeOne(metricsServerUnschedulable, withProviderPod({ ...pending, conditions: [] })).kind,
    ).toBe('ruled-out');
  });
});

describe('metrics-server-oom', () => {
  it('asks for twice the limit at which it was killed', () => {
    const judgement = judgeOne(metricsServerOom, withProviderPod({}, oomKilled));
    expect(judgement).toMatchObject({ kind: 'confirmed', where: { nodes: ['prod01'] } });
    expect(JSON.stringify(judgement)).toContain('limits: {memory: 400Mi}');
  });
  it('is not said of exit 137 without the OOM killer (a failed liveness probe)', () => {
    const killed = { ...oomKilled, last: { ...oomKilled.last, reason: 'Error' } };
    expect(judgeOne(metricsServerOom, withProviderPod({}, killed)).kind).toBe('ruled-out');
  });
  it('is not said of an old kill in a pod that is ready now', () => {
    expect(
      judgeOne(
        metricsServerOom,
        withProviderPod(
          { ready: true },
          { ...oomKilled, state: 'running', reason: null, ready: true },
        ),
      ).kind,
    ).toBe('ruled-out');
  });
});

describe('a container that has run again for longer than any back-off', () => {
  const hoursAgo = '2026-11-22T09:00:00Z';
  it.each([
    [metricsServerOom, oomKilled],
    [metricsServerCrashing, exitOne],
  ] as const)('is not held up by how it ended before (%#)', (cause, status) => {
    const since = (finishedAt: string) =>
      withProviderPod(
        {},
        { ...status, state: 'running', reason: null, last: { ...status.last, finishedAt } },
      );
    expect(judgeOne(cause, since(hoursAgo)).kind).toBe('ruled-out');
    expect(judgeOne(cause, since(status.last.finishedAt)).kind).not.toBe('ruled-out');
  });
});

describe('metrics-server-crashing', () => {
  it('does not take the error of a single scrape for the reason of its end', () => {
    const scrape =
      'E1122 14:02:20.000000       1 scraper.go:149] "Failed to scrape node" err="request failed" node="prod02"';
    const judgement = judgeOne(
      metricsServerCrashing,
      withLog(withProviderPod({}, exitOne), ['Error: no such flag', scrape], true),
    );
    expect(judgement).toHaveProperty('headline', expect.stringContaining('no such flag'));
  });
  it('is confirmed by the words of the log before the restart', () => {
    const broken = withLog(
      withProviderPod({}, exitOne),
      ['usage follows', 'Error: unknown flag: --metric-resolutionn'],
      true,
    );
    const judgement = judgeOne(metricsServerCrashing, broken);
    expect(judgement).toMatchObject({ kind: 'confirmed' });
    expect(judgement).toHaveProperty(
      'headline',
      expect.stringContaining('unknown flag: --metric-resolutionn'),
    );
  });
  it('is only suspected without the log', () => {
    expect(judgeOne(metricsServerCrashing, withProviderPod({}, exitOne))).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('--previous'),
    });
  });
  it.each([
    [
      'the API server is out of reach',
      'panic: Get "https://10.43.0.1:443/api": dial tcp 10.43.0.1:443: i/o timeout',
    ],
    [
      'its port is taken',
      'panic: failed to create listener: listen tcp 0.0.0.0:10250: bind: address already in use',
    ],
  ])('is ruled out when %s', (_, line) => {
    expect(
      judgeOne(metricsServerCrashing, withLog(withProviderPod({}, exitOne), [line], true)).kind,
    ).toBe('ruled-out');
  });
  it('leaves an OOM kill to metrics-server-oom', () => {
    expect(judgeOne(metricsServerCrashing, withProviderPod({}, oomKilled)).kind).toBe('ruled-out');
  });
});

describe('image-pull-failed', () => {
  it.each(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'])(
    'is confirmed by %s',
    (reason) => {
      expect(judgeOne(imagePullFailed, withProviderPod({}, { ...noImage, reason }))).toMatchObject({
        kind: 'confirmed',
      });
    },
  );
  it('is confirmed by a sandbox image that cannot be pulled', () => {
    const waiting = withProviderPod({}, { state: 'waiting', reason: 'ContainerCreating' });
    const pods = waiting.snapshot.providerPods;
    const name = pods.state === 'known' ? (pods.value[0]?.name ?? '') : '';
    const event = {
      type: 'Warning',
      reason: 'FailedCreatePodSandBox',
      message: 'failed to get sandbox image "rancher/mirrored-pause:3.6": failed to pull image',
      kind: 'Pod',
      namespace: 'kube-system',
      name,
      count: 3,
      lastSeen: null,
    };
    expect(judgeOne(imagePullFailed, waiting).kind).toBe('ruled-out');
    expect(
      judgeOne(imagePullFailed, withSnapshot(waiting, { events: known([event], 'GET events') }))
        .kind,
    ).toBe('confirmed');
  });
});

describe('metrics-server-scaled-to-zero', () => {
  const zero = (replicas: number) => {
    const base = evidence();
    const { deployments } = base.snapshot;
    if (deployments.state === 'missing') throw new Error('the builder has a Deployment');
    return withSnapshot(base, {
      deployments: known(
        deployments.value.map((one) => ({ ...one, replicas })),
        'GET',
      ),
      providerPods: known([], 'GET'),
    });
  };
  it('is confirmed by replicas 0 and not by replicas 1', () => {
    expect(judgeOne(metricsServerScaledToZero, zero(0)).kind).toBe('confirmed');
    expect(judgeOne(metricsServerScaledToZero, zero(1)).kind).toBe('ruled-out');
  });
});

it.each([
  ['metrics-server-unschedulable', withProviderPod(pending)],
  ['metrics-server-oom', withProviderPod({}, oomKilled)],
  ['image-pull-failed', withProviderPod({}, noImage)],
])(
  'the whole report names %s first, as the only cause, and leaves nothing unexplained',
  (id, broken) => {
    const report = buildReport(broken);
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [{ id, verdict: 'confirmed' }],
      unexplained: [],
    });
  },
);

it('answers unknown when the pods may not be read', () => {
  const blind = withSnapshot(evidence(), {
    providerPods: missing('forbidden', 'list pods is forbidden'),
  });
  for (const cause of [
    imagePullFailed,
    metricsServerCrashing,
    metricsServerOom,
    metricsServerUnschedulable,
  ]) {
    expect(judgeOne(cause, blind)).toMatchObject({ kind: 'unknown' });
  }
});
