import { describe, expect, it } from 'vitest';
import { known, missing } from '../../../src/core/evidence/observed.ts';
import type { ReachResult } from '../../../src/core/evidence/probe-results.ts';
import { encodeAnswer, MAX_MESSAGE_BYTES } from '../../../src/probes/codec.ts';
import { decodeAnswer } from '../../../src/probes/decode-answer.ts';
import { offloadsOf } from '../../../src/probes/deep/overlay-state.ts';
import { readTrace } from '../../../src/probes/deep/trace.ts';
import { joinDeep } from '../../../src/probes/join-deep.ts';
import type { DeepAnswer, PlannedFlow, PodAnswer, PodPlan } from '../../../src/probes/plan.ts';
import { type DeepWaveInput, planDeepWave } from '../../../src/probes/plan-deep.ts';
import { LISTENER_PORT, planListeners } from '../../../src/probes/plan-probes.ts';
import type { PodRun } from '../../../src/probes/run-pods.ts';
import { RULES } from '../../support/deep-evidence.ts';
import { nodeObject } from './support.ts';

const NOW = 1_700_000_000_000;
const NODES = ['prod01', 'prod02', 'prod03'].map((name, i) =>
  nodeObject({ name, internalIps: [`192.168.77.${i + 1}`] }),
);
const podAddress = (node: string): string => `10.42.${Number(node.slice(-1)) - 1}.9`;

const LISTENERS = planListeners({
  runId: 'run-1',
  nodes: NODES,
  required: [],
  apiServers: [],
}).plans.map((plan) => ({
  plan,
  target: { node: plan.node, address: podAddress(plan.node), port: LISTENER_PORT },
  outcome: {
    node: plan.node,
    kind: 'listener' as const,
    outcome: 'ok' as const,
    detail: '',
    podIp: podAddress(plan.node),
  },
}));

function path(
  from: ReachResult['from'],
  to: Omit<ReachResult['to'], 'name'>,
  change: Partial<ReachResult> = {},
): ReachResult {
  const source = from.kind === 'pod' ? `pod@${from.node}` : from.node;
  const answer = {
    outcome: 'timeout',
    ms: 4_000,
    errno: null,
    sizeBytes: null,
    status: null,
    detail: '',
    peer: null,
  } as const;
  return {
    id: `tcp ${source}>${to.kind}@${to.node}`,
    from,
    to: { ...to, name: to.kind },
    layer: 'overlay',
    check: 'tcp',
    result: known(answer, 'test'),
    wave: 1,
    ...change,
  };
}

const overlayPath = (from: string, to: string): ReachResult =>
  path(
    { kind: 'node', node: from },
    { kind: 'listener', node: to, address: podAddress(to), port: LISTENER_PORT },
  );
const kubeletPath = (kind: 'node' | 'pod', from: string, to: string): ReachResult =>
  path(
    { kind, node: from },
    { kind: 'kubelet', node: to, address: `192.168.77.${to.slice(-1)}`, port: 10_250 },
    { layer: from === to ? 'same-node' : 'underlay' },
  );

function plans(reach: readonly ReachResult[], change: Partial<DeepWaveInput> = {}) {
  return planDeepWave({
    runId: 'run-1',
    wave: 3,
    now: NOW,
    nodes: NODES,
    listeners: LISTENERS,
    reach,
    nodeFacts: [],
    network: {
      cni: 'canal',
      encapsulation: 'vxlan',
      port: 8472,
      vni: 1,
      device: 'flannel.1',
      basis: [],
      disagrees: false,
    },
    trace: false,
    ...change,
  });
}

const short = (plan: PodPlan | undefined): readonly string[] =>
  (plan?.deep?.flows ?? []).map(
    ({ id, leg, packet, protocol, sources, destination, port }) =>
      `${id} | ${leg} ${packet} ${protocol} ${sources.join('+') || '-'} > ${destination}:${port ?? ''}`,
  );

describe('planDeepWave', () => {
  it('makes no Pod where nothing fails', () => {
    const works = { ...overlayPath('prod02', 'prod01'), result: missing('failed', 'x') };
    expect(plans([])).toEqual([]);
    expect(plans([works])).toEqual([]);
  });

  it('watches both ends of a dead pair, both ways, inside and outside of the tunnel', () => {
    const all = plans([overlayPath('prod02', 'prod01')]);
    expect(all.map(({ node }) => node)).toEqual(['prod01', 'prod02']);
    expect(short(all[0])).toEqual([
      'deep prod01: outer prod02>prod01 | in outer udp 192.168.77.2 > 192.168.77.1:8472',
      `deep prod01: burst prod02>prod01 | through plain udp 192.168.77.2 > 10.42.0.9:${LISTENER_PORT}`,
      'deep prod01: outer prod01>prod02 | out outer udp 192.168.77.1 > 192.168.77.2:8472',
      `deep prod01: burst prod01>prod02 | out plain udp - > 10.42.1.9:${LISTENER_PORT}`,
    ]);
    expect(all.every(({ bursts }) => bursts !== null)).toBe(true);
    expect(all[0]?.deep?.peers).toEqual([{ node: 'prod02', address: '10.42.1.9' }]);
  });

  it('has a pod try its own kubelet again through its listener, and a host by itself', () => {
    const all = plans([
      kubeletPath('pod', 'prod01', 'prod01'),
      kubeletPath('node', 'prod02', 'prod01'),
    ]);
    expect(short(all[0])).toEqual([
      'deep prod01: tcp pod@prod01>kubelet@prod01 | in plain tcp 10.42.0.9 > 192.168.77.1:10250',
      'deep prod01: tcp prod02>kubelet@prod01 | in plain tcp 192.168.77.2 > 192.168.77.1:10250',
    ]);
    expect(all[0]?.deep?.tries).toEqual([
      { by: 'listener', path: 'tcp pod@prod01>kubelet@prod01', index: 0 },
    ]);
    expect(all[1]?.deep?.tries).toEqual([
      { by: 'host', path: 'tcp prod02>kubelet@prod01', address: '192.168.77.1', port: 10_250 },
    ]);
    expect(all.every(({ bursts }) => bursts === null)).toBe(true);
  });

  it('watches where a pod of another node is forwarded, and where it arrives', () => {
    const all = plans([kubeletPath('pod', 'prod01', 'prod02')]);
    expect(short(all[0])).toEqual([
      'deep prod01: tcp pod@prod01>kubelet@prod02 | through plain tcp 10.42.0.9 > 192.168.77.2:10250',
    ]);
    expect(short(all[1])).toEqual([
      'deep prod02: tcp pod@prod01>kubelet@prod02 | in plain tcp 192.168.77.1+10.42.0.9 > 192.168.77.2:10250',
    ]);
  });

  it('speaks of IP protocol 4 where the overlay is IPIP, and of no outer packet where there is none', () => {
    const network = {
      cni: 'calico',
      encapsulation: 'ipip',
      port: null,
      vni: null,
      device: 'tunl0',
      basis: [],
      disagrees: false,
    } as const;
    const ipip = plans([overlayPath('prod02', 'prod01')], { network });
    expect(short(ipip[0])[0]).toContain('in outer ipip 192.168.77.2 > 192.168.77.1:');
    const plain = plans([overlayPath('prod02', 'prod01')], {
      network: { ...network, encapsulation: 'none' },
    });
    expect(short(plain[0]).some((line) => line.includes('outer'))).toBe(false);
  });

  it('goes to eight nodes at most, those with most that fails', () => {
    const names = Array.from({ length: 30 }, (_, i) => `n${String(i).padStart(2, '0')}`);
    const many = plans(
      names.flatMap((name) =>
        name === 'n07'
          ? []
          : [
              path(
                { kind: 'node', node: name },
                { kind: 'listener', node: 'n07', address: '10.42.7.9', port: 1 },
              ),
            ],
      ),
      { nodes: names.map((name) => nodeObject({ name })) },
    );
    expect(many).toHaveLength(8);
    expect(many[0]?.node).toBe('n07');
    for (const { deep } of many) {
      expect(deep?.flows.length).toBeLessThanOrEqual(24);
      expect(deep?.tries.length).toBeLessThanOrEqual(6);
    }
  });
});

const QUIET = {
  rules: [],
  counting: [],
  flows: [],
  risen: [],
  windowsMs: { quiet: 2_000, bursts: 5_000, tries: 3_000 },
  overlay: {
    name: 'flannel.1',
    mac: '0e:00:00:00:00:01',
    addresses: ['10.42.0.0'],
    driver: 'vxlan',
    offloads: { 'tx-checksum-ip-generic': true, 'rx-checksumming': false },
  },
  underlay: null,
  peers: [
    {
      index: 0,
      tabled: true,
      route: { device: 'flannel.1', via: '10.42.1.0' },
      neighbour: { mac: '0e:00:00:00:00:02', state: 'PERMANENT' },
      vtep: '192.168.77.2',
    },
  ],
  attempts: [],
  routingRules: [{ priority: 30_400, from: '10.0.0.5', table: '30400' }],
  ownPodDevice: 'cni0',
  conntrack: { count: 5, max: 10, drops: 1 },
  forwarding: true,
  rpFilter: null,
  missing: [],
} as const satisfies DeepAnswer;

function podAnswer(plan: PodPlan, deep: DeepAnswer): PodAnswer {
  return {
    runId: plan.runId,
    wave: plan.wave,
    node: plan.node,
    kind: 'node',
    batch: 0,
    startedAt: NOW,
    endedAt: NOW + 9_000,
    checks: [],
    bursts:
      plan.bursts === null
        ? null
        : {
            overlayDevice: 'flannel.1',
            underlayDevice: 'eth0',
            sends: plan.bursts.sends.map(({ round }) => ({
              round,
              sent: 600,
              startedAt: NOW,
              endedAt: NOW + 300,
            })),
            samples: { at: [], values: {} as never },
          },
    listener: missing('not-attempted', 'x'),
    localApi: missing('not-attempted', 'x'),
    facts: missing('not-attempted', 'x'),
    deep: known(deep, plan.node),
    cut: [],
  };
}

describe('joinDeep', () => {
  const all = plans([overlayPath('prod02', 'prod01')]);
  const outcome = (node: string) =>
    ({ node, kind: 'node', outcome: 'ok', detail: '', podIp: null }) as const;
  const joined = (deep: Partial<DeepAnswer>) => {
    const runs = all.map((plan): PodRun => {
      const answer = podAnswer(plan, { ...QUIET, ...(plan.node === 'prod01' ? deep : {}) });
      return { plan, outcome: outcome(plan.node), answer: known(answer, plan.node) };
    });
    const rows = joinDeep(runs);
    if (rows.state === 'missing') throw new Error(rows.detail);
    return rows.value.find(({ node }) => node === 'prod01')?.flows[0];
  };
  const ends = (fate: 'ends' | 'unsure', rules: readonly number[]) => [
    { index: 0, fate, ends: rules, traced: [] },
  ];
  const sentTo = 2 * 600; // two rounds of a pair

  it('a counter that rose with the packets is proof', () => {
    const flow = joined({
      rules: [RULES.ufw],
      counting: [0],
      flows: ends('ends', [0]),
      risen: [{ rule: 0, quiet: 2, bursts: sentTo, tries: 0 }],
    });
    expect(flow?.aimed).toBe(sentTo);
    expect(flow?.by).toEqual([{ rule: RULES.ufw, proof: 'counted', packets: sentTo - 5 }]);
  });

  it('one that rises all the time, or hardly rose, is none', () => {
    const noisy = { rule: 0, quiet: 2_000, bursts: 5_100, tries: 0 };
    const base = { rules: [RULES.ufw], counting: [0], flows: ends('ends', [0]) };
    expect(joined({ ...base, risen: [noisy] })?.by).toEqual([]);
    expect(joined({ ...base, risen: [{ ...noisy, quiet: 0, bursts: 500 }] })?.by).toEqual([]);
    expect(joined({ ...base, risen: [] })?.by).toEqual([]);
  });

  it('a rule that counts nothing is listed, and one of several only possible', () => {
    const rules = [RULES.firewalld, RULES.nft];
    expect(joined({ rules, flows: ends('ends', [0]) })?.by).toEqual([
      { rule: RULES.firewalld, proof: 'listed', packets: null },
    ]);
    expect(joined({ rules, flows: ends('unsure', [0, 1]) })?.by.map(({ proof }) => proof)).toEqual([
      'possible',
      'possible',
    ]);
  });

  it("the kernel's trace is the best proof, and comes first", () => {
    const flow = joined({
      rules: [RULES.nft, RULES.firewalld],
      flows: [{ index: 0, fate: 'ends', ends: [0], traced: [{ rule: 1, packets: 8 }] }],
    });
    expect(flow?.by.map(({ proof, rule }) => `${proof} ${rule.owner}`)).toEqual([
      'traced firewalld',
      'listed nftables',
    ]);
  });

  it('says why it saw nothing', () => {
    const plan = all[0];
    if (plan === undefined) throw new Error('no plan');
    const failed = { plan, outcome: outcome('prod01'), answer: missing('forbidden', 'refused') };
    expect(joinDeep([failed])).toEqual(missing('forbidden', 'refused'));
    expect(joinDeep([])).toMatchObject({ state: 'missing', reason: 'not-attempted' });
  });
});

describe('the deep answer on its way', () => {
  const [plan] = plans([overlayPath('prod02', 'prod01')]);
  if (plan === undefined) throw new Error('no plan');

  it('comes back as it was', () => {
    const deep: DeepAnswer = {
      ...QUIET,
      rules: [RULES.ufw, RULES.firewalld],
      counting: [0],
      flows: [{ index: 0, fate: 'ends', ends: [0], traced: [{ rule: 1, packets: 3 }] }],
      risen: [{ rule: 0, quiet: 1, bursts: 2, tries: 3 }],
      attempts: [8],
      missing: ['nft is not in the probe image'],
    };
    const back = decodeAnswer(encodeAnswer({ ...podAnswer(plan, deep), bursts: null }));
    expect(back.state === 'known' && back.value.deep).toEqual(known(deep, 'deep probe on prod01'));
  });

  it('fits 4,096 bytes whatever the rules are called, and keeps table, chain and number', () => {
    const noise = (i: number): string =>
      Array.from({ length: 200 }, (_, at) =>
        String.fromCharCode(33 + ((at * 37 + i * 101) % 90)),
      ).join('');
    const rules = Array.from({ length: 20 }, (_, i) => ({
      ...RULES.plain,
      text: noise(i),
      place: `rule ${i}`,
    }));
    const deep = {
      ...QUIET,
      rules,
      flows: rules.map((_, index) => ({ index, fate: 'ends' as const, ends: [index], traced: [] })),
    };
    const message = encodeAnswer({ ...podAnswer(plan, deep), bursts: null });
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    const back = decodeAnswer(message);
    const told = back.state === 'known' ? back.value.deep : undefined;
    expect(told?.state === 'known' && told.value.rules.map(({ place }) => place)).toEqual(
      rules.map(({ place }) => place),
    );
  });

  it('indices of a hostile message lead nowhere', () => {
    const deep = {
      ...QUIET,
      flows: [{ index: 0, fate: 'ends' as const, ends: [7], traced: [{ rule: 9, packets: 1 }] }],
      risen: [{ rule: 5, quiet: 0, bursts: 9, tries: 0 }],
      counting: [4],
    };
    const back = decodeAnswer(encodeAnswer({ ...podAnswer(plan, deep), bursts: null }));
    const told = back.state === 'known' ? back.value.deep : undefined;
    expect(
      told?.state === 'known' && [told.value.flows, told.value.risen, told.value.counting],
    ).toEqual([[{ index: 0, fate: 'ends', ends: [], traced: [] }], [], []]);
  });
});

describe('what tools print', () => {
  const flow = {
    id: 'x',
    leg: 'in',
    packet: 'outer',
    from: { kind: 'node', node: 'prod02' },
    to: { kind: 'listener', node: 'prod01', address: '10.42.0.9', port: 1, name: '' },
    protocol: 'udp',
    sources: ['192.168.77.2'],
    destination: '192.168.77.1',
    port: 8472,
    window: 'bursts',
  } as const satisfies PlannedFlow;

  it("nft monitor trace: the flow's packets to their end, our own table left out", () => {
    const header =
      'iif "eth0" ether saddr 5a:77 ip saddr 192.168.77.2 ip daddr 192.168.77.1 ip protocol udp udp sport 5 udp dport 8472 udp length 10';
    const text = [
      `trace id aa inet own f0 packet: ${header}`,
      'trace id aa inet own f0 unknown rule handle 2 (verdict continue)',
      'trace id aa inet own f0 policy drop',
      'trace id aa inet firewalld filter_INPUT rule jump filter_INPUT_ZONES (verdict jump filter_INPUT_ZONES)',
      'trace id aa inet firewalld filter_IN_public rule reject with icmpx admin-prohibited (verdict drop)',
      `trace id bb ip filter INPUT packet: ${header.replace('8472', '53')}`,
      'trace id bb ip filter INPUT policy drop',
      `trace id cc ip filter INPUT packet: ${header}`,
      'trace id cc ip filter INPUT policy drop',
    ].join('\n');
    expect(readTrace(text, [flow], 'own')).toEqual([
      {
        flow: 0,
        family: 'inet',
        table: 'firewalld',
        chain: 'filter_IN_public',
        text: 'reject with icmpx admin-prohibited',
      },
      { flow: 0, family: 'ip', table: 'filter', chain: 'INPUT', text: null },
    ]);
  });

  it('ethtool -k', () => {
    const text =
      'Features for flannel.1:\nrx-checksumming: on\ntx-checksumming: on\n\ttx-checksum-ip-generic: off [requested on]\n\ttx-checksum-sctp: on\nhighdma: off [fixed]\n';
    expect(offloadsOf(text)).toEqual({
      'rx-checksumming': true,
      'tx-checksumming': true,
      'tx-checksum-ip-generic': false,
    });
  });
});
