import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bringUpLab } from './support/bring-up-lab.ts';
import { FAULTS } from './support/faults/index.ts';
import { FIX_TRIALS } from './support/fix-trials.ts';
import { tryFix } from './support/try-fix.ts';
import type { Lab } from './support/types.ts';
import { whyNoCluster } from './support/why-no-cluster.ts';

/**
 * What a report prints is typed as it stands, on the nodes that it names: then the next run says healthy, and after
 * the printed undo the fault is back. Three here, `npm run bench -- lab-fixes` tries them all; the packet filters'
 * have a test of their own (test/integration/filter-fixes-there-and-back.test.ts).
 */
const SHORT = ['apiservice-deleted', 'apiservice-wrong-ca', 'apiservice-wrong-port'];
const wanted = process.env['LAB_FAULTS']?.split(',') ?? SHORT;

const why = await whyNoCluster();
if (why !== null)
  process.stderr.write(`\nSKIPPED test/lab/fixes-work-as-printed.test.ts: ${why}\n`);

describe.skipIf(why !== null)('the printed fix', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await bringUpLab({ flavour: 'canal' });
    await lab.untilHealthy();
  }, 300_000);
  afterAll(async () => {
    await lab?.destroy();
  }, 60_000);

  for (const trial of FIX_TRIALS.filter(({ fault }) => wanted.includes(fault))) {
    it(`mends ${trial.fault} (${trial.tool}), and its undo brings it back`, async () => {
      const fault = FAULTS.get(trial.fault);
      if (fault === undefined) throw new Error(`the lab has no fault ${trial.fault}`);
      const { objections } = await tryFix(lab, fault, trial);
      expect(objections).toEqual([]);
    });
  }
});
