import { legAt, onlyLeg } from './legs.ts';
import type { Matcher } from './matcher.ts';
import { CERTIFICATES } from './matchers/certificates.ts';
import { CLOUDS } from './matchers/clouds.ts';
import { CONTROL_PLANE } from './matchers/control-plane.ts';
import { EXCHANGES } from './matchers/exchanges.ts';
import { KUBELETS } from './matchers/kubelets.ts';
import { NODES } from './matchers/nodes.ts';
import { POD_NETWORK } from './matchers/pod-network.ts';
import { PRESENCE } from './matchers/presence.ts';
import { PROVIDER_POD } from './matchers/provider-pod.ts';
import { observationsIn } from './observations.ts';
import { portsApart } from './ports.ts';
import { overlappingRanges } from './ranges.ts';
import { refined } from './refine.ts';
import { type Sentence, sentencesOf } from './sentences.ts';
import { type SplitText, splitText } from './split-text.ts';
import { isMachineText, stanceOf } from './stance.ts';
import { type Leg, STATEMENT_KINDS, type Statement, type StatementKind } from './statement.ts';
import { TOLD_OF_A_POD, toldOfProvider } from './subjects.ts';
import { statementsOfTools } from './tools.ts';

/** Every group of words that is looked for, besides tables and observations. */
export const MATCHERS: readonly Matcher[] = [
  ...EXCHANGES,
  ...CERTIFICATES,
  ...POD_NETWORK,
  ...NODES,
  ...CONTROL_PLANE,
  ...CLOUDS,
  ...PRESENCE,
  ...KUBELETS,
  ...PROVIDER_POD,
];

/** A log repeats itself: more statements than this add nothing. */
const MAX_STATEMENTS = 600;
const MAX_QUOTE_CHARS = 160;
/** Lines that differ in their digits only: so many nodes may complain alike before the rest is skipped. */
const MAX_REPEATS = 50;
/** The very same line tells something new only where it stands below another pod's name. */
const MAX_SAME = 5;

/** What was read out of a text. */
export interface ReadText {
  readonly statements: readonly Statement[];
  readonly split: SplitText;
}

/** Reads all statements out of a pasted text, in the order in which they stand, each said once. */
export function readStatements(pasted: string): ReadText {
  const split = splitText(pasted);
  const sentences = sentencesOf(split.records);
  const found: Statement[] = [];
  const seen = new Set<string>();
  const add = (statement: Statement): void => {
    const { kind, leg, node, port, value, stance, verbatim } = statement;
    const key = [kind, leg, node, port, value, stance, verbatim].join('|');
    if (seen.has(key) || found.length >= MAX_STATEMENTS) return;
    seen.add(key);
    found.push(statement);
  };
  const repeats = new Map<string, number>();
  const same = new Map<string, number>();
  sentences.forEach(({ lower }, at) => {
    const masked = lower.replace(/\d/g, '#');
    if (counted(repeats, masked) > MAX_REPEATS || counted(same, lower) > MAX_SAME) return;
    for (const statement of statementsAt(sentences, at)) add(statement);
  });
  const tables = [statementsOfTools(split), overlappingRanges(split), portsApart(split)];
  for (const statement of tables.flat()) add(statement);
  return { statements: refined(withTextLeg(found, pasted), split), split };
}

function counted(times: Map<string, number>, key: string): number {
  const now = (times.get(key) ?? 0) + 1;
  times.set(key, now);
  return now;
}

function statementsAt(sentences: readonly Sentence[], at: number): readonly Statement[] {
  const sentence = sentences[at];
  if (sentence === undefined) return [];
  const machine = isMachineText(sentence.text);
  const matched = MATCHERS.flatMap((matcher) => {
    const span = spanOf(matcher, sentence);
    if (span === null) return [];
    if (TOLD_OF_A_POD.has(matcher.kind) && !toldOfProvider(sentences, at, span.start)) return [];
    const stance =
      machine || matcher.asIs === true
        ? asToldAround(sentence, span, machine)
        : stanceOf(sentence.text, span.start, span.end);
    return [
      {
        kind: matcher.kind,
        leg: matcher.leg ?? legAt(sentence.text, span.start, span.end),
        stance,
        verbatim: matcher.loose !== true,
        ...endpointOf(sentence.text, span.end),
        node: nodeIn(sentence.text),
        value: span.value ?? matcher.value ?? howFar(matcher.kind, sentence.text),
        quote: quoteOf(sentence.text, span.start, span.end),
        line: sentence.line,
      } satisfies Statement,
    ];
  });
  const isChatter = matched.some(({ kind }) => STATEMENT_KINDS[kind] === 'noise');
  if (isChatter) return matched.filter(({ kind }) => STATEMENT_KINDS[kind] === 'noise');
  const observed = machine ? [] : observedIn(sentence);
  return [...matched, ...observed];
}

/** Words that hold a negation of their own may still be of the past or supposed. */
function asToldAround(
  sentence: Sentence,
  { start, end }: Span,
  machine: boolean,
): Statement['stance'] {
  if (machine) return 'stated';
  const stance = stanceOf(sentence.text, start, end);
  return stance === 'denied' ? 'stated' : stance;
}

function observedIn(sentence: Sentence): readonly Statement[] {
  return observationsIn(sentence.text).map(({ kind, start, end }) => {
    const stance = stanceOf(sentence.text, start, end);
    return {
      kind,
      leg: null,
      // The observation weighs "not" itself.
      stance: stance === 'denied' ? 'stated' : stance,
      verbatim: false,
      host: null,
      port: null,
      node: null,
      value: null,
      quote: quoteOf(sentence.text, start, end),
      line: sentence.line,
    };
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly value: string | null;
}

function spanOf({ hints, all, not }: Matcher, { text, lower }: Sentence): Span | null {
  if (!hints.some((hint) => lower.includes(hint))) return null;
  const [first, ...rest] = all;
  const match = first?.exec(text);
  if (match === null || match === undefined) return null;
  if (rest.some((pattern) => !pattern.test(text))) return null;
  if (not?.some((pattern) => pattern.test(text)) === true) return null;
  const value = match.groups?.['value'] ?? match.groups?.['value2'] ?? null;
  return { start: match.index, end: match.index + match[0].length, value };
}

const ENDPOINT =
  /(?:https?:\/\/|dial tcp:? {0,2}|connect to |to host )(?<host>\[[^\]\s]{2,60}\]|[^\s/:"'\\]{1,120}):(?<port>\d{2,5})\b/gi;
const REDACTED = /[<>*\]]|^x{1,8}(?:[.x-]|$)|redacted|\bip\b/i;

/** The address nearest before the end of the words. */
function endpointOf(text: string, end: number): Pick<Statement, 'host' | 'port'> {
  let best: RegExpExecArray | RegExpMatchArray | null = null;
  for (const match of text.matchAll(ENDPOINT)) {
    if (best === null || match.index < end) best = match;
  }
  const host = best?.groups?.['host'] ?? null;
  const port = Number(best?.groups?.['port'] ?? Number.NaN);
  return {
    host: host === null || REDACTED.test(host) ? null : host,
    port: Number.isInteger(port) ? port : null,
  };
}

const NODE =
  /\bnode="?(?<a>[\w.-]{1,80})|(?:from|scrape) node (?<b>[\w.-]{1,80})|from kubelet (?<c>[\w.-]{1,80}) \(|system:node:(?<d>[\w.-]{1,80})/i;

function nodeIn(text: string): string | null {
  const groups = NODE.exec(text)?.groups;
  const name = groups?.['a'] ?? groups?.['b'] ?? groups?.['c'] ?? groups?.['d'] ?? null;
  return name === null ? null : name.replace(/[.:,]$/, '');
}

/** How far an exchange got before time was up: never connected, or connected and no answer. */
function howFar(kind: StatementKind, text: string): string | null {
  if (kind !== 'timed-out') return null;
  if (
    /dial (?:tcp|udp)|i\/o timeout|connection timed out|waiting for connection|tcp\) timed out|curl: \(28\)/i.test(
      text,
    )
  )
    return 'dial';
  return /deadline exceeded|awaiting headers/i.test(text) ? 'answer' : null;
}

function quoteOf(text: string, start: number, end: number): string {
  const room = Math.max(0, MAX_QUOTE_CHARS - (end - start));
  const from = Math.max(0, start - Math.floor(room * 0.6));
  const to = Math.min(text.length, Math.max(end, from + MAX_QUOTE_CHARS), from + MAX_QUOTE_CHARS);
  const cut = text
    .slice(from, to)
    .replace(/\s{1,200}/g, ' ')
    .trim();
  return `${from > 0 ? '…' : ''}${cut}${to < text.length ? '…' : ''}`;
}

/** Words that do not tell their connection take that of the whole text, where it speaks of one only. */
function withTextLeg(statements: readonly Statement[], text: string): readonly Statement[] {
  const only: Leg | null = onlyLeg(text.slice(0, LEG_TEXT_CHARS));
  if (only === null) return statements;
  return statements.map((statement) =>
    statement.leg === null ? { ...statement, leg: only } : statement,
  );
}

const LEG_TEXT_CHARS = 200_000;
