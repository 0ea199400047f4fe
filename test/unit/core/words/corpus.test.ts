import { describe, expect, it } from 'vitest';
import { reportSchema } from '../../../../src/renderers/report-schema.ts';
import { corpus, mark, VARIANTS, type Variant } from '../../../support/explain-corpus.ts';

const texts = corpus();
const work = texts.filter(({ half }) => half === 'work');
const variants = Object.keys(VARIANTS) as Variant[];

/** Share of the work half whose first cause is right, in per cent; a text cut short may have lost what decides. */
const FLOORS: Readonly<Record<Variant, number>> = {
  'as it is': 98,
  redacted: 94,
  'cut short': 75,
  shuffled: 96,
};

/** The work is some seconds; a busy machine stretches it. */
const PATIENCE_MS = 120_000;

describe('explain, over the corpus', { timeout: PATIENCE_MS }, () => {
  it('has enough texts, in two halves that nobody chose, for every kind of text', () => {
    expect(texts.length).toBeGreaterThanOrEqual(120);
    expect(work.length).toBeGreaterThan(texts.length / 3);
    expect(new Set(texts.map(({ kind }) => kind))).toEqual(
      new Set([
        'positive',
        'look-alike',
        'ambiguous',
        'noise',
        'healthy',
        'unrelated',
        'two-faults',
      ]),
    );
  });

  it.each(variants)('never confirms a wrong cause, in either half (%s)', (variant) => {
    const wrong = texts.filter((text) => mark(text, variant).confirmedWrong.length > 0);
    expect(wrong.length).toBe(0);
  });

  it.each(variants)('names the right first cause in the work half (%s)', (variant) => {
    const wrong = work.filter((text) => mark(text, variant).mark !== 'right');
    const share = (100 * (work.length - wrong.length)) / work.length;
    expect(share, wrong.map(({ name }) => name).join(', ')).toBeGreaterThanOrEqual(FLOORS[variant]);
  });

  it('names nothing that the words of the work half do not support', () => {
    const extra = work.filter((text) => mark(text, 'as it is').extra.length > 0);
    expect(extra.map(({ name }) => name)).toEqual([]);
  });

  it('keeps to the published report schema', () => {
    for (const text of texts) {
      const { report } = mark(text, 'as it is');
      expect(reportSchema.parse(report)).toEqual(report);
      expect(report.cluster).toBeNull();
    }
  });
});
