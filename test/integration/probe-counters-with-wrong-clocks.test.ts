import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stageOf } from '../../src/core/evidence/burst-stage.ts';
import {
  labIsMissing,
  openLab,
  type ProbeLab,
  VXLAN_PORT,
} from '../support/probe-lab/namespaces.ts';
import { bundleProbe, type LabRun, runWave } from '../support/probe-lab/probe-run.ts';

const lacking = labIsMissing();
if (lacking !== null) console.warn(`SKIPPED probe-counters-with-wrong-clocks: lacks ${lacking}`);

/** Into prod01 nothing arrives, while its clock is behind and prod03's is ahead. */
describe.skipIf(lacking !== null)(
  'counters of nodes whose clocks differ by some hundred milliseconds',
  () => {
    let lab: ProbeLab;
    let run: LabRun;
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
      run = await runWave(lab, probe.path, { clockErrorMs: { prod01: -180, prod03: 150 } });
    });

    afterAll(() => {
      lab?.close();
      remove();
    });

    it.each([
      ['prod02', 'prod01', 'receiver-filter'],
      ['prod03', 'prod01', 'receiver-filter'],
      ['prod01', 'prod02', 'arrives'],
      ['prod01', 'prod03', 'arrives'],
      ['prod02', 'prod03', 'arrives'],
      ['prod03', 'prod02', 'arrives'],
    ] as const)('says of the burst from %s to %s: %s', (from, to, stage) => {
      const burst = run.results.bursts.find(
        (candidate) => candidate.from === from && candidate.to === to,
      );
      expect(burst, 'the burst was sent').toBeDefined();
      if (burst !== undefined) expect(stageOf(burst), JSON.stringify(burst)).toBe(stage);
    });
  },
);
