import type { Facts } from '../evidence/facts.ts';
import type { Fix } from '../fixes/fix.ts';
import type { Leg, Statement, StatementKind } from './statement.ts';

/** A statement that a rule looks for. Fields left out do not matter. */
export interface Said {
  readonly kind: StatementKind;
  readonly leg?: Leg | readonly Leg[];
  /** Matched against `value`. */
  readonly value?: RegExp;
  readonly port?: number;
}

/** Statements that must all be there; one alone may stand without brackets. */
export type Clause = StatementKind | Said | readonly (StatementKind | Said)[];

/**
 * How a cause is read out of words, as data: lists of clauses, any of which suffices.
 *
 * What a person says in their own words never confirms: `proves` then counts as `suggests`.
 */
export interface WordRule {
  /** Deciding words, in the spelling of a program: the cause is `confirmed`. */
  readonly proves?: readonly Clause[];
  /** Words that no other cause fits as well: `suspected`, shown beside what is confirmed elsewhere. */
  readonly suggests?: readonly Clause[];
  /** Words that fit this cause and others: `suspected`, shown only while nothing better explains them. */
  readonly fits?: readonly Clause[];
  /** Words that rule it out, whatever else is said. */
  readonly against?: readonly Clause[];
  /** Further statements that follow from the cause, and need no cause of their own. */
  readonly explains?: readonly (StatementKind | Said)[];
  /** One sentence. */
  readonly headline: string | ((heard: Heard) => string);
  /** The one test that would settle it. */
  readonly settle: string | ((heard: Heard) => string);
  readonly fixes: (heard: Heard) => readonly Fix[];
}

/** A rule without the fixes, which stand beside the cause. */
export type SpokenRule = Omit<WordRule, 'fixes'>;

/** What a rule relied on, handed to its headline, test and fixes. */
export interface Heard {
  readonly statements: readonly Statement[];
  /** Nodes named in those statements. */
  readonly nodes: readonly string[];
  readonly host: string | null;
  readonly port: number | null;
  readonly value: string | null;
  /** Platform and network hold what the asker or the text tells; most other facts are missing. */
  readonly facts: Facts;
}

/** Asks for a kind of statement on a leg. */
export function said(
  kind: StatementKind,
  leg?: Leg | readonly Leg[],
  more: Omit<Said, 'kind' | 'leg'> = {},
): Said {
  return { kind, ...(leg === undefined ? {} : { leg }), ...more };
}
