import { match, type Template, templateOf, wordsOf } from './template.ts';
import { tidy } from './tidy.ts';

/**
 * Says in another language what was written in English.
 *
 * Everything is written once, in English, with names, numbers and addresses filled in; no rule and no renderer knows
 * of languages. A catalogue maps each English template (`{0} of {1} agents ready`) to its translation. A sentence is
 * recognised by its template, its values are translated by the same means (a value may be a phrase, a list or a
 * number with its noun), and what no template fits stays as it was: words of a cluster, ids, commands.
 */

/** English template → translation. Both name their values `{0}`, `{1}`...; a translation may order them anew. */
export type Catalogue = Readonly<Record<string, string>>;

/** What a language needs beside its sentences. */
export interface Language {
  readonly sentences: Catalogue;
  /** Nouns that are counted, in the singular and the plural: `node` → `{0} 个节点`. */
  readonly counted: Catalogue;
  /** `a, b and c`, and `a, b and 995 more`. */
  readonly list: { readonly between: string; readonly last: string; readonly more: string };
  /** `38 ms`, `4.0 s`, by unit. */
  readonly units: Catalogue;
}

/** Says a text in the language: sentence by sentence, line by line. Code blocks are left alone. */
export type Translate = (text: string) => string;

/** Sentences of a report are shorter (`renderers/mrkdwn.ts` cuts at 700); what is longer is a log. */
const MAX_CHARS = 2_000;
/** The same few hundred sentences make up all threads. */
const MAX_REMEMBERED = 5_000;
/** Readings of one line that are tried, values within values: an ordinary line takes some ten. */
const MAX_READINGS = 400;

/** @throws Error on a template without words of its own (`{0}: {1}`), which would fit everything */
export function createTranslate(language: Language): Translate {
  const exact = new Map<string, string>();
  const templates: Template[] = [];
  for (const [english, translation] of Object.entries(language.sentences)) {
    for (const [from, to] of spellings(english, translation)) {
      if (/\{\d+\}/u.test(from)) templates.push(templateOf(from, to));
      else exact.set(from, to);
    }
  }
  const byWord = new Map<string | null, Template[]>();
  for (const template of templates) {
    const same = byWord.get(template.word);
    if (same === undefined) byWord.set(template.word, [template]);
    else same.push(template);
  }
  const spoken = new Map<string, string>();
  return (text) => {
    const known = spoken.get(text);
    if (known !== undefined) return known;
    const said = outsideCodeBlocks(text, (line) => {
      if (line.length > MAX_CHARS || !/\p{L}/u.test(line)) return line;
      const reading = {
        language,
        exact,
        byWord,
        found: new Map(),
        values: new Map(),
        left: MAX_READINGS,
      };
      const raw = valueOf(reading, line);
      return raw === line ? line : tidy(raw);
    });
    const [oldest] = spoken.keys();
    if (spoken.size >= MAX_REMEMBERED && oldest !== undefined) spoken.delete(oldest);
    spoken.set(text, said);
    return said;
  };
}

/** The reading of one line. */
interface Reading {
  readonly language: Language;
  readonly exact: ReadonlyMap<string, string>;
  /** Templates by a word that a text must have. */
  readonly byWord: ReadonlyMap<string | null, readonly Template[]>;
  /** Templates that were looked up for a text of this line. */
  readonly found: Map<string, readonly Template[]>;
  /** What was read in this line already. */
  readonly values: Map<string, string>;
  /** Readings that may still be tried. */
  left: number;
}

/** As written, and as Slack's mrkdwn spells `&`, `<` and `>`. */
function spellings(english: string, translation: string): readonly (readonly [string, string])[] {
  const escaped = escapeEntities(english);
  return escaped === english
    ? [[english, translation]]
    : [
        [english, translation],
        [escaped, escapeEntities(translation)],
      ];
}

function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Odd pieces are code blocks: commands and quoted logs. */
function outsideCodeBlocks(text: string, say: Translate): string {
  return text
    .split(/(```[\s\S]*?(?:```|$))/u)
    .map((piece, index) => (index % 2 === 1 ? piece : piece.split('\n').map(say).join('\n')))
    .join('');
}

/** A value, or a run of sentences: translated as far as known. */
function valueOf(reading: Reading, text: string): string {
  const known = reading.values.get(text);
  if (known !== undefined) return known;
  if (reading.left <= 0 || !/\p{L}/u.test(text)) return text;
  reading.left -= 1;
  const said =
    reading.exact.get(text) ??
    counted(reading.language, text) ??
    asDressed(reading, text) ??
    phrase(reading, text) ??
    phrases(reading, text) ??
    best(text, [
      sentences(reading, text),
      phrase(reading, text, { loosely: true }),
      listed(reading, text),
      asStopped(reading, text),
      bracketed(reading, text),
    ]);
  reading.values.set(text, said);
  return said;
}

/** Of several readings the one that leaves the least in English. */
function best(text: string, readings: readonly (string | null)[]): string {
  return readings
    .filter((each) => each !== null)
    .reduce((found, each) => (englishWords(each) < englishWords(found) ? each : found), text);
}

function englishWords(text: string): number {
  return text.replaceAll(/`[^`]*`/gu, '').match(/\b[A-Za-z][a-z]+\b/gu)?.length ?? 0;
}

/**
 * A text that one template says whole; null when none does. A value that runs over the end of a sentence or clause
 * is only taken `loosely`, after its sentences were tried one by one.
 */
function phrase(
  reading: Reading,
  text: string,
  { loosely = false, among = candidates(reading, text) } = {},
): string | null {
  const literal = reading.exact.get(text);
  if (literal !== undefined) return literal;
  for (const template of among) {
    const values = match(template, text);
    if (values === null) continue;
    const { isQuoted } = template;
    const isOurs = (index: number): boolean => isQuoted[index] !== true;
    if (!loosely && values.some((found, index) => isOurs(index) && isDoubtful(reading, found)))
      continue;
    const said = values.map((found, index) => (isOurs(index) ? valueOf(reading, found) : found));
    // Half a sentence in either language is worse than one in English.
    const isTorn = values.some(
      (found, index) => isOurs(index) && said[index] === found && PROSE.test(withoutQuotes(found)),
    );
    if (isTorn && template.literalChars < MIN_LITERAL_CHARS) continue;
    const byNumber = new Map(said.map((each, index) => [template.values[index], each]));
    return template.translation.replace(/\{(\d+)\}/gu, (mark, index: string) => {
      return byNumber.get(Number(index)) ?? mark;
    });
  }
  return null;
}

/** Templates with fewer letters of their own than this fit nearly everything. */
const MIN_LITERAL_CHARS = 12;
/** Three words that nobody translated. */
const PROSE = /\b[a-z]{2,} [a-z]{2,} [a-z]{2,}\b/u;

/** Templates that a text may be of; those with the most words of their own first. */
function candidates({ byWord, found }: Reading, text: string): readonly Template[] {
  const known = found.get(text);
  if (known !== undefined) return known;
  const all = [null, ...new Set(wordsOf(text))]
    .flatMap((word) => byWord.get(word) ?? [])
    .filter(({ parts }) => parts.every((part) => text.includes(part)))
    .toSorted((a, b) => b.literalChars - a.literalChars);
  found.set(text, all);
  return all;
}

/** A value that runs over the end of a sentence, or over a comma, without being a known phrase or a list of names. */
function isDoubtful(reading: Reading, found: string): boolean {
  const own = withoutQuotes(found);
  const runsOver = SEAMS.some(({ at }) => at.test(own)) || !isNames(own);
  if (!runsOver) return false;
  reading.left -= 1;
  return reading.left <= 0 || phrase(reading, found) === null;
}

/** Words of others are no sentences of ours. */
function withoutQuotes(text: string): string {
  return text.replaceAll(/“[^”]*”|`[^`]*`/gu, '“”');
}

/** No comma and no "and", or only between words. */
function isNames(text: string): boolean {
  const items = itemsOf(text);
  return (
    items.length === 1 || items.every((item) => !item.includes(' ') || /^\d+ more$/u.test(item))
  );
}

/** `3 nodes`, `6.8 s`. */
function counted({ counted: nouns, units }: Language, text: string): string | null {
  const [, number = '', noun = ''] = /^([\d.,]+) (\p{L}[\p{L}\p{N} -]*)$/u.exec(text) ?? [];
  const said = nouns[noun] ?? units[noun];
  return said === undefined || number === '' ? null : said.replace('{0}', number);
}

/** Between sentences and clauses, and what stands there in the translation. */
const SEAMS: readonly { readonly at: RegExp; readonly say: string }[] = [
  { at: /(?<=[.!?]['"”)*_]*) (?=\S)/u, say: ' ' },
  { at: / · /u, say: ' · ' },
  { at: / → /u, say: ' → ' },
  { at: /; /u, say: '; ' },
];

/** Pieces of a text that may belong together: a sentence of ours may have a seam within. */
const MAX_RUN = 4;

function sentences(reading: Reading, text: string): string | null {
  for (const { at, say } of SEAMS) {
    const pieces = text.split(at);
    if (pieces.length === 1) continue;
    const said: string[] = [];
    for (let from = 0; from < pieces.length; ) {
      const [run, length] = longestRun(reading, pieces.slice(from, from + MAX_RUN), say);
      said.push(run);
      from += length;
    }
    if (said.join(say) !== text) return said.join(say);
  }
  return null;
}

/** The first pieces as one phrase, as many as there is one for; else the first alone. */
function longestRun(
  reading: Reading,
  pieces: readonly string[],
  seam: string,
): readonly [string, number] {
  for (let length = pieces.length; length > 1 && reading.left > 0; length -= 1) {
    reading.left -= 1;
    const run = phrase(reading, pieces.slice(0, length).join(seam));
    if (run !== null) return [run, length];
  }
  return [valueOf(reading, pieces[0] ?? ''), 1];
}

/** What may stand around a sentence without being of it: bullets, marks, bold, the id or name that it is about. */
const DRESS =
  /^((?:[\s•◦·>*_#-]|\[[x.! -]\] |\p{Extended_Pictographic}|\uFE0F|\d+\. |`[^`]+`: )*)(?=\S)(.*?)([\s*_]*)$/su;

/** A sentence behind a bullet or between other marks, unless a template has them, too. */
function asDressed(reading: Reading, text: string): string | null {
  const [, before = '', body = '', after = ''] = DRESS.exec(text) ?? [];
  if (body === text || body === '') return null;
  const own = candidates(reading, text).filter(
    ({ parts }) => parts[0]?.startsWith(before) === true && parts.at(-1)?.endsWith(after) === true,
  );
  return phrase(reading, text, { among: own }) ?? before + valueOf(reading, body) + after;
}

/** A sentence whose stop is not of its template. */
function asStopped(reading: Reading, text: string): string | null {
  return text.endsWith('.') ? `${valueOf(reading, text.slice(0, -1))}.` : null;
}

/** `kubectl (policies of the CNI)`: what stands in brackets at the end is a phrase of its own. */
function bracketed(reading: Reading, text: string): string | null {
  const [, body = '', inner = ''] = /^([^()]*\S) \((.*)\)$/su.exec(text) ?? [];
  return body === '' ? null : `${valueOf(reading, body)} (${valueOf(reading, inner)})`;
}

/** Items of a list in a sentence: its commas and "and" outside of brackets and code. */
function itemsOf(text: string): readonly string[] {
  const items: string[] = [];
  let start = 0;
  let depth = 0;
  let isCode = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '`') isCode = !isCode;
    else if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    const mark =
      depth === 0 && !isCode ? MARKS.find((each) => text.startsWith(each, at)) : undefined;
    if (mark === undefined) continue;
    items.push(text.slice(start, at));
    start = at + mark.length;
    at = start - 1;
  }
  return [...items, text.slice(start)];
}

const MARKS = [', ', ' and '] as const;

/** A list whose items are all phrases; one template for the whole of it would take the rest for a value. */
function phrases(reading: Reading, text: string): string | null {
  const items = itemsOf(text);
  if (items.length < 2 || !items.every((item) => item.includes(' '))) return null;
  const said = items.map((item) => counted(reading.language, item) ?? phrase(reading, item));
  return said.every((item) => item !== null) ? joined(reading.language, said, text) : null;
}

/** `a, b and c`, `a, b and 995 more`. */
function listed(reading: Reading, text: string): string | null {
  const items = itemsOf(text);
  if (items.length < 2 || items.includes('')) return null;
  const { list } = reading.language;
  const more = /^(\d+) more$/u.exec(items.at(-1) ?? '')?.[1];
  const names = more === undefined ? items : items.slice(0, -1);
  const said = names.map((item) => valueOf(reading, item));
  // Names and what is known; free prose with a comma in it is no list.
  const isProse = (item: string, index: number): boolean =>
    /\s/u.test(item) && said[index] === item && !/^`[^`]*`$/u.test(item);
  if (names.some(isProse)) return null;
  return more === undefined
    ? joined(reading.language, said, text)
    : said.join(list.between) + list.more.replace('{0}', more);
}

function joined({ list }: Language, said: readonly string[], english: string): string {
  if (!english.includes(' and ')) return said.join(', ');
  return `${said.slice(0, -1).join(list.between)}${list.last}${said.at(-1) ?? ''}`;
}
