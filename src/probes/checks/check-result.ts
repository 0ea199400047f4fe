import type { MissingReason } from '../../core/evidence/observed.ts';
import type { ReachAnswer, ReachOutcome } from '../../core/evidence/probe-results.ts';
import type { CheckResult } from '../plan.ts';

/** An answer with the fields that a check has nothing to say about left empty. */
export function answered(
  outcome: ReachOutcome,
  ms: number,
  rest: Partial<Omit<ReachAnswer, 'outcome' | 'ms'>> = {},
): CheckResult {
  return {
    state: 'answered',
    answer: {
      outcome,
      ms: Math.round(ms),
      errno: null,
      sizeBytes: null,
      status: null,
      detail: '',
      peer: null,
      ...rest,
    },
  };
}

/** The check taught nothing about the network. */
export function noAnswer(reason: MissingReason, detail: string): CheckResult {
  return { state: 'missing', reason, detail };
}

/** The `code` of a system or TLS error; null for anything else. */
export function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : null;
}
