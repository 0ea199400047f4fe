import { describe, expect, it } from 'vitest';
import type { DeepNodeFacts } from '../../../src/core/evidence/deep-results.ts';
import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../src/core/report/build-report.ts';
import { deepRow, kubeletFlow, outerFlow, RULES, withDeep } from '../../support/deep-evidence.ts';
import {
  answer,
  apiServersTimeOut,
  cutOverlayInto,
  cutPair,
  evidence,
  foundingIncident,
  pipe,
  withBursts,
  withProbes,
  withReach,
  withSnapshot,
} from '../../support/evidence-builder.ts';

const others = ['prod02', 'prod03'];

function first(e: Evidence) {
  const report = buildReport(e);
  const [cause] = report.causes;
  return { report, cause, ids: report.causes.map((c) => `${c.id} ${c.verdict}`) };
}

const deepAt =
  (node: string, change: Partial<DeepNodeFacts>) =>
  (e: Evidence): Evidence =>
    withDeep(e, [deepRow(e, node, change)]);

describe('the rule that drops the overlay', () => {
  const into = (rule: (typeof RULES)[keyof typeof RULES], proof: 'counted' | 'traced' | 'listed') =>
    deepAt('prod01', {
      flows: others.map((from) => outerFlow('prod01', [from, 'prod01'], { rule, proof })),
    });

  it('is named with its owner and its counter, and the fix of its owner comes first', () => {
    const { cause, report } = first(into(RULES.ufw, 'counted')(foundingIncident()));
    expect(report.headline).toBe(
      'Overlay packets into prod01 are dropped by its own filter (VXLAN, 8472/udp). It is the policy of chain INPUT in table ip filter (ufw, drop) on prod01.',
    );
    expect(cause?.because[0]).toEqual({
      text: 'on prod01 the policy of chain INPUT in table ip filter (ufw, drop) dropped them: its counter rose by 1196 while 1200 of prod02 alone came',
      evidence: 'deep prod01: outer prod02>prod01',
    });
    expect(cause?.fixes.map(({ variants }) => variants[0]?.tool)).toEqual(['ufw']);
  });

  it('read from the list of rules it stays a reading: said so, and firewalld first', () => {
    const { cause, report, ids } = first(into(RULES.firewalld, 'listed')(foundingIncident()));
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(report.headline).toContain(
      'By the listed rules it is the rule with handle 72 of chain filter_IN_public in table inet firewalld (firewalld) on prod01.',
    );
    expect(cause?.because[0]?.text).toContain('it counts nothing');
    expect(cause?.fixes[0]?.variants[0]?.tool).toBe('firewalld');
  });

  it('steps past a plain rule just before it, for the tunnel ends alone, and back', () => {
    const [fix] = first(into(RULES.plain, 'counted')(foundingIncident())).cause?.fixes ?? [];
    expect(fix?.title).toBe('Let 8472/udp pass before rule 3 of chain INPUT on prod01');
    expect(fix?.variants[0]?.commands).toEqual([
      'iptables -t filter -I INPUT 3 -p udp --dport 8472 -s 192.168.77.2 -j ACCEPT',
      'iptables -t filter -I INPUT 3 -p udp --dport 8472 -s 192.168.77.3 -j ACCEPT',
    ]);
    expect(fix?.undo).toEqual([
      'iptables -t filter -D INPUT -p udp --dport 8472 -s 192.168.77.2 -j ACCEPT',
      'iptables -t filter -D INPUT -p udp --dport 8472 -s 192.168.77.3 -j ACCEPT',
    ]);
  });

  it('proves the filter where no burst did, and only a rule that was seen does', () => {
    const silent = (e: Evidence): Evidence => withProbes(e, { bursts: [] });
    const seen = first(pipe(foundingIncident(), silent, into(RULES.ufw, 'counted')));
    expect(seen.ids).toEqual(['overlay-port-blocked confirmed']);
    expect(seen.cause?.where.nodes).toEqual(['prod01']);
    const read = first(pipe(foundingIncident(), silent, into(RULES.firewalld, 'listed')));
    expect(read.ids).toEqual(['overlay-port-blocked suspected']);
    // Nothing shows that packets came as far as this rule.
    expect(read.report.headline).not.toContain('firewalld');
  });

  it('on the way out: tells a filter of the sender from a missing entry', () => {
    const unsent = pipe(cutPair(evidence(), 'prod02', 'prod03', 'not-sent'), (x) =>
      withBursts(x, (b) => b.from === 'prod03' && b.to === 'prod02', 'listener'),
    );
    expect(first(unsent).ids.join()).not.toContain('confirmed');
    const flows = [
      outerFlow('prod02', ['prod02', 'prod03'], { rule: RULES.nft, proof: 'counted' }),
    ];
    const { ids, cause } = first(deepAt('prod02', { flows })(unsent));
    expect(ids).toEqual(['overlay-port-blocked confirmed']);
    expect(cause?.where.nodes).toEqual(['prod02']);
    expect(cause?.fixes[0]?.variants[0]?.commands).toEqual([
      `nft insert rule inet f out position 12 ip daddr { 192.168.77.3 } udp dport 8472 accept comment '"metrics-diag 8472/udp"'`,
    ]);
  });

  it('does not accuse a rule for a healthy overlay', () => {
    expect(first(into(RULES.ufw, 'counted')(evidence())).ids).toEqual([]);
  });
});

describe('the rule that shuts the kubelet', () => {
  const shut = pipe(
    evidence(),
    (x) =>
      withReach(
        x,
        (r) =>
          r.to.kind === 'kubelet' &&
          r.from.kind === 'pod' &&
          r.from.node === 'prod01' &&
          r.to.node === 'prod01',
        answer('unreachable', { errno: 'EHOSTUNREACH', ms: 1 }),
      ),
    (x) => withSnapshot(x, { nodeMetrics: known(others, 'GET') }),
  );

  it('is named for the own pods of a node', () => {
    const from = { kind: 'pod', node: 'prod01' } as const;
    const flows = [
      kubeletFlow('prod01', from, 'prod01', { rule: RULES.firewalld, proof: 'listed' }),
    ];
    const { ids, cause } = first(deepAt('prod01', { flows })(shut));
    expect(ids).toEqual(['host-firewall-pod-to-node confirmed']);
    expect(cause?.because[0]?.text).toContain('(firewalld)');
    expect(cause?.fixes[0]?.variants[0]?.tool).toBe('firewalld');
  });

  it('proves it where the own view of the kubelet is missing', () => {
    const blind = withProbes(shut, {
      reach: shut.probes.reach.map((r) =>
        r.to.kind === 'kubelet' && r.from.kind === 'node' && r.to.node === 'prod01'
          ? { ...r, result: missing('failed', 'no probe') }
          : r,
      ),
    });
    expect(first(blind).ids).toEqual(['host-firewall-pod-to-node suspected']);
    const from = { kind: 'pod', node: 'prod01' } as const;
    const flow = (proof: 'traced' | 'listed') =>
      kubeletFlow('prod01', from, 'prod01', { rule: RULES.ufw, proof });
    expect(first(deepAt('prod01', { flows: [flow('traced')] })(blind)).ids).toEqual([
      'host-firewall-pod-to-node confirmed',
    ]);
    expect(first(deepAt('prod01', { flows: [flow('listed')] })(blind)).ids).toEqual([
      'host-firewall-pod-to-node suspected',
    ]);
  });
});

describe("the overlay's own tables", () => {
  const dead = pipe(cutPair(evidence(), 'prod02', 'prod03', 'before-receiver'), (x) =>
    withBursts(x, (b) => b.from === 'prod03' && b.to === 'prod02', 'listener'),
  );
  const entry = (change: Partial<DeepNodeFacts['peers'][number]>) => (e: Evidence) =>
    deepAt('prod02', {
      peers: deepRow(e, 'prod02').peers.map((peer) =>
        peer.node === 'prod03' ? { ...peer, ...change } : peer,
      ),
    })(e);

  it.each<[string, Partial<DeepNodeFacts['peers'][number]>, string]>([
    [
      'a stale forwarding entry',
      { vtep: '192.168.77.99' },
      'sends packets for prod03 to 192.168.77.99',
    ],
    ['no forwarding entry', { vtep: null }, 'has no forwarding entry for 0e:00:00:00:00:03'],
    [
      'a stale neighbour entry',
      { neighbour: { mac: '0e:00:00:00:00:99', state: 'PERMANENT' } },
      'the overlay device of prod03 is 0e:00:00:00:00:03',
    ],
    ['no neighbour entry', { neighbour: null }, 'has no neighbour entry for 10.42.2.0'],
    [
      'a route that goes elsewhere',
      { tabled: false, route: { device: 'eth0', via: '192.168.77.254' } },
      'goes by eth0',
    ],
  ])('prove %s', (_what, change, words) => {
    const { ids, cause } = first(entry(change)(dead));
    expect(ids).toEqual(['cni-agent-broken confirmed']);
    expect(cause?.where.nodes).toEqual(['prod02']);
    expect(cause?.because[0]?.text).toContain(words);
  });

  it('in order, they clear the agent of packets that were never sent', () => {
    const unsent = pipe(cutPair(evidence(), 'prod02', 'prod03', 'not-sent'), (x) =>
      withBursts(x, (b) => b.from === 'prod03' && b.to === 'prod02', 'listener'),
    );
    expect(first(unsent).ids).toContain('cni-agent-broken suspected');
    expect(first(deepAt('prod02', {})(unsent)).ids).toEqual(['overlay-port-blocked suspected']);
  });

  it('wrong on a sound overlay they are no fault', () => {
    expect(first(entry({ vtep: '192.168.77.99' })(evidence())).ids).toEqual([]);
  });
});

describe('what else deep mode reads', () => {
  it('a node that forwards nothing', () => {
    const e = pipe(
      cutOverlayInto(evidence(), 'prod01', 'after-decapsulation'),
      (x) => apiServersTimeOut(x, others),
      deepAt('prod01', { forwarding: false }),
    );
    const { ids, report, cause } = first(e);
    expect(ids).toEqual(['forwarded-traffic-filtered confirmed']);
    expect(report.headline).toContain('net.ipv4.ip_forward is 0');
    expect(cause?.fixes[0]?.title).toBe('Let the kernel forward packets');
  });

  it('offloads: off at both ends there is nothing left to suspect', () => {
    const tcpDead = withProbes(
      withReach(
        evidence(),
        (r) =>
          r.layer === 'overlay' &&
          [r.from.node, r.to.node].includes('prod01') &&
          !r.check.startsWith('icmp'),
        'timeout',
      ),
      { nodeFacts: [], bursts: [] },
    );
    const broken = apiServersTimeOut(tcpDead, others);
    const offload = (on: boolean): Evidence =>
      withDeep(
        broken,
        ['prod01', ...others].map((name) => {
          const row = deepRow(broken, name);
          return row.overlay === null
            ? row
            : { ...row, overlay: { ...row.overlay, offloads: { 'tx-checksum-ip-generic': on } } };
        }),
      );
    const suspected = first(offload(true));
    expect(suspected.ids).toContain('vxlan-checksum-offload suspected');
    expect(JSON.stringify(suspected.report.causes)).toContain(
      'tx-checksum-ip-generic is on on flannel.1 of prod01',
    );
    const off = first(offload(false));
    expect(off.ids.join()).not.toContain('vxlan-checksum-offload');
    expect(off.report.ruledOut.find(({ id }) => id === 'vxlan-checksum-offload')?.because).toBe(
      'checksum offload is off at both ends',
    );
  });

  it('says what it could not read, and only where it was asked for', () => {
    const refused = withProbes(evidence(), {
      deep: missing('forbidden', 'probe Pod on prod01: pods is forbidden'),
    });
    expect(buildReport(refused).notSeen).toContain(
      'Deep mode saw nothing: probe Pod on prod01: pods is forbidden.',
    );
    const partly = deepAt('prod01', { missing: ['nft is not in the probe image'] })(evidence());
    expect(buildReport(partly).notSeen).toContain(
      'Deep mode on prod01 lacks: nft is not in the probe image.',
    );
    expect(buildReport(evidence()).notSeen.join()).not.toContain('Deep');
  });
});
