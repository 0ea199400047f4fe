import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causes } from '../../src/core/causes/index.ts';
import { type ApiEye, untilAsWanted } from '../support/same-on-both/api-view.ts';
import { essentials, SHARED_SCENARIOS } from '../support/same-on-both/scenarios.ts';
import { bringUpLab } from './support/bring-up-lab.ts';
import { diagnoseLab, inShort, type LabDiagnosis } from './support/diagnose-lab.ts';
import { BENCH_ONLY, FAULTS } from './support/faults/index.ts';
import { FIX_TRIALS } from './support/fix-trials.ts';
import { confirmedAndWrong, objections } from './support/judge.ts';
import { describeKubelets, expectNothingLeft } from './support/kubelets/checks.ts';
import { noStageTimes, type StageTimes, underFault } from './support/scenario.ts';
import { networkTrace, traceDifference } from './support/trace.ts';
import { tryFix } from './support/try-fix.ts';
import type { CniFlavour, Fault, Lab } from './support/types.ts';
import { whyNoCluster } from './support/why-no-cluster.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Printed as a table by scripts/test-lab.mjs. */
    labStages?: StageTimes;
  }
}

/**
 * The whole program on a real cluster with a real fault: `metrics-diag diagnose` as a person would call it, from
 * a machine beside the cluster; each fault once, on one control plane that is kept up. `LAB_FAULTS=a,b` runs
 * some only, `LAB_FAULTS=all` those without a rule of their own, too; `LAB_CNI=calico` another flavour.
 */
const rules = new Set(causes.map(({ id }) => id));
const wanted = process.env['LAB_FAULTS'];
const flavour = (process.env['LAB_CNI'] ?? 'canal') as CniFlavour;
const BRING_UP_MS = 300_000;
/** A dead pooled connection, then the availability check's 30 s and a dial of 30 s. */
const NOTICED_MS = 120_000;
/** Verdicts that were confirmed and not so, over all tries: a second try must not hide the first. */
const brokenPromises: string[] = [];

const why = await whyNoCluster();
if (why !== null) process.stderr.write(`\nSKIPPED test/lab/diagnosis.test.ts: ${why}\n`);

function isChosen({ name, expects }: Fault): boolean {
  if (wanted === 'all') return true;
  if (wanted !== undefined) return wanted.split(',').includes(name);
  return (expects.cause === null || rules.has(expects.cause)) && !BENCH_ONLY.has(name);
}

/** Faults whose printed fixes are typed where none are named. */
const MENDED = ['apiservice-deleted', 'apiservice-wrong-ca', 'apiservice-wrong-port'];

function isTried(fault: string): boolean {
  return wanted === undefined && MENDED.includes(fault);
}

describe.skipIf(why !== null)(`metrics-diag diagnose on a real ${flavour} cluster`, () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await bringUpLab({ flavour });
    process.stderr.write(`\nlab: ${flavour}, ${lab.controlPlane.describe}\n`);
    await lab.untilHealthy();
  }, BRING_UP_MS);

  afterAll(async () => {
    await lab?.destroy();
  }, 60_000);

  if (wanted === undefined) describeKubelets(() => lab);

  it('calls a healthy cluster healthy', async () => {
    await expectHealthy(lab);
  });

  for (const fault of [...FAULTS.values()].filter(isChosen)) {
    it(fault.name, async ({ task }) => {
      task.meta.labStages = noStageTimes();
      const before = await networkTrace(lab.network);
      await expectVerdict(lab, fault, task.meta.labStages);
      expect(ownLines(traceDifference(before, await networkTrace(lab.network)))).toEqual([]);
    });
  }

  /*
   * What a report prints is typed as it stands, on the nodes that it names: then the next run says healthy, and after
   * the printed undo the fault is back. `npm run bench -- lab-fixes` tries them all; the packet filters' have a test
   * of their own (test/integration/filter-fixes-there-and-back.test.ts).
   */
  for (const trial of FIX_TRIALS.filter(({ fault }) => isTried(fault))) {
    it(`the printed fix mends ${trial.fault} (${trial.tool}), and its undo brings it back`, async () => {
      const fault = FAULTS.get(trial.fault);
      if (fault === undefined) throw new Error(`the lab has no fault ${trial.fault}`);
      expect((await tryFix(lab, fault, trial)).objections).toEqual([]);
    });
  }

  it('calls the cluster healthy again after the last fault', async () => {
    await expectHealthy(lab);
  });

  it('never confirmed what was not so, on any try', () => {
    expect(brokenPromises).toEqual([]);
  });

  it('fails a scenario whose fault does nothing', async () => {
    const real = FAULTS.get('overlay-drop-input');
    if (real === undefined) throw new Error('the lab has lost its first fault');
    const idle: Fault = { ...real, apply: async () => async () => undefined };
    await expect(expectVerdict(lab, idle)).rejects.toThrow('healthy');
  });

  it('leaves no process, mount, namespace, cgroup or folder behind', async () => {
    await expectNothingLeft(lab);
  });
});

async function expectHealthy(lab: Lab): Promise<void> {
  const { report, exitCode } = await diagnoseAndCompare(lab, 'healthy');
  expect(report.verdict, inShort(report)).toBe('healthy');
  expect(report.causes).toEqual([]);
  expect(exitCode).toBe(0);
}

async function expectVerdict(lab: Lab, fault: Fault, times?: StageTimes): Promise<void> {
  const look = (): Promise<LabDiagnosis> => diagnoseAndCompare(lab, fault.name);
  const { report } = await underFault(lab, fault, { look, times });
  if (confirmedAndWrong(report, fault).length > 0)
    brokenPromises.push(`${fault.name}: ${inShort(report)}`);
  const wrong = objections(report, fault, { rules, target: lab });
  expect(wrong, wrong.join('\n')).toEqual([]);
}

/** One diagnosis; where the stand-in knows the scenario, too, report and API servers must show what they show there. */
async function diagnoseAndCompare(lab: Lab, name: string): Promise<LabDiagnosis> {
  const shared = SHARED_SCENARIOS.find((scenario) => scenario.name === name);
  const diagnosis = await diagnoseLab(lab);
  if (shared === undefined) return diagnosis;
  const { verdict } = diagnosis.report;
  const wanted = verdict === shared.orVerdict ? { ...shared.report, verdict } : shared.report;
  expect(essentials(diagnosis.report), inShort(diagnosis.report)).toEqual(wanted);
  // Afterwards: /metrics are megabytes, and their reader would disturb probes that keep time.
  if (shared.api !== undefined)
    expect(await untilAsWanted(eyeOf(lab), shared.api, NOTICED_MS)).toEqual([]);
  return diagnosis;
}

function eyeOf({ controlPlane, metricsNode, network }: Lab): ApiEye {
  const names = network.servers.map(({ name }) => name);
  return {
    servers: [metricsNode, ...names.filter((name) => name !== metricsNode)],
    get: (server, path) =>
      controlPlane.requestAt(server, 'GET', path, undefined, [401, 403, 404, 500, 502, 503, 504]),
  };
}

/** Without the devices of Pods, which come and go. */
function ownLines(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !/\bveth[0-9a-f]/.test(line));
}
