import { causes } from '../../src/core/causes/index.ts';
import { bringUpLab } from '../../test/lab/support/bring-up-lab.ts';
import { diagnoseLab, inShort } from '../../test/lab/support/diagnose-lab.ts';
import { FAULTS } from '../../test/lab/support/faults/index.ts';
import { underFault } from '../../test/lab/support/scenario.ts';
import type { CniFlavour, Lab } from '../../test/lab/support/types.ts';
import { measurements } from './measurements.ts';

/** One diagnosis of one fault. */
interface Row {
  readonly flavour: CniFlavour;
  readonly fault: string;
  readonly round: number;
  readonly right: boolean;
  readonly healthyAfter: boolean;
  readonly ms: number;
  readonly said: string;
}

const ROUNDS = 5;
const FLAVOURS: readonly CniFlavour[] = ['canal', 'calico', 'flannel'];

/** Every fault with a rule, `runs` times under each flavour, and the healthy cluster after each. */
export async function benchLabFaults(runs: number | null): Promise<void> {
  const results = measurements<Row>('lab-faults');
  const rules = new Set(causes.map(({ id }) => id));
  const faults = [...FAULTS.values()].filter(
    ({ expects }) => expects.cause !== null && rules.has(expects.cause),
  );
  for (const flavour of FLAVOURS) {
    const have = new Set(
      results
        .rows()
        .filter((row) => row.flavour === flavour)
        .map(({ fault, round }) => `${fault}/${round}`),
    );
    const open = Array.from({ length: runs ?? ROUNDS }, (_, round) =>
      faults.map((fault) => ({ fault, round })),
    )
      .flat()
      .filter(({ fault, round }) => !have.has(`${fault.name}/${round}`));
    if (open.length === 0) continue;
    const lab = await bringUpLab({ flavour });
    try {
      await lab.untilHealthy();
      for (const { fault, round } of open)
        results.add({ flavour, fault: fault.name, round, ...(await once(lab, fault.name)) });
    } finally {
      await lab.destroy();
    }
  }
}

async function once(
  lab: Lab,
  name: string,
): Promise<Pick<Row, 'right' | 'healthyAfter' | 'ms' | 'said'>> {
  const fault = FAULTS.get(name);
  if (fault === undefined) throw new Error(`no fault ${name}`);
  const { report, ms } = await underFault(lab, fault, { look: () => diagnoseLab(lab) });
  const after = await diagnoseLab(lab);
  const [first] = report.causes;
  const nodes = fault.expects.nodes(lab, {});
  const right =
    first?.id === fault.expects.cause &&
    first.verdict === 'confirmed' &&
    nodes.every((node) => first.where.nodes.includes(node));
  return { right, healthyAfter: after.report.verdict === 'healthy', ms, said: inShort(report) };
}
