import { describe, expect, it } from 'vitest';
import type { RuleTool } from '../../../../src/core/ports/port-row.ts';
import { portTable } from '../../../../src/core/ports/port-table.ts';
import { type ClusterAddresses, ruleSets } from '../../../../src/core/ports/rule-set.ts';

const ADDRESSES: ClusterAddresses = {
  servers: ['10.0.0.1', '10.0.0.2'],
  agents: ['10.0.0.9'],
  pods: ['10.42.0.0/16'],
};
const rows = portTable({ distro: 'rke2', cni: 'canal', encapsulation: null });
const sets = (tool: RuleTool, addresses: Partial<ClusterAddresses> = {}) =>
  ruleSets({ rows, tool, addresses: { ...ADDRESSES, ...addresses } });
const script = (tool: RuleTool, on: 'servers' | 'agents', addresses = {}): string =>
  sets(tool, addresses)
    .find((set) => set.on === on)
    ?.commands.join('\n') ?? '';

describe('rules on the hosts', () => {
  it('let agents in where they are needed, and keep them from etcd', () => {
    const servers = script('iptables', 'servers');
    expect(servers).toContain('iptables -I INPUT 1 -p tcp --dport 9345 -s 10.0.0.9 -j ACCEPT');
    expect(servers).toContain('iptables -I INPUT 1 -p tcp --dport 2380 -s 10.0.0.2 -j ACCEPT');
    expect(servers).not.toMatch(/--dport 238[01] -s 10\.0\.0\.9/);
    expect(servers).not.toMatch(/--dport 2379 -s 10\.0\.0\.9/);
  });

  it('of agents open no port of a server', () => {
    const agents = script('iptables', 'agents');
    expect(agents).not.toMatch(/--dport (?:6443|9345|2379|2380|2381) /);
    expect(agents).toContain('iptables -I INPUT 1 -p udp --dport 8472 -s 10.0.0.1 -j ACCEPT');
    expect(agents).toContain('iptables -I INPUT 1 -p tcp --dport 10250 -s 10.42.0.0/16 -j ACCEPT');
  });

  it('leave out a machine that is alone of its kind, and rows without senders', () => {
    expect(script('iptables', 'agents')).not.toContain('-s 10.0.0.9');
    const lonely = script('iptables', 'servers', { servers: ['10.0.0.1'] });
    expect(lonely).not.toContain('2379');
    expect(lonely).not.toContain('-s 10.0.0.1 ');
  });

  it('open nothing that is needed under a condition alone', () => {
    for (const tool of ['iptables', 'nftables', 'ufw', 'firewalld', 'aws'] as const) {
      expect(script(tool, 'servers')).not.toMatch(/30000|51820/);
    }
  });

  it('reload firewalld once, at the end', () => {
    const [set] = sets('firewalld');
    expect(set?.commands.filter((line) => line === 'firewall-cmd --reload')).toHaveLength(1);
    expect(set?.commands.at(-1)).toBe('firewall-cmd --reload');
    expect(set?.undo.at(-1)).toBe('firewall-cmd --reload');
  });

  it('keep lines for files out of the script', () => {
    const ipip = ruleSets({
      rows: portTable({ distro: 'kubeadm', cni: 'calico', encapsulation: 'ipip' }),
      tool: 'ufw',
      addresses: ADDRESSES,
    });
    const lines = ipip.flatMap(({ commands }) => commands);
    expect(lines.some((line) => line.startsWith('#   -A ufw-before-input -p 4'))).toBe(true);
    expect(lines.filter((line) => !/^(?:#|ufw )/.test(line))).toEqual([]);
  });

  it.each([
    ['2379:2380', 'iptables'],
    ['2379-2380', 'nftables'],
    ['2379:2380', 'ufw'],
    ['2379-2380', 'firewalld'],
  ] as const)('spell a range of ports as %s for %s', (range, tool) => {
    const [set] = ruleSets({
      rows: portTable({ distro: 'kubeadm', cni: 'flannel', encapsulation: null }),
      tool,
      addresses: ADDRESSES,
    });
    expect(set?.commands.join('\n')).toMatch(new RegExp(`[ "]${range}[ "\n]`));
  });

  it.each([
    ['everyone', { servers: ['0.0.0.0/0', '10.0.0.1'] }],
    ['no address', { servers: ['prod01', '10.0.0.1'] }],
    ['no address of a machine that is alone', { servers: ['prod01'], agents: [] }],
    ['three parts of an address', { servers: ['10.0.0'], agents: [] }],
    ['a shell', { agents: ['10.0.0.9;reboot'] }],
    ['a hundred addresses', { agents: Array.from({ length: 100 }, (_, i) => `10.1.0.${i + 1}`) }],
  ])('refuse %s, for clouds as for hosts', (_, addresses) => {
    for (const tool of ['iptables', 'aws'] as const) {
      expect(() => sets(tool, addresses)).toThrow(RangeError);
    }
  });
});

describe('rules in the cloud', () => {
  it('of AWS name each sender as a range, and are taken back by the same words', () => {
    const [set] = sets('aws');
    const etcd = set?.commands.find((line) => line.includes('FromPort=2379'));
    expect(etcd).toBe(
      `aws ec2 authorize-security-group-ingress --group-id "$SERVERS_GROUP" --ip-permissions 'IpProtocol=tcp,FromPort=2379,ToPort=2379,IpRanges=[{CidrIp=10.0.0.1/32},{CidrIp=10.0.0.2/32}]'`,
    );
    expect(set?.undo).toContain(etcd?.replace('authorize', 'revoke'));
    expect(set?.commands[0]).toBe(
      ': "${SERVERS_GROUP:?set it to the id of the security group of the servers}"',
    );
  });

  it('leave out pods: what they ask of their own node never leaves it', () => {
    for (const tool of ['aws', 'azure', 'gcp', 'openstack'] as const) {
      expect(script(tool, 'servers')).not.toContain('10.42.0.0/16');
    }
  });

  it('hold one family each', () => {
    const gcp = script('gcp', 'agents', { servers: ['10.0.0.1', 'fd00::1'] });
    expect(gcp).toContain('--source-ranges 10.0.0.1/32 ');
    expect(gcp).toContain('--source-ranges fd00::1/128 ');
    expect(gcp).not.toMatch(/10\.0\.0\.1\/32,fd00|fd00::1\/128,10/);
  });

  it('of Azure have names and priorities of their own', () => {
    const lines = sets('azure').flatMap(({ commands }) => commands);
    const all = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
    for (const each of [all(/--name (\S+)/), all(/--priority (\S+)/)]) {
      expect(each.length).toBeGreaterThan(10);
      expect(new Set(each).size).toBe(each.length);
    }
  });

  it('name IPIP by its number, and not on Azure, which does not carry it', () => {
    const ipip = (tool: RuleTool): string =>
      ruleSets({
        rows: portTable({ distro: 'kubeadm', cni: 'calico', encapsulation: 'ipip' }),
        tool,
        addresses: ADDRESSES,
      })
        .flatMap(({ commands }) => commands)
        .join('\n');
    expect(ipip('openstack')).toContain('--protocol 4 ');
    expect(ipip('aws')).toContain('IpProtocol=4,');
    expect(ipip('gcp')).toContain('--allow 4 ');
    expect(ipip('azure')).toContain('# Azure does not carry IPIP');
  });
});
