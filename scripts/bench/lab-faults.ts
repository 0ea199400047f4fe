import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { causes } from '../../src/core/causes/index.ts';
import { bringUpLab } from '../../test/lab/support/bring-up-lab.ts';
import { diagnoseLab, inShort } from '../../test/lab/support/diagnose-lab.ts';
import { FAULTS } from '../../test/lab/support/faults/index.ts';
import { objections } from '../../test/lab/support/judge.ts';
import { underFault } from '../../test/lab/support/scenario.ts';
import type { CniFlavour, Fault, Lab } from '../../test/lab/support/types.ts';
import { type Measurements, measurements } from './measurements.ts';

/** One diagnosis: of a fault, or of the cluster after its removal. */
interface Row {
  readonly flavour: CniFlavour;
  readonly fault: string;
  readonly round: number;
  /** `removed`: the same cluster once the fault was taken back and all served again. */
  readonly when: 'present' | 'removed';
  /** The verdict that the scenario wants, with its nodes and evidence; healthy once removed. */
  readonly right: boolean;
  readonly ms: number;
  readonly said: string;
  /** What was wrong with it. */
  readonly objections: readonly string[];
}

const ROUNDS = 5;
const FLAVOURS: readonly CniFlavour[] = ['canal', 'calico', 'flannel', 'cilium'];
/** Those that RKE2 ships with VXLAN as the default. */
const USUAL_FLAVOURS: readonly string[] = ['canal', 'calico', 'flannel'];

/** Each cause that every cluster can have, beside its nearest look-alikes. */
const BESIDE_ONE_ANOTHER: readonly string[] = [
  'overlay-drop-input',
  'overlay-reject-input',
  'overlay-drop-underlay',
  'outer-checksum',
  'inner-checksum',
  'mtu-blackhole',
  'networkpolicy-denies',
  'forwarded-10250-dropped',
  'duplicate-node-ip',
  'cni-agent-broken',
  'wrong-vtep-mac',
  'kubelet-port-blocked',
  'pod-to-own-node-blocked',
  'kubelet-tls-no-ip-san',
  'kubelet-tls-untrusted',
  'apiservice-deleted',
  'metrics-server-not-installed',
  'apiservice-wrong-ca',
  'apiservice-wrong-port',
  'service-wrong-target-port',
  'metrics-server-scaled-to-zero',
  'metrics-server-crashing',
  'metrics-server-oom',
  'image-pull-failed',
  'metrics-server-unschedulable',
];

/** Bundles of runs that were not right stay here, to be looked at. */
const KEPT = path.join(tmpdir(), 'metrics-diag-lab-faults');

/** Clusters side by side. One waits half of its time; two use two cores to the full. */
const LABS = Number(process.env['BENCH_LABS'] ?? 2);

interface Item {
  readonly flavour: CniFlavour;
  readonly fault: Fault;
  readonly round: number;
}

/**
 * Faults beside their look-alikes, `runs` times under each flavour, and the cluster after the first removal of each.
 * `BENCH_FAULTS=a,b` or `all` (each fault of the lab, two at once and unsteady ones among them; where no cause fits,
 * nothing may be confirmed), `BENCH_FLAVOURS=canal,cilium` for other flavours.
 */
export async function benchLabFaults(runs: number | null): Promise<void> {
  const results = measurements<Row>('lab-faults');
  const rules = new Set<string>(causes.map(({ id }) => id));
  const wanted = plan(runs ?? ROUNDS, rules);
  const done = new Set(
    results
      .rows()
      .filter(({ when }) => when === 'present')
      .map(({ flavour, fault, round }) => `${flavour}/${fault}/${round}`),
  );
  const open = wanted.filter((item) => !done.has(key(item)));
  await mkdir(KEPT, { recursive: true });
  process.stdout.write(`${open.length} of ${wanted.length} runs to do, ${LABS} labs\n`);
  const bench = { results, rules, open, total: open.length, startedAt: performance.now() };
  await Promise.all(Array.from({ length: LABS }, () => lane(bench)));
  summarize(results.rows());
}

interface Bench {
  readonly results: Measurements<Row>;
  readonly rules: ReadonlySet<string>;
  /** Shared by the lanes; items are taken off. */
  readonly open: Item[];
  readonly total: number;
  readonly startedAt: number;
}

const key = ({ flavour, fault, round }: Item): string => `${flavour}/${fault.name}/${round}`;

function plan(rounds: number, rules: ReadonlySet<string>): readonly Item[] {
  const chosen = process.env['BENCH_FAULTS'];
  const names =
    chosen === undefined
      ? BESIDE_ONE_ANOTHER
      : chosen === 'all'
        ? [...FAULTS.keys()]
        : chosen.split(',');
  const faults = names.flatMap((name) => {
    const fault = FAULTS.get(name);
    if (fault === undefined) throw new Error(`no fault ${name}`);
    const { cause } = fault.expects;
    return cause === null || rules.has(cause) ? [fault] : [];
  });
  const flavours = process.env['BENCH_FLAVOURS']?.split(',') ?? USUAL_FLAVOURS;
  return FLAVOURS.filter((flavour) => flavours.includes(flavour)).flatMap((flavour) =>
    Array.from({ length: rounds }, (_, round) =>
      faults.map((fault) => ({ flavour, fault, round })),
    ).flat(),
  );
}

/** Brings up one lab after another, each for the flavour with the most work left, until nothing is left. */
async function lane(bench: Bench): Promise<void> {
  for (;;) {
    const count = (flavour: CniFlavour): number =>
      bench.open.filter((item) => item.flavour === flavour).length;
    const [flavour] = FLAVOURS.toSorted((a, b) => count(b) - count(a));
    if (flavour === undefined || count(flavour) === 0) return;
    const lab = await bringUpLab({ flavour });
    try {
      await lab.untilHealthy();
      for (;;) {
        const next = bench.open.findIndex((item) => item.flavour === flavour);
        const [item] = next < 0 ? [] : bench.open.splice(next, 1);
        if (item === undefined) break;
        await once(bench, lab, item);
      }
    } finally {
      await lab.destroy();
    }
  }
}

async function once(
  { results, rules, open, total, startedAt }: Bench,
  lab: Lab,
  { flavour, fault, round }: Item,
): Promise<void> {
  const bundle = path.join(KEPT, `${flavour}-${fault.name}-${round}.json.gz`);
  const look = () => diagnoseLab(lab, ['--fast', '--save-bundle', bundle]);
  const { report, ms } = await underFault(lab, fault, { look });
  const wrong = objections(report, fault, { rules, target: lab });
  if (wrong.length === 0) await rm(bundle, { force: true });
  const row = { flavour, fault: fault.name, round };
  results.add({
    ...row,
    when: 'present',
    right: wrong.length === 0,
    ms,
    said: inShort(report),
    objections: wrong,
  });
  if (round === 0) {
    const after = await diagnoseLab(lab);
    const said = inShort(after.report);
    const healthy = after.report.verdict === 'healthy' && after.report.causes.length === 0;
    results.add({
      ...row,
      when: 'removed',
      right: healthy,
      ms: after.ms,
      said,
      objections: healthy ? [] : [said],
    });
  }
  const did = total - open.length;
  const minutes = (performance.now() - startedAt) / 60_000;
  const left = (minutes / did) * open.length;
  process.stdout.write(
    `[${did}/${total}] after ${minutes.toFixed(1)} min, about ${left.toFixed(0)} min left\n`,
  );
}

function summarize(rows: readonly Row[]): void {
  const count = (part: readonly Row[]): string =>
    `${part.filter(({ right }) => right).length}/${part.length}`;
  const names = [...new Set(rows.map(({ fault }) => fault))];
  const cells = (pick: (row: Row) => boolean): string =>
    FLAVOURS.map((flavour) =>
      count(rows.filter((row) => row.flavour === flavour && pick(row))).padStart(9),
    ).join('');
  const lines = [
    `${'right'.padEnd(34)}${FLAVOURS.map((flavour) => flavour.padStart(9)).join('')}`,
    ...names.map(
      (name) =>
        `${name.padEnd(34)}${cells(({ fault, when }) => fault === name && when === 'present')}`,
    ),
    `${'healthy once removed'.padEnd(34)}${cells(({ when }) => when === 'removed')}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
