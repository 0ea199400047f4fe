import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  labIsMissing,
  openLab,
  type ProbeLab,
  VXLAN_PORT,
} from '../support/probe-lab/namespaces.ts';
import { bundleProbe, type LabRun, runWave } from '../support/probe-lab/probe-run.ts';

const LAB_TIMEOUT_MS = 120_000;

const lacking = labIsMissing();
if (lacking !== null) console.warn(`SKIPPED probe-mtu-black-hole: lacks ${lacking}`);

/** Outer packets above 1,400 bytes vanish into prod01, without a word from anyone. */
describe.skipIf(lacking !== null)('a path that swallows full-size packets in one direction', () => {
  let lab: ProbeLab;
  let run: LabRun;
  let remove = (): void => undefined;

  beforeAll(async () => {
    const probe = await bundleProbe();
    remove = probe.remove;
    lab = openLab(2);
    const [one] = lab.nodes;
    if (one === undefined) throw new Error('two nodes');
    const rule = `-i eth0 -p udp --dport ${VXLAN_PORT} -m length --length 1401:65535 -j DROP`;
    lab.exec(one.host, ['iptables', '-t', 'raw', '-A', 'PREROUTING', ...rule.split(' ')]);
    run = await runWave(lab, probe.path);
  }, LAB_TIMEOUT_MS);

  afterAll(() => {
    lab?.close();
    remove();
  });

  const answer = (id: string) => {
    const found = run.results.reach.find((candidate) => candidate.id === id)?.result;
    return found?.state === 'known' ? found.value : null;
  };

  it('lets small packets through both ways', () => {
    for (const id of ['prod01>listener@prod02', 'prod02>listener@prod01']) {
      expect(answer(`tcp ${id}`)?.outcome, id).toBe('open');
      expect(answer(`icmp ${id}`)?.outcome, id).toBe('open');
    }
  });

  it('loses a full-size echo and says how large it was', () => {
    expect(answer('icmp-full prod02>listener@prod01')).toMatchObject({
      outcome: 'timeout',
      sizeBytes: 1_450,
    });
    expect(answer('icmp-full prod02>node@prod01')).toMatchObject({
      outcome: 'open',
      sizeBytes: 1_500,
    });
  });

  it('stalls after the connect, and tells the lost question from the lost answer', () => {
    expect(answer('tcp-full prod02>listener@prod01')).toMatchObject({
      outcome: 'stalled',
      detail: expect.stringContaining('not confirmed'),
    });
    expect(answer('tcp-full prod01>listener@prod02')).toMatchObject({
      outcome: 'stalled',
      detail: expect.stringContaining('confirmed; received'),
    });
  });
});
