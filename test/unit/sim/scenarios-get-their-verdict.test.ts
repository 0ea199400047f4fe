import { describe, expect, it, vi } from 'vitest';
import type { OverlayName } from '../../sim/overlays.ts';
import { type ScenarioName, scenario } from '../../sim/scenarios.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';

/** Some 50 ms of work each, which a busy machine may stretch. */
vi.setConfig({ testTimeout: 60_000 });

/** What a colleague who knows the fault would accept as the answer. */
interface Expected {
  readonly verdict: 'healthy' | 'degraded' | 'broken' | 'inconclusive';
  /** All that may be `confirmed`, best first; empty: nothing may. */
  readonly confirmed: readonly string[];
  /** Has to be among the causes at least as suspected. */
  readonly suspected?: string;
  readonly nodes?: readonly string[];
  readonly direction?: 'into' | 'out-of' | null;
  /** Words that the first headline needs. */
  readonly says?: string;
}

const broken = (cause: string, more: Partial<Expected> = {}): Expected => ({
  verdict: 'broken',
  confirmed: [cause],
  ...more,
});

const EXPECTED: Readonly<Record<ScenarioName, Expected>> = {
  healthy: { verdict: 'healthy', confirmed: [] },
  'founding-incident': broken('overlay-port-blocked', {
    nodes: ['prod01'],
    direction: 'into',
    says: 'own filter',
  }),
  'overlay-rejected-into-node': broken('overlay-port-blocked', {
    nodes: ['prod01'],
    direction: 'into',
  }),
  'overlay-dropped-before-node': broken('overlay-port-blocked', {
    nodes: ['prod01'],
    direction: 'into',
    says: 'before',
  }),
  // The outer packets were counted before the OUTPUT chain: a missing forwarding entry would not have made any.
  'overlay-dropped-out-of-node': broken('overlay-port-blocked', {
    nodes: ['prod01'],
    direction: 'out-of',
  }),
  'overlay-dropped-between-two-nodes': {
    verdict: 'broken',
    confirmed: [],
    suspected: 'overlay-port-blocked',
  },
  'overlay-dropped-everywhere': broken('overlay-port-blocked', {
    nodes: ['prod01', 'prod02', 'prod03'],
  }),
  'checksum-offload-outer': broken('vxlan-checksum-offload', { says: 'outer' }),
  'checksum-offload-inner': broken('vxlan-checksum-offload', { says: 'inner' }),
  'mtu-blackhole': broken('mtu-blackhole', { nodes: ['prod01'] }),
  // All serve at this moment; the next new connection will not.
  'mtu-blackhole-pooled': broken('mtu-blackhole', { nodes: ['prod01'] }),
  'network-policy-default-deny': broken('networkpolicy-denies'),
  'network-policy-label-lost': broken('networkpolicy-denies'),
  // The API server of prod02 cannot be asked at all: who dials its address gets prod01's, which serves.
  'duplicate-node-ip': {
    verdict: 'degraded',
    confirmed: ['duplicate-node-ip'],
    nodes: ['prod01', 'prod02'],
  },
  'cni-agent-broken': broken('cni-agent-broken', { nodes: ['prod03'] }),
  'kubelet-port-blocked': {
    verdict: 'degraded',
    confirmed: ['kubelet-port-blocked'],
    nodes: ['prod02', 'prod03'],
  },
  'host-firewall-pod-to-node': {
    verdict: 'degraded',
    confirmed: ['host-firewall-pod-to-node'],
    nodes: ['prod01'],
  },
  'provider-port-dropped-in-forward': broken('forwarded-traffic-filtered', { nodes: ['prod01'] }),
  'provider-port-rejected-in-forward': broken('forwarded-traffic-filtered', { nodes: ['prod01'] }),
  'service-port-wrong-number': broken('service-port-mismatch', { says: '4443' }),
  'service-port-unknown-name': broken('service-port-mismatch'),
  'apiservice-port-mismatch': broken('service-port-mismatch', { says: '8443' }),
  'apiservice-missing': broken('apiservice-missing'),
  'apiservice-ca-mismatch': broken('apiservice-ca-mismatch'),
  'metrics-server-unschedulable': broken('metrics-server-unschedulable', { says: 'taint' }),
  'metrics-server-crashing': broken('metrics-server-crashing', { says: 'unknown flag' }),
  'metrics-server-oom': broken('metrics-server-oom'),
  'metrics-server-scaled-to-zero': broken('metrics-server-scaled-to-zero'),
  'image-pull-failed': broken('image-pull-failed'),
  'metrics-server-not-installed': broken('metrics-server-not-installed'),
  'kubelet-tls-no-ip-san': {
    verdict: 'degraded',
    confirmed: ['kubelet-tls-no-ip-san'],
    nodes: ['prod02'],
  },
  'kubelet-tls-untrusted': broken('kubelet-tls-untrusted'),
  'api-server-hanging': broken('apiserver-not-answering', { says: 'prod03' }),
};

/** The network's faults look different under each CNI; the others do not touch it. */
const UNDER_EVERY_CNI: readonly ScenarioName[] = [
  'healthy',
  'founding-incident',
  'checksum-offload-outer',
  'mtu-blackhole',
  'cni-agent-broken',
];

const CASES: readonly (readonly [ScenarioName, OverlayName])[] = [
  ...(Object.keys(EXPECTED) as ScenarioName[]).map((name) => [name, 'canal'] as const),
  ...(['calico', 'flannel', 'cilium'] as const).flatMap((cni) =>
    UNDER_EVERY_CNI.map((name) => [name, cni] as const),
  ),
];

describe('a simulated fault gets its cause, and no other is promised', () => {
  it.each(CASES)('%s under %s', async (name, cni) => {
    const { final } = await diagnoseModel(scenario(name, { cni }));
    const expected = EXPECTED[name];
    const found = {
      verdict: final.verdict,
      confirmed: final.causes.filter(({ verdict }) => verdict === 'confirmed').map(({ id }) => id),
      headline: final.headline,
    };

    expect(found).toMatchObject({ verdict: expected.verdict, confirmed: expected.confirmed });
    if (expected.suspected !== undefined)
      expect(final.causes.map(({ id }) => id)).toContain(expected.suspected);
    const [first] = final.causes;
    if (expected.nodes !== undefined) expect(first?.where.nodes).toEqual(expected.nodes);
    if (expected.direction !== undefined) expect(first?.where.direction).toBe(expected.direction);
    if (expected.says !== undefined) expect(final.headline).toContain(expected.says);
  });
});
