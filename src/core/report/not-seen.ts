import type { Evidence } from '../evidence/evidence.ts';
import type { Facts } from '../evidence/facts.ts';

/** What could not be seen, each with its remedy where there is one. */
export function notSeenOf(evidence: Evidence, _facts: Facts): readonly string[] {
  return [...evidence.probes.notProbed];
}
