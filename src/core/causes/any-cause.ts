import type { ChangeKind } from '../changes/changes.ts';
import type { Facts } from '../evidence/facts.ts';
import type { WordRule } from '../words/word-rule.ts';
import type { Judgement } from './define-cause.ts';

/** A cause seen from the engine, whatever facts it names. Every `Cause<N, W>` fits it. */
export interface AnyCause {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly (keyof Facts)[];
  readonly wants: readonly (keyof Facts)[];
  readonly bears?: readonly ChangeKind[];
  readonly lastResort?: boolean;
  infer(facts: never): Judgement;
  readonly fromWords?: WordRule;
}
