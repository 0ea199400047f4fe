import { describe, expect, it } from 'vitest';
import { controlplaneNotOnPodNetwork } from '../../../../src/core/causes/controlplane-not-on-pod-network.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  apiServerPod,
  evidence,
  foundingIncident,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { foreignControlPlane, reach } from './foreign-control-plane.ts';
import { judgeOne } from './judge.ts';

const NO_WAY = reach('dial tcp 10.43.10.20:443: connect: network is unreachable');
const TIMEOUT = reach('dial tcp 10.42.0.20:10250: i/o timeout');
const K3S_TUNNEL = reach(
  'proxy error from 127.0.0.1:6443 while dialing 10.42.0.20:10250, code 502: 502 Bad Gateway',
);

describe('controlplane-not-on-pod-network', () => {
  it.each([
    ['whose kernel knows no way to the Service', foreignControlPlane(NO_WAY)],
    [
      'whose kernel knows no way to the pod',
      foreignControlPlane(reach('dial tcp 10.42.0.20:10250: connect: no route to host')),
    ],
    [
      'of k3s without an agent, in the mode that dials by itself',
      foreignControlPlane(K3S_TUNNEL, { platform: 'k3s', cni: 'flannel' }),
    ],
  ])('is confirmed for a host that is no node, %s', (_what, e) => {
    const report = buildReport(e);
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [
        {
          id: 'controlplane-not-on-pod-network',
          verdict: 'confirmed',
          where: { from: ['10.99.0.1:6443'] },
        },
      ],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
  });

  it('is only suspected of silence, which a firewall leaves as well', () => {
    expect(judgeOne(controlplaneNotOnPodNetwork, foreignControlPlane(TIMEOUT))).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('ip route get 10.42.0.20'),
    });
  });

  it('is not said where no metrics-server pod is ready to be dialled', () => {
    const { providerPods } = foreignControlPlane(TIMEOUT).snapshot;
    if (providerPods.state === 'missing') throw new Error('the builder has provider pods');
    const unready = withSnapshot(foreignControlPlane(TIMEOUT), {
      providerPods: known(
        providerPods.value.map((pod) => ({ ...pod, ready: false })),
        'GET pods',
      ),
    });
    expect(judgeOne(controlplaneNotOnPodNetwork, unready).kind).toBe('ruled-out');
  });

  it('is not confirmed where the agents carry the tunnel: that one fails by itself', () => {
    const e = foreignControlPlane(K3S_TUNNEL, { platform: 'k3s', cni: 'flannel' }, (node) => ({
      ...node,
      labels: { ...node.labels, 'egress.k3s.io/cluster': 'true' },
    }));
    expect(judgeOne(controlplaneNotOnPodNetwork, e).kind).toBe('suspected');
  });

  it('is ruled out when the nodes do not reach the pod either', () => {
    const e = withReach(
      foreignControlPlane(TIMEOUT),
      (r) => r.to.kind === 'provider' && r.layer === 'overlay',
      'timeout',
    );
    expect(judgeOne(controlplaneNotOnPodNetwork, e).kind).toBe('ruled-out');
  });

  it('is ruled out by a tunnel that is meant to be there, and for hostNetwork', () => {
    const agents = withSnapshot(foreignControlPlane(NO_WAY), {
      controlPlanePods: known([apiServerPod('prod01', { component: 'konnectivity-agent' })], 'GET'),
    });
    expect(judgeOne(controlplaneNotOnPodNetwork, agents).kind).toBe('ruled-out');
    const host = foreignControlPlane(NO_WAY, { providerHostNetwork: true });
    expect(judgeOne(controlplaneNotOnPodNetwork, host).kind).toBe('ruled-out');
  });

  it('is ruled out while a control-plane node is there whose other address it may be', () => {
    const e = foreignControlPlane(NO_WAY, {}, (node) =>
      node.name === 'prod01' ? { ...node, controlPlane: true } : node,
    );
    expect(judgeOne(controlplaneNotOnPodNetwork, e).kind).toBe('ruled-out');
  });

  it('is ruled out by an address that stands on a device of a node', () => {
    const e = foreignControlPlane(NO_WAY);
    const [first, ...rest] = e.probes.nodeFacts;
    if (first === undefined) throw new Error('the builder has node facts');
    const second = {
      name: 'eth1',
      mtuBytes: 1500,
      kind: 'ether',
      up: true,
      addresses: ['10.99.0.1'],
    };
    const seen = {
      ...e,
      probes: {
        ...e.probes,
        nodeFacts: [{ ...first, devices: [...first.devices, second] }, ...rest],
      },
    };
    expect(judgeOne(controlplaneNotOnPodNetwork, seen).kind).toBe('ruled-out');
  });

  it('is ruled out where API servers are nodes', () => {
    expect(judgeOne(controlplaneNotOnPodNetwork, foundingIncident()).kind).toBe('ruled-out');
    expect(judgeOne(controlplaneNotOnPodNetwork, evidence()).kind).toBe('ruled-out');
  });
});
