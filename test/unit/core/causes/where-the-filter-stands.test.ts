import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import type { ReachResult } from '../../../../src/core/evidence/probe-results.ts';
import { buildReport } from '../../../../src/core/report/build-report.ts';
import {
  apiServersTimeOut,
  burst,
  cutOverlayInto,
  cutPair,
  evidence,
  pipe,
  withBursts,
  withProbes,
  withReach,
  withSnapshot,
} from '../../../support/evidence-builder.ts';
import { withLog, withProviderPod } from './provider-world.ts';

/** Verdicts that first came out wrong in drawn worlds (`npm run bench -- worlds`). */
function said(e: Evidence): readonly string[] {
  return buildReport(e).causes.map(({ id, verdict }) => `${id} ${verdict}`);
}

const noMetrics =
  (...names: readonly string[]) =>
  (e: Evidence): Evidence =>
    withSnapshot(e, {
      nodeMetrics: known(
        ['prod01', 'prod02', 'prod03'].filter((n) => !names.includes(n)),
        'GET',
      ),
    });

/** From pods or hosts of these nodes to the kubelet of prod02. */
const kubeletOf02 =
  (kind: 'pod' | 'node', ...from: readonly string[]) =>
  (r: ReachResult): boolean =>
    r.to.kind === 'kubelet' &&
    r.to.node === 'prod02' &&
    r.from.kind === kind &&
    from.includes(r.from.node);

describe('a scrape that dies although its host gets through', () => {
  const podOnly = (cni: 'canal' | 'native'): Evidence =>
    pipe(
      evidence({ cni }),
      (e) => withReach(e, kubeletOf02('pod', 'prod01'), 'timeout'),
      noMetrics('prod02'),
    );

  it('dies at home where the CNI hides pods behind their node', () => {
    expect(said(podOnly('canal'))).toEqual(['forwarded-traffic-filtered suspected']);
  });

  it('is nowhere confirmed where the kubelet sees the pod itself, until pods elsewhere were tried', () => {
    expect(said(podOnly('native')).join()).not.toContain('confirmed');
  });

  it("is the target's filter where pods of a third node die as well", () => {
    const base = podOnly('native');
    const fromThird = base.probes.reach
      .filter(kubeletOf02('pod', 'prod01'))
      .map((r) => ({ ...r, id: `${r.id} third`, from: { kind: 'pod' as const, node: 'prod03' } }));
    const e = withProbes(base, { reach: [...base.probes.reach, ...fromThird] });

    expect(said(e)).toEqual(['kubelet-port-blocked confirmed']);
  });
});

describe('kubelet-port-blocked is only suspected', () => {
  const shut = pipe(
    evidence(),
    (e) =>
      withReach(
        e,
        (r) => r.check === 'tcp' && kubeletOf02('pod', 'prod01', 'prod03')(r),
        'timeout',
      ),
    (e) =>
      withReach(
        e,
        (r) => r.check === 'tcp' && kubeletOf02('node', 'prod01', 'prod03')(r),
        'timeout',
      ),
    noMetrics('prod02'),
  );

  it('where the API server on that machine is shut to the same node', () => {
    const whole = withReach(shut, kubeletOf02('node', 'prod01', 'prod03'), 'timeout');
    expect(said(whole)).toEqual(['kubelet-port-blocked confirmed']);
    const more = withReach(
      whole,
      (r) => r.to.kind === 'api-server' && r.to.node === 'prod02' && r.from.node === 'prod01',
      'timeout',
    );
    expect(said(more).join()).not.toContain('kubelet-port-blocked confirmed');
  });
});

describe('two ends that disagree', () => {
  it('are both named when there is no third', () => {
    const e = apiServersTimeOut(cutPair(evidence(), 'prod01', 'prod02', 'no-socket'), ['prod02']);

    expect(buildReport(e).causes[0]).toMatchObject({
      id: 'cni-agent-broken',
      where: { nodes: ['prod01', 'prod02'] },
    });
  });

  it('leave the one that disagrees with all others', () => {
    const e = apiServersTimeOut(cutOverlayInto(evidence(), 'prod01', 'no-socket'), [
      'prod02',
      'prod03',
    ]);

    expect(buildReport(e).causes[0]).toMatchObject({
      id: 'cni-agent-broken',
      where: { nodes: ['prod01'] },
    });
  });
});

describe('on a plainly routed pod network', () => {
  const silent = pipe(
    evidence({ cni: 'native' }),
    (e) =>
      withSnapshot(e, {
        cniConfig: known(
          {
            configMaps: [
              {
                namespace: 'kube-flannel',
                name: 'kube-flannel-cfg',
                data: { 'net-conf.json': '{"Backend":{"Type":"host-gw"}}' },
              },
            ],
            calicoIpPools: known([], ''),
            felix: known({}, ''),
          },
          'GET',
        ),
      }),
    (e) =>
      withReach(
        e,
        (r) => r.layer === 'overlay' && [r.from.node, r.to.node].includes('prod01'),
        'timeout',
      ),
    (e) => apiServersTimeOut(e, ['prod02', 'prod03']),
  );
  const endingAt = (end: 'receiver-filter' | 'before-receiver'): Evidence =>
    withProbes(silent, {
      bursts: ['prod02', 'prod03'].map((from) => {
        const plain = burst(from, 'prod01', 'cni0', end);
        return plain.sender.state === 'known' && plain.receiver.state === 'known'
          ? {
              ...plain,
              sender: known({ ...plain.sender.value, overlayDevice: null }, 'counters'),
              receiver: known({ ...plain.receiver.value, overlayDevice: null }, 'counters'),
            }
          : plain;
      }),
    });

  it('packets that reach the machine are filtered there', () => {
    expect(said(endingAt('receiver-filter')).join()).toContain('forwarded-traffic-filtered');
    expect(said(endingAt('receiver-filter')).join()).not.toContain('pod-network-not-routed');
  });

  it('packets that do not are not routed', () => {
    expect(said(endingAt('before-receiver')).join()).toContain('pod-network-not-routed');
    expect(said(endingAt('before-receiver')).join()).not.toContain('forwarded-traffic-filtered');
  });
});

it('forwarded-traffic-filtered is not said of two machines with one address', () => {
  const dead = pipe(
    evidence(),
    (e) => withReach(e, (r) => r.layer === 'overlay' && r.to.node === 'prod01', 'timeout'),
    (e) => withBursts(e, (b) => b.to === 'prod01', 'after-decapsulation'),
    (e) => apiServersTimeOut(e, ['prod02', 'prod03']),
  );
  const nodes = dead.snapshot.nodes.state === 'known' ? dead.snapshot.nodes.value : [];
  const shared = withSnapshot(dead, {
    nodes: known(
      nodes.map((n) => (n.name === 'prod02' ? { ...n, internalIps: ['192.168.77.1'] } : n)),
      'GET nodes',
    ),
  });

  expect(said(dead)).toEqual(['forwarded-traffic-filtered confirmed']);
  expect(said(shared).join()).not.toContain('forwarded-traffic-filtered confirmed');
});

it('forwarded-traffic-filtered is only suspected of a port through which some connections pass', () => {
  const shut = (which: (r: ReachResult) => boolean): Evidence =>
    pipe(
      evidence(),
      (e) => withReach(e, (r) => r.to.kind === 'provider' && which(r), 'timeout'),
      (e) => apiServersTimeOut(e, ['prod02', 'prod03']),
    );
  const remote = (r: ReachResult): boolean => r.from.node !== 'prod01' && r.check !== 'icmp';

  expect(said(shut(remote))).toEqual(['forwarded-traffic-filtered confirmed']);
  expect(said(shut((r) => remote(r) && !(r.check === 'tls' && r.from.node === 'prod03')))).toEqual([
    'forwarded-traffic-filtered suspected',
  ]);
});

describe('underlay-broken', () => {
  const cut = pipe(
    evidence(),
    (e) => withReach(e, (r) => r.from.node !== r.to.node && r.to.node === 'prod03', 'timeout'),
    (e) => withReach(e, (r) => r.from.node !== r.to.node && r.from.node === 'prod03', null),
    (e) => apiServersTimeOut(e, ['prod03']),
  );

  it('is confirmed of a machine that the cluster hears', () => {
    expect(said(cut)).toContain('underlay-broken confirmed');
  });

  it('is only suspected of one that may be switched off', () => {
    const nodes = cut.snapshot.nodes.state === 'known' ? cut.snapshot.nodes.value : [];
    const off = withSnapshot(cut, {
      nodes: known(
        nodes.map((n) =>
          n.name === 'prod03' ? { ...n, ready: missing('failed', 'NodeStatusUnknown') } : n,
        ),
        'GET nodes',
      ),
    });

    expect(said(off).join()).not.toContain('underlay-broken confirmed');
  });
});

describe('pod-to-apiserver-blocked without a probe of its own', () => {
  const exitOne = {
    state: 'waiting',
    reason: 'CrashLoopBackOff',
    restarts: 4,
    last: { reason: 'Error', exitCode: 1, finishedAt: '2026-11-22T14:02:30Z', message: null },
  } as const;
  const ended = (line: string): Evidence => withLog(withProviderPod({}, exitOne), [line], true);

  it("rests on metrics-server's own last words, as a suspicion", () => {
    const e = ended('panic: Get "https://10.43.0.1:443/api": dial tcp 10.43.0.1:443: i/o timeout');
    expect(said(e)).toEqual(['pod-to-apiserver-blocked suspected']);
  });

  it('is not said when it ended for another reason', () => {
    expect(said(ended('Error: unknown flag: --metric-resolutionn')).join()).not.toContain(
      'pod-to-apiserver-blocked',
    );
  });
});

describe('full-size packets that die', () => {
  const isPod = (r: ReachResult): boolean => r.layer === 'overlay' && r.to.kind === 'listener';
  const full = (r: ReachResult): boolean => r.check === 'tcp-full' || r.check === 'icmp-full';
  const outOf01 = (r: ReachResult): boolean => isPod(r) && r.from.node === 'prod01';

  it('are a matter of size where small ones pass', () => {
    const e = pipe(
      withReach(evidence(), (r) => outOf01(r) && r.check === 'tcp-full', 'stalled'),
      (x) => withReach(x, (r) => outOf01(r) && r.check === 'icmp-full', 'timeout'),
      (x) => withReach(x, (r) => isPod(r) && r.to.node === 'prod01' && full(r), 'timeout'),
    );
    expect(said(e).join()).toContain('mtu-blackhole');
  });

  it('are not, where the small ones from the same node to the same pod die as well', () => {
    const e = pipe(withReach(evidence(), outOf01, 'timeout'), (x) =>
      withReach(x, (r) => isPod(r) && r.to.node === 'prod01' && full(r), null),
    );
    expect(said(e).join()).not.toContain('mtu-blackhole');
  });
});

it('a kubelet that is not reached is missed by nobody while its node is not Ready', () => {
  const shut = withReach(
    evidence(),
    (r) => r.to.kind === 'kubelet' && r.to.node === 'prod03',
    'timeout',
  );
  const nodes = shut.snapshot.nodes.state === 'known' ? shut.snapshot.nodes.value : [];
  const notReady = withSnapshot(shut, {
    nodes: known(
      nodes.map((n) => (n.name === 'prod03' ? { ...n, ready: known(false, 'Node') } : n)),
      'GET nodes',
    ),
  });

  expect(buildReport(shut).verdict).not.toBe('healthy');
  expect(buildReport(notReady).verdict).toBe('healthy');
});
