import { describe, expect, it, vi } from 'vitest';
import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import { buildReport } from '../../../src/core/report/build-report.ts';
import type { Report } from '../../../src/core/report/report.ts';
import { applyFaults } from '../../sim/faults.ts';
import { healthyWorld } from '../../sim/healthy-world.ts';
import { diagnoseModel } from '../../support/diagnose-model.ts';
import { probeRemovals, type Removal, readerRemovals } from '../../support/partial-evidence.ts';
import type { Diagnosis } from '../../support/run-diagnosis.ts';
import { SHARED_SCENARIOS } from '../../support/same-on-both/scenarios.ts';

/** A run of the model, and then some eighty reports. */
vi.setConfig({ testTimeout: 120_000 });

type Scenario = (typeof SHARED_SCENARIOS)[number];

/** One scenario of each cause, and both kinds of wrong checksums. */
const SCENARIOS = SHARED_SCENARIOS.filter(
  ({ name, report }, index) =>
    name === 'inner-checksum' ||
    SHARED_SCENARIOS.findIndex((each) => each.report.cause === report.cause) === index,
);

/** What a reader would object to in a report that was made without a part of the evidence. */
function objections({ report: wanted }: Scenario, whole: Report, partial: Report): string[] {
  const wrong = partial.causes.filter(
    ({ id, verdict }) => verdict === 'confirmed' && id !== wanted.cause,
  );
  return [
    ...wrong.map(({ id, headline }) => `confirmed ${id}: ${headline}`),
    ...(isWeaker(whole, partial) && !namesGap(whole, partial)
      ? [`${partial.verdict}, ${partial.causes[0]?.verdict ?? 'no cause'}, and no word of a gap`]
      : []),
  ];
}

function isWeaker(whole: Report, partial: Report): boolean {
  const [before] = whole.causes;
  const [after] = partial.causes;
  return (
    before?.verdict === 'confirmed' && (after?.id !== before.id || after.verdict !== 'confirmed')
  );
}

/** The gap is said aloud, or each thing that would settle it is. */
function namesGap(whole: Report, partial: Report): boolean {
  const [first] = partial.causes;
  return (
    partial.notSeen.some((sentence) => !whole.notSeen.includes(sentence)) ||
    partial.unknown.some(({ id }) => whole.unknown.every((each) => each.id !== id)) ||
    (first?.settle ?? null) !== null
  );
}

const runs = new Map<string, Promise<Diagnosis>>();

/** Each scenario is diagnosed once, whatever is taken away afterwards. */
function wholeRun({ name, standIn }: Scenario): Promise<Diagnosis> {
  const run = runs.get(name) ?? diagnoseModel(applyFaults(healthyWorld({ name }), standIn));
  runs.set(name, run);
  return run;
}

async function expectHonest(
  scenario: Scenario,
  removalsOf: (evidence: Evidence) => readonly Removal[],
): Promise<void> {
  const { evidence, final } = await wholeRun(scenario);
  const found = removalsOf(evidence).flatMap((removal) =>
    objections(scenario, final, buildReport(removal.from(evidence))).map(
      (objection) => `without ${removal.name}: ${objection}`,
    ),
  );
  expect(found.join('\n')).toBe('');
}

describe('each reader forbidden in turn: never confirmed and wrong, and the gap is named', () => {
  it.each(SCENARIOS)('$name', (scenario) => expectHonest(scenario, readerRemovals));
});

describe('each probe missing in turn: never confirmed and wrong, and the gap is named', () => {
  it.each(SCENARIOS)('$name', (scenario) => expectHonest(scenario, probeRemovals));
});

it('takes away something each time', async () => {
  const [, cut] = SCENARIOS;
  if (cut === undefined) throw new TypeError('no scenario with a fault');
  const { evidence } = await wholeRun(cut);
  const idle = [...readerRemovals(evidence), ...probeRemovals(evidence)].filter(
    (removal) => JSON.stringify(removal.from(evidence)) === JSON.stringify(evidence),
  );
  expect(idle.map(({ name }) => name)).toEqual([]);
});
