import { describe, expect, it } from 'vitest';
import { known } from '../../../src/core/evidence/observed.ts';
import type { BurstCounters, BurstResult } from '../../../src/core/evidence/probe-results.ts';
import type { NodeObject, PodObject } from '../../../src/core/evidence/snapshot.ts';
import { planNextWave } from '../../../src/probes/plan-next-wave.ts';
import {
  type FirstWaveInput,
  LISTENER_PORT,
  planFirstWave,
  planListeners,
} from '../../../src/probes/plan-probes.ts';
import { nodeObject } from './support.ts';

const NOW = 1_700_000_000_000;

function cluster(
  size: number,
  change: (name: string) => Partial<NodeObject> = () => ({}),
): NodeObject[] {
  return Array.from({ length: size }, (_, i) => {
    const name = `prod${`${i + 1}`.padStart(2, '0')}`;
    return nodeObject({
      name,
      internalIps: [`192.168.77.${i + 1}`],
      controlPlane: i < 3,
      ...change(name),
    });
  });
}

function provider(nodeName: string): PodObject {
  return {
    namespace: 'kube-system',
    name: 'rke2-metrics-server-abc',
    uid: 'u1',
    labels: {},
    nodeName,
    phase: 'Running',
    podIps: ['10.42.0.20'],
    hostNetwork: false,
    ready: true,
    createdAt: null,
    deleting: false,
    conditions: [],
    containers: [],
    statuses: [],
    owner: null,
  };
}

function firstWave(
  nodes: readonly NodeObject[],
  parts: Partial<FirstWaveInput> = {},
): FirstWaveInput {
  return {
    runId: 'run-1',
    now: NOW,
    nodes,
    apiServers: [],
    providerPods: [provider('prod01')],
    providerPort: 10_250,
    referencePods: [],
    listeners: nodes.map(({ name }, i) => ({
      node: name,
      address: `10.42.${i}.9`,
      port: LISTENER_PORT,
    })),
    localApi: false,
    ...parts,
  };
}

describe('planListeners', () => {
  it('puts one on every node of a small cluster and asks it for kubelets and API servers', () => {
    const { plans, notProbed } = planListeners({
      runId: 'run-1',
      nodes: cluster(3),
      required: [],
      apiServers: [],
    });
    expect(plans.map(({ node, kind, listenPort }) => ({ node, kind, listenPort }))).toEqual(
      ['prod01', 'prod02', 'prod03'].map((node) => ({
        node,
        kind: 'listener',
        listenPort: LISTENER_PORT,
      })),
    );
    expect(plans[1]?.checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining([
        'tcp pod@prod02>kubelet@prod02',
        'tls pod@prod02>kubelet@prod01',
        'tcp pod@prod02>api-server@prod03',
      ]),
    );
    expect(notProbed).toEqual([]);
  });

  it.each<[string, Partial<NodeObject>, string]>([
    ['Windows', { os: 'windows' }, 'windows'],
    ['Fargate', { labels: { 'eks.amazonaws.com/compute-type': 'fargate' } }, 'virtual'],
    [
      'a virtual kubelet',
      { taints: [{ key: 'virtual-kubelet.io/provider', effect: 'NoSchedule' }] },
      'virtual',
    ],
    ['NotReady', { ready: known(false, 'test') }, 'not Ready'],
    ['without an address', { internalIps: [] }, 'no InternalIP'],
  ])('leaves out a node that is %s and names it', (_, parts, words) => {
    const nodes = cluster(3, (name) => (name === 'prod02' ? parts : {}));
    const { plans, notProbed } = planListeners({
      runId: 'run-1',
      nodes,
      required: [],
      apiServers: [],
    });
    expect(plans.map(({ node }) => node)).toEqual(['prod01', 'prod03']);
    expect(notProbed).toHaveLength(1);
    expect(notProbed[0]).toMatch(new RegExp(`^prod02: .*${words}`));
  });
});

describe('planFirstWave', () => {
  it('asks every question of every ordered pair in a small cluster, each once', () => {
    const ids = planFirstWave(firstWave(cluster(3))).plans.flatMap(({ checks }) =>
      checks.map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
    for (const from of ['prod01', 'prod02', 'prod03']) {
      for (const to of ['prod01', 'prod02', 'prod03'].filter((name) => name !== from)) {
        expect(ids).toEqual(
          expect.arrayContaining([
            ...['tcp', 'tcp-full', 'icmp', 'icmp-full'].map(
              (check) => `${check} ${from}>listener@${to}`,
            ),
            ...['icmp', 'icmp-full'].map((check) => `${check} ${from}>node@${to}`),
            `tcp ${from}>kubelet@${to}`,
            `tcp ${from}>api-server@${to}`,
          ]),
        );
      }
      expect(ids).toEqual(
        expect.arrayContaining(
          ['tcp', 'tls', 'https', 'icmp', 'icmp-full'].map(
            (check) => `${check} ${from}>provider/rke2-metrics-server-abc@prod01`,
          ),
        ),
      );
    }
    expect(ids).toContain('tls prod01>kubelet@prod02');
  });

  it('gives each listener at most one sender and each sender one target per round', () => {
    for (const size of [2, 3, 4, 8, 20]) {
      const { plans } = planFirstWave(firstWave(cluster(size)));
      const sends = plans.flatMap(({ node, bursts }) =>
        (bursts?.sends ?? []).map((send) => ({ node, ...send })),
      );
      expect(sends.length).toBeGreaterThan(0);
      for (const field of ['node', 'toNode'] as const) {
        const keys = sends.map((send) => `${send.round} ${send[field]}`);
        expect(new Set(keys).size, `${field} with ${size} nodes`).toBe(keys.length);
      }
      if (size <= 8) {
        expect(new Set(sends.map(({ node, toNode }) => `${node}>${toNode}`)).size).toBe(
          size * (size - 1),
        );
      }
    }
  });

  it('bounds checks per Pod, and Pods in a large cluster, and probes API servers and provider first', () => {
    const input = firstWave(cluster(200));
    const { plans, notProbed } = planFirstWave(input);
    expect(Math.max(...plans.map(({ checks }) => checks.length))).toBeLessThanOrEqual(40);
    const nodes = new Set(plans.map(({ node }) => node));
    expect(nodes.size).toBe(24);
    expect([...nodes]).toEqual(expect.arrayContaining(['prod01', 'prod02', 'prod03']));
    expect(notProbed.join()).toMatch(/176 more nodes/);
    expect(planFirstWave(input)).toEqual({ plans, notProbed });
  });

  it('has the nodes that somebody asked for in the sample, and none that does not exist', () => {
    const input = firstWave(cluster(200));
    const nodesOf = (wanted: readonly string[]) =>
      new Set(planFirstWave({ ...input, wanted }).plans.map(({ node }) => node));
    const sampled = nodesOf([]);
    const outside = input.nodes.map(({ name }) => name).filter((name) => !sampled.has(name));
    const wanted = outside.slice(-2);
    const nodes = nodesOf([...wanted, 'nobody']);

    expect(wanted).toHaveLength(2);
    expect([...nodes]).toEqual(expect.arrayContaining(['prod01', 'prod02', 'prod03', ...wanted]));
    expect(nodes).not.toContain('nobody');
    expect(nodes.size).toBe(24);
  });

  it('splits a long list of checks and lets one Pod alone burst and report', () => {
    const { plans } = planFirstWave(firstWave(cluster(8)));
    const own = plans.filter(({ node }) => node === 'prod01');
    expect(own.length).toBeGreaterThan(1);
    expect(own.map(({ batch }) => batch)).toEqual(own.map((_, i) => i));
    expect(own.filter(({ bursts }) => bursts !== null)).toHaveLength(1);
    expect(own.filter(({ nodeFacts }) => nodeFacts)).toHaveLength(1);
  });

  it('says so where a listener did not start', () => {
    const nodes = cluster(3);
    const input = firstWave(nodes);
    const { plans, notProbed } = planFirstWave({
      ...input,
      listeners: input.listeners.slice(0, 2),
    });
    expect(notProbed).toEqual(['pod network of prod03: its listener did not start in time']);
    expect(
      plans.flatMap(({ checks }) => checks).some(({ id }) => id.includes('listener@prod03')),
    ).toBe(false);
  });

  it('ends no Pod before its connects timed out and its bursts are over', () => {
    for (const { deadlineMs, bursts, checks } of planFirstWave(firstWave(cluster(8))).plans) {
      expect(deadlineMs).toBeGreaterThan(Math.max(...checks.map(({ timeoutMs }) => timeoutMs)));
      if (bursts !== null)
        expect(NOW + deadlineMs).toBeGreaterThan(bursts.startAt + bursts.rounds * bursts.periodMs);
    }
  });
});

const NO_COUNTERS: BurstCounters = {
  overlayDevice: 'flannel.1',
  overlayTx: null,
  overlayTxErrors: null,
  overlayRx: null,
  underlayDevice: 'eth0',
  underlayTx: null,
  underlayRx: null,
  ipInReceives: null,
  ipInDelivers: null,
  udpInDatagrams: null,
  udpNoPorts: null,
  udpInErrors: null,
  udpInCsumErrors: null,
  backgroundPps: 0,
};

describe('planNextWave', () => {
  const input = firstWave(cluster(12));
  const answer = (outcome: 'open' | 'timeout') =>
    known(
      { outcome, ms: 4_000, errno: null, sizeBytes: null, status: null, detail: '', peer: null },
      'test',
    );

  it('is empty when nothing is red', () => {
    expect(planNextWave({ ...input, wave: 2, reach: [], bursts: [], blindNodes: [] })).toEqual([]);
  });

  it('completes the row and the column of a red node without repeating a check', () => {
    const first = planFirstWave(input).plans.flatMap(({ checks }) => checks);
    const sampled = first.find(
      ({ id }) =>
        id.startsWith('tcp ') && id.endsWith('listener@prod01') && !id.startsWith('tcp prod01'),
    );
    if (sampled === undefined) throw new Error('nothing sampled');
    const reach = first.map((check) => ({
      ...check,
      result: answer(check.id === sampled.id ? 'timeout' : 'open'),
      wave: 1,
    }));
    const plans = planNextWave({ ...input, wave: 2, reach, bursts: [], blindNodes: [] });
    const ids = plans.flatMap(({ checks }) => checks.map(({ id }) => id));
    expect(ids.some((id) => first.some((check) => check.id === id))).toBe(false);
    const into = [...first, ...plans.flatMap(({ checks }) => checks)].filter(({ id }) =>
      /^tcp prod\d+>listener@prod01$/.test(id),
    );
    expect(new Set(into.map(({ from }) => from.node)).size).toBe(12);
    expect(Math.max(...plans.map(({ checks }) => checks.length))).toBeLessThanOrEqual(40);
    expect(plans.some(({ bursts }) => bursts !== null)).toBe(true);
  });

  it('repeats the bursts that noise or a late Pod left open, louder, and no others', () => {
    const three = firstWave(cluster(3));
    const first = planFirstWave(three).plans;
    const reach = first
      .flatMap(({ checks }) => checks)
      .map((check) => ({
        ...check,
        result: answer(check.id.endsWith('listener@prod01') ? 'timeout' : 'open'),
        wave: 1,
      }));
    const burstsOf = (ipOutRequests: number | null, overlayTx: number | null) =>
      ['prod02', 'prod03'].map((from) => ({
        id: `burst:${from}>prod01`,
        from,
        to: 'prod01',
        sent: 600,
        receivedByListener: known(0, 'test'),
        sender: known({ ...NO_COUNTERS, overlayTx, ipOutRequests }, 'test'),
        receiver: known({ ...NO_COUNTERS, ipInReceives: 0, overlayRx: 0 }, 'test'),
      }));
    const repeated = (bursts: readonly BurstResult[]) =>
      planNextWave({ ...three, wave: 2, reach, bursts, blindNodes: [] }).flatMap((each) =>
        each.bursts === null ? [] : [each.bursts],
      );
    expect(repeated(burstsOf(1_200, 0))).toEqual([]);
    expect(repeated(burstsOf(null, null)).length).toBeGreaterThan(0);
    const [plan] = repeated(burstsOf(null, 0));
    const usual = first.find(({ bursts }) => bursts !== null)?.bursts;
    const perMs = (each: typeof usual) => (each?.datagrams ?? 0) / (each?.burstMs ?? 1);
    expect(perMs(plan)).toBeGreaterThan(perMs(usual));
  });

  it('asks nodes that the sample left out, whether they fail, too', () => {
    const all = firstWave(
      cluster(80, (name) => ({ kernel: Number(name.slice(4)) % 2 === 0 ? '4.18' : '5.14' })),
    );
    const chosen = new Set(planFirstWave(all).plans.map(({ node }) => node));
    const big = { ...all, listeners: all.listeners.filter(({ node }) => chosen.has(node)) };
    const first = planFirstWave(big).plans.flatMap(({ checks }) => checks);
    const even = (node: string): boolean => Number(node.slice(4)) % 2 === 0;
    const reach = first.map((check) => ({
      ...check,
      result: answer(
        check.layer === 'overlay' && (even(check.from.node) || even(check.to.node))
          ? 'timeout'
          : 'open',
      ),
      wave: 1,
    }));
    const plans = planNextWave({ ...big, wave: 2, reach, bursts: [], blindNodes: [] });
    const sampled = new Set(first.map(({ from }) => from.node));
    const fresh = plans.filter(({ node }) => !sampled.has(node));
    expect(fresh).toHaveLength(24);
    expect(fresh.filter(({ node }) => even(node))).toHaveLength(12);
    for (const { checks } of fresh) {
      const soundTargets = checks.filter(({ to }) => !even(to.node));
      expect(soundTargets.length).toBeGreaterThan(0);
      expect(checks.length).toBeLessThanOrEqual(6);
    }
  });

  it('tries the kubelets of nodes without metrics from where metrics-server runs', () => {
    const big = firstWave(cluster(80));
    const first = planFirstWave(big).plans.flatMap(({ checks }) => checks);
    const reach = first.map((check) => ({ ...check, result: answer('open'), wave: 1 }));
    const blindNodes = big.nodes.slice(20, 70).map(({ name }) => name);
    const plans = planNextWave({ ...big, wave: 2, reach, bursts: [], blindNodes });
    expect(plans.map(({ node }) => node)).toEqual(['prod01']);
    const checks = plans.flatMap((plan) => plan.checks);
    expect(checks.length).toBeLessThanOrEqual(40);
    expect(checks.every(({ to }) => to.kind === 'kubelet' && blindNodes.includes(to.node))).toBe(
      true,
    );
    expect(checks.some(({ id }) => first.some((check) => check.id === id))).toBe(false);
  });

  it('stops after its last wave', () => {
    expect(planNextWave({ ...input, wave: 3, reach: [], bursts: [], blindNodes: [] })).toEqual([]);
  });
});
