import { describe, expect, it } from 'vitest';
import { type PortQuestion, type PortRow, SOURCES } from '../../../../src/core/ports/port-row.ts';
import { portTable } from '../../../../src/core/ports/port-table.ts';

const table = (question: Omit<PortQuestion, 'encapsulation'> & Partial<PortQuestion>) =>
  portTable({ encapsulation: null, ...question });
const word = ({ protocol, port, lastPort, from, to }: PortRow): string =>
  `${port === null ? '' : lastPort === null ? port : `${port}-${lastPort}`}/${protocol} ${from} > ${to}`;
const needed = (rows: readonly PortRow[]): readonly string[] =>
  rows.filter(({ onlyWhen }) => onlyWhen === null).map(word);
const ports = (rows: readonly PortRow[]): readonly string[] =>
  rows.map(({ protocol, port }) => `${port ?? ''}/${protocol}`);

describe('the ports of RKE2', () => {
  it('with Canal are those of its requirements, and what a node is asked by its own pods', () => {
    expect(needed(table({ distro: 'rke2', cni: 'canal' }))).toEqual([
      '6443/tcp nodes > servers',
      '9345/tcp nodes > servers',
      '10250/tcp nodes > nodes',
      '2379/tcp servers > servers',
      '2380/tcp servers > servers',
      '2381/tcp servers > servers',
      '10250/tcp pods > nodes',
      '6443/tcp pods > servers',
      '8472/udp nodes > nodes',
      '9099/tcp nodes > nodes',
    ]);
  });

  // The tabs of https://docs.rke2.io/install/requirements#cni-specific-inbound-network-rules, conditions aside.
  it.each([
    ['canal', ['8472/udp', '9099/tcp', '51820/udp', '51821/udp']],
    ['cilium', ['/icmp-echo', '4240/tcp', '8472/udp', '51871/udp']],
    ['calico', ['179/tcp', '4789/udp', '5473/tcp', '9098/tcp', '9099/tcp']],
    ['flannel', ['4789/udp']],
  ] as const)('with %s hold the documented rows', (cni, documented) => {
    expect(ports(table({ distro: 'rke2', cni }))).toEqual(expect.arrayContaining([...documented]));
  });

  it('do not ask for BGP as long as Calico uses VXLAN alone', () => {
    const bgp = (question: Partial<PortQuestion>) =>
      table({ distro: 'rke2', cni: 'calico', ...question }).find(({ port }) => port === 179);
    expect(bgp({})?.onlyWhen).toContain('BGP');
    expect(bgp({ encapsulation: 'ipip' })?.onlyWhen).toBeNull();
  });
});

describe('the overlay port', () => {
  it.each([
    ['rke2', 'canal', '8472/udp'],
    ['rke2', 'calico', '4789/udp'],
    ['rke2', 'flannel', '4789/udp'],
    ['rke2', 'cilium', '8472/udp'],
    ['k3s', 'flannel', '8472/udp'],
    ['k3s', 'calico', '4789/udp'],
    ['k3s', 'cilium', '8472/udp'],
    ['kubeadm', 'canal', '8472/udp'],
    ['kubeadm', 'flannel', '8472/udp'],
    ['kubeadm', 'cilium', '8472/udp'],
    ['kubeadm', 'calico', '4789/udp'],
  ] as const)('of %s with %s and VXLAN is %s alone', (distro, cni, port) => {
    const rows = table({ distro, cni, encapsulation: 'vxlan' });
    const udp = rows.filter(({ protocol, onlyWhen }) => protocol === 'udp' && onlyWhen === null);
    expect(ports(udp)).toEqual([port]);
  });

  it.each([
    ['flannel', 'wireguard', '51820/udp'],
    ['calico', 'wireguard', '51820/udp'],
    ['cilium', 'wireguard', '51871/udp'],
    ['cilium', 'geneve', '6081/udp'],
    ['calico', 'ipip', '/ipip'],
  ] as const)('of %s with %s is %s, and VXLAN stays shut', (cni, encapsulation, port) => {
    const open = ports(
      table({ distro: 'kubeadm', cni, encapsulation }).filter(({ onlyWhen }) => onlyWhen === null),
    );
    expect(open).toContain(port);
    expect(open).not.toContain('8472/udp');
    expect(open).not.toContain('4789/udp');
  });

  it('of Calico without a word on its encapsulation is both that it may install', () => {
    const open = needed(table({ distro: 'kubeadm', cni: 'calico' }));
    expect(open).toEqual(
      expect.arrayContaining([
        '4789/udp nodes > nodes',
        '/ipip nodes > nodes',
        '179/tcp nodes > nodes',
      ]),
    );
  });

  it('is none with plain routing', () => {
    const rows = table({ distro: 'kubeadm', cni: 'flannel', encapsulation: 'none' });
    expect(rows.filter(({ protocol }) => protocol === 'udp')).toEqual([]);
  });
});

it('k3s asks for etcd only where it holds the data, and for Spegel only where it is on', () => {
  const rows = table({ distro: 'k3s', cni: 'flannel' });
  expect(needed(rows)).toEqual([
    '6443/tcp nodes > servers',
    '10250/tcp nodes > nodes',
    '10250/tcp pods > nodes',
    '6443/tcp pods > servers',
    '8472/udp nodes > nodes',
  ]);
  expect(rows.map(word)).toEqual(
    expect.arrayContaining(['2379-2380/tcp servers > servers', '5001/tcp nodes > nodes']),
  );
});

it('k3s with several servers needs etcd between them', () => {
  const of = (severalServers: boolean) =>
    needed(table({ distro: 'k3s', cni: 'flannel', severalServers }));
  expect(of(true)).toContain('2379-2380/tcp servers > servers');
  expect(of(false)).not.toContain('2379-2380/tcp servers > servers');
});

it('every row names the page that says so', () => {
  const pages: readonly string[] = Object.values(SOURCES);
  for (const distro of ['rke2', 'k3s', 'kubeadm'] as const) {
    for (const cni of ['canal', 'calico', 'flannel', 'cilium'] as const) {
      for (const { source } of table({ distro, cni })) expect(pages).toContain(source);
    }
  }
});
