import type { AnyCause } from '../../../../src/core/causes/any-cause.ts';
import type { Judgement } from '../../../../src/core/causes/define-cause.ts';
import { judgeAll } from '../../../../src/core/engine.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { factsFrom } from '../../../../src/core/evidence/facts-from.ts';

/** Asks one cause, through the engine, what it makes of the evidence. */
export function judgeOne(cause: AnyCause, evidence: Evidence): Judgement {
  const [judged] = judgeAll(factsFrom(evidence), [cause]);
  if (judged === undefined) throw new Error('the engine dropped the cause');
  return judged.judgement;
}
