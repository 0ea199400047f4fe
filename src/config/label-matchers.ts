import { z } from 'zod';

/** `name="value"`, with Prometheus' four operators; the quotes may be left out. */
const MATCHER = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*$/su;
const MATCHER_RULE =
  'must look like cluster="prod" (operators =, !=, =~, !~), with a regular expression that is valid';
/** A label longer than this is not looked at to its end: it comes from outside. */
const MAX_VALUE_CHARS = 1_024;

/** Tells whether labels fit; a label that is not there counts as empty, as in Prometheus. */
export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

/** One matcher as Alertmanager spells it, anchored at both ends; null where it is none. */
export function labelTest(matcher: string): LabelTest | null {
  const [, label, operator, written = ''] = MATCHER.exec(matcher) ?? [];
  if (label === undefined || operator === undefined) return null;
  const value = unquoted(written);
  if (value === null) return null;
  const fits = operator.endsWith('~') ? anchored(value) : (actual: string) => actual === value;
  if (fits === null) return null;
  const wanted = !operator.startsWith('!');
  return (labels) => {
    const actual = Object.hasOwn(labels, label) ? (labels[label] ?? '') : '';
    return fits(actual.slice(0, MAX_VALUE_CHARS)) === wanted;
  };
}

function unquoted(written: string): string | null {
  if (!written.startsWith('"')) return written.includes('"') ? null : written;
  if (written.length < 2 || !written.endsWith('"')) return null;
  const inner = written.slice(1, -1);
  if (/(?:^|[^\\])(?:\\\\)*"/u.test(inner)) return null;
  return inner.replace(/\\(["\\])/gu, '$1');
}

function anchored(source: string): ((actual: string) => boolean) | null {
  try {
    const pattern = new RegExp(`^(?:${source})$`, 's');
    return (actual) => pattern.test(actual);
  } catch {
    return null; // not a regular expression: the schema says so
  }
}

/** True where every matcher fits; of none, true. */
export function allLabelsFit(matchers: readonly string[]): LabelTest {
  const tests = matchers.map(labelTest);
  return (labels) => tests.every((test) => test?.(labels) === true);
}

/** Matchers in the configuration file. */
export const matchers = z.array(
  z.string('must be text').refine((value) => labelTest(value) !== null, { message: MATCHER_RULE }),
  'must be a list of matchers',
);
