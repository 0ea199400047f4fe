import type { Evidence } from '../evidence/evidence.ts';
import type { Facts } from '../evidence/facts.ts';

/** What is broken, in one or two sentences. */
export function patternOf(_evidence: Evidence, _facts: Facts): readonly string[] {
  return [];
}
