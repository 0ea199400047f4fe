import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ownerOf } from '../../../../src/core/rules/owner.ts';
import { parseIptables } from '../../../../src/core/rules/parse-iptables.ts';
import { parseNft } from '../../../../src/core/rules/parse-nft.ts';
import type { Chain, Hook, RulePacket } from '../../../../src/core/rules/rule-set.ts';
import { walk } from '../../../../src/core/rules/walk.ts';

function fixture(name: string): string {
  return readFileSync(new URL(`../../../fixtures/rules/${name}`, import.meta.url), 'utf8');
}

function iptables(text: string): readonly Chain[] {
  return parseIptables(text, { backend: 'iptables-nft', family: 'ip' });
}

function nft(text: string): readonly Chain[] {
  const chains = parseNft(text);
  if (chains === null) throw new Error('not what nft prints');
  return chains;
}

/** An overlay packet of another node, as it comes in. */
const vxlan: RulePacket = {
  family: 'ip',
  iif: 'eth0',
  oif: null,
  src: '192.168.77.2',
  dst: '192.168.77.1',
  protocol: 17,
  sport: null,
  dport: 8472,
  toLocal: true,
  fromLocal: false,
};
const tcp = (dport: number, change: Partial<RulePacket> = {}): RulePacket => ({
  ...vxlan,
  protocol: 6,
  sport: 40_000,
  dport,
  ...change,
});
/** A connection to a pod of this host. */
const toPod: RulePacket = tcp(10_250, {
  iif: 'flannel.1',
  oif: 'cni0',
  src: '10.42.1.0',
  dst: '10.42.0.20',
  toLocal: false,
});

function at(chains: readonly Chain[], packet: RulePacket, ...hooks: readonly Hook[]) {
  const { verdict, ends } = walk(
    chains,
    hooks.map((hook) => ({ hook, packet })),
  );
  return {
    verdict,
    ends: ends.map(
      ({ kind, chain, rule }) =>
        `${kind} ${chain.table} ${chain.name} ${rule?.place ?? 'policy'} (${ownerOf(chain, rule)})`,
    ),
  };
}

const PASSES = { verdict: 'passes', ends: [] };

describe('firewalld as it comes (zone public, nftables, no counters)', () => {
  const chains = nft(fixture('firewalld-public.json'));

  it('rejects the overlay port at the end of the zone, named exactly', () => {
    expect(at(chains, vxlan, 'prerouting', 'input')).toEqual({
      verdict: 'ends',
      ends: ['reject firewalld filter_IN_public handle 72 (firewalld)'],
    });
  });

  it('rejects the kubelet port from a pod, and lets ssh in', () => {
    const fromPod = tcp(10_250, { iif: 'cni0', src: '10.42.0.9' });
    expect(at(chains, fromPod, 'prerouting', 'input').verdict).toBe('ends');
    expect(at(chains, tcp(22), 'prerouting', 'input')).toEqual(PASSES);
  });

  it('rejects what it forwards to pods', () => {
    expect(at(chains, toPod, 'prerouting', 'forward', 'postrouting')).toEqual({
      verdict: 'ends',
      ends: ['reject firewalld filter_FWD_public handle 101 (firewalld)'],
    });
  });

  it('lets the host out', () => {
    const out = { ...vxlan, iif: null, oif: 'eth0', toLocal: false, fromLocal: true };
    expect(at(chains, out, 'output', 'postrouting')).toEqual(PASSES);
  });
});

describe('ufw as it comes (default deny incoming, iptables)', () => {
  const chains = iptables(fixture('ufw.iptables-save'));

  it('drops the overlay port by the policy of INPUT, which is its own', () => {
    expect(at(chains, vxlan, 'prerouting', 'input')).toEqual({
      verdict: 'ends',
      ends: ['drop filter INPUT policy (ufw)'],
    });
  });

  it('drops what it forwards, lets ssh in and the host out', () => {
    expect(at(chains, toPod, 'prerouting', 'forward').ends).toEqual([
      'drop filter FORWARD policy (ufw)',
    ]);
    expect(at(chains, tcp(22), 'prerouting', 'input')).toEqual(PASSES);
    const out = { ...vxlan, iif: null, oif: 'eth0', toLocal: false, fromLocal: true };
    expect(at(chains, out, 'output', 'postrouting')).toEqual(PASSES);
  });

  it('passes once the port is allowed as ufw allows it', () => {
    const allowed = fixture('ufw.iptables-save').replace(
      '[0:0] -A ufw-user-input',
      '[0:0] -A ufw-user-input -s 192.168.77.2/32 -p udp -m udp --dport 8472 -j ACCEPT\n[0:0] -A ufw-user-input',
    );
    expect(at(iptables(allowed), vxlan, 'prerouting', 'input')).toEqual(PASSES);
    const other = { ...vxlan, src: '192.168.77.3' };
    expect(at(iptables(allowed), other, 'prerouting', 'input').verdict).toBe('ends');
  });
});

describe('Calico (Felix, iptables)', () => {
  const chains = iptables(fixture('calico-vxlan.iptables-save'));
  const outer = { ...vxlan, dport: 4789 };

  it('cannot say whether a peer is in the set of allowed hosts, but which rule drops it if not', () => {
    expect(at(chains, outer, 'prerouting', 'input')).toEqual({
      verdict: 'unsure',
      ends: ['drop filter cali-INPUT rule 2 (calico)'],
    });
  });

  it('follows marks: a packet that no policy marked passes the later chains', () => {
    const other = { ...vxlan, dport: 6443, protocol: 6 };
    expect(at(chains, other, 'prerouting', 'input')).toEqual(PASSES);
  });

  it('drops at the end of the dispatch what goes to a workload that it does not know', () => {
    const strange = { ...toPod, oif: 'califfffffffff' };
    expect(at(chains, strange, 'prerouting', 'forward').ends).toEqual([
      'drop filter cali-to-wl-dispatch rule 2 (calico)',
    ]);
  });

  it('drops what no policy of the workload let pass', () => {
    const known = { ...toPod, oif: 'cali1234567890a' };
    expect(at(chains, known, 'prerouting', 'forward')).toEqual({
      verdict: 'ends',
      ends: ['drop filter cali-tw-cali1234567890a rule 2 (calico)'],
    });
  });

  it('does not track its own overlay packets', () => {
    const untracked = fixture('calico-vxlan.iptables-save').replace(
      ':OUTPUT ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]\n:x - [0:0]',
    );
    const withRule = untracked.replace(
      '[0:0] -A OUTPUT -m comment --comment "cali:tVnHkvAo15HuiPy0" -j cali-OUTPUT\n[0:0] -A OUTPUT -j KUBE',
      '[0:0] -A OUTPUT -m conntrack --ctstate UNTRACKED -j DROP\n[0:0] -A OUTPUT -j KUBE',
    );
    const out = { ...outer, iif: null, oif: 'eth0', toLocal: false, fromLocal: true };
    expect(at(iptables(withRule), out, 'output').verdict).toBe('ends');
    expect(at(iptables(withRule), { ...out, dport: 53 }, 'output')).toEqual(PASSES);
  });
});

describe('kube-router (k3s, RKE2)', () => {
  const chains = iptables(fixture('kube-router.iptables-save'));

  it('rejects what no policy of the pod allowed, and says whose rule it is', () => {
    expect(at(chains, toPod, 'prerouting', 'forward')).toEqual({
      verdict: 'ends',
      ends: ['reject filter KUBE-POD-FW-AAAAAAAAAAAAAAAA rule 4 (kube-router)'],
    });
  });

  it('lets the own node in, and other pods by flannel', () => {
    const own = { ...toPod, fromLocal: true };
    expect(at(chains, own, 'prerouting', 'forward')).toEqual(PASSES);
    expect(at(chains, { ...toPod, dst: '10.42.0.21' }, 'prerouting', 'forward')).toEqual(PASSES);
  });

  it('what is neither pod nor policy ends at the chain policy', () => {
    const stray = { ...toPod, src: '172.16.0.1', dst: '172.16.0.2' };
    expect(at(chains, stray, 'forward').ends).toEqual(['drop filter FORWARD policy (iptables)']);
  });
});

describe('walk', () => {
  const rules = (body: string): readonly Chain[] =>
    iptables(`*filter\n:INPUT ACCEPT [0:0]\n:x - [0:0]\n:y - [0:0]\n${body}\nCOMMIT\n`);

  it('comes back from a jump and not from a goto', () => {
    const jump = rules('-A INPUT -j x\n-A INPUT -j DROP\n-A x -p tcp -j RETURN\n-A x -j ACCEPT');
    expect(at(jump, tcp(1), 'input').ends).toEqual(['drop filter INPUT rule 2 (iptables)']);
    expect(at(jump, vxlan, 'input')).toEqual(PASSES);
    const goto = rules('-A INPUT -g x\n-A INPUT -j DROP\n-A x -p udp -j ACCEPT');
    expect(at(goto, tcp(1), 'input')).toEqual(PASSES);
  });

  it('an accept of one base chain does not spare the packet the next', () => {
    const both = [
      ...rules('-A INPUT -j ACCEPT'),
      ...parseIptables('*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -p udp -j DROP\n', {
        backend: 'iptables-legacy',
        family: 'ip',
      }),
    ];
    expect(at(both, vxlan, 'input').verdict).toBe('ends');
  });

  it('stays certain where an undecided match makes no difference', () => {
    const either = rules(
      '-A INPUT -m set --match-set a src -j x\n-A INPUT -j y\n-A x -j RETURN\n-A y -j DROP',
    );
    expect(at(either, vxlan, 'input')).toEqual({
      verdict: 'ends',
      ends: ['drop filter y rule 1 (iptables)'],
    });
  });

  it('is unsure where it does, and names every rule that may be it', () => {
    const either = rules('-A INPUT -m set --match-set a src -j DROP\n-A INPUT -p udp -j REJECT');
    expect(at(either, vxlan, 'input')).toEqual({
      verdict: 'unsure',
      ends: ['drop filter INPUT rule 1 (iptables)', 'reject filter INPUT rule 2 (iptables)'],
    });
  });

  it('does not follow a packet into another program', () => {
    expect(at(rules('-A INPUT -j NFQUEUE --queue-num 1'), vxlan, 'input').verdict).toBe('unsure');
  });

  it('ends where chains jump in a circle', () => {
    expect(at(rules('-A INPUT -j x\n-A x -j y\n-A y -j x'), vxlan, 'input').verdict).toBe('unsure');
  });

  it.each<[string, boolean]>([
    ['-s 192.168.77.0/24', true],
    ['-s 192.168.78.0/24', false],
    ['! -s 192.168.78.0/24', true],
    ['-s 192.168.77.0/255.255.255.0', true],
    ['-d 192.168.77.1/32 -p udp -m udp --dport 8000:9000', true],
    ['-p udp -m udp ! --dport 8472', false],
    ['-p udp -m multiport --dports 53,8472', true],
    ['-p tcp', false],
    ['! -p tcp', true],
    ['-i eth+', true],
    ['! -i lo', true],
    ['-i cni0', false],
    ['-m conntrack --ctstate NEW,INVALID', true],
    ['-m conntrack ! --ctstate RELATED,ESTABLISHED', true],
    ['-m state --state INVALID', false],
    ['-m addrtype --dst-type LOCAL', true],
    ['-m addrtype ! --dst-type LOCAL', false],
    ['-m mark --mark 0x8000/0x8000', false],
    ['-m mark ! --mark 0x8000/0x8000', true],
    ['-m comment --comment "drop -j ACCEPT here"', true],
    ['-m iprange --src-range 192.168.77.1-192.168.77.9', true],
    ['-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN', false],
  ])('iptables: %s', (match, hit) => {
    expect(at(rules(`-A INPUT ${match} -j DROP`), vxlan, 'input').verdict).toBe(
      hit ? 'ends' : 'passes',
    );
  });

  it('a first TCP packet is a SYN', () => {
    const syn = rules('-A INPUT -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP');
    expect(at(syn, tcp(1), 'input').verdict).toBe('ends');
    const odd = rules('-A INPUT -p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -j DROP');
    expect(at(odd, tcp(1), 'input')).toEqual(PASSES);
  });
});

describe('parseNft', () => {
  const one = (expr: unknown[], more: unknown[] = []): readonly Chain[] =>
    nft(
      JSON.stringify({
        nftables: [
          { metainfo: { version: '1.0.6' } },
          { table: { family: 'inet', name: 'f', handle: 1 } },
          ...more,
          {
            chain: {
              family: 'inet',
              table: 'f',
              name: 'input',
              handle: 1,
              type: 'filter',
              hook: 'input',
              prio: 0,
              policy: 'accept',
            },
          },
          { rule: { family: 'inet', table: 'f', chain: 'input', handle: 7, expr } },
        ],
      }),
    );
  const payload = (protocol: string, field: string) => ({ payload: { protocol, field } });
  const match = (left: unknown, right: unknown, op = '==') => ({ match: { op, left, right } });
  const drop = { drop: null };
  const set = (name: string, elem: unknown[]) => ({
    set: { family: 'inet', table: 'f', name, type: 'ipv4_addr', elem },
  });

  it.each<[string, unknown[], 'ends' | 'passes' | 'unsure']>([
    ['a port', [match(payload('udp', 'dport'), 8472)], 'ends'],
    ['the port of another protocol', [match(payload('tcp', 'dport'), 8472)], 'passes'],
    ['not the port of another protocol', [match(payload('tcp', 'dport'), 22, '!=')], 'passes'],
    ['a set of ports', [match(payload('udp', 'dport'), { set: [4789, 8472] })], 'ends'],
    ['a range', [match(payload('th', 'dport'), { range: [8000, 9000] })], 'ends'],
    ['above a port', [match(payload('udp', 'dport'), 8472, '>')], 'passes'],
    [
      'a prefix',
      [match(payload('ip', 'saddr'), { prefix: { addr: '192.168.77.0', len: 24 } })],
      'ends',
    ],
    [
      'not a prefix',
      [match(payload('ip', 'saddr'), { prefix: { addr: '192.168.77.0', len: 24 } }, '!=')],
      'passes',
    ],
    ['IPv6 only', [match(payload('ip6', 'saddr'), '::1', '!=')], 'passes'],
    ['a state', [match({ ct: { key: 'state' } }, ['established', 'related'], 'in')], 'passes'],
    ['the state new', [match({ ct: { key: 'state' } }, 'new', 'in')], 'ends'],
    ['a device', [match({ meta: { key: 'iifname' } }, 'eth*')], 'ends'],
    ['other devices', [match({ meta: { key: 'iifname' } }, { set: ['lo', 'cni*'] })], 'passes'],
    ['protocols by name', [match({ meta: { key: 'l4proto' } }, { set: ['tcp', 'udp'] })], 'ends'],
    ['a local address', [match({ fib: { result: 'type', flags: ['daddr'] } }, 'local')], 'ends'],
    [
      'a mark that it has not',
      [match({ '&': [{ meta: { key: 'mark' } }, 0x8000] }, 0x8000)],
      'passes',
    ],
    ['an IPIP packet', [match(payload('ip', 'protocol'), 'ipencap')], 'passes'],
    ['a rate', [{ limit: { rate: 10, per: 'second', inv: true } }], 'unsure'],
    ['what it does not know', [{ xt: { type: 'match', name: 'bpf' } }], 'unsure'],
    ['a raw offset', [match({ payload: { base: 'th', offset: 16, len: 16 } }, 8472)], 'unsure'],
  ])('decides %s', (_what, matches, verdict) => {
    expect(at(one([...matches, drop]), vxlan, 'input').verdict).toBe(verdict);
  });

  it('looks into named sets, with time-outs, and is unsure of one that is not listed', () => {
    const inSet = [match(payload('ip', 'saddr'), '@peers'), drop];
    const peers = set('peers', ['10.0.0.1', { elem: { val: '192.168.77.2', timeout: 60 } }]);
    expect(at(one(inSet, [peers]), vxlan, 'input').verdict).toBe('ends');
    expect(at(one(inSet, [set('peers', ['10.0.0.1'])]), vxlan, 'input')).toEqual(PASSES);
    expect(at(one(inSet), vxlan, 'input').verdict).toBe('unsure');
  });

  it('follows verdict maps, also by two keys', () => {
    const key = { concat: [payload('ip', 'saddr'), payload('udp', 'dport')] };
    const map = {
      map: {
        family: 'inet',
        table: 'f',
        name: 'm',
        map: 'verdict',
        elem: [[{ concat: ['192.168.77.2', 8472] }, { drop: null }]],
      },
    };
    const rule = [{ vmap: { key, data: '@m' } }];
    expect(at(one(rule, [map]), vxlan, 'input').verdict).toBe('ends');
    expect(at(one(rule, [map]), { ...vxlan, dport: 4789 }, 'input')).toEqual(PASSES);
  });

  it('sees the counter of a rule, and none where there is none', () => {
    const counted = one([
      match(payload('udp', 'dport'), 8472),
      { counter: { packets: 5, bytes: 9 } },
      drop,
    ]);
    expect(counted.flatMap(({ rules }) => rules.map(({ packets }) => packets))).toEqual([5]);
    expect(one([drop]).flatMap(({ rules }) => rules.map(({ packets }) => packets))).toEqual([null]);
  });

  it('refuses what nft did not print', () => {
    expect(parseNft('Error: syntax')).toBeNull();
    expect(parseNft('{"nftables": 5}')).toBeNull();
  });
});
