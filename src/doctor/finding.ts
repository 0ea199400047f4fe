/** One thing that the doctor looked at. */
export interface Finding {
  /** `configuration`, `redis`, `slack`, `cluster prod`. */
  readonly area: string;
  /**
   * `wrong`: something does not work; `worth-a-look`: it works, and may not for ever; `skipped`: not looked at, and the
   * sentence says why.
   */
  readonly state: 'ok' | 'wrong' | 'worth-a-look' | 'skipped';
  /** What is so, one sentence. */
  readonly what: string;
  /** What goes wrong because of it; null where all is well. */
  readonly why: string | null;
  /** Commands or lines of the configuration that mend it, as they can be typed. */
  readonly mend: readonly string[];
}

type Trouble = Pick<Finding, 'what' | 'why' | 'mend'>;

/** Builds the findings of one area. */
export function findings(area: string) {
  const of =
    (state: Finding['state']) =>
    (trouble: Trouble): Finding => ({ area, state, ...trouble });
  return {
    ok: (what: string): Finding => ({ area, state: 'ok', what, why: null, mend: [] }),
    skipped: (what: string): Finding => ({ area, state: 'skipped', what, why: null, mend: [] }),
    wrong: of('wrong'),
    worthALook: of('worth-a-look'),
  };
}
