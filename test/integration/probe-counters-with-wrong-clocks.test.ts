import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  labIsMissing,
  openLab,
  type ProbeLab,
  VXLAN_PORT,
} from '../support/probe-lab/namespaces.ts';
import { bundleProbe, isOverloaded, runUntilDecided } from '../support/probe-lab/probe-run.ts';

/** Three waves on a busy machine. */
const LAB_TIMEOUT_MS = 180_000;

const lacking = labIsMissing();
if (lacking !== null) console.warn(`SKIPPED probe-counters-with-wrong-clocks: lacks ${lacking}`);

const EXPECTED = {
  'prod02 to prod01': 'receiver-filter',
  'prod03 to prod01': 'receiver-filter',
  'prod01 to prod02': 'arrives',
  'prod01 to prod03': 'arrives',
  'prod02 to prod03': 'arrives',
  'prod03 to prod02': 'arrives',
} as const;

/** Into prod01 nothing arrives, while its clock is behind and prod03's is ahead. */
describe.skipIf(lacking !== null)(
  'counters of nodes whose clocks differ by some hundred milliseconds',
  () => {
    let lab: ProbeLab;
    let run: Awaited<ReturnType<typeof runUntilDecided>>;
    let remove = (): void => undefined;

    beforeAll(async () => {
      const probe = await bundleProbe();
      remove = probe.remove;
      lab = openLab(3);
      const [one] = lab.nodes;
      if (one === undefined) throw new Error('three nodes');
      lab.exec(one.host, [
        'iptables',
        '-A',
        'INPUT',
        '-p',
        'udp',
        '--dport',
        `${VXLAN_PORT}`,
        '-j',
        'DROP',
      ]);
      run = await runUntilDecided(lab, probe.path, {
        expected: EXPECTED,
        clockErrorMs: { prod01: -180, prod03: 150 },
      });
    }, LAB_TIMEOUT_MS);

    afterAll(() => {
      lab?.close();
      remove();
    });

    it('says of every burst where it ended, and never anything wrong', (context) => {
      expect(run.wrong).toEqual([]);
      if (!run.decided && isOverloaded())
        context.skip('this machine is too busy to keep the rounds');
      expect(run.stages).toEqual(EXPECTED);
    });
  },
);
