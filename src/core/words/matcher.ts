import type { Leg, StatementKind } from './statement.ts';

/**
 * A small group of words that says one thing. No expression repeats without a bound and none holds a whole
 * sentence: tests hold both, so that a hostile text costs no more than its length.
 */
export interface Matcher {
  readonly kind: StatementKind;
  /** Lower-case words, one of which the sentence must hold before any expression is tried. */
  readonly hints: readonly string[];
  /** Must all match the same sentence. The first is quoted; its group `value` becomes the statement's value. */
  readonly all: readonly RegExp[];
  /** None of these may match it. */
  readonly not?: readonly RegExp[];
  /** Where the words themselves tell which connection is meant. */
  readonly leg?: Leg;
  /** Value of the statement where no group tells it. */
  readonly value?: string;
  /** True where people say it so in their own words: it never confirms. */
  readonly loose?: boolean;
  /** True where the words hold a negation or a guess of their own, which is then not read as one. */
  readonly asIs?: boolean;
}
