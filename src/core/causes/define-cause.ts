import type { ChangeKind } from '../changes/changes.ts';
import type { Facts } from '../evidence/facts.ts';
import type { Fix } from '../fixes/fix.ts';
import type { Where } from '../report/report.ts';
import type { WordRule } from '../words/word-rule.ts';

/** One reason, tied to the evidence it rests on (ids of reach results, bursts, snapshot fields). */
export interface Claim {
  readonly text: string;
  readonly evidence: string;
}

/** What a cause makes of the facts. */
export type Judgement =
  | {
      readonly kind: 'confirmed' | 'suspected';
      /** One sentence for the first line: what is cut, where. */
      readonly headline: string;
      readonly where: Where;
      readonly because: readonly Claim[];
      /** Ids of the symptoms (see `core/report/symptoms.ts`) that this cause accounts for. */
      readonly explains: readonly string[];
      readonly fixes: readonly Fix[];
      /** For `suspected`: the one test that would settle it. */
      readonly settle?: string;
      /** Things that speak against it or make it surprising; shown. */
      readonly contradicts?: readonly Claim[];
    }
  | { readonly kind: 'ruled-out'; readonly because: string }
  | { readonly kind: 'unknown'; readonly missing: readonly string[]; readonly settle?: string };

type KnownFacts<N extends keyof Facts, W extends keyof Facts> = {
  readonly [K in N]: Extract<Facts[K], { state: 'known' }>['value'];
} & { readonly [K in W]: Facts[K] };

/** A cause: its id (public, never reused), what it needs, and how it judges. */
export interface Cause<N extends keyof Facts = keyof Facts, W extends keyof Facts = keyof Facts> {
  readonly id: string;
  readonly title: string;
  /** Facts without which nothing can be said; handed over unwrapped. If one is missing the engine answers `unknown`. */
  readonly needs: readonly N[];
  /** Facts that help; handed over as `Observed`. */
  readonly wants: readonly W[];
  /** Changes since the last healthy run that are worth a look when this is the cause. */
  readonly bears?: readonly ChangeKind[];
  /** It says what is the case and not why: any other suspicion of the same goes before it. */
  readonly lastResort?: boolean;
  infer(facts: KnownFacts<N, W>): Judgement;
  /** How it is read out of pasted text (`explain`), where nothing was measured. */
  readonly fromWords?: WordRule;
}

/** Types a cause by the facts that it names. */
export function defineCause<const N extends keyof Facts, const W extends keyof Facts = never>(
  cause: Cause<N, W>,
): Cause<N, W> {
  return cause;
}
