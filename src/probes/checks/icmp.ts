import { execFile } from 'node:child_process';
import type { CheckResult } from '../plan.ts';
import { answered, errnoOf, noAnswer } from './check-result.ts';

/** IPv4 header without options (RFC 791) and ICMP echo header (RFC 792). */
const IPV4_AND_ICMP_HEADER_BYTES = 28;
/** IPv6 header (RFC 8200) and ICMPv6 echo header (RFC 4443). */
const IPV6_AND_ICMP_HEADER_BYTES = 48;
const ECHOES = 3;
/** The shortest interval that iputils grants without privilege in all versions. */
const INTERVAL_SECONDS = 0.2;
/** After the last echo, sent at 0.4 s: a failed ARP answers "Destination Host Unreachable" 3.06 s after the first. */
const WAIT_SECONDS = 3;
/** Above all that ping itself may wait. */
const KILL_AFTER_MS = 7_000;

export interface PingRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bytes of an IP packet that carries `dataBytes` of ICMP echo data to `address`. */
export function packetBytes(address: string, dataBytes: number): number {
  return dataBytes + headerBytes(address);
}

function headerBytes(address: string): number {
  return address.includes(':') ? IPV6_AND_ICMP_HEADER_BYTES : IPV4_AND_ICMP_HEADER_BYTES;
}

/**
 * Three ICMP echoes of one size with don't-fragment, by the system's `ping` (Node has no raw sockets).
 *
 * @param sizeBytes - size of the whole IP packet
 */
export async function icmp(address: string, sizeBytes: number): Promise<CheckResult> {
  const dataBytes = Math.max(0, sizeBytes - headerBytes(address));
  const base = [
    '-n',
    '-c',
    `${ECHOES}`,
    '-i',
    `${INTERVAL_SECONDS}`,
    '-W',
    `${WAIT_SECONDS}`,
    '-s',
    `${dataBytes}`,
  ];
  const first = await runPing([...base, '-M', 'do', address]);
  if (!isOptionRefused(first)) return readPing(first, sizeBytes);
  // busybox knows no -M; Linux sets DF on such packets by itself (IP_PMTUDISC_WANT) unless it knows a smaller path MTU.
  return readPing(await runPing([...base, address]), sizeBytes);
}

function isOptionRefused(run: PingRun): boolean {
  return /(invalid|unrecognized|illegal) option/i.test(run.stderr);
}

function runPing(args: readonly string[]): Promise<PingRun> {
  return new Promise((resolve) => {
    execFile(
      'ping',
      [...args],
      {
        timeout: KILL_AFTER_MS,
        env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
        encoding: 'utf8',
      },
      (error, stdout, stderr) => {
        const spawnError = errnoOf(error);
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({
          exitCode,
          stdout,
          stderr: spawnError === null ? stderr : `${spawnError} ${stderr}`,
        });
      },
    );
  });
}

/**
 * Reads what iputils or busybox printed. Anything that says nothing about the network (no `ping`, no right to a
 * raw socket) is missing.
 */
export function readPing(run: PingRun, sizeBytes: number): CheckResult {
  const text = `${run.stdout}\n${run.stderr}`;
  if (/message too long|frag needed/i.test(text)) {
    const mtu = /mtu\s*=\s*(\d+)/i.exec(text)?.[1];
    const detail = mtu === undefined ? 'message too long' : `mtu=${mtu}`;
    return answered('too-big', 0, { sizeBytes, errno: 'EMSGSIZE', detail });
  }
  const counts = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(text);
  if (counts === null) return refusal(run, sizeBytes);
  const [sent, received] = [Number(counts[1]), Number(counts[2])];
  const detail = `${received}/${sent}`;
  const ms = averageMs(text) ?? 0;
  if (received >= sent && sent > 0) return answered('open', ms, { sizeBytes, detail });
  if (received > 0) return answered('partial', ms, { sizeBytes, detail });
  const why = /(?:From \S+:? icmp_seq=\d+ )([A-Z][^\n]*)/.exec(text)?.[1];
  if (why !== undefined)
    return answered('unreachable', 0, { sizeBytes, detail: `${detail}, ${why.trim()}` });
  if (/(operation not permitted|permission denied)/i.test(text)) {
    // sendmsg was refused on the way out: a local filter, not the absence of the right (then there is no statistics line).
    return answered('unreachable', 0, { sizeBytes, errno: 'EPERM', detail });
  }
  return answered('timeout', WAIT_SECONDS * 1_000, { sizeBytes, detail });
}

function refusal(run: PingRun, sizeBytes: number): CheckResult {
  const text = `${run.stdout} ${run.stderr}`.replace(/\s+/g, ' ').trim();
  if (/ENOENT/.test(text)) return noAnswer('failed', 'no ping program in the probe image');
  if (/EPERM|EACCES|not permitted|permission denied/i.test(text)) {
    return noAnswer('forbidden', 'ping needs root and NET_RAW');
  }
  if (/network is unreachable|no route to host|host is unreachable/i.test(text)) {
    return answered('unreachable', 0, {
      sizeBytes,
      errno: 'ENETUNREACH',
      detail: text.slice(0, 80),
    });
  }
  return noAnswer('failed', `ping said: ${text.slice(0, 100)}`);
}

/** iputils: `rtt min/avg/max/mdev = 0.04/0.05/…`; busybox: `round-trip min/avg/max = 0.04/…`. */
function averageMs(text: string): number | null {
  const match = /min\/avg\/max\S* = [\d.]+\/([\d.]+)\//.exec(text);
  return match === null ? null : Number(match[1]);
}
