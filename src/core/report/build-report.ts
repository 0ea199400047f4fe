import { causes } from '../causes/index.ts';
import { changesThatBear } from '../changes/bearing.ts';
import type { ChangeKind } from '../changes/changes.ts';
import { diagnose, judgeAll } from '../engine.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { factsFrom } from '../evidence/facts-from.ts';
import { byHandOf } from './by-hand.ts';
import { checklistOf } from './checklist.ts';
import { impactOf } from './impact.ts';
import { nearestFirst } from './nearest-first.ts';
import { notSeenOf } from './not-seen.ts';
import { patternOf } from './pattern.ts';
import type { Report } from './report.ts';
import { apiServerRows, reachRows } from './rows.ts';
import { symptomsOf } from './symptoms.ts';
import { verdictOf } from './verdict.ts';

/** The whole way from evidence to report: pure, so the same evidence gives the same report. */
export function buildReport(evidence: Evidence): Report {
  const facts = factsFrom(evidence);
  const symptoms = symptomsOf(facts);
  const diagnosis = diagnose(judgeAll(facts, causes), symptoms);
  const impact = impactOf(facts, symptoms);
  const { verdict, headline } = verdictOf({ evidence, facts, symptoms, diagnosis, impact });
  const changes = changesThatBear(evidence, diagnosis.causes, bearsOn);
  return {
    schema: 'metrics-diag/report/v1',
    cluster: evidence.cluster,
    runId: evidence.runId,
    verdict,
    headline,
    causes: diagnosis.causes,
    ruledOut: nearestFirst(diagnosis.ruledOut, diagnosis.causes[0]?.id),
    unknown: diagnosis.unknown,
    unexplained: diagnosis.unexplained,
    apiServers: apiServerRows(facts),
    reach: reachRows(evidence.probes.reach),
    impact,
    checklist: checklistOf(evidence, facts),
    pattern: patternOf(evidence, facts),
    ...(changes === null ? {} : { changes }),
    notSeen: notSeenOf(evidence, facts),
    byHand: byHandOf(evidence, facts),
    final: evidence.final,
    tookMs: evidence.tookMs,
    takenAt: evidence.snapshot.takenAt,
  };
}

function bearsOn(causeId: string): readonly ChangeKind[] {
  return causes.find(({ id }) => id === causeId)?.bears ?? [];
}
