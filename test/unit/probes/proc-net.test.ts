import { describe, expect, it } from 'vitest';
import {
  cidrOf,
  deviceFor,
  parseRoutes,
  parseRouteTables,
  parseSnmp,
  parseUdpPorts,
} from '../../../src/probes/checks/proc-net.ts';

const ROUTES = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	FE4DA8C0	0003	0	0	100	00000000	0	0	0
cni0	00002A0A	00000000	0001	0	0	0	00FFFFFF	0	0	0
flannel.1	00012A0A	00012A0A	0003	0	0	0	00FFFFFF	0	0	0
*	00022A0A	00000000	0200	0	0	0	00FFFFFF	0	0	0
eth0	004DA8C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;

describe('parseSnmp', () => {
  it('reads each protocol by its own header line', () => {
    const values = parseSnmp(
      'Ip: Forwarding InReceives InDelivers\nIp: 1 4294967296 12\nUdp: InDatagrams NoPorts InErrors InCsumErrors\nUdp: 5 6 7 8\nUdpLite: InDatagrams\nUdpLite: 9\n',
    );
    expect(values.get('Ip.InReceives')).toBe(4_294_967_296);
    expect(values.get('Udp.InCsumErrors')).toBe(8);
    expect(values.get('UdpLite.InDatagrams')).toBe(9);
    expect(values.get('Tcp.InCsumErrors')).toBeUndefined();
  });

  it('adds what came over IPv6, and nothing that IPv4 does not count', () => {
    const values = parseSnmp(
      'Ip: InReceives InDelivers\nIp: 100 90\nUdp: InDatagrams InCsumErrors\nUdp: 50 0\n',
      'Ip6InReceives                   \t700\nIp6InDelivers                   \t600\nUdp6InCsumErrors                \t599\nUdpLite6InDatagrams             \t4\nIp6InNoECTPkts                  \t9\n',
    );
    expect(Object.fromEntries(values)).toEqual({
      'Ip.InReceives': 800,
      'Ip.InDelivers': 690,
      'Udp.InDatagrams': 50,
      'Udp.InCsumErrors': 599,
    });
  });

  it('reads nothing from an empty or broken file', () => {
    expect(parseSnmp('').size).toBe(0);
    expect(parseSnmp('Ip: InReceives\nTcp: 3\n').size).toBe(0);
  });
});

describe('parseRoutes', () => {
  it('reads addresses in network order and leaves out rejecting routes and the header', () => {
    const routes = parseRoutes(ROUTES);
    expect(
      routes.map((route) => `${cidrOf(route)} ${route.gateway ?? '-'} ${route.device}`),
    ).toEqual([
      '0.0.0.0/0 192.168.77.254 eth0',
      '10.42.0.0/24 - cni0',
      '10.42.1.0/24 10.42.1.0 flannel.1',
      '192.168.77.0/24 - eth0',
    ]);
  });

  it.each([
    ['10.42.1.20', 'flannel.1'],
    ['10.42.0.20', 'cni0'],
    ['192.168.77.3', 'eth0'],
    ['8.8.8.8', 'eth0'],
    ['fd00::1', null],
    ['no address', null],
  ])('finds the device for %s by the longest prefix', (address, device) => {
    expect(deviceFor(parseRoutes(ROUTES), address)).toBe(device);
  });
});

describe('parseUdpPorts', () => {
  it('takes listening sockets and leaves out connected ones', () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue
  55: 00000000:2118 00000000:0000 07 00000000:00000000
  56: 0100007F:0035 00000000:0000 07 00000000:00000000
  57: 014DA8C0:D431 0101A8C0:0035 01 00000000:00000000
  58: 00000000000000000000000000000000:12B5 00000000000000000000000000000000:0000 07 0:0
`;
    expect(parseUdpPorts(text)).toEqual([53, 4789, 8472]);
  });
});

describe('parseRouteTables', () => {
  it('names the tables beside main and local, once each', () => {
    const trie =
      'Id 30401:\n  +-- 0.0.0.0/0 1 0 0\nId 30400:\n  +-- 10.0.0.0/16 2 0 2\n     |-- 10.0.10.0\nMain:\n  +-- 0.0.0.0/0 3 0 5\nLocal:\n  +-- 0.0.0.0/0 3 0 5\n';
    expect(parseRouteTables(trie)).toEqual([30400, 30401]);
  });

  it('reads none from a host without policy routing, and from nothing', () => {
    expect(parseRouteTables('Main:\n  +-- 0.0.0.0/0\nLocal:\n')).toEqual([]);
    expect(parseRouteTables('')).toEqual([]);
  });
});
