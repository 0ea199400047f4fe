import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explainText } from '../../../../src/core/report/explain-report.ts';
import { MATCHERS } from '../../../../src/core/words/read-statements.ts';
import { MAX_TEXT_CHARS } from '../../../../src/core/words/split-text.ts';

const FOLDER = new URL('../../../../src/core/words/', import.meta.url);

/** Every regular expression in the sources: those of matchers, and what stands between `/` and `/` elsewhere. */
function expressions(): readonly (readonly [string, string])[] {
  const literal =
    /(?<=[=(,:[!]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\n\\[])+\/[gimsuy]*(?=[\s,;.)\]])/g;
  const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return [
    ...MATCHERS.flatMap(({ kind, all, not }) =>
      [...all, ...(not ?? [])].map(({ source }) => [kind, source] as const),
    ),
    ...files.flatMap((file) =>
      [...readFileSync(new URL(file, FOLDER), 'utf8').matchAll(literal)].map(
        ([text]) => [file, text.slice(1, text.lastIndexOf('/'))] as const,
      ),
    ),
  ];
}

/** No gap between two words is longer; a nested repetition never multiplies beyond this either. */
const MAX_REPEAT = 400;

/** Walks an expression and gives what is wrong with it, or null. */
function flaw(source: string): string | null {
  let inClass = false;
  const open: number[] = [];
  let last = 1;
  let inner = 1;
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at] ?? '';
    if (char === '\\') {
      at += 1;
      last = 1;
    } else if (inClass) {
      inClass = char !== ']';
    } else if (char === '[') {
      inClass = true;
      last = 1;
    } else if (char === '(') {
      open.push(inner);
      inner = 1;
      const prefix = /^\(\?(?:<?[=!]|:|<\w+>)/.exec(source.slice(at));
      at += prefix === null ? 0 : prefix[0].length - 1;
    } else if (char === ')') {
      last = inner;
      inner = Math.max(open.pop() ?? 1, inner);
    } else if (char === '*' || char === '+') {
      return `unbounded ${char} at ${at}`;
    } else if (char === '{') {
      const bounds = /^\{(\d+)(,?)(\d*)\}/.exec(source.slice(at));
      if (bounds === null) continue;
      if (bounds[2] === ',' && bounds[3] === '') return `unbounded ${bounds[0]} at ${at}`;
      const most = last * Number(bounds[3] === '' ? bounds[1] : bounds[3]);
      if (most > MAX_REPEAT) return `${bounds[0]} may repeat ${most} times`;
      inner = Math.max(inner, most);
      at += bounds[0].length - 1;
    } else {
      last = 1;
    }
  }
  return null;
}

describe('expressions', () => {
  it('finds flaws where there are some', () => {
    expect(flaw('a+')).toContain('unbounded');
    expect(flaw('(?:a{1,30}){1,30}')).toContain('900');
    expect(flaw('[^\\n]{0,60}x\\+')).toBeNull();
  });

  it('never repeat without a bound, nor multiply repetitions', () => {
    const all = expressions();
    expect(all.length).toBeGreaterThan(2 * MATCHERS.length);
    expect(
      all.flatMap(([where, source]) => {
        const wrong = flaw(source);
        return wrong === null ? [] : [`${where}: ${wrong} in /${source}/`];
      }),
    ).toEqual([]);
  });

  it('hold groups of words, never a whole sentence: no branch asks for more than eight words in a row', () => {
    const long = MATCHERS.flatMap(({ kind, all }) =>
      all
        .flatMap(({ source }) => source.split(/\||\{\d/))
        .filter((branch) => (branch.match(/[a-z]{2,}(?=[ \\])/gi) ?? []).length > 8)
        .map((branch) => `${kind}: ${branch}`),
    );
    expect(long).toEqual([]);
  });
});

/** Slow machines and shared ones: the clock may stretch, the work must not. */
const PATIENCE_MS = 300_000;
const MICROSECONDS = 1_000;
const KIBIBYTE = 1_024;
/** Four times the text may cost four times the work, and as much again for a noisy machine; a quadratic reader takes 16 times. */
const MOST_FOR_FOURFOLD = 9;

function readIn(text: string): number {
  const before = process.cpuUsage();
  explainText({
    text,
    context: { platform: null, cni: null, k8sVersion: null },
    runId: 'hostile',
    takenAt: '2026-11-22T14:03:00.000Z',
    tookMs: 0,
  });
  return process.cpuUsage(before).user / MICROSECONDS;
}

describe('hostile text', () => {
  const nearMatches = MATCHERS.map(({ hints, all }) =>
    [
      ...hints,
      ...all.map(({ source }) => source.replace(/\\[a-z]|[()?:[\]{}^$\\]|\d,\d{1,3}/gi, ' ')),
    ]
      .join(' ')
      .slice(0, 300),
  );
  const cycled = (chars: number, joint: string): string => {
    const parts: string[] = [];
    for (let at = 0, size = 0; size < chars; at += 1) {
      // A number in each keeps them from being the same line.
      const part = `${at} ${nearMatches[at % nearMatches.length] ?? ''}`;
      parts.push(part);
      size += part.length + joint.length;
    }
    return parts.join(joint).slice(0, chars);
  };
  const shapes: readonly (readonly [string, (chars: number) => string])[] = [
    ['near matches of every expression, line by line', (chars) => cycled(chars, '\n')],
    ['near matches of every expression, on one line', (chars) => cycled(chars, ' ')],
    ['one word and blanks', (chars) => `x509${' '.repeat(chars)}unknown authority`],
    ['words without an end', (chars) => 'metrics-server kubelet pod timeout '.repeat(chars / 35)],
    ['line ends', (chars) => '\n'.repeat(chars)],
    ['brackets and quotes', (chars) => '["(({{<<'.repeat(chars / 8)],
    ['addresses', (chars) => '10.0.0.1/16 node 10.0.0.2 pod-cidr '.repeat(chars / 35)],
    ['negations', (chars) => "no not never without isn't doesn't ".repeat(chars / 35)],
  ];

  it.each(shapes)(
    '%s: the work grows with the text, no faster',
    (_, shape) => {
      readIn(shape(4 * KIBIBYTE));
      const small = Math.max(20, readIn(shape(48 * KIBIBYTE)));
      const large = readIn(shape(192 * KIBIBYTE));
      expect(large).toBeLessThan(MOST_FOR_FOURFOLD * small);
    },
    PATIENCE_MS,
  );

  it(
    'reads no more than its limit, however long the text is',
    () => {
      const small = Math.max(
        50,
        readIn('words that say nothing in particular here\n'.repeat(MAX_TEXT_CHARS / 42)),
      );
      expect(
        readIn('words that say nothing in particular here\n'.repeat(MAX_TEXT_CHARS / 10)),
      ).toBeLessThan(5 * small);
    },
    PATIENCE_MS,
  );
});
