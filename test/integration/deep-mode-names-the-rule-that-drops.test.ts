import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MAX_MESSAGE_BYTES } from '../../src/probes/codec.ts';
import {
  type DeepRun,
  deadPair,
  failingPath,
  inShort,
  runDeepWave,
} from '../support/probe-lab/deep-run.ts';
import { labIsMissing, openLab, type ProbeLab } from '../support/probe-lab/namespaces.ts';
import { bundleProbe, find } from '../support/probe-lab/probe-run.ts';

/** One deep wave and a busy machine. */
const WAVE_MS = 120_000;

const lacking = labIsMissing();
if (lacking !== null) console.warn(`SKIPPED deep-mode-names-the-rule-that-drops: lacks ${lacking}`);

function fixture(name: string): string {
  return new URL(`../fixtures/rules/${name}`, import.meta.url).pathname;
}

/** Everything that a filter could hold, without counters, which move by themselves. */
function filtersOf(lab: ProbeLab, node: string): string {
  const { host } = find(lab, node);
  const listed = ['nft list ruleset', 'iptables-legacy-save'].map((command) =>
    lab.exec(host, ['sh', '-c', command]),
  );
  return listed
    .join('\n')
    .replaceAll(/^#.*$/gm, '')
    .replaceAll(/packets \d+ bytes \d+|\[\d+:\d+\]/g, '');
}

/**
 * Real rule sets of firewalld, ufw, and plain rules of both iptables and of nftables on three nodes; real probes
 * with the privileges of a deep Pod.
 */
describe.skipIf(lacking !== null)('deep mode names the rule that drops', () => {
  const programs = { probe: '', deep: '' };
  const removals: (() => void)[] = [];

  beforeAll(async () => {
    const [probe, deep] = [await bundleProbe(), await bundleProbe('deep-probe')];
    programs.probe = probe.path;
    programs.deep = deep.path;
    removals.push(probe.remove, deep.remove);
  }, WAVE_MS);

  afterAll(() => {
    for (const remove of removals) remove();
  });

  describe('firewalld on prod01, ufw on prod02, a plain rule on prod03', () => {
    let lab: ProbeLab;
    let run: DeepRun;

    beforeAll(async () => {
      lab = openLab(3);
      const on = (node: string, command: string): void =>
        void lab.exec(find(lab, node).host, ['sh', '-c', command]);
      on('prod01', `nft -f ${fixture('firewalld-public.nft')}`);
      on('prod02', `iptables-nft-restore < ${fixture('ufw.iptables-save')}`);
      on('prod03', 'iptables-nft -A INPUT -p tcp --dport 22 -j ACCEPT');
      on('prod03', 'iptables-nft -A INPUT -p udp --dport 8472 -j DROP');
      const kubelet = { kind: 'kubelet', node: 'prod02', port: 10_250 } as const;
      const address = find(lab, 'prod02').address;
      run = await runDeepWave(lab, programs, {
        failing: [
          deadPair(lab, 'prod02', 'prod01'),
          deadPair(lab, 'prod03', 'prod02'),
          deadPair(lab, 'prod01', 'prod03'),
          failingPath({ kind: 'pod', node: 'prod02' }, { ...kubelet, address }, 'same-node'),
          failingPath({ kind: 'node', node: 'prod03' }, { ...kubelet, address }, 'underlay'),
        ],
      });
    }, WAVE_MS);

    afterAll(() => lab?.close());

    const rule = (node: string, flow: string) => {
      const row = run.rows.find((each) => each.node === node);
      const found = row?.flows.find(({ id }) => id === `deep ${node}: ${flow}`);
      const [first] = found?.by ?? [];
      return first === undefined
        ? (found?.fate ?? 'no flow')
        : [first.proof, first.rule.owner, first.rule.chain, first.rule.text].join(' | ');
    };

    it('firewalld, which counts nothing: read from the rule set', () => {
      expect(rule('prod01', 'outer prod02>prod01'), inShort(run.rows, 'prod01').join('\n')).toBe(
        'listed | firewalld | filter_IN_public | reject with icmpx admin-prohibited',
      );
    });

    it('ufw: its policy of INPUT, by its counter, for the overlay and for the kubelet', () => {
      const said = inShort(run.rows, 'prod02').join('\n');
      const policy = 'counted | ufw | INPUT | policy drop';
      expect(rule('prod02', 'outer prod01>prod02'), said).toBe(policy);
      // A policy counts whatever nothing accepts: where its window was not quiet, a handful of SYNs is not attributed.
      expect([policy, 'ends'], said).toContain(rule('prod02', 'tcp pod@prod02>kubelet@prod02'));
      expect([policy, 'ends'], said).toContain(rule('prod02', 'tcp prod03>kubelet@prod02'));
    });

    it('a plain rule: its number, its words and how far its counter rose', () => {
      const said = inShort(run.rows, 'prod03').join('\n');
      expect(rule('prod03', 'outer prod01>prod03'), said).toBe(
        'counted | iptables | INPUT | -A INPUT -p udp -m udp --dport 8472 -j DROP',
      );
      const flow = run.rows
        .find(({ node }) => node === 'prod03')
        ?.flows.find(({ id }) => id.endsWith('outer prod01>prod03'));
      expect(flow?.by[0]?.rule.place).toBe('rule 2');
      expect(flow?.by[0]?.packets).toBeGreaterThan((flow?.aimed ?? 0) / 2);
    });

    it('accuses no rule on the way out, nor for what it lets pass', () => {
      expect(rule('prod01', 'outer prod01>prod03')).toBe('passes');
      expect(rule('prod03', 'outer prod03>prod02')).toBe('passes');
    });

    it('reads the tables of the overlay, the cards and the kernel settings', () => {
      const row = run.rows.find(({ node }) => node === 'prod01');
      expect(row?.overlay).toMatchObject({ name: 'flannel.1', mac: '0e:00:00:00:00:01' });
      expect(row?.overlay?.offloads).toHaveProperty('tx-checksum-ip-generic');
      expect(row?.peers).toContainEqual({
        node: 'prod02',
        tabled: true,
        route: { device: 'flannel.1', via: '10.42.1.0' },
        neighbour: { mac: '0e:00:00:00:00:02', state: 'PERMANENT' },
        vtep: '192.168.77.2',
      });
      expect(row).toMatchObject({
        forwarding: true,
        rpFilter: 0,
        ownPodDevice: 'cni0',
        missing: [],
      });
    });

    it('fits the termination message', () => {
      expect(run.largestMessageBytes).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    });
  });

  describe('traced: firewalld on prod01, an nftables rule on the way out of prod02, legacy iptables on prod03', () => {
    let lab: ProbeLab;
    let run: DeepRun;
    const before = new Map<string, string>();

    beforeAll(async () => {
      lab = openLab(3);
      const on = (node: string, command: string): void =>
        void lab.exec(find(lab, node).host, ['sh', '-c', command]);
      on('prod01', `nft -f ${fixture('firewalld-public.nft')}`);
      on(
        'prod02',
        "nft 'add table inet f; add chain inet f out { type filter hook output priority 0; }; add rule inet f out udp dport 8472 counter drop'",
      );
      on('prod03', 'iptables-legacy -A INPUT -p udp --dport 8472 -j REJECT');
      for (const { name } of lab.nodes) before.set(name, filtersOf(lab, name));
      run = await runDeepWave(lab, programs, {
        trace: true,
        failing: [
          deadPair(lab, 'prod02', 'prod01'),
          deadPair(lab, 'prod01', 'prod03'),
          deadPair(lab, 'prod03', 'prod01'),
        ],
      });
    }, WAVE_MS);

    afterAll(() => lab?.close());

    const first = (node: string, flow: string) =>
      run.rows
        .find((each) => each.node === node)
        ?.flows.find(({ id }) => id === `deep ${node}: ${flow}`)?.by[0];

    it('the kernel says which rule of firewalld it was', () => {
      const found = first('prod01', 'outer prod03>prod01');
      expect(found, inShort(run.rows, 'prod01').join('\n')).toMatchObject({
        proof: 'traced',
        rule: { owner: 'firewalld', chain: 'filter_IN_public', does: 'reject' },
      });
    });

    it('a rule on the way out is found on the sender', () => {
      expect(
        first('prod02', 'outer prod02>prod01'),
        inShort(run.rows, 'prod02').join('\n'),
      ).toMatchObject({
        rule: { owner: 'nftables', table: 'f', chain: 'out', text: 'udp dport 8472 drop' },
      });
    });

    it('legacy iptables is read beside nftables, by its counter', () => {
      expect(
        first('prod03', 'outer prod01>prod03'),
        inShort(run.rows, 'prod03').join('\n'),
      ).toMatchObject({
        proof: 'counted',
        rule: { backend: 'iptables-legacy', chain: 'INPUT', place: 'rule 1', does: 'reject' },
      });
    });

    it('leaves nothing on any node', () => {
      for (const { name } of lab.nodes) expect(filtersOf(lab, name)).toBe(before.get(name));
    });
  });
});
