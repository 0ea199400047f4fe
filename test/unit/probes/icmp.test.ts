import { describe, expect, it } from 'vitest';
import { packetBytes, readPing } from '../../../src/probes/checks/icmp.ts';

const ping = (stdout: string, stderr = '', exitCode: number | null = 1) =>
  readPing({ stdout, stderr, exitCode }, 1_450);

describe('readPing', () => {
  it.each([
    [
      'iputils, all back',
      '3 packets transmitted, 3 received, 0% packet loss, time 402ms\nrtt min/avg/max/mdev = 0.040/1.600/2.100/0.01 ms\n',
      '',
      { outcome: 'open', ms: 2, detail: '3/3', sizeBytes: 1_450 },
    ],
    [
      'busybox, all back',
      '3 packets transmitted, 3 packets received, 0% packet loss\nround-trip min/avg/max = 0.1/4.2/9.0 ms\n',
      '',
      { outcome: 'open', ms: 4, detail: '3/3' },
    ],
    [
      'some lost',
      '3 packets transmitted, 1 received, 66% packet loss\n',
      '',
      { outcome: 'partial', detail: '1/3' },
    ],
    [
      'all lost',
      '3 packets transmitted, 0 received, 100% packet loss\n',
      '',
      { outcome: 'timeout', detail: '0/3' },
    ],
    [
      'failed ARP',
      'From 192.168.77.2 icmp_seq=1 Destination Host Unreachable\n\n3 packets transmitted, 0 received, +3 errors, 100% packet loss\n',
      '',
      { outcome: 'unreachable', detail: '0/3, Destination Host Unreachable' },
    ],
    [
      'a prohibiting filter',
      'From 192.168.77.1 icmp_seq=1 Packet filtered\n\n3 packets transmitted, 0 received, +3 errors, 100% packet loss\n',
      '',
      { outcome: 'unreachable', detail: '0/3, Packet filtered' },
    ],
    [
      'larger than the device',
      '\n3 packets transmitted, 0 received, +3 errors, 100% packet loss\n',
      'ping: local error: message too long, mtu=1400\n',
      { outcome: 'too-big', detail: 'mtu=1400', errno: 'EMSGSIZE' },
    ],
    [
      'a router that says so',
      'From 10.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)\n3 packets transmitted, 0 received\n',
      '',
      { outcome: 'too-big', detail: 'mtu=1400' },
    ],
    [
      'a local filter on the way out',
      '3 packets transmitted, 0 received, 100% packet loss\n',
      'ping: sendmsg: Operation not permitted\n',
      { outcome: 'unreachable', errno: 'EPERM' },
    ],
    [
      'no route',
      '',
      'ping: connect: Network is unreachable\n',
      { outcome: 'unreachable', errno: 'ENETUNREACH' },
    ],
  ])('reads: %s', (_, stdout, stderr, answer) => {
    expect(ping(stdout, stderr)).toMatchObject({ state: 'answered', answer });
  });

  it.each([
    ['no ping program', 'ENOENT ', 'failed'],
    [
      'no right to raw sockets',
      'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n',
      'forbidden',
    ],
    ['busybox without the right', 'ping: permission denied (are you root?)\n', 'forbidden'],
    ['a file capability that exec refuses', 'EPERM ', 'forbidden'],
    ['unknown words', 'ping: flurb\n', 'failed'],
  ])('learns nothing from: %s', (_, stderr, reason) => {
    expect(ping('', stderr, 2)).toMatchObject({ state: 'missing', reason });
  });

  it('counts the headers of both families', () => {
    expect(packetBytes('10.42.0.20', 56)).toBe(84);
    expect(packetBytes('fd00::1', 56)).toBe(104);
  });
});
