import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../src/core/evidence/observed.ts';
import type { ReachResult } from '../../../src/core/evidence/probe-results.ts';
import { buildReport } from '../../../src/core/report/build-report.ts';
import {
  answer,
  apiServersTimeOut,
  cutOverlayInto,
  cutPair,
  evidence,
  foundingIncident,
  pipe,
  policy,
  withApiServer,
  withBursts,
  withProbes,
  withReach,
  withSnapshot,
} from '../../support/evidence-builder.ts';

const others = ['prod02', 'prod03'];

function first(e: Evidence) {
  const report = buildReport(e);
  const [cause] = report.causes;
  return {
    report,
    cause,
    id: cause?.id,
    verdict: cause?.verdict,
    ids: report.causes.map((c) => `${c.id} ${c.verdict}`),
  };
}

describe('overlay-port-blocked', () => {
  it.each([
    ['canal', 'VXLAN, 8472/udp'],
    ['flannel', 'VXLAN, 4789/udp'],
    ['calico', 'VXLAN, 4789/udp'],
    ['cilium', 'VXLAN, 8472/udp'],
    ['calico-ipip', 'IPIP, IP protocol 4'],
  ] as const)('names the node, the way in and the overlay of %s', (cni, overlay) => {
    const { report, cause, ids } = first(foundingIncident({ cni }));
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toBe(
      `Overlay packets into prod01 are dropped by its own filter (${overlay}).`,
    );
    expect(cause?.where).toMatchObject({
      nodes: ['prod01'],
      from: others,
      to: ['prod01'],
      direction: 'into',
    });
    expect(report.unexplained).toEqual([]);
    expect(cause?.because.map(({ evidence: id }) => id)).toContain('burst:prod02>prod01');
  });

  it('opens the port to the other nodes only, on the node that drops', () => {
    const fix = first(foundingIncident()).cause?.fixes[0];
    expect(fix?.where).toEqual(['prod01']);
    expect(fix?.variants.map(({ tool }) => tool)).toEqual([
      'firewalld',
      'ufw',
      'nftables',
      'iptables',
      'cloud security group',
    ]);
    expect(fix?.variants[3]?.commands).toEqual([
      'iptables -I INPUT 1 -p udp --dport 8472 -s 192.168.77.2 -j ACCEPT',
      'iptables -I INPUT 1 -p udp --dport 8472 -s 192.168.77.3 -j ACCEPT',
    ]);
  });

  it('says that a drop happens before the node when its card saw nothing', () => {
    const e = apiServersTimeOut(cutOverlayInto(evidence(), 'prod01', 'before-receiver'), others);
    const { report, ids } = first(e);
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.headline).toBe(
      'Overlay packets into prod01 are dropped before they reach it (VXLAN, 8472/udp).',
    );
  });

  it('keeps to one pair, without blaming either node', () => {
    const { report, cause, ids } = first(cutPair(evidence(), 'prod02', 'prod03'));
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('between prod02 and prod03');
    expect(cause?.where.direction).toBeNull();
  });

  it('names the one direction of a pair that is cut', () => {
    const e = pipe(
      cutPair(evidence(), 'prod02', 'prod03'),
      (x) => withBursts(x, (b) => b.from === 'prod03', 'listener'),
      (x) => withBursts(x, (b) => b.from === 'prod02' && b.to === 'prod03', 'receiver-filter'),
    );
    const { report, cause, ids } = first(e);
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.headline).toContain('from prod02 to prod03 are dropped by its own filter');
    expect(cause?.where).toMatchObject({
      nodes: ['prod03'],
      from: ['prod02'],
      to: ['prod03'],
      direction: 'into',
    });
  });

  it('says every pair when no pair works', () => {
    const e = pipe(
      evidence(),
      (x) => withReach(x, (r) => r.layer === 'overlay', 'timeout'),
      (x) => withBursts(x, () => true, 'receiver-filter'),
      (x) => apiServersTimeOut(x, others),
    );
    const { report, ids } = first(e);
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.headline).toContain('between all 3 nodes');
  });

  it('is a suspicion without bursts, with the command that settles it', () => {
    const { ids, cause, report } = first(withProbes(foundingIncident(), { bursts: [] }));
    expect(ids).toEqual(['overlay-port-blocked suspected']);
    expect(cause?.settle).toContain("tcpdump -ni any 'udp port 8472'");
    expect(report.verdict).toBe('broken');
    expect(report.headline).toMatch(/^Probably: /);
  });

  it('does not confirm from a single burst that vanished in between', () => {
    const e = pipe(
      evidence({ nodes: 2 }),
      (x) => cutOverlayInto(x, 'prod01', 'before-receiver'),
      (x) => apiServersTimeOut(x, ['prod02']),
    );
    expect(first(e).ids).toEqual(['overlay-port-blocked suspected']);
  });

  it('speaks of all packets into a node when one of two bursts into it was lost in noise', () => {
    const e = pipe(foundingIncident(), (x) =>
      withProbes(x, {
        bursts: x.probes.bursts.map((b) =>
          b.from === 'prod02' && b.to === 'prod01'
            ? { ...b, receiver: missing('ambiguous', 'noise') }
            : b,
        ),
      }),
    );
    expect(first(e).report.headline).toContain('into prod01 are dropped by its own filter');
  });

  it('is not claimed where ping passes', () => {
    const e = pipe(foundingIncident(), (x) => withReach(x, (r) => r.check === 'icmp', 'open'));
    expect(first(e).ids.join()).not.toContain('overlay-port-blocked');
  });

  it('is not claimed where the machines do not reach each other either', () => {
    const e = pipe(foundingIncident(), (x) =>
      withReach(
        x,
        (r) => r.layer === 'underlay' && [r.from.node, r.to.node].includes('prod01'),
        'timeout',
      ),
    );
    expect(first(e).ids).toEqual(['underlay-broken confirmed']);
    expect(first(e).ids.join()).not.toContain('overlay-port-blocked');
  });

  it('shows a fault that the API servers do not feel yet, and says that they still answer', () => {
    const { report, ids } = first(cutOverlayInto(evidence(), 'prod01'));
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.verdict).toBe('broken');
    expect(report.apiServers.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    expect(report.impact.sentences.join(' ')).toContain('still');
  });

  it('rests on the provider and other pods where listeners are missing', () => {
    const e = pipe(foundingIncident(), (x) => withReach(x, (r) => r.to.kind === 'listener', null));
    const { ids } = first(withProbes(e, { bursts: [] }));
    expect(ids).toEqual(['overlay-port-blocked suspected']);
  });

  it('finds the one node cut off among a thousand, sampled', () => {
    const e = cutOverlayInto(sampled(1_000), 'prod501');
    const { cause, ids } = first(e);
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(cause?.where.nodes).toEqual(['prod501']);
  });
});

/** A big cluster in which each node tried three neighbours, as a planner would. */
function sampled(n: number): Evidence {
  const small = evidence({ nodes: n, servers: 3, providerNodes: ['prod01'], sample: 3 });
  return small;
}

describe('vxlan-checksum-offload', () => {
  const tcpDead = (e: Evidence): Evidence =>
    withReach(
      e,
      (r) =>
        r.layer === 'overlay' &&
        [r.from.node, r.to.node].includes('prod01') &&
        !r.check.startsWith('icmp'),
      'timeout',
    );

  it("outer: confirmed by the receiver's UDP checksum errors", () => {
    const e = pipe(
      evidence(),
      tcpDead,
      (x) => withBursts(x, (b) => b.to === 'prod01', 'bad-checksum'),
      (x) => apiServersTimeOut(x, others),
    );
    const { ids, report } = first(e);
    expect(ids).toEqual(['vxlan-checksum-offload confirmed']);
    expect(report.headline).toContain('wrong outer checksums');
    expect(report.headline).toContain('400 counted');
  });

  it("inner: confirmed by TCP checksum errors in the listener's namespace", () => {
    const e = pipe(evidence(), tcpDead, (x) =>
      withProbes(x, {
        nodeFacts: x.probes.nodeFacts.map((row) =>
          row.node === 'prod01' ? { ...row, listenerTcpInCsumErrors: known(9, 'listener') } : row,
        ),
      }),
    );
    const { ids, report } = first(apiServersTimeOut(e, others));
    expect(ids).toEqual(['vxlan-checksum-offload confirmed']);
    expect(report.headline).toContain('wrong inner checksums');
  });

  it('is suspected while the counters are not known', () => {
    const e = withProbes(tcpDead(evidence()), { nodeFacts: [], bursts: [] });
    expect(first(apiServersTimeOut(e, others)).ids).toContain('vxlan-checksum-offload suspected');
  });

  it('is ruled out when counters were read and are clean', () => {
    const { report, ids } = first(apiServersTimeOut(tcpDead(evidence()), others));
    expect(ids.join()).not.toContain('vxlan-checksum-offload');
    expect(report.ruledOut.find(({ id }) => id === 'vxlan-checksum-offload')?.because).toContain(
      'no bad checksum',
    );
  });

  it('a few bad checksums on a sound network are litter', () => {
    const e = withProbes(evidence(), {
      nodeFacts: evidence().probes.nodeFacts.map((row) => ({ ...row, udpInCsumErrors: 2 })),
    });
    expect(buildReport(e).verdict).toBe('healthy');
  });
});

describe('mtu-blackhole', () => {
  const big = (r: ReachResult): boolean =>
    r.layer === 'overlay' &&
    [r.from.node, r.to.node].includes('prod01') &&
    ['tcp-full', 'tls'].includes(r.check);
  const hole = (e: Evidence): Evidence =>
    pipe(
      e,
      (x) => withReach(x, big, 'stalled'),
      (x) =>
        withReach(
          x,
          (r) =>
            r.layer === 'overlay' &&
            [r.from.node, r.to.node].includes('prod01') &&
            r.check === 'icmp-full',
          'timeout',
        ),
    );

  it('confirmed: small lives, full dies, by TCP and by ping', () => {
    const { ids, report } = first(hole(evidence()));
    expect(ids).toEqual(['mtu-blackhole confirmed']);
    // The API servers still answer over open connections.
    expect(report.verdict).toBe('broken');
  });

  it('names cards that differ', () => {
    const e = hole(evidence());
    const differing = withProbes(e, {
      nodeFacts: e.probes.nodeFacts.map((row) =>
        row.node === 'prod01'
          ? {
              ...row,
              devices: row.devices.map((d) => (d.name === 'eth0' ? { ...d, mtuBytes: 1400 } : d)),
            }
          : row,
      ),
    });
    const { cause } = first(differing);
    expect(cause?.because.map(({ text }) => text).join()).toContain('different MTUs');
    expect(cause?.fixes[0]?.variants[0]?.commands.join('\n')).toContain('vethuMTU: 1350');
  });

  it('is suspected when only one kind of full-size packet was tried', () => {
    const e = pipe(hole(evidence()), (x) =>
      withReach(x, (r) => r.check === 'icmp-full' || r.check === 'tls', null),
    );
    expect(first(e).ids).toEqual(['mtu-blackhole suspected']);
  });

  it('too-big pings beside full-size TCP that passes are no fault', () => {
    const e = withReach(evidence(), (r) => r.check === 'icmp-full', 'too-big');
    expect(buildReport(e).verdict).toBe('healthy');
  });
});

describe('networkpolicy-denies and its look-alikes', () => {
  const shut =
    (outcome: 'timeout' | 'refused' = 'timeout') =>
    (e: Evidence): Evidence =>
      withReach(
        e,
        (r) => r.to.kind === 'provider' && r.layer === 'overlay' && r.check !== 'icmp',
        outcome,
      );
  const withPolicies =
    (...policies: ReturnType<typeof policy>[]) =>
    (e: Evidence): Evidence =>
      withSnapshot(e, { networkPolicies: known(policies, 'GET networkpolicies') });

  it.each(['timeout', 'refused'] as const)(
    'confirmed when the policy denies and paths end in %s',
    (outcome) => {
      const e = pipe(evidence(), shut(outcome), withPolicies(policy()), (x) =>
        apiServersTimeOut(x, others),
      );
      const { ids, report } = first(e);
      expect(ids).toEqual(['networkpolicy-denies confirmed']);
      expect(report.unexplained).toEqual([]);
      expect(report.headline).toContain('kube-system/default-deny');
    },
  );

  it('confirmed when the policy admits the InternalIP but the pod sees the tunnel address', () => {
    const admitsNodes = policy({
      ingress: [
        {
          peers: [
            {
              podSelector: null,
              namespaceSelector: null,
              ipBlock: { cidr: '192.168.77.0/24', except: [] },
            },
          ],
          ports: [],
        },
      ],
    });
    const e = pipe(evidence(), shut(), withPolicies(admitsNodes), (x) =>
      apiServersTimeOut(x, others),
    );
    expect(first(e).ids).toEqual(['networkpolicy-denies confirmed']);
  });

  it('confirmed when the rule names the Service port', () => {
    const wrongPort = policy({
      ingress: [{ peers: [], ports: [{ protocol: 'TCP', port: 443, endPort: null }] }],
    });
    const e = pipe(evidence(), shut(), withPolicies(wrongPort), (x) =>
      apiServersTimeOut(x, others),
    );
    expect(first(e).ids).toEqual(['networkpolicy-denies confirmed']);
  });

  it('another filter when the policies admit the traffic', () => {
    const open = policy({
      ingress: [{ peers: [], ports: [{ protocol: 'TCP', port: 'https', endPort: null }] }],
    });
    const e = pipe(evidence(), shut(), withPolicies(open), (x) => apiServersTimeOut(x, others));
    expect(first(e).ids).toEqual(['forwarded-traffic-filtered confirmed']);
  });

  it('another filter when no policy selects the pod', () => {
    const foreign = policy({ podSelector: { matchLabels: { app: 'shop' }, matchExpressions: [] } });
    const e = pipe(evidence(), shut(), withPolicies(foreign), (x) => apiServersTimeOut(x, others));
    expect(first(e).ids).toEqual(['forwarded-traffic-filtered confirmed']);
  });

  it('the overlay, not the policy, when other pods are dead, too', () => {
    const e = withPolicies(policy())(foundingIncident());
    expect(first(e).ids).toEqual(['overlay-port-blocked confirmed']);
  });

  it('suspected when there is no other pod to compare', () => {
    const e = pipe(
      evidence(),
      shut(),
      withPolicies(policy()),
      (x) => apiServersTimeOut(x, others),
      (x) => withReach(x, (r) => r.to.kind === 'listener', null),
    );
    expect(first(e).ids).toContain('networkpolicy-denies suspected');
    expect(first(e).ids.join()).not.toContain('confirmed');
  });

  it('foreign policies in a healthy cluster are litter', () => {
    expect(buildReport(withPolicies(policy())(evidence())).verdict).toBe('healthy');
  });

  it('finds a node that drops what it forwards to all pods', () => {
    const e = pipe(
      evidence(),
      (x) => withReach(x, (r) => r.layer === 'overlay' && r.to.node === 'prod01', 'timeout'),
      (x) => withBursts(x, (b) => b.to === 'prod01', 'after-decapsulation'),
      (x) => apiServersTimeOut(x, others),
    );
    expect(first(e).ids).toEqual(['forwarded-traffic-filtered confirmed']);
  });
});

describe('duplicate-node-ip and wrong-node-ip', () => {
  const nodesWith = (e: Evidence, name: string, change: object): Evidence =>
    withSnapshot(e, {
      nodes: known(
        (e.snapshot.nodes.state === 'known' ? e.snapshot.nodes.value : []).map((n) =>
          n.name === name ? { ...n, ...change } : n,
        ),
        'GET nodes',
      ),
    });

  it('two Ready nodes with one address', () => {
    const e = nodesWith(cutOverlayInto(evidence(), 'prod02', 'before-receiver'), 'prod03', {
      internalIps: ['192.168.77.2'],
      annotations: {
        'flannel.alpha.coreos.com/public-ip': '192.168.77.2',
        'flannel.alpha.coreos.com/backend-type': 'vxlan',
      },
    });
    expect(first(e).ids).toContain('duplicate-node-ip confirmed');
  });

  it('the leftover of a rename on a healthy cluster is litter', () => {
    const e = nodesWith(evidence(), 'prod03', {
      internalIps: ['192.168.77.2'],
      ready: known(false, 'Node'),
    });
    expect(first(e).ids).toEqual([]);
  });

  it('a tunnel address that no device carries', () => {
    const e = nodesWith(cutOverlayInto(evidence(), 'prod01', 'before-receiver'), 'prod01', {
      annotations: {
        'flannel.alpha.coreos.com/public-ip': '10.99.0.1',
        'flannel.alpha.coreos.com/backend-type': 'vxlan',
      },
    });
    expect(first(e).ids[0]).toBe('wrong-node-ip confirmed');
    expect(first(e).ids.join()).not.toContain('overlay-port-blocked confirmed');
  });
});

describe('cni-agent-broken', () => {
  it.each(['no-socket', 'not-decapsulated', 'wrong-vtep-mac'] as const)(
    'confirmed when bursts end at %s',
    (end) => {
      const e = apiServersTimeOut(cutOverlayInto(evidence(), 'prod01', end), others);
      const { ids, report } = first(e);
      expect(ids).toEqual(['cni-agent-broken confirmed']);
      expect(report.unexplained).toEqual([]);
    },
  );

  it.each(['no-socket', 'not-decapsulated'] as const)(
    'names the one node that disagrees with all the others (%s)',
    (end) => {
      const odd = pipe(cutOverlayInto(evidence({ nodes: 4 }), 'prod03', end), (x) =>
        withBursts(x, (b) => b.from === 'prod03', end),
      );
      expect(first(odd).cause?.where.nodes).toEqual(['prod03']);
      // Of two that disagree neither is the odd one.
      const pair = cutPair(evidence(), 'prod01', 'prod02', end);
      expect(first(pair).cause?.where.nodes).toEqual(['prod01', 'prod02']);
    },
  );

  it('confirmed when the sender has no route and sends nothing', () => {
    const e = pipe(
      cutPair(evidence(), 'prod02', 'prod03', 'not-sent'),
      (x) => withBursts(x, (b) => b.from === 'prod03' && b.to === 'prod02', 'listener'),
      (x) =>
        withProbes(x, {
          nodeFacts: x.probes.nodeFacts.map((row) =>
            row.node === 'prod02'
              ? { ...row, routes: row.routes.filter(({ cidr }) => cidr !== '10.42.2.0/24') }
              : row,
          ),
        }),
    );
    expect(first(e).ids).toEqual(['cni-agent-broken confirmed']);
    expect(first(e).cause?.where.nodes).toEqual(['prod02']);
  });

  it('only suspected when the sender sends nothing and all looks right', () => {
    const e = pipe(cutPair(evidence(), 'prod02', 'prod03', 'not-sent'), (x) =>
      withBursts(x, (b) => b.from === 'prod03' && b.to === 'prod02', 'listener'),
    );
    const { ids } = first(e);
    expect(ids).toContain('cni-agent-broken suspected');
    expect(ids.join()).not.toContain('confirmed');
  });

  it('old restarts and an agent that is not ready on a sound network are litter', () => {
    const e = evidence();
    const pods = e.snapshot.cniPods.state === 'known' ? e.snapshot.cniPods.value : [];
    const ailing = withSnapshot(e, {
      cniPods: known(
        pods.map((p, i) => (i === 0 ? { ...p, ready: false } : p)),
        'GET pods',
      ),
    });
    expect(buildReport(ailing).verdict).toBe('healthy');
  });
});

describe('kubelet causes', () => {
  const kubelet =
    (from: 'pod' | 'node', source: string, to: string) =>
    (r: ReachResult): boolean =>
      r.to.kind === 'kubelet' && r.from.kind === from && r.from.node === source && r.to.node === to;
  const noMetrics =
    (...names: string[]) =>
    (e: Evidence): Evidence =>
      withSnapshot(e, {
        nodeMetrics: known(
          ['prod01', 'prod02', 'prod03'].filter((n) => !names.includes(n)),
          'GET',
        ),
      });

  it('kubelet-port-blocked: another node, open at home', () => {
    const e = pipe(
      evidence(),
      (x) =>
        withReach(
          x,
          (r) => r.to.kind === 'kubelet' && r.to.node === 'prod02' && r.from.node !== 'prod02',
          'timeout',
        ),
      noMetrics('prod02'),
    );
    const { ids, report, cause } = first(e);
    expect(ids).toEqual(['kubelet-port-blocked confirmed']);
    expect(report.verdict).toBe('degraded');
    expect(report.unexplained).toEqual([]);
    expect(cause?.where.nodes).toEqual(['prod02']);
  });

  it('host-firewall-pod-to-node: its own node, from a pod only', () => {
    const e = pipe(
      evidence(),
      (x) =>
        withReach(
          x,
          kubelet('pod', 'prod01', 'prod01'),
          answer('unreachable', { errno: 'EHOSTUNREACH', ms: 1 }),
        ),
      noMetrics('prod01'),
    );
    const { ids, report } = first(e);
    expect(ids).toEqual(['host-firewall-pod-to-node confirmed']);
    expect(report.unexplained).toEqual([]);
  });

  it('neither, when the kubelet does not answer its own node', () => {
    const e = pipe(
      evidence(),
      (x) => withReach(x, (r) => r.to.kind === 'kubelet' && r.to.node === 'prod02', 'refused'),
      noMetrics('prod02'),
    );
    expect(first(e).ids).toEqual(['kubelet-not-listening confirmed']);
  });

  it('suspected, when the own node was not probed', () => {
    const e = pipe(
      evidence(),
      (x) =>
        withReach(
          x,
          (r) => r.to.kind === 'kubelet' && r.to.node === 'prod02' && r.from.node !== 'prod02',
          'timeout',
        ),
      (x) => withReach(x, (r) => r.to.kind === 'kubelet' && r.from.node === 'prod02', null),
      noMetrics('prod02'),
    );
    expect(first(e).ids).toEqual(['kubelet-port-blocked suspected']);
  });

  it("a kubelet closed to nodes that do not scrape is nobody's fault", () => {
    const e = withReach(evidence(), kubelet('node', 'prod02', 'prod03'), 'timeout');
    expect(buildReport(e).verdict).toBe('healthy');
  });

  it('two faults at once get two causes', () => {
    const e = pipe(
      foundingIncident(),
      (x) =>
        withReach(
          x,
          (r) => r.to.kind === 'kubelet' && r.to.node === 'prod02' && r.from.node !== 'prod02',
          'timeout',
        ),
      noMetrics('prod02'),
    );
    expect(first(e).ids).toEqual([
      'overlay-port-blocked confirmed',
      'kubelet-port-blocked confirmed',
    ]);
    expect(first(e).report.headline).toContain('Also: ');
  });
});

describe('the ground under the pod network', () => {
  it('pod-network-not-routed: plain routing, pods silent, machines fine', () => {
    const e = pipe(
      evidence({ cni: 'native' }),
      (x) =>
        withReach(
          x,
          (r) => r.layer === 'overlay' && [r.from.node, r.to.node].includes('prod01'),
          'timeout',
        ),
      (x) => withProbes(x, { bursts: [] }),
      (x) =>
        withSnapshot(x, {
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
      (x) => apiServersTimeOut(x, others),
    );
    expect(first(e).ids).toEqual(['pod-network-not-routed suspected']);
  });

  it('underlay-broken is only suspected from one kind of check', () => {
    const e = pipe(
      foundingIncident(),
      (x) =>
        withReach(
          x,
          (r) => r.layer === 'underlay' && [r.from.node, r.to.node].includes('prod01'),
          'timeout',
        ),
      (x) =>
        withReach(
          x,
          (r) => r.layer === 'underlay' && !(r.to.kind === 'kubelet' && r.check === 'tcp'),
          null,
        ),
    );
    expect(first(e).ids).toContain('underlay-broken suspected');
    expect(first(e).ids.join()).not.toContain('confirmed');
  });

  it('pod-to-apiserver-blocked: pods shut out, the host not, metrics-server not ready', () => {
    const e = evidence();
    const toApi = e.probes.reach
      .filter((r) => r.to.kind === 'api-server' && r.from.node === 'prod01')
      .map((r) => ({
        ...r,
        id: `pod-${r.id}`,
        from: { kind: 'pod' as const, node: 'prod01' },
        result: known(answer('timeout'), 'probe'),
      }));
    const pods = e.snapshot.providerPods.state === 'known' ? e.snapshot.providerPods.value : [];
    const broken = pipe(
      withProbes(e, { reach: [...e.probes.reach, ...toApi] }),
      (x) =>
        withSnapshot(x, {
          providerPods: known(
            pods.map((p) => ({ ...p, ready: false })),
            'GET pods',
          ),
        }),
      (x) => apiServersTimeOut(x, ['prod01', ...others]),
    );
    expect(first(broken).ids).toEqual(['pod-to-apiserver-blocked confirmed']);
    const ready = withProbes(e, { reach: [...e.probes.reach, ...toApi] });
    expect(buildReport(ready).verdict).toBe('healthy');
  });

  it('apiserver-not-answering: mute about itself, too, while its node reaches metrics-server', () => {
    const e = withApiServer(evidence(), 'prod03', {
      outcome: 'no-answer',
      status: null,
      ms: 45_000,
    });
    const servers = e.snapshot.apiServers.state === 'known' ? e.snapshot.apiServers.value : [];
    const withReady = (ready: (typeof servers)[number]['ready']) =>
      withSnapshot(e, {
        apiServers: known(
          servers.map((s) => (s.name === 'prod03' ? { ...s, ready } : s)),
          'GET',
        ),
      });
    const mute = withReady(missing('timed-out', 'get /readyz: no answer within 2000 ms'));
    expect(first(mute).ids).toEqual(['apiserver-not-answering confirmed']);
    expect(first(withProbes(mute, { reach: [], bursts: [] })).ids).toEqual([
      'apiserver-not-answering suspected',
    ]);
    // Its node does not reach metrics-server: for that it waits, and one late readiness is no fault of its own.
    const cutOff = withReach(
      mute,
      (r) => r.to.kind === 'provider' && r.from.node === 'prod03',
      'timeout',
    );
    expect(first(cutOff).ids.join()).not.toContain('apiserver-not-answering');
    // Ready, and only this API fails: something else, and nothing is made up.
    expect(first(withReady(known(true, 'GET /readyz'))).ids).toEqual([]);
    expect(buildReport(withReady(known(true, 'GET /readyz'))).verdict).toBe('inconclusive');
  });
});

describe('one fault, one cause', () => {
  it('a FORWARD rule on 10250 cuts API servers off and metrics-server from kubelets', () => {
    const e = pipe(
      evidence(),
      (x) =>
        withReach(
          x,
          (r) => r.to.kind === 'provider' && r.layer === 'overlay' && r.check !== 'icmp',
          'timeout',
        ),
      (x) =>
        withReach(
          x,
          (r) => r.to.kind === 'kubelet' && r.from.kind === 'pod' && r.layer === 'underlay',
          'timeout',
        ),
      (x) => apiServersTimeOut(x, others),
    );
    const { ids, report } = first(e);
    expect(ids).toEqual(['forwarded-traffic-filtered confirmed']);
    expect(report.unexplained).toEqual([]);
  });

  it('a filter on the way out of a node is confirmed once the output requests are counted', () => {
    const mute = pipe(
      cutOverlayInto(evidence(), 'prod01', 'listener'),
      (x) => withBursts(x, (b) => b.from === 'prod01', 'not-sent'),
      (x) => apiServersTimeOut(x, others),
    );
    expect(first(mute).ids).toEqual(['overlay-port-blocked suspected']);
    const counted = (times: number): Evidence =>
      withProbes(mute, {
        bursts: mute.probes.bursts.map((b) =>
          b.from === 'prod01' && b.sender.state === 'known'
            ? { ...b, sender: known({ ...b.sender.value, ipOutRequests: times * b.sent }, 'probe') }
            : b,
        ),
      });
    const filter = first(counted(2));
    expect(filter.ids).toEqual(['overlay-port-blocked confirmed']);
    expect(filter.cause?.where).toMatchObject({ nodes: ['prod01'], direction: 'out-of' });
    expect(filter.report.headline).toContain('out of prod01 are dropped by its own filter');
    // Older kernels count the outer packet only once it has passed: one proves nothing.
    expect(first(counted(1)).ids).toEqual(['overlay-port-blocked suspected']);
  });
});

describe('metrics-server itself', () => {
  const shut =
    (outcome: 'refused' | 'timeout') =>
    (e: Evidence): Evidence =>
      withReach(e, (r) => r.to.kind === 'provider' && r.check !== 'icmp', outcome);

  it.each(['refused', 'timeout'] as const)(
    'metrics-server-not-serving: %s even at home',
    (outcome) => {
      const e = pipe(evidence(), shut(outcome), (x) => apiServersTimeOut(x, ['prod01', ...others]));
      const { ids, report } = first(e);
      expect(ids).toEqual(['metrics-server-not-serving suspected']);
      expect(report.verdict).toBe('broken');
      expect(report.unexplained).toEqual([]);
    },
  );

  it('a second replica that is not ready is litter while the first one serves', () => {
    const e = evidence({ providerNodes: ['prod01', 'prod02'] });
    const pods = e.snapshot.providerPods.state === 'known' ? e.snapshot.providerPods.value : [];
    const one = pipe(
      withSnapshot(e, {
        providerPods: known(
          pods.map((p) => (p.nodeName === 'prod02' ? { ...p, ready: false } : p)),
          'GET pods',
        ),
      }),
      (x) =>
        withReach(
          x,
          (r) => r.to.kind === 'provider' && r.to.node === 'prod02' && r.check !== 'icmp',
          'refused',
        ),
    );
    expect(buildReport(one)).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('one of two replicas cut off: still serving, and the cause is named', () => {
    const e = cutOverlayInto(
      evidence({ nodes: 4, servers: 3, providerNodes: ['prod01', 'prod04'] }),
      'prod04',
    );
    const { ids, report } = first(e);
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.impact.apiServersServing).toBe(3);
    expect(report.verdict).toBe('degraded');
  });

  it('a listener that nobody reached is our own trouble', () => {
    const e = withReach(
      evidence(),
      (r) => r.to.kind === 'listener' && r.to.node === 'prod02',
      'refused',
    );
    expect(buildReport(e).verdict).toBe('healthy');
  });

  it('lost pings, closed echoes and a few restarts are litter', () => {
    const e = pipe(
      evidence(),
      (x) =>
        withReach(
          x,
          (r) => r.check === 'icmp' && r.from.node === 'prod02',
          answer('partial', { detail: '2/3' }),
        ),
      (x) =>
        withReach(
          x,
          (r) => r.check === 'tcp-full' && r.from.node === 'prod03' && r.to.node === 'prod01',
          'closed',
        ),
      (x) => withReach(x, (r) => r.check === 'icmp' && r.to.kind === 'node', 'timeout'),
    );
    expect(buildReport(e)).toMatchObject({ verdict: 'healthy', causes: [], unexplained: [] });
  });
});

describe('other shapes of cluster', () => {
  it('a provider on the host network is not hurt by a dead overlay, which is told all the same', () => {
    const { ids, report } = first(
      cutOverlayInto(evidence({ providerHostNetwork: true }), 'prod01'),
    );
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.verdict).toBe('degraded');
    expect(report.impact.apiServersServing).toBe(3);
  });

  it('a provider on the host network with its port shut gets a rule for that port', () => {
    const e = pipe(
      evidence({ providerHostNetwork: true }),
      (x) =>
        withReach(
          x,
          (r) => r.to.kind === 'provider' && r.layer === 'underlay' && r.check !== 'icmp',
          'timeout',
        ),
      (x) => apiServersTimeOut(x, others),
    );
    const { ids, cause } = first(e);
    expect(ids).toEqual(['forwarded-traffic-filtered confirmed']);
    expect(cause?.fixes[0]?.variants[3]?.commands[0]).toContain(
      'iptables -I INPUT 1 -p tcp --dport 10250 -s 192.168.77.1',
    );
  });

  it('a provider on a worker: every API server is cut off', () => {
    const e = cutOverlayInto(
      evidence({ nodes: 4, servers: 3, providerNodes: ['prod04'] }),
      'prod04',
    );
    const { ids, report } = first(apiServersTimeOut(e, ['prod01', 'prod02', 'prod03']));
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.impact.sentences[0]).toBe(
      'None of the 3 API servers can serve the Metrics API; kubectl top fails every time.',
    );
  });

  it('two nodes dropping: both are named, each gets its rule', () => {
    const e = pipe(
      evidence({ nodes: 4 }),
      (x) => cutOverlayInto(x, 'prod01'),
      (x) => cutOverlayInto(x, 'prod02'),
    );
    const { ids, cause } = first(e);
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(cause?.where).toMatchObject({ nodes: ['prod01', 'prod02'], direction: 'into' });
    expect(cause?.fixes.map(({ where }) => where)).toEqual([['prod01'], ['prod02']]);
  });

  it('two groups of nodes that do not see each other', () => {
    const e = [
      ['prod01', 'prod03'],
      ['prod01', 'prod04'],
      ['prod02', 'prod03'],
      ['prod02', 'prod04'],
    ].reduce((acc, [a = '', b = '']) => cutPair(acc, a, b), evidence({ nodes: 4 }));
    const { ids, report } = first(e);
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.headline).toContain('between {prod01 and prod02} and {prod03 and prod04}');
    expect(report.pattern[0]).toContain('2 groups');
  });

  it('says that an answer is awaited rather than that a server cannot serve', () => {
    const e = withApiServer(evidence(), 'prod02', {
      outcome: 'no-answer',
      status: null,
      ms: 2_000,
      settled: false,
    });
    const report = buildReport({ ...e, final: false });
    expect(report.verdict).toBe('inconclusive');
    expect(report.headline).toContain('not answered within 2.0 s');
    expect(report.notSeen.join()).toContain('awaited');
  });

  it('does not call a cluster healthy whose API servers could not be asked', () => {
    const e = withSnapshot(evidence(), {
      apiServers: missing('forbidden', 'nonResourceURLs forbidden'),
    });
    expect(buildReport(e).verdict).toBe('inconclusive');
  });

  it('a refusal of the asker is no fault of the Metrics API', () => {
    const body =
      'nodes.metrics.k8s.io is forbidden: User "system:serviceaccount:x" cannot list resource "nodes"';
    const e = ['prod01', 'prod02', 'prod03'].reduce(
      (acc, name) => withApiServer(acc, name, { outcome: 'http-error', status: 403, body }),
      evidence(),
    );
    const report = buildReport(e);
    expect(report.verdict).toBe('inconclusive');
    expect(report.causes).toEqual([]);
  });
});
