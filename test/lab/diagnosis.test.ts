import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bringUpLab } from './support/bring-up-lab.ts';
import { findControlPlane } from './support/control-plane-binaries.ts';
import { FAULTS } from './support/faults/index.ts';
import { PROBE_IMAGE } from './support/images/definitions.ts';
import { findKubelet } from './support/kubelets/start-kubelets.ts';
import { whyNoLab } from './support/network.ts';
import { networkTrace, traceDifference } from './support/trace.ts';
import type { CniFlavour, FaultOptions, Lab } from './support/types.ts';

/**
 * The whole program on a real cluster with a real fault: `metrics-diag diagnose` as a person would call it, from
 * a machine beside the cluster. `LAB_FAULTS=a,b` runs some only; `LAB_CNI=calico` another flavour.
 */
const PROGRAM = fileURLToPath(new URL('../../bin/metrics-diag.mjs', import.meta.url));
const DIAGNOSIS_TIMEOUT_MS = 120_000;

const reportSchema = z.object({
  verdict: z.string(),
  causes: z.array(
    z.object({
      id: z.string(),
      verdict: z.enum(['confirmed', 'suspected']),
      where: z.object({ nodes: z.array(z.string()) }),
    }),
  ),
});
type Seen = z.infer<typeof reportSchema>;

async function whyItCannotRun(): Promise<string | null> {
  const network = await whyNoLab();
  if (network !== null) return network;
  const controlPlane = await findControlPlane();
  if ('why' in controlPlane) return controlPlane.why;
  return (await findKubelet()) === null ? 'no kubelet: run "npm run lab:control-plane"' : null;
}

const why = await whyItCannotRun();
if (why !== null) process.stderr.write(`\nSKIPPED test/lab/diagnosis.test.ts: ${why}\n`);
const only = process.env['LAB_FAULTS']?.split(',');
const flavour = (process.env['LAB_CNI'] ?? 'canal') as CniFlavour;

describe.skipIf(why !== null)(`metrics-diag diagnose on a real ${flavour} cluster`, () => {
  let lab: Lab;

  const diagnose = async (name: string): Promise<Seen> => {
    const bundle = path.join(lab.network.dir, `${name}.bundle.json`);
    const { code, stdout, stderr } = await lab.network.tryExec(
      'ops',
      [process.execPath, PROGRAM, 'diagnose', '--kubeconfig', lab.kubeconfig].concat(
        '--probe-image',
        PROBE_IMAGE,
        '--output',
        'json',
        '--save-bundle',
        bundle,
      ),
      { timeoutMs: DIAGNOSIS_TIMEOUT_MS },
    );
    expect([0, 1, 3], stderr).toContain(code);
    expect(JSON.parse(await readFile(bundle, 'utf8'))).toBeTypeOf('object');
    return reportSchema.parse(JSON.parse(stdout));
  };

  beforeAll(async () => {
    lab = await bringUpLab({ flavour });
    await lab.untilHealthy();
  });

  afterAll(async () => {
    await lab?.destroy();
  });

  it('calls a healthy cluster healthy', async () => {
    const report = await diagnose('healthy');
    expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  for (const fault of FAULTS.values()) {
    if (only && !only.includes(fault.name)) continue;
    it(`${fault.name}: ${fault.expects.cause ?? 'confirms nothing'}`, async () => {
      const options: FaultOptions = {};
      const before = await networkTrace(lab.network);
      const undo = await lab.applyFault(fault.name, options);
      try {
        if (fault.settleMs !== undefined) {
          await new Promise((resolve) => setTimeout(resolve, fault.settleMs));
        }
        const report = await diagnose(fault.name);
        const right = [fault.expects.cause, ...(fault.expects.orElse ?? [])];
        const wrong = report.causes.filter(
          ({ id, verdict }) => verdict === 'confirmed' && !right.includes(id),
        );
        expect(wrong, 'confirmed and not so').toEqual([]);
        if (fault.expects.cause !== null) {
          const suspicions = fault.expects.mayBeSuspected ?? [];
          const found = report.causes.find(
            ({ id, verdict }) =>
              right.includes(id) || (verdict === 'suspected' && suspicions.includes(id)),
          );
          expect(found, `causes: ${report.causes.map(({ id }) => id).join(', ')}`).toBeDefined();
          const target = { network: lab.network, metricsNode: lab.metricsNode };
          expect(found?.where.nodes ?? []).toEqual(
            expect.arrayContaining([...fault.expects.nodes(target, options)]),
          );
        }
      } finally {
        await undo();
      }
      expect(ownLines(traceDifference(before, await networkTrace(lab.network)))).toEqual([]);
      await lab.untilHealthy();
    });
  }
});

/** Without the devices of Pods, which come and go. */
function ownLines(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !/\bveth[0-9a-f]/.test(line));
}
