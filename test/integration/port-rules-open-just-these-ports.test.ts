import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { portTable } from '../../src/core/ports/port-table.ts';
import { ruleSets } from '../../src/core/ports/rule-set.ts';
import { labIsMissing, openLab, type ProbeLab } from '../support/probe-lab/namespaces.ts';
import { find } from '../support/probe-lab/probe-run.ts';

const lacking = labIsMissing();
if (lacking !== null) console.warn(`SKIPPED port-rules-open-just-these-ports: lacks ${lacking}`);

const OPEN = [6443, 9345, 10_250];
const ETCD = 2379;
const OTHER = 8080;
const SERVER = [...OPEN, ETCD, OTHER]
  .map((port) => `require('node:net').createServer((s) => s.end()).listen(${port}, '0.0.0.0')`)
  .join(';');

/** prod01 is the server, prod02 its agent; prod03 belongs to somebody else. */
const RKE2 = {
  rows: portTable({ distro: 'rke2', cni: 'canal', encapsulation: null }),
  addresses: { servers: ['192.168.77.1'], agents: ['192.168.77.2'], pods: ['10.42.0.0/16'] },
} as const;

const SHUT = {
  iptables: { fault: 'iptables -P INPUT DROP', removal: 'iptables -P INPUT ACCEPT' },
  nftables: {
    fault: `nft 'add table inet filter; add chain inet filter input { type filter hook input priority filter; policy drop; }'`,
    removal: 'nft delete table inet filter',
  },
} as const;

/** A host firewall that lets nothing in; the printed script is typed as it stands, and so is its undo. */
describe.skipIf(lacking !== null)('the printed rules of a server', () => {
  let lab: ProbeLab;
  const succeeds = (namespace: string, command: string): boolean => {
    try {
      lab.exec(namespace, ['bash', '-c', command]);
      return true;
    } catch {
      return false;
    }
  };
  const PORTS = [...OPEN, ETCD, OTHER];
  const dialAll = (from: string): readonly number[] =>
    lab
      .exec(from, [
        'bash',
        '-c',
        `for p in ${PORTS.join(' ')}; do (timeout 1 bash -c "</dev/tcp/192.168.77.1/$p" 2>/dev/null && echo $p) & done; wait`,
      ])
      .split('\n')
      .map(Number);
  /** The ports that open; what passes may be late on a busy machine, so some tries count together. */
  const reached = (from: string, tries = 1): readonly number[] => {
    const seen = new Set(Array.from({ length: tries }, () => dialAll(from)).flat());
    return PORTS.filter((port) => seen.has(port));
  };
  const pings = (name: string): boolean =>
    succeeds(find(lab, name).pod, 'ping -c 1 -W 1 10.42.0.20');
  const host = (): string => find(lab, 'prod01').host;
  const type = (lines: readonly string[]): void =>
    void lab.exec(host(), ['bash', '-e', '-c', lines.join('\n')]);
  const filter = (): string =>
    lab.exec(host(), [
      'sh',
      '-c',
      'iptables -S INPUT; nft list table inet filter 2>/dev/null || true',
    ]);

  beforeAll(async () => {
    lab = openLab(3);
    lab.spawn(host(), [process.execPath, '-e', SERVER]);
    const agent = find(lab, 'prod02').host;
    await vi.waitUntil(() => reached(agent).length === PORTS.length && pings('prod02'), {
      timeout: 60_000,
    });
  }, 120_000);
  afterAll(() => lab?.close());

  it.each(['iptables', 'nftables'] as const)(
    'open with %s what the table lists, to the cluster alone, and shut it again',
    (tool) => {
      const agent = find(lab, 'prod02').host;
      const stranger = find(lab, 'prod03').host;
      type([SHUT[tool].fault]);
      const shut = filter();
      expect(reached(agent), 'shut').toEqual([]);
      expect(pings('prod02'), 'shut').toBe(false);

      const [set] = ruleSets({ ...RKE2, tool });
      expect(set?.on).toBe('servers');
      type(set?.commands ?? ['false']);
      expect(reached(agent, 3), 'agent').toEqual(OPEN);
      expect(pings('prod02') || pings('prod02') || pings('prod02'), 'overlay of the agent').toBe(
        true,
      );
      expect(reached(stranger), 'stranger').toEqual([]);
      expect(pings('prod03'), 'overlay of the stranger').toBe(false);
      expect(reached(find(lab, 'prod01').pod, 3), 'own pod').toEqual([6443, 10_250]);

      type(set?.undo ?? ['false']);
      expect(reached(agent), 'after the undo').toEqual([]);
      expect(filter()).toBe(shut);
      type([SHUT[tool].removal]);
      expect(reached(agent, 3), 'at the end').toEqual(PORTS);
    },
  );
});
