/** One English template with its translation, ready to be looked for. */
export interface Template {
  /** The literal parts around the values: one more than values. */
  readonly parts: readonly string[];
  /** Whether a value stands in quotation marks: words of others, left as they are. */
  readonly isQuoted: readonly boolean[];
  /** The number of each value, from the left. */
  readonly values: readonly number[];
  /** The longest whole word of its own: what has to be in a text, and is looked for first. Null: it has only pieces of words. */
  readonly word: string | null;
  readonly literalChars: number;
  readonly translation: string;
}

/** Ways to read one text by one template that are tried: a literal part may occur more than once. */
const MAX_TRIES = 60;

/** @throws Error on a template without words of its own (`{0}: {1}`), which would fit everything */
export function templateOf(english: string, translation: string): Template {
  const pieces = english.split(/\{(\d+)\}/u);
  const parts = pieces.filter((_, index) => index % 2 === 0);
  const values = pieces.filter((_, index) => index % 2 === 1).map(Number);
  if (!/\p{L}/u.test(parts.join(''))) throw new Error(`a template without words: ${english}`);
  const literalChars = parts.join('').length;
  const words = english.split(/\{\d+\}/u).flatMap((part, index) => {
    // At the edge of a part a value may go on with the word.
    const open = index === 0 ? part : part.replace(/^[\p{L}\p{N}]+/u, '');
    const whole = index === parts.length - 1 ? open : open.replace(/[\p{L}\p{N}]+$/u, '');
    return wordsOf(whole);
  });
  const word = words.reduce<string | null>(
    (longest, each) => (each.length > (longest?.length ?? 0) ? each : longest),
    null,
  );
  const isQuoted = values.map(
    (_, index) =>
      parts[index]?.endsWith('“') === true && parts[index + 1]?.startsWith('”') === true,
  );
  return { parts, values, isQuoted, word, literalChars, translation };
}

/** The words of a text, as `Template.word` spells them. */
export function wordsOf(text: string): readonly string[] {
  return text.match(/\p{L}[\p{L}\p{N}]*/gu) ?? [];
}

/** The values of a text in a template, each as short as it makes sense; null when it is another sentence. */
export function match({ parts }: Template, text: string): readonly string[] | null {
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  const end = text.length - last.length;
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return null;
  let tries = 0;
  const from = (at: number, index: number): readonly string[] | null => {
    const part = parts[index] ?? '';
    if (index === parts.length - 1) {
      const rest = text.slice(at, end);
      return isTorn(rest) ? null : [rest];
    }
    for (let next = text.indexOf(part, at); next >= 0; next = text.indexOf(part, next + 1)) {
      tries += 1;
      if (next + part.length > end || tries > MAX_TRIES) return null;
      const found = text.slice(at, next);
      const rest = isTorn(found) ? null : from(next + part.length, index + 1);
      if (rest !== null) return [found, ...rest];
    }
    return null;
  };
  return from(first.length, 1);
}

/** A value that opens what it does not close, or is half a list, was cut at the wrong place. */
function isTorn(found: string): boolean {
  const times = (mark: string): number => found.split(mark).length - 1;
  return (
    times('`') % 2 === 1 ||
    times('(') !== times(')') ||
    /^(?:and |or )|(?:,| and)$/u.test(found.trim())
  );
}
