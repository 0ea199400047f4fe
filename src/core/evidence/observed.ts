/**
 * One fact with its provenance. Missing is not false: a fact that could not be read says why, and a
 * cause that needs it answers `unknown` instead of guessing.
 */
export type Observed<T> = Known<T> | Missing;

/** A fact that was read. `source` says from where, in words a person can check (`GET /apis/…`, `probe on prod02`). */
export interface Known<T> {
  readonly state: 'known';
  readonly value: T;
  readonly source: string;
}

/** Why a fact is missing. `absent-api` is a kind the API server does not serve (old or slim clusters). */
export type MissingReason =
  | 'forbidden'
  | 'timed-out'
  | 'absent-api'
  | 'failed'
  | 'not-attempted'
  | 'no-node-to-run-on'
  | 'ambiguous';

/** A fact that was not read, and why. `detail` is safe to show (no secrets, no stack). */
export interface Missing {
  readonly state: 'missing';
  readonly reason: MissingReason;
  readonly detail: string;
}

/** Wraps a value that was read from `source`. */
export function known<T>(value: T, source: string): Known<T> {
  return { state: 'known', value, source };
}

/** States that a fact could not be read. */
export function missing(reason: MissingReason, detail: string): Missing {
  return { state: 'missing', reason, detail };
}

/** A fact that younger versions gather and a bundle of an older one lacks. */
export const NOT_IN_BUNDLE: Missing = {
  state: 'missing',
  reason: 'not-attempted',
  detail: 'not part of this bundle: an older version made it',
};

/** The value of a known fact, else `fallback`. Only for display: a cause must not treat absence as a value. */
export function valueOr<T, F>(fact: Observed<T>, fallback: F): T | F {
  return fact.state === 'known' ? fact.value : fallback;
}

/** Applies `transform` to a known fact and passes a missing one through. */
export function mapObserved<T, U>(fact: Observed<T>, transform: (value: T) => U): Observed<U> {
  return fact.state === 'known' ? known(transform(fact.value), fact.source) : fact;
}
