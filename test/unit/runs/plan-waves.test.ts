import { expect, it } from 'vitest';
import { known, valueOr } from '../../../src/core/evidence/observed.ts';
import type { ApiServerView } from '../../../src/core/evidence/snapshot.ts';
import { planBursts } from '../../../src/probes/plan-bursts.ts';
import { basePlan } from '../../../src/probes/plan-probes.ts';
import type { PodRun } from '../../../src/probes/run-pods.ts';
import { apiServerTargets, leadAfter } from '../../../src/runs/plan-waves.ts';
import { evidence } from '../../support/evidence-builder.ts';
import { nodeObject, podAnswer } from '../probes/support.ts';

const { snapshot } = evidence();
const nodes = valueOr(snapshot.nodes, []);
const [first] = valueOr(snapshot.apiServers, []);

function targetsOf(servers: readonly { readonly name: string; readonly address: string }[]) {
  if (first === undefined) throw new Error('the sample has no API server');
  const views: readonly ApiServerView[] = servers.map((server) => ({ ...first, ...server }));
  return apiServerTargets({ ...snapshot, apiServers: known(views, 'test') }, nodes);
}

it("has nodes dial an API server at its node's own address", () => {
  const ip = nodes[0]?.internalIps[0] ?? '';
  expect(targetsOf([{ name: 'prod01', address: `${ip}:6443` }])).toEqual([
    { name: 'prod01', node: 'prod01', address: ip, port: 6443 },
  ]);
});

it.each([
  ['a tunnel to a node', { name: 'prod01', address: '127.0.0.1:16443' }],
  ['a tunnel to nowhere known', { name: 'left', address: 'https://localhost:16443' }],
  ['a public name of a node', { name: 'prod01', address: 'prod01.example:6443' }],
])('does not have nodes dial %s: that is our way in, not theirs', (_name, server) => {
  expect(targetsOf([server])).toEqual([]);
});

it('has nodes dial a managed control plane, and reads IPv6', () => {
  expect(
    targetsOf([
      { name: 'eks', address: 'abc.eks.example' },
      { name: 'v6', address: '[2001:db8::1]:6443' },
    ]),
  ).toEqual([
    { name: 'eks', node: null, address: 'abc.eks.example', port: 443 },
    { name: 'v6', node: null, address: '2001:db8::1', port: 6443 },
  ]);
});

const FIRST_BURST_AT = 1_700_000_000_000;

/** A Pod that began so long after its first burst should have been sent; negative: before. */
function begun(node: string, lateMs: number): PodRun {
  const bursts = planBursts(
    ['prod01', 'prod02'].map((name, i) => ({ node: name, address: `10.42.${i}.9`, port: 1 })),
    FIRST_BURST_AT,
    1,
  ).get(node);
  return {
    plan: {
      ...basePlan(nodeObject({ name: node }), { runId: 'run-1', wave: 1 }),
      kind: 'node',
      deadlineMs: 6_000,
      bursts: bursts ?? null,
    },
    outcome: { node, kind: 'node', outcome: 'ok', detail: '', podIp: null },
    answer: known(podAnswer({ node, startedAt: FIRST_BURST_AT + lateMs }), 'test'),
  };
}

it('has repeated bursts wait for the Pod that was latest, within bounds', () => {
  const lead = (...lateMs: readonly number[]) =>
    leadAfter(lateMs.map((ms, i) => begun(`prod0${i + 1}`, ms))).burstLeadMs;
  expect(lead(-1_200, -1_500)).toBeUndefined();
  expect(lead(-1_200, 2_000)).toBe(6_500);
  expect(lead(-1_200, 60_000)).toBe(10_000);
});
