import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { explainText } from '../../src/core/report/explain-report.ts';
import type { Report } from '../../src/core/report/report.ts';

const FOLDER = new URL('../fixtures/explain/', import.meta.url);

/**
 * One text of the corpus: public forms of messages in made-up contexts. The head of its file says what is expected;
 * `work` texts may be looked at while rules are written, `held-out` ones only when figures are taken.
 */
export interface CorpusText {
  readonly name: string;
  readonly half: 'work' | 'held-out';
  readonly kind: string;
  /** The first cause; null where the words must not lead to one. */
  readonly expect: string | null;
  /** Causes that may be named, too, or first where the words leave it open. */
  readonly allow: readonly string[];
  readonly platform: string | null;
  readonly cni: string | null;
  readonly text: string;
}

/** All texts. The half follows from the file's name, so that nobody chooses it. */
export function corpus(): readonly CorpusText[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.txt'))
    .toSorted()
    .map((file) => parsed(file, readFileSync(new URL(file, FOLDER), 'utf8')));
}

const HEX = 16;

function parsed(file: string, raw: string): CorpusText {
  const name = file.replace(/\.txt$/, '');
  const cut = raw.indexOf('\n---\n');
  const head = new Map(
    raw
      .slice(0, cut)
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
  const last = createHash('sha256').update(name).digest('hex').slice(-1);
  const context = head.get('context') ?? '';
  const expect = head.get('expect') ?? '-';
  return {
    name,
    half: Number.parseInt(last, HEX) % 2 === 0 ? 'work' : 'held-out',
    kind: head.get('class') ?? '',
    expect: expect === '-' ? null : expect,
    allow: (head.get('allow') ?? '').split(',').filter((id) => id !== ''),
    platform: /--platform (\S+)/.exec(context)?.[1] ?? null,
    cni: /--cni (\S+)/.exec(context)?.[1] ?? null,
    text: raw.slice(cut + '\n---\n'.length),
  };
}

/** The ways in which a text is shown: as it is, addresses redacted, cut short, lines shuffled. */
export const VARIANTS = {
  'as it is': (text: string): string => text,
  redacted: (text: string): string =>
    text.replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b(?!\/)/g, redaction(text)),
  'cut short': (text: string): string => text.slice(0, Math.ceil(text.length * KEPT)),
  shuffled: (text: string): string => shuffled(text.split('\n')).join('\n'),
} as const;

export type Variant = keyof typeof VARIANTS;

const KEPT = 0.75;
const REDACTIONS = ['x.x.x.x', '<ip>', '***', '[REDACTED]', '10.x.x.x'] as const;

function redaction(text: string): string {
  return REDACTIONS[text.length % REDACTIONS.length] ?? 'x.x.x.x';
}

/** A fixed shuffle: the order of the lines' hashes. */
function shuffled(lines: readonly string[]): readonly string[] {
  const key = (line: string, at: number): string =>
    createHash('sha256').update(`${at} ${line}`).digest('hex');
  return lines
    .map((line, at) => ({ line, key: key(line, at) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ line }) => line);
}

/** What came out for one text, held against what was expected. */
export interface Marked {
  readonly got: string | null;
  /** `right`, `silent` (named nothing though something was expected), or `wrong`. */
  readonly mark: 'right' | 'silent' | 'wrong';
  /** Causes named that the words do not support. */
  readonly extra: readonly string[];
  readonly confirmedWrong: readonly string[];
  readonly report: Report;
}

const marks = new Map<string, Marked>();

/** Explains one text and marks the answer; the same text is explained once. */
export function mark(one: CorpusText, variant: Variant): Marked {
  const key = `${variant} ${one.name}`;
  const known = marks.get(key) ?? marked(one, variant);
  marks.set(key, known);
  return known;
}

function marked(one: CorpusText, variant: Variant): Marked {
  const report = explainText({
    text: VARIANTS[variant](one.text),
    context: { platform: one.platform, cni: one.cni, k8sVersion: null },
    runId: 'corpus',
    takenAt: '2026-11-22T14:03:00.000Z',
    tookMs: 0,
  });
  const supported = (id: string): boolean => id === one.expect || one.allow.includes(id);
  const got = report.causes[0]?.id ?? null;
  const right =
    one.kind === 'ambiguous' || one.expect === null
      ? got === null || supported(got)
      : got === one.expect;
  return {
    got,
    mark: right ? 'right' : got === null ? 'silent' : 'wrong',
    extra: report.causes.map(({ id }) => id).filter((id) => !supported(id)),
    confirmedWrong: report.causes
      .filter(({ id, verdict }) => verdict === 'confirmed' && !supported(id))
      .map(({ id }) => id),
    report,
  };
}
