import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causes } from '../../src/core/causes/index.ts';
import { bringUpLab } from './support/bring-up-lab.ts';
import { diagnoseLab, inShort } from './support/diagnose-lab.ts';
import { FAULTS } from './support/faults/index.ts';
import { settled } from './support/settled.ts';
import type { Fault, Lab } from './support/types.ts';

const known = new Set(causes.map(({ id }) => id));
/** Faults whose cause has a rule; the others wait for theirs. */
const faults = [...FAULTS.values()].filter(
  ({ expects }) => expects.cause !== null && known.has(expects.cause),
);
const BRING_UP_MS = 300_000;

/** Each fault once, on one control plane that is kept up: the first cause, confirmed, at the right nodes. */
describe('canal, three servers', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await bringUpLab({ flavour: 'canal' });
  }, BRING_UP_MS);
  afterAll(() => lab?.destroy(), 60_000);

  it('is healthy before the first fault', async () => {
    const { report, exitCode } = await diagnoseLab(lab);
    expect(inShort(report)).toMatch(/^healthy/);
    expect(exitCode).toBe(0);
  });

  it.each(faults.map((fault) => [fault.name, fault] as const))('%s', async (_, fault) => {
    await expectVerdict(lab, fault);
  });

  it('is healthy after the last one', async () => {
    const { report } = await diagnoseLab(lab);
    expect(inShort(report)).toMatch(/^healthy/);
  });

  it('is not called broken by a fault function that does nothing', async () => {
    const idle: Fault = { ...faults[0]!, apply: async () => async () => undefined };
    await expect(expectVerdict(lab, idle)).rejects.toThrow();
  });
});

async function expectVerdict(lab: Lab, fault: Fault): Promise<void> {
  const undo = await fault.apply(
    {
      network: lab.network,
      controlPlane: lab.controlPlane,
      kubelets: lab.kubelets,
      metricsNode: lab.metricsNode,
    },
    {},
  );
  try {
    await settled(lab, fault);
    const { report, exitCode } = await diagnoseLab(lab);
    const [first] = report.causes;
    const said = inShort(report);
    expect(first?.id, said).toBe(fault.expects.cause);
    expect(first?.verdict, said).toBe('confirmed');
    const nodes = fault.expects.nodes({ network: lab.network, metricsNode: lab.metricsNode }, {});
    expect(first?.where.nodes, said).toEqual(expect.arrayContaining([...nodes]));
    expect(report.unexplained, said).toEqual([]);
    expect(exitCode).toBe(1);
  } finally {
    await undo();
    await settled(lab, null);
  }
}
