import { describe, expect, it } from 'vitest';
import { forwardedTrafficFiltered } from '../../../../src/core/causes/forwarded-traffic-filtered.ts';
import { ipForwardingDisabled } from '../../../../src/core/causes/ip-forwarding-disabled.ts';
import { networkmanagerInterferes } from '../../../../src/core/causes/networkmanager-interferes.ts';
import { nmCloudSetupRouting } from '../../../../src/core/causes/nm-cloud-setup-routing.ts';
import { podCidrOverlapsNodeNetwork } from '../../../../src/core/causes/pod-cidr-overlaps-node-network.ts';
import { underlayBroken } from '../../../../src/core/causes/underlay-broken.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known } from '../../../../src/core/evidence/observed.ts';
import type { NodeProbeFacts } from '../../../../src/core/evidence/probe-results.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  apiServersTimeOut,
  cutOverlayInto,
  evidence,
  pipe,
  withBursts,
  withProbes,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { judgeOne } from './judge.ts';

const KERNEL = { routeTables: [], forwards: true, bridgeFilter: 'on' } as const;

/** Changes what the probe on one node read; the others read a usual kernel. */
function withNode(e: Evidence, node: string, fields: Partial<NodeProbeFacts>): Evidence {
  return withProbes(e, {
    nodeFacts: e.probes.nodeFacts.map((row) => ({
      ...row,
      kernel: row.kernel ?? KERNEL,
      ...(row.node === node ? fields : {}),
    })),
  });
}

describe('ip-forwarding-disabled', () => {
  const off = (e: Evidence): Evidence =>
    withNode(e, 'prod01', { kernel: { ...KERNEL, forwards: false } });
  /** Others do not reach pods on prod01; prod01 reaches theirs. */
  const shut = (e: Evidence): Evidence =>
    pipe(
      e,
      (x) => withReach(x, (r) => r.layer === 'overlay' && r.to.node === 'prod01', 'timeout'),
      (x) => withBursts(x, (b) => b.to === 'prod01', 'after-decapsulation'),
      (x) => apiServersTimeOut(x, ['prod02', 'prod03']),
    );

  it('is confirmed by the setting beside dead pods, in place of a filter', () => {
    const e = off(shut(evidence()));
    const report = buildReport(e);
    expect(report).toMatchObject({
      verdict: 'broken',
      causes: [
        { id: 'ip-forwarding-disabled', verdict: 'confirmed', where: { nodes: ['prod01'] } },
      ],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
    expect(judgeOne(forwardedTrafficFiltered, e).kind).toBe('ruled-out');
  });

  it('is only suspected where no burst shows where the packets end', () => {
    const e = withProbes(off(shut(evidence())), { bursts: [] });
    expect(judgeOne(ipForwardingDisabled, e)).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('sysctl'),
    });
  });

  it('is ruled out by the same dead pods where the node forwards: that is a filter', () => {
    const e = withNode(shut(evidence()), 'prod02', {});
    expect(judgeOne(ipForwardingDisabled, e).kind).toBe('ruled-out');
    expect(judgeOne(forwardedTrafficFiltered, e).kind).toBe('confirmed');
  });

  it('is ruled out where pods answer, and where the packets end before the kernel would forward', () => {
    expect(judgeOne(ipForwardingDisabled, off(evidence())).kind).toBe('ruled-out');
    expect(judgeOne(ipForwardingDisabled, off(cutOverlayInto(evidence(), 'prod01'))).kind).toBe(
      'ruled-out',
    );
  });

  it('is unknown where no probe read it, of the node in question alone', () => {
    expect(judgeOne(ipForwardingDisabled, shut(evidence()))).toMatchObject({
      kind: 'unknown',
      missing: ['whether prod01 forwards packets'],
    });
    const others = withNode(shut(evidence()), 'prod01', { kernel: { ...KERNEL, forwards: null } });
    expect(judgeOne(ipForwardingDisabled, others).kind).toBe('unknown');
  });
  it('asks for no setting where others get in, or the packets end before the kernel would forward', () => {
    expect(judgeOne(ipForwardingDisabled, evidence()).kind).toBe('ruled-out');
    const filtered = cutOverlayInto(evidence(), 'prod01');
    expect(judgeOne(ipForwardingDisabled, filtered).kind).toBe('ruled-out');
  });
});

describe('nm-cloud-setup-routing', () => {
  const table = (e: Evidence, ids: readonly number[] = [30400]): Evidence =>
    withNode(e, 'prod01', { kernel: { ...KERNEL, routeTables: ids } });
  /** prod01 does not reach pods on itself. */
  const blindAtHome = (e: Evidence): Evidence =>
    withReach(
      e,
      (r) =>
        r.layer === 'same-node' &&
        r.from.kind === 'node' &&
        r.from.node === 'prod01' &&
        (r.to.kind === 'listener' || r.to.kind === 'provider'),
      'timeout',
    );

  it('is confirmed by its table on a node that does not reach its own pods, which others do', () => {
    const e = apiServersTimeOut(table(blindAtHome(evidence())), ['prod01']);
    const report = buildReport(e);
    expect(report.causes[0]).toMatchObject({
      id: 'nm-cloud-setup-routing',
      verdict: 'confirmed',
      where: { nodes: ['prod01'] },
    });
    expect(report.causes).toHaveLength(1);
    expect(report.unexplained).toEqual([]);
  });

  it('is only suspected when nobody else reaches these pods either', () => {
    const e = withReach(
      table(blindAtHome(evidence())),
      (r) => r.layer === 'overlay' && r.to.node === 'prod01',
      'timeout',
    );
    expect(judgeOne(nmCloudSetupRouting, e).kind).toBe('suspected');
  });

  it('is ruled out by other tables, by a refusal, and by its table where pods answer', () => {
    expect(judgeOne(nmCloudSetupRouting, table(blindAtHome(evidence()), [2004, 254])).kind).toBe(
      'ruled-out',
    );
    expect(judgeOne(nmCloudSetupRouting, table(evidence())).kind).toBe('ruled-out');
    const refused = withReach(
      table(evidence()),
      (r) => r.to.kind === 'provider' && r.layer === 'same-node',
      'refused',
    );
    expect(judgeOne(nmCloudSetupRouting, refused).kind).toBe('ruled-out');
  });

  it('is unknown where tables could not be read', () => {
    expect(judgeOne(nmCloudSetupRouting, blindAtHome(evidence())).kind).toBe('unknown');
  });
});

describe('pod-cidr-overlaps-node-network', () => {
  /** The machines live in 10.42.7.0/24, inside of the cluster's 10.42.0.0/16. */
  function overlapping(routed: boolean): Evidence {
    const move = (address: string): string => address.replace(/^192\.168\.77\./, '10.42.7.');
    const base = evidence();
    const { nodes } = base.snapshot;
    if (nodes.state === 'missing') throw new Error('the builder has nodes');
    const moved = withSnapshot(base, {
      nodes: known(
        nodes.value.map((node) => ({
          ...node,
          annotations: {},
          internalIps: node.internalIps.map(move),
        })),
        'GET',
      ),
    });
    return withProbes(moved, {
      reach: moved.probes.reach.map((r) => ({
        ...r,
        to: { ...r.to, address: move(r.to.address) },
      })),
      nodeFacts: moved.probes.nodeFacts.map((row) => ({
        ...row,
        devices: row.devices.map((device) => ({
          ...device,
          addresses: device.addresses.map(move),
        })),
        routes: [
          ...row.routes,
          { device: routed ? 'flannel.1' : 'eth0', cidr: '10.42.7.0/24', gateway: null },
        ],
      })),
    });
  }
  const cut = (e: Evidence): Evidence =>
    pipe(
      e,
      (x) => withReach(x, (r) => r.from.node !== r.to.node, 'timeout'),
      (x) => apiServersTimeOut(x, ['prod02', 'prod03']),
    );

  it('is confirmed by routes that lead machines into the pod network, and not as a broken underlay', () => {
    const e = cut(overlapping(true));
    expect(judgeOne(podCidrOverlapsNodeNetwork, e)).toMatchObject({
      kind: 'confirmed',
      headline: expect.stringContaining('10.42.0.0/16'),
    });
    expect(judgeOne(underlayBroken, e).kind).toBe('ruled-out');
    expect(buildReport(e).causes[0]).toMatchObject({ id: 'pod-cidr-overlaps-node-network' });
  });

  it('is only suspected where no route acts upon the overlap', () => {
    const e = cut(overlapping(false));
    expect(judgeOne(podCidrOverlapsNodeNetwork, e)).toMatchObject({
      kind: 'suspected',
      settle: expect.stringContaining('ip route get 10.42.7.1'),
    });
    expect(judgeOne(underlayBroken, e).kind).toBe('confirmed');
  });

  it('is ruled out while everything answers, and where the ranges are apart', () => {
    expect(judgeOne(podCidrOverlapsNodeNetwork, overlapping(true)).kind).toBe('ruled-out');
    expect(judgeOne(podCidrOverlapsNodeNetwork, cut(evidence())).kind).toBe('ruled-out');
  });
});

describe('networkmanager-interferes', () => {
  const image = (e: Evidence, osImage: string): Evidence => {
    const { nodes } = e.snapshot;
    if (nodes.state === 'missing') throw new Error('the builder has nodes');
    return withSnapshot(e, {
      nodes: known(
        nodes.value.map((node) => ({ ...node, osImage })),
        'GET',
      ),
    });
  };
  const bare = (e: Evidence): Evidence => {
    const row = e.probes.nodeFacts.find(({ node }) => node === 'prod01');
    return withNode(e, 'prod01', {
      devices: (row?.devices ?? []).map((device) =>
        device.name === 'flannel.1' ? { ...device, addresses: [] } : device,
      ),
    });
  };
  const dead = (e: Evidence): Evidence => cutOverlayInto(e, 'prod01', 'not-sent');
  const RHEL = 'Red Hat Enterprise Linux 8.10 (Ootpa)';

  it('is suspected, never more, where the device lost its address under a ready agent', () => {
    expect(judgeOne(networkmanagerInterferes, image(bare(dead(evidence())), RHEL))).toMatchObject({
      kind: 'suspected',
      where: { nodes: ['prod01'] },
      settle: expect.stringContaining('nmcli device'),
    });
  });

  it('is ruled out where NetworkManager is not usual, the device is whole, or pods answer', () => {
    const ubuntu = image(bare(dead(evidence())), 'Ubuntu 24.04.1 LTS');
    expect(judgeOne(networkmanagerInterferes, ubuntu).kind).toBe('ruled-out');
    expect(judgeOne(networkmanagerInterferes, image(dead(evidence()), RHEL)).kind).toBe(
      'ruled-out',
    );
    expect(judgeOne(networkmanagerInterferes, image(bare(evidence()), RHEL)).kind).toBe(
      'ruled-out',
    );
  });

  it('is ruled out where the device has no address anywhere', () => {
    const all = withProbes(dead(evidence()), {
      nodeFacts: evidence().probes.nodeFacts.map((row) => ({
        ...row,
        devices: row.devices.map((device) =>
          device.name === 'flannel.1' ? { ...device, addresses: [] } : device,
        ),
      })),
    });
    expect(judgeOne(networkmanagerInterferes, image(all, RHEL)).kind).toBe('ruled-out');
  });
});
