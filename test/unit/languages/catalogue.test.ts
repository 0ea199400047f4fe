import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ZH_CN } from '../../../src/languages/zh-CN/index.ts';
import { words } from '../../../src/languages/zh-CN/words.ts';
import { isProse, literalsOf, SPEAKING } from '../../support/languages/sentences.ts';

/** Literals that look like prose to `isProse` and are commands, patterns or names. One that is gone has to go here, too. */
const noProse = JSON.parse(
  readFileSync('test/fixtures/languages/no-prose.json', 'utf8'),
) as readonly string[];
const spokenNowhere = new Set(noProse);
const literals = literalsOf(...SPEAKING);
const inSource = new Set(literals.map(({ template }) => template));
const { sentences } = ZH_CN;

it('says in Chinese every sentence that is said in English', () => {
  const missing = literals.filter(
    ({ template }) =>
      isProse(template) && !Object.hasOwn(sentences, template) && !spokenNowhere.has(template),
  );

  expect(missing, 'add them to src/languages/zh-CN, or to no-prose.json').toEqual([]);
});

it('says nothing in Chinese that is no longer said in English', () => {
  // `words` holds pieces as they read once they are put together.
  const stale = Object.keys(sentences).filter(
    (template) => !inSource.has(template) && !Object.hasOwn(words, template),
  );

  expect(stale).toEqual([]);
  expect(noProse.filter((template) => !inSource.has(template))).toEqual([]);
});

it('uses the same values in both languages', () => {
  const values = (text: string): string[] => [...new Set(text.match(/\{\d+\}/gu) ?? [])].toSorted();
  const wrong = Object.entries(sentences).filter(
    ([english, chinese]) => String(values(english)) !== String(values(chinese)),
  );

  expect(wrong).toEqual([]);
});

it('keeps commands, markup and quotations of code as they are', () => {
  const code = (text: string): string[] => (text.match(/`[^`]*`/gu) ?? []).toSorted();
  const wrong = Object.entries(sentences).filter(
    ([english, chinese]) =>
      !Object.hasOwn(words, english) && String(code(english)) !== String(code(chinese)),
  );

  expect(wrong).toEqual([]);
});
