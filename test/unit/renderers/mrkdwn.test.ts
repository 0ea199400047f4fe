import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bold,
  cut,
  fenceLine,
  inlineCode,
  plainSentence,
  sentence,
} from '../../../src/renderers/mrkdwn.ts';

const RESERVED = /<|>|&(?!(?:amp|lt|gt);)/u;
/** Text rich in what Slack or a terminal would act on. */
const foreign = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '`',
      '*',
      '_',
      '~',
      ':',
      '<',
      '>',
      '&',
      '@here',
      '<!channel>',
      '\u202e',
      '\u200b',
      '\n',
      ' ',
      '```',
      '|',
      '\ud800',
    ),
    fc.string({ minLength: 1, maxLength: 4 }),
  ),
  maxLength: 60,
});

describe('a sentence', () => {
  it.each([
    ['plain words stay as they are', 'plain words stay as they are'],
    ['`kubectl top` fails', '`kubectl top` fails'],
    ['a & b < c', 'a &amp; b &lt; c'],
    ['label *x* here', 'label `*x*` here'],
    ['mac 0a:ab:00:11:22:33.', 'mac `0a:ab:00:11:22:33`.'],
    ['pod 10.42.0.20:10250, ready', 'pod `10.42.0.20:10250`, ready'],
    ['kube_apiserver is one word', 'kube_apiserver is one word'],
    ['_private', '`_private`'],
    ['one ` alone', "one ' alone"],
    ['three ``` of them', "three ' of them"],
    ['two\nlines', 'two lines'],
    ['ask @here', 'ask @ here'],
    ['ask @here__now__', 'ask @ `here__now__`'],
    ['a workspace has :火: of its own', 'a workspace has `:火`: of its own'],
  ])('%j becomes %j', (raw, expected) => {
    expect(sentence(raw)).toBe(expected);
  });

  it('shows known names as code', () => {
    expect(sentence('packets into prod01, not prod012', new Set(['prod01']))).toBe(
      'packets into `prod01`, not prod012',
    );
  });

  it('never lets anything through, whatever comes', () => {
    fc.assert(
      fc.property(foreign, (raw) => {
        const text = sentence(raw);
        expect(text).not.toMatch(RESERVED);
        expect(text).not.toMatch(/\p{C}/u);
        expect((text.match(/`/gu) ?? []).length % 2).toBe(0);
        expect(text.replace(/`[^`]*`/gu, '')).not.toMatch(/[*~]/u);
        expect(text.length).toBeLessThan(3_000);
      }),
      { numRuns: 500 },
    );
  });
});

describe('code', () => {
  it('cannot be left', () => {
    fc.assert(
      fc.property(foreign, (raw) => {
        expect(inlineCode(raw).slice(1, -1)).not.toContain('`');
        expect(fenceLine(raw)).not.toContain('```');
        expect(fenceLine(raw)).not.toMatch(RESERVED);
        expect(bold(raw).slice(1, -1)).not.toMatch(/[*`]|<|>/u);
        expect(plainSentence(raw)).not.toMatch(RESERVED);
      }),
      { numRuns: 500 },
    );
  });

  it('shows that a name is empty', () => {
    expect(inlineCode('\u200b')).toBe('(empty)');
  });
});

describe('cut', () => {
  it('says that it cut, and never halves a character', () => {
    expect(cut('abcdefghijklmno', 12)).toBe('abcd … (cut)');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 20, maxLength: 60 }), (raw) => {
        const text = cut(raw, 20);
        expect(text.length).toBeLessThanOrEqual(20);
        expect(text).not.toMatch(/\p{Cs}/u);
      }),
    );
  });
});
