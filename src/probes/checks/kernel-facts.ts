import { readFileSync } from 'node:fs';
import type { KernelFacts } from '../../core/evidence/probe-results.ts';
import { parseRouteTables, parseSnmp } from './proc-net.ts';

/** RFC 4293 `ipForwarding`, which the first column of `Ip:` in /proc/net/snmp is: 1 forwards, 2 does not. */
const FORWARDS = 1;

/** What the kernel of this network namespace is set to, as far as anybody may read it. */
export function readKernelFacts(
  paths: { readonly procNet: string; readonly bridgeFilter: string } = {
    procNet: '/proc/net',
    bridgeFilter: '/proc/sys/net/bridge/bridge-nf-call-iptables',
  },
): KernelFacts {
  const tries = read(`${paths.procNet}/fib_trie`);
  const forwarding = parseSnmp(read(`${paths.procNet}/snmp`) ?? '').get('Ip.Forwarding');
  const bridge = read(paths.bridgeFilter);
  return {
    routeTables: tries === null ? null : parseRouteTables(tries),
    forwards: forwarding === undefined ? null : forwarding === FORWARDS,
    bridgeFilter: bridge === null ? 'absent' : bridge.trim() === '1' ? 'on' : 'off',
  };
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
