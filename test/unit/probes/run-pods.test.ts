import { describe, expect, it } from 'vitest';
import { answerLine, encodeAnswer } from '../../../src/probes/codec.ts';
import type { PodPlan } from '../../../src/probes/plan.ts';
import { basePlan } from '../../../src/probes/plan-probes.ts';
import { podName } from '../../../src/probes/probe-pod.ts';
import { type RunPodsOptions, runPods } from '../../../src/probes/run-pods.ts';
import { startListeners } from '../../../src/probes/start-listeners.ts';
import { sweepProbePods } from '../../../src/probes/sweep-probe-pods.ts';
import { fakeCluster, withStatus } from './fake-cluster.ts';
import { nodeObject, podAnswer } from './support.ts';

const OPTIONS: RunPodsOptions = {
  attempt: 1,
  namespace: 'metrics-diag',
  image: 'example.test/metrics-diag:1',
  command: ['node', '/app/dist/probe.mjs'],
  imagePullPolicy: 'IfNotPresent',
  imagePullSecrets: [],
  owner: null,
  localApiServiceAccount: null,
  now: () => 1_700_000_000_000,
  startAllowanceMs: 50,
};

function plan(node: string, kind: PodPlan['kind'] = 'node'): PodPlan {
  return {
    ...basePlan(nodeObject({ name: node }), { runId: 'run-1', wave: 1 }),
    kind,
    deadlineMs: 50,
    listenPort: kind === 'listener' ? 19_472 : null,
  };
}

const message = (node: string): string => encodeAnswer(podAnswer({ node }));
const ended = (text: string, exitCode = 0) => ({
  phase: exitCode === 0 ? 'Succeeded' : 'Failed',
  podIP: '192.168.77.1',
  containerStatuses: [{ state: { terminated: { exitCode, reason: 'Completed', message: text } } }],
});

describe('runPods', () => {
  it('gives each plan its own answer and deletes every Pod by force', async () => {
    const plans = ['prod01', 'prod02'].map((node) => plan(node));
    const cluster = fakeCluster({
      onCreate: (name, self) => {
        const node = plans.find((candidate) => podName(candidate, 1) === name)?.node ?? '';
        withStatus(self, name, ended(message(node)));
      },
    });

    const { runs, cleaned } = await runPods(cluster.client, plans, OPTIONS);
    await cleaned;

    expect(runs.map(({ outcome }) => `${outcome.node} ${outcome.outcome}`)).toEqual([
      'prod01 ok',
      'prod02 ok',
    ]);
    expect(runs.map(({ answer }) => (answer.state === 'known' ? answer.value.node : ''))).toEqual([
      'prod01',
      'prod02',
    ]);
    expect(cluster.pods.size).toBe(0);
    expect(
      cluster.writes.filter(({ method }) => method === 'DELETE').map(({ body }) => body),
    ).toEqual(plans.map(() => expect.objectContaining({ gracePeriodSeconds: 0 })));
  });

  it.each<[string, Parameters<typeof withStatus>[2], string, RegExp]>([
    ['never taken up', { phase: 'Pending' }, 'never-started', /no kubelet took it up/],
    [
      'without an image',
      {
        phase: 'Pending',
        containerStatuses: [
          { state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } },
        ],
      },
      'never-started',
      /ErrImagePull: not found/,
    ],
    [
      'still running',
      { phase: 'Running', containerStatuses: [{ state: { running: {} } }] },
      'timed-out',
      /still running/,
    ],
    [
      'out of pods',
      { phase: 'Failed', reason: 'OutOfpods', message: 'Node is full' },
      'failed',
      /OutOfpods: Node is full/,
    ],
    ['killed', ended('', 137), 'failed', /no answer \(exit code 137\)/],
    ['cut short', ended('{"v":1,"r":"run-1'), 'failed', /cannot be read/],
    ['of another node', ended(message('prod09')), 'failed', /another plan/],
  ])('says how a Pod fared that was %s', async (_, status, outcome, detail) => {
    const cluster = fakeCluster({ onCreate: (name, self) => withStatus(self, name, status) });
    const { runs, cleaned } = await runPods(cluster.client, [plan('prod01')], OPTIONS);
    await cleaned;
    expect(runs[0]?.outcome.outcome).toBe(outcome);
    expect(runs[0]?.outcome.detail).toMatch(detail);
    expect(runs[0]?.answer.state).toBe('missing');
    expect(cluster.pods.size).toBe(0);
  });

  it("passes on the API server's words when a Pod is forbidden, and still runs the others", async () => {
    const plans = ['prod01', 'prod02'].map((node) => plan(node));
    const [first] = plans;
    const cluster = fakeCluster({
      refuse: (name) =>
        first !== undefined && name === podName(first, 1)
          ? { status: 403, message: 'violates PodSecurity "restricted:latest": host namespaces' }
          : null,
      onCreate: (name, self) => withStatus(self, name, ended(message('prod02'))),
    });
    const { runs } = await runPods(cluster.client, plans, OPTIONS);
    expect(runs.map(({ outcome }) => outcome.outcome)).toEqual(['forbidden', 'ok']);
    expect(runs[0]?.outcome.detail).toMatch(/violates PodSecurity/);
    expect(runs[0]?.answer).toMatchObject({ state: 'missing', reason: 'forbidden' });
  });

  it('sees the end by asking where watching is refused', async () => {
    const cluster = fakeCluster({
      watchFails: true,
      onCreate: (name, self) => withStatus(self, name, ended(message('prod01'))),
    });
    const { runs } = await runPods(cluster.client, [plan('prod01')], {
      ...OPTIONS,
      startAllowanceMs: 4_000,
    });
    expect(runs[0]?.outcome.outcome).toBe('ok');
  });
});

describe('answers in the log', () => {
  const RUNNING = {
    phase: 'Running',
    podIP: '192.168.77.1',
    containerStatuses: [{ state: { running: {} } }],
  };
  const runWith = async (log: string | null, kubeletSaysSo: boolean) => {
    const cluster = fakeCluster({
      log: () => log,
      onCreate(name, self) {
        withStatus(self, name, RUNNING);
        if (kubeletSaysSo) setTimeout(() => withStatus(self, name, ended(message('prod01'))), 20);
      },
    });
    const { runs, cleaned } = await runPods(cluster.client, [plan('prod01')], {
      ...OPTIONS,
      startAllowanceMs: 2_000,
    });
    await cleaned;
    return { run: runs[0], left: cluster.pods.size };
  };

  it('end a wave before the kubelet says that its Pods ended', async () => {
    const { run, left } = await runWith(answerLine(message('prod01')), false);
    expect(run?.outcome.outcome).toBe('ok');
    expect(run?.answer).toMatchObject({ state: 'known', value: { node: 'prod01' } });
    expect(left).toBe(0);
  });

  it.each([
    ['cannot be had', null],
    ['is empty', ''],
    ['holds other words', 'Warning: something else\n'],
    ['is cut', answerLine(message('prod01')).slice(0, 30)],
  ])('are not waited for where the log %s: the termination message tells', async (_, log) => {
    const { run } = await runWith(log, true);
    expect(run?.outcome.outcome).toBe('ok');
    expect(run?.answer.state).toBe('known');
  });

  it('of another plan are no answer', async () => {
    const { run } = await runWith(answerLine(message('prod09')), false);
    expect(run?.answer.state).toBe('missing');
  });
});

describe('startListeners', () => {
  it('gives the address of a listener that runs and the reason of one that does not', async () => {
    const plans = ['prod01', 'prod02'].map((node) => plan(node, 'listener'));
    const [first] = plans;
    const cluster = fakeCluster({
      onCreate: (name, self) => {
        if (first === undefined || name !== podName(first, 1)) return;
        withStatus(self, name, {
          phase: 'Running',
          podIP: '10.42.0.9',
          containerStatuses: [{ state: { running: {} } }],
        });
      },
    });
    const listeners = startListeners(cluster.client, plans, { ...OPTIONS, now: Date.now });
    const { states } = await listeners.settled({ usualMs: 80, slowMs: 80, pullMs: 80 });
    expect(states.map(({ target }) => target)).toEqual([
      { node: 'prod01', address: '10.42.0.9', port: 19_472 },
      null,
    ]);
    expect(states[1]?.outcome).toMatchObject({ kind: 'listener', outcome: 'never-started' });
    await listeners.stop();
    expect(cluster.pods.size).toBe(0);
  });

  it.each([
    ['pulls its image', ['Scheduled', 'Pulling'], 900, ['prod01']],
    ['is slow to start', ['Scheduled', 'Pulled'], 120, []],
    ['gets no sandbox', ['Scheduled', 'FailedCreatePodSandBox'], null, []],
    ['cannot pull its image', ['Pulling', 'Failed'], null, []],
  ] as const)('waits as long as it pays for a Pod that %s', async (_, reasons, after, pulls) => {
    const { states, slowestMs, told, tookMs } = await settledWith({ reasons, runsAfterMs: after });
    expect(states[0]?.outcome.outcome).toBe(after === null ? 'never-started' : 'ok');
    expect(told).toEqual(pulls);
    if (after === null) expect(tookMs).toBeLessThan(PATIENCE.slowMs);
    else expect(slowestMs).toBeGreaterThanOrEqual(after - 5);
  });

  it('waits for no image longer than it was told to, and for no Pod that no kubelet took up', async () => {
    const pulling = await settledWith({ reasons: ['Pulling'], runsAfterMs: 5_000 });
    expect(pulling.states[0]?.outcome).toMatchObject({ outcome: 'never-started' });
    expect(pulling.slowestMs).toBe(0);
    const away = await settledWith({ reasons: [], runsAfterMs: 5_000, taken: false });
    expect(away.tookMs).toBeLessThan(PATIENCE.slowMs);
  });
});

const PATIENCE = { usualMs: 60, slowMs: 700, pullMs: 1_500 };

/** One listener on prod01 whose kubelet does so much. */
async function settledWith(kubelet: {
  readonly reasons: readonly string[];
  readonly runsAfterMs: number | null;
  readonly taken?: boolean;
}) {
  let timer: NodeJS.Timeout | undefined;
  const cluster = fakeCluster({
    events: () => kubelet.reasons,
    onCreate: (name, self) => {
      if (kubelet.taken === false) return;
      const waiting = { state: { waiting: { reason: 'ContainerCreating' } } };
      withStatus(self, name, { phase: 'Pending', containerStatuses: [waiting] });
      if (kubelet.runsAfterMs === null) return;
      timer = setTimeout(() => {
        const containerStatuses = [{ state: { running: {} } }];
        withStatus(self, name, { phase: 'Running', podIP: '10.42.0.9', containerStatuses });
      }, kubelet.runsAfterMs);
    },
  });
  const plans = [plan('prod01', 'listener')];
  const told: string[] = [];
  const startedAt = performance.now();
  const listeners = startListeners(cluster.client, plans, { ...OPTIONS, now: Date.now });
  const settled = await listeners.settled({
    ...PATIENCE,
    onPull: (nodes) => told.push(...nodes),
  });
  const tookMs = performance.now() - startedAt;
  clearTimeout(timer);
  await listeners.stop();
  return { ...settled, told, tookMs };
}

describe('sweepProbePods', () => {
  it('deletes what is past its deadline or old, and leaves a living run alone', async () => {
    const cluster = fakeCluster({ onCreate: () => undefined });
    const now = 1_700_000_000_000;
    const pod = (name: string, deadline: number, createdAt: number): void =>
      cluster.update({
        metadata: {
          name,
          creationTimestamp: new Date(createdAt).toISOString(),
          annotations: { 'metrics-diag/deadline': new Date(deadline).toISOString() },
        },
      });
    pod('past', now - 1, now - 60_000);
    pod('old', now + 60_000, now - 600_000);
    pod('alive', now + 30_000, now - 5_000);

    expect(
      await sweepProbePods(cluster.client, 'metrics-diag', { olderThanMs: 300_000, now }),
    ).toBe(2);
    expect([...cluster.pods.keys()]).toEqual(['alive']);
  });
});
