import { describe, expect, it } from 'vitest';
import { known, missing } from '../../../src/core/evidence/observed.ts';
import { joinResults, noProbes } from '../../../src/probes/join-results.ts';
import type { PodAnswer } from '../../../src/probes/plan.ts';
import { planFirstWave, planListeners } from '../../../src/probes/plan-probes.ts';
import type { PodRun } from '../../../src/probes/run-pods.ts';
import type { ListenerState } from '../../../src/probes/start-listeners.ts';
import { readListenerStates, readPodRuns } from '../../../src/probes/stored-runs.ts';
import { nodeObject, podAnswer, reachAnswer } from './support.ts';

const NODES = ['prod01', 'prod02'].map((name, i) =>
  nodeObject({ name, internalIps: [`192.168.77.${i + 1}`], controlPlane: true }),
);

const LISTENERS = planListeners({
  runId: 'run-1',
  nodes: NODES,
  required: [],
  apiServers: [],
}).plans.map(
  (plan, i): ListenerState => ({
    plan,
    target: { node: plan.node, address: `10.42.${i}.9`, port: 19_472 },
    outcome: {
      node: plan.node,
      kind: 'listener',
      outcome: 'ok',
      detail: '',
      podIp: `10.42.${i}.9`,
    },
  }),
);

/** Every check open, in both Pods, save what `change` says of a node's answer. */
function runs(change: (node: string, answer: PodAnswer) => PodRun['answer']): readonly PodRun[] {
  const { plans } = planFirstWave({
    runId: 'run-1',
    now: 0,
    nodes: NODES,
    apiServers: [],
    providerPods: [],
    providerPort: null,
    referencePods: [],
    listeners: LISTENERS.flatMap(({ target }) => target ?? []),
    localApi: true,
  });
  return plans.map((plan) => {
    const open = { state: 'answered', answer: reachAnswer({}) } as const;
    const told = LISTENERS.find((listener) => listener.plan.node === plan.node)?.plan.checks ?? [];
    const answer = podAnswer({
      node: plan.node,
      checks: plan.checks.map((_, index) => ({ index, result: open })),
      listener: known(
        {
          checks: told.map((_, index) => ({ index, result: open })),
          received: [],
          tcpInCsumErrors: 3,
        },
        'listener',
      ),
      facts: known(
        {
          devices: [],
          udpPorts: [8472],
          routes: [],
          udpInCsumErrors: 5,
          tcpInCsumErrors: 0,
          cgroup: 2,
        },
        'probe',
      ),
    });
    return {
      plan,
      outcome: { node: plan.node, kind: 'node', outcome: 'ok', detail: '', podIp: null },
      answer: change(plan.node, answer),
    };
  });
}

const asIs = (_: string, answer: PodAnswer): PodRun['answer'] => known(answer, 'probe');

describe('joinResults', () => {
  it('names every planned check once, from nodes and from pods', () => {
    const all = runs(asIs);
    const results = joinResults({ listeners: LISTENERS, runs: all, notProbed: ['x', 'x'] });
    const planned = [...LISTENERS.map(({ plan }) => plan), ...all.map(({ plan }) => plan)].flatMap(
      ({ checks }) => checks,
    );
    expect(results.reach.map(({ id }) => id).sort()).toEqual(planned.map(({ id }) => id).sort());
    expect(results.reach.every(({ result }) => result.state === 'known')).toBe(true);
    expect(results.ran).toMatchObject({ state: 'known', value: { waves: 1, pods: 4 } });
    expect(results.notProbed).toEqual(['x']);
    expect(results.nodeFacts[0]).toMatchObject({
      udpPorts: [8472],
      udpInCsumErrors: 5,
      listenerTcpInCsumErrors: { state: 'known', value: 3 },
    });
  });

  it('makes the checks of a silent Pod missing, never dead, and those of its listener too', () => {
    const results = joinResults({
      listeners: LISTENERS,
      runs: runs((node, answer) =>
        node === 'prod01'
          ? missing('timed-out', 'probe Pod on prod01: still running')
          : known(answer, 'probe'),
      ),
      notProbed: [],
    });
    const from = (node: string) => results.reach.filter((reach) => reach.from.node === node);
    expect(from('prod01').every(({ result }) => result.state === 'missing')).toBe(true);
    expect(from('prod02').every(({ result }) => result.state === 'known')).toBe(true);
    expect(results.localApi.find(({ node }) => node === 'prod01')?.answer).toMatchObject({
      reason: 'timed-out',
    });
  });

  it('says why a listener that never started has no results', () => {
    const [first, ...others] = LISTENERS;
    if (first === undefined) throw new Error('no listener');
    const dead: ListenerState = {
      ...first,
      target: null,
      outcome: { ...first.outcome, outcome: 'never-started', detail: 'ErrImagePull: not found' },
    };
    const results = joinResults({
      listeners: [dead, ...others],
      runs: runs((_, answer) =>
        known({ ...answer, listener: missing('not-attempted', 'none') }, 'probe'),
      ),
      notProbed: [],
    });
    const pods = results.reach.filter(({ from }) => from.kind === 'pod' && from.node === 'prod01');
    expect(pods.length).toBeGreaterThan(0);
    for (const { result } of pods) {
      expect(result).toMatchObject({
        state: 'missing',
        detail: expect.stringContaining('ErrImagePull'),
      });
    }
  });

  it('calls a check missing that the message had no room for, and says what was cut', () => {
    const results = joinResults({
      listeners: [],
      runs: runs((_, answer) =>
        known(
          { ...answer, checks: answer.checks.slice(0, 2), cut: ['bursts', 'details'] },
          'probe',
        ),
      ),
      notProbed: [],
    });
    const own = results.reach.filter(({ from }) => from.node === 'prod01' && from.kind === 'node');
    expect(own.filter(({ result }) => result.state === 'known')).toHaveLength(2);
    expect(results.notProbed.join()).toMatch(/bursts of prod01/);
    expect(results.notProbed.join()).not.toMatch(/details/);
  });

  it('says that nothing ran, and why, when no Pod answered', () => {
    const forbidden = runs(() => missing('forbidden', 'x')).map((run) => ({
      ...run,
      outcome: { ...run.outcome, outcome: 'forbidden' as const, detail: 'violates PodSecurity' },
    }));
    expect(joinResults({ listeners: [], runs: forbidden, notProbed: [] }).ran).toMatchObject({
      state: 'missing',
      reason: 'forbidden',
      detail: expect.stringContaining('violates PodSecurity'),
    });
    expect(joinResults({ listeners: [], runs: [], notProbed: [] }).ran).toMatchObject({
      reason: 'no-node-to-run-on',
    });
    expect(noProbes(missing('not-attempted', 'switched off')).ran).toMatchObject({
      detail: 'switched off',
    });
  });

  it('gives the same after a stay in Redis', () => {
    const input = { listeners: LISTENERS, runs: runs(asIs), notProbed: [] };
    const stored = {
      ...input,
      runs: readPodRuns(JSON.parse(JSON.stringify(input.runs))),
      listeners: readListenerStates(JSON.parse(JSON.stringify(input.listeners))),
    };
    expect(joinResults(stored)).toEqual(joinResults(input));
    expect(readPodRuns('nonsense')).toEqual([]);
    expect(readListenerStates([1, null, {}])).toEqual([]);
  });
});
