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
import { allServersSay, withLog, withProviderPod } from './provider-world.ts';

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

describe('routes on a plainly routed pod network', () => {
  const native = withSnapshot(evidence({ cni: 'native' }), {
    cniConfig: known(
      {
        configMaps: [
          {
            namespace: 'kube-system',
            name: 'cilium-config',
            data: { 'routing-mode': 'native', 'auto-direct-node-routes': 'true' },
          },
        ],
        calicoIpPools: known([], ''),
        felix: known({}, ''),
      },
      'GET',
    ),
  });
  /** Packets of prod02 to pods elsewhere are lost, and with them its answers to other nodes' pods. */
  const oneWay = pipe(
    native,
    (e) => withReach(e, (r) => r.layer === 'overlay' && r.from.node === 'prod02', 'timeout'),
    (e) =>
      withReach(
        e,
        (r) => r.from.kind === 'pod' && r.from.node !== 'prod02' && r.to.node === 'prod02',
        'timeout',
      ),
    (e) => withProbes(e, { bursts: [] }),
    noMetrics('prod02'),
    (e) => apiServersTimeOut(e, ['prod02']),
  );
  const without = (...nodes: readonly string[]) => {
    return (e: Evidence): Evidence =>
      withProbes(e, {
        nodeFacts: e.probes.nodeFacts.map((row) =>
          nodes.includes(row.node)
            ? { ...row, routes: [{ device: 'eth0', cidr: '0.0.0.0/0', gateway: '192.168.77.254' }] }
            : row,
        ),
      });
  };

  it('a node that alone lacks them is what is broken, and the rest follows', () => {
    const report = buildReport(without('prod02')(oneWay));
    expect(report).toMatchObject({
      causes: [{ id: 'cni-agent-broken', verdict: 'confirmed', where: { nodes: ['prod02'] } }],
      unexplained: [],
    });
    expect(report.causes).toHaveLength(1);
  });

  it('a node that has them, and any node where none has them, is not blamed', () => {
    expect(said(oneWay).join()).not.toContain('cni-agent-broken');
    expect(said(without('prod01', 'prod02', 'prod03')(oneWay)).join()).not.toContain(
      'cni-agent-broken',
    );
  });

  it('no route at either end is no reason where others get through without one', () => {
    const pair = (r: ReachResult): boolean =>
      r.layer === 'overlay' &&
      [r.from.node, r.to.node].toSorted().join() === ['prod02', 'prod03'].join();
    const dead = pipe(
      native,
      (e) => withReach(e, pair, 'timeout'),
      (e) => withProbes(e, { bursts: [] }),
      without('prod01', 'prod02', 'prod03'),
    );
    expect(said(dead).join()).not.toContain('cni-agent-broken');
    expect(said(dead).join()).toContain('pod-network-not-routed');
  });

  it('a scrape whose answer has no way back meets no filter', () => {
    for (const id of ['kubelet-port-blocked', 'forwarded-traffic-filtered']) {
      expect(said(oneWay).join()).not.toContain(id);
    }
  });
});

it('without a look at the policies, a shut port is theirs or a filter’s, and neither is denied', () => {
  const shut = pipe(
    evidence(),
    (e) =>
      withReach(
        e,
        (r) => r.to.kind === 'provider' && r.layer === 'overlay' && r.check !== 'icmp',
        'timeout',
      ),
    (e) => apiServersTimeOut(e, ['prod02', 'prod03']),
  );
  const blind = withSnapshot(shut, {
    networkPolicies: missing('forbidden', 'not allowed to list networkpolicies'),
  });
  expect(said(blind)).toEqual([
    'forwarded-traffic-filtered suspected',
    'networkpolicy-denies suspected',
  ]);
  const [filter, policy] = buildReport(blind).causes;
  expect(filter?.headline).not.toContain('no NetworkPolicy');
  expect(policy?.settle).toContain('get networkpolicies');
  expect(said(shut)).toEqual(['forwarded-traffic-filtered confirmed']);
});

it('a port that refuses every other node, of a pod that is not ready, is not served', () => {
  const stopped = (ready: boolean): Evidence =>
    pipe(
      withProviderPod({ ready }, { state: 'running', reason: null }),
      (e) => withReach(e, (r) => r.to.kind === 'provider', 'refused'),
      (e) =>
        withProbes(e, {
          reach: e.probes.reach.filter(({ from }) => from.node !== 'prod01'),
        }),
    );
  expect(said(stopped(false))).toContain('metrics-server-not-serving suspected');
  expect(said(stopped(true)).join()).not.toContain('metrics-server-not-serving');
});

it('a node that metrics-server complains of, and that has no metrics, is missed without the list of nodes', () => {
  const complaint =
    'E1122 14:02:51.000000       1 scraper.go:149] "Failed to scrape node" err="Get \\"https://192.168.77.2:10250/metrics/resource\\": x509: cannot validate certificate for 192.168.77.2 because it doesn\'t contain any IP SANs" node="prod02"';
  const blind = (lines: readonly string[]): Evidence =>
    pipe(
      evidence(),
      (e) => withLog(e, lines),
      noMetrics('prod02'),
      (e) => withSnapshot(e, { nodes: missing('forbidden', 'not allowed to list nodes') }),
    );
  expect(buildReport(blind([complaint]))).toMatchObject({
    verdict: 'degraded',
    causes: [{ id: 'kubelet-tls-no-ip-san', verdict: 'suspected', where: { nodes: ['prod02'] } }],
    unexplained: [],
  });
  const odd = complaint.replace(/x509: [^"]*"/, 'something new"');
  expect(buildReport(blind([odd]))).toMatchObject({
    verdict: 'inconclusive',
    unexplained: ['metrics-server cannot scrape node prod02'],
  });
  expect(buildReport(blind([])).unexplained).toEqual([]);
});

it('without a look at the APIService, a refused certificate is suspected from the words alone', () => {
  const refused = pipe(
    evidence(),
    (e) =>
      allServersSay(
        e,
        503,
        'error trying to reach service: tls: failed to verify certificate: x509: certificate signed by unknown authority',
      ),
    (e) => withSnapshot(e, { apiService: missing('forbidden', 'not allowed to get apiservices') }),
  );
  expect(said(refused)).toEqual(['apiservice-ca-mismatch suspected']);
  expect(buildReport(refused).causes[0]?.settle).toContain('caBundle');
});

it('a metrics-server that is not ready counts where no API server may be asked', () => {
  const unasked = (ready: boolean): Evidence =>
    pipe(
      withProviderPod({ ready }, { state: 'running', reason: null }),
      (e) => withReach(e, (r) => r.to.kind === 'provider', ready ? 'open' : 'refused'),
      (e) => {
        const views = e.snapshot.apiServers.state === 'known' ? e.snapshot.apiServers.value : [];
        const metricsApi = missing('forbidden', 'not allowed to list nodes.metrics.k8s.io');
        return withSnapshot(e, {
          apiServers: known(
            views.map((view) => ({ ...view, metricsApi })),
            'GET',
          ),
          nodeMetrics: metricsApi,
          apiService: missing('forbidden', 'not allowed to get apiservices'),
          hpas: known([], 'GET hpas'),
        });
      },
    );
  expect(buildReport(unasked(false))).toMatchObject({
    verdict: 'broken',
    causes: [{ id: 'metrics-server-not-serving', verdict: 'suspected' }],
    unexplained: [],
  });
  expect(said(unasked(true))).toEqual(['user-rbac-forbidden suspected']);
});

it('what only says that nothing listens stands behind what says why', () => {
  const down = pipe(
    withProviderPod(
      { ready: false },
      {
        state: 'waiting',
        reason: 'CrashLoopBackOff',
        restarts: 4,
        last: { reason: 'Error', exitCode: 1, finishedAt: '2026-11-22T14:02:00Z', message: null },
      },
    ),
    (e) => withReach(e, (r) => r.to.kind === 'provider', 'refused'),
    (e) =>
      withLog(
        e,
        [
          'panic: unable to load configmap based request-header-client-ca-file: Get "https://10.43.0.1:443/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication": dial tcp 10.43.0.1:443: i/o timeout',
        ],
        true,
      ),
  );
  const ids = said(down);
  expect(ids).toContain('metrics-server-not-serving suspected');
  expect(ids.at(-1)).toBe('metrics-server-not-serving suspected');
  expect(ids.length).toBeGreaterThan(1);
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

it('forwarded-traffic-filtered is only suspected where other connections of the pair die as well', () => {
  const shut = pipe(
    evidence(),
    (e) =>
      withReach(
        e,
        (r) => r.to.kind === 'provider' && r.from.node !== 'prod01' && r.check !== 'icmp',
        'timeout',
      ),
    (e) => apiServersTimeOut(e, ['prod02', 'prod03']),
  );
  const lossy = withReach(
    shut,
    (r) => r.from.node === 'prod02' && r.to.node === 'prod01' && r.check === 'tcp-full',
    'timeout',
  );
  expect(said(shut)).toEqual(['forwarded-traffic-filtered confirmed']);
  expect(said(lossy)).toContain('forwarded-traffic-filtered suspected');
  expect(said(lossy).join()).not.toContain('confirmed');
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
