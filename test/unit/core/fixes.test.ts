import { describe, expect, it } from 'vitest';
import { known } from '../../../src/core/evidence/observed.ts';
import { disableChecksumOffload } from '../../../src/core/fixes/ethtool-offload.ts';
import { allowInbound, type RuleScope } from '../../../src/core/fixes/firewall-rule.ts';
import { lowerPodMtu } from '../../../src/core/fixes/mtu.ts';
import { admitApiServers } from '../../../src/core/fixes/network-policy.ts';
import { showFilters } from '../../../src/core/fixes/show-filters.ts';
import { pod } from '../../support/evidence-builder.ts';

const scope: RuleScope = {
  nodes: ['prod01'],
  protocol: 'udp',
  port: 8472,
  from: ['192.168.77.2', 'fd00::3'],
  verify: [],
  notes: [],
};
const commands = (fix: ReturnType<typeof allowInbound>, tool: string): string =>
  fix.variants.find((v) => v.tool === tool)?.commands.join('\n') ?? '';

describe('allowInbound', () => {
  it.each([
    [[]],
    [['0.0.0.0/0']],
    [['::/0']],
    [['192.168.77.2', '10.0.0.0/0']],
    [['0.0.0.0']],
    [['192.168.77.2/']],
    [['192.168.77.2/33']],
    [['everyone']],
    [['192.168.77.2; rm -rf /']],
  ])('refuses %j', (from) => {
    expect(() => allowInbound({ ...scope, from })).toThrow(RangeError);
  });

  it('refuses a port that is none', () => {
    expect(() => allowInbound({ ...scope, port: null })).toThrow(RangeError);
    expect(() => allowInbound({ ...scope, port: 70_000 })).toThrow(RangeError);
  });

  it('spells IPv4 and IPv6 for each tool', () => {
    const fix = allowInbound(scope);
    expect(commands(fix, 'firewalld')).toContain(
      'rule family="ipv6" source address="fd00::3" port port="8472" protocol="udp" accept',
    );
    expect(commands(fix, 'iptables')).toContain(
      'ip6tables -I INPUT 1 -p udp --dport 8472 -s fd00::3 -j ACCEPT',
    );
    expect(commands(fix, 'nftables')).toContain('ip6 saddr { fd00::3 } udp dport 8472 accept');
    expect(commands(fix, 'ufw')).toContain(
      'ufw prepend allow proto udp from 192.168.77.2 to any port 8472',
    );
    expect(commands(fix, 'cloud security group')).toContain('192.168.77.2/32');
  });

  it('spells the way back for each tool, as it can be typed', () => {
    const undo = (tool: string): readonly string[] =>
      allowInbound(scope).variants.find((v) => v.tool === tool)?.undo ?? [];
    expect(undo('iptables')).toEqual([
      'iptables -D INPUT -p udp --dport 8472 -s 192.168.77.2 -j ACCEPT',
      'ip6tables -D INPUT -p udp --dport 8472 -s fd00::3 -j ACCEPT',
    ]);
    expect(undo('ufw')[0]).toBe('ufw delete allow proto udp from 192.168.77.2 to any port 8472');
    expect(undo('firewalld')[0]).toContain('--remove-rich-rule=');
    // The undo looks for the very comment that the rule was given.
    const comment = /comment '"([^"]+)"'/.exec(commands(allowInbound(scope), 'nftables'))?.[1];
    expect(undo('nftables')).toEqual([expect.stringContaining(`comment "${comment ?? '-'}"`)]);
  });

  it('IPIP is protocol 4 and has no port', () => {
    const fix = allowInbound({ ...scope, protocol: 'ipip', port: null });
    expect(commands(fix, 'iptables')).toContain('-p 4 -s 192.168.77.2');
    expect(commands(fix, 'firewalld')).toContain('protocol value="ipip"');
    expect(commands(fix, 'nftables')).toContain('meta l4proto 4');
    expect(commands(fix, 'ufw')).toContain('-p 4');
  });

  it('stays readable for a thousand nodes', () => {
    const from = Array.from(
      { length: 1_000 },
      (_, i) => `10.1.${Math.floor(i / 250)}.${(i % 250) + 1}`,
    );
    const fix = allowInbound({ ...scope, from });
    expect(commands(fix, 'iptables').split('\n').length).toBeLessThan(70);
    expect(commands(fix, 'iptables')).toContain('936 more');
    expect(commands(fix, 'nftables')).toContain('10.1.3.250');
  });
});

describe('showFilters', () => {
  it('lets named callers pass before the rule is found, and nobody where none is named', () => {
    const scope = { nodes: ['prod01'], what: '10250/tcp', port: 10_250 };
    const pass = { from: ['10.42.1.0'], to: ['10.42.0.20'] };
    expect(showFilters({ ...scope, pass }).variants[0]).toEqual({
      tool: 'iptables',
      commands: ['iptables -I FORWARD 1 -p tcp -s 10.42.1.0 -d 10.42.0.20 --dport 10250 -j ACCEPT'],
      undo: ['iptables -D FORWARD -p tcp -s 10.42.1.0 -d 10.42.0.20 --dport 10250 -j ACCEPT'],
    });
    const without = JSON.stringify(
      showFilters({ ...scope, pass: { from: [], to: ['10.42.0.20'] } }),
    );
    expect(without).not.toContain('-I FORWARD 1');
  });
});

describe('other fixes', () => {
  const network = (cni: 'canal' | 'calico') =>
    known(
      {
        cni,
        encapsulation: 'vxlan',
        port: 8472,
        vni: 1,
        device: cni === 'canal' ? 'flannel.1' : 'vxlan.calico',
        basis: [],
        disagrees: false,
      } as const,
      'test',
    );

  it('never selects a whole namespace', () => {
    const fix = admitApiServers({
      pod: pod({
        name: 'ms',
        namespace: 'kube-system',
        nodeName: 'a',
        labels: { 'pod-template-hash': 'x' },
      }),
      port: 10250,
      sources: ['10.42.1.0'],
      platform: known('rke2', 'test'),
    });
    const text = fix.variants[0]?.commands.join('\n') ?? '';
    expect(text).not.toContain('matchLabels: {}');
    expect(text).toContain('cidr: 10.42.1.0/32');
  });

  it('RKE2 keeps the MTU in a HelmChartConfig, Calico the override in Felix', () => {
    const mtu = lowerPodMtu({
      network: network('canal'),
      platform: known('rke2', 'test'),
      nodes: ['a'],
      underlayBytes: 1400,
    });
    expect(mtu.variants[0]).toMatchObject({ tool: 'HelmChartConfig' });
    expect(mtu.variants[0]?.commands.join('\n')).toContain('vethuMTU: 1350');
    const offload = disableChecksumOffload({
      network: network('calico'),
      platform: known('rke2', 'test'),
      nodes: ['a'],
    });
    expect(offload.variants[0]?.commands.join()).toContain('ChecksumOffloadBroken=true');
    const flannel = disableChecksumOffload({
      network: network('canal'),
      platform: known('rke2', 'test'),
      nodes: ['a'],
    });
    expect(flannel.variants[0]?.commands[0]).toBe(
      'ethtool -K flannel.1 tx-checksum-ip-generic off',
    );
  });
});
