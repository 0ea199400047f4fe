import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Report } from '../../../src/core/report/report.ts';
import { threadOf } from '../../../src/delivery/thread-messages.ts';
import { messageProblems } from '../../../src/renderers/block-kit-limits.ts';
import { evidenceFile } from '../../../src/renderers/slack-evidence.ts';
import { renderExplanation } from '../../../src/renderers/slack-explain.ts';
import { MAX_FEEDBACK_CHARS } from '../../../src/renderers/slack-feedback.ts';
import { renderHome } from '../../../src/renderers/slack-home.ts';
import type { AlertAsker, Asker, ThreadContext } from '../../../src/renderers/slack-message.ts';
import { renderOpened } from '../../../src/renderers/slack-root.ts';
import { renderVerify } from '../../../src/renderers/slack-verify.ts';
import type { RunState } from '../../../src/runs/run-store.ts';
import { compareRuns } from '../../../src/runs/verify.ts';
import { MAX_REASON_CHARS, muteWords } from '../../../src/triggers/mute-command.ts';
import { scheduleWords } from '../../../src/triggers/schedule-command.ts';
import {
  FOUNDING_REPORT,
  HEALTHY_REPORT,
  hostileReport,
  INCONCLUSIVE_REPORT,
} from '../../support/sample-reports.ts';

/** One place of a report gets one of them; twenty make a report, fifty reports the thousand. */
const STRINGS = 20;
const REPORTS = 50;
/** So that a failure is the same for everybody; fast-check prints the shortest case. */
const SEED = 20_261_122;
/** Stands beside what would be formatted, so that it can be told from our own words. */
const MARK = 'ʘ';
const LONG_CHARS = 10 * 1_024;

/** What Slack, a terminal or a reader's eye would act on, if it were let. */
const FRAGMENTS = [
  '<!channel>',
  '<!here|here>',
  '<!everyone>',
  '<!subteam^S0SRE>',
  '<!date^0^{date}|x>',
  '<@U0LIN>',
  '<#C0OPS>',
  '@here',
  '@channel',
  '@everyone',
  '<https://evil.example|click>',
  '<https://evil.example>',
  'https://evil.example/a?b=c',
  '<mailto:x@evil.example|x>',
  '<slack://open>',
  '[click](https://evil.example)',
  `*${MARK}bold${MARK}*`,
  `_${MARK}it${MARK}_`,
  `~${MARK}gone${MARK}~`,
  `:${MARK}fire${MARK}:`,
  ':rotating_light:',
  '`',
  '``',
  '```',
  '```\nrm -rf /\n```',
  '&lt;!channel&gt;',
  '&amp;lt;',
  '&',
  '<',
  '>',
  '|',
  '\n> quoted',
  '\n• ',
  '\r\n',
  '\t',
  ' ',
  '\u0000',
  '\u0007',
  '\u001b[31mred\u001b[0m',
  '\u009b31m',
  '\u202eright to left',
  '\u2066isolate\u2069',
  '\u200b\u200d\ufeff',
  '\u00ad',
  '\u034f',
  '\u3164',
  '\u{e0041}\u{e007f}',
  '\ud800',
  '\udc00',
  '\u2028',
  '\u2029',
  '🔥'.repeat(20),
  'e\u0301'.repeat(30),
  '"',
  "'",
  '\\',
  '{{ .Values }}',
  '${process.env}',
  '__proto__',
  '</script><script>alert(1)</script>',
] as const;

const hostile = fc.oneof(
  {
    weight: 19,
    arbitrary: fc.array(fragment(), { minLength: 3, maxLength: 12 }).map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fragment().map((part) => part.repeat(Math.ceil(LONG_CHARS / part.length))),
  },
);

const twentyOfThem = fc.array(hostile, { minLength: STRINGS, maxLength: STRINGS });

function fragment(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...FRAGMENTS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }) },
  );
}

/** Words of the product's own, and the cluster's configured name: no cluster can set them. */
const OURS = new Set(['schema', 'cluster', 'verdict', 'state', 'layer', 'check', 'outcome']);

/** The same report with a hostile string wherever the cluster, its logs or its people have a word. */
function poisoned<T>(value: T, words: readonly string[], key = ''): T {
  let next = 0;
  const poison = (each: unknown, at: string): unknown => {
    if (typeof each === 'string') return OURS.has(at) ? each : words[next++ % words.length];
    if (Array.isArray(each)) return each.map((item) => poison(item, at));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each).map(([name, item]) => [name, poison(item, name)]),
    );
  };
  return poison(value, key) as T;
}

/** A person's name, as long as Slack and we let it be. */
function first80(name = ''): string {
  return name.slice(0, 80);
}

interface Said {
  readonly text: string;
  readonly blocks: readonly unknown[];
}

function runOf(report: Report | null, words: readonly string[]): RunState {
  const [first = ''] = words;
  return {
    runId: 'r7f3a',
    cluster: 'prod',
    requestedAt: '2026-11-22T14:00:00.000Z',
    trigger: { kind: 'cli' },
    deep: false,
    startedAt: null,
    seq: 1,
    checklist: [{ id: 'chain', state: 'running', text: first }],
    report,
    verdictAt: null,
    failed: null,
    noWorker: null,
    cancelled: null,
    stopped: null,
  };
}

function askersOf(words: readonly string[]): readonly Asker[] {
  const [, alert = '', headline = '', failed = ''] = words;
  const name = first80(words[0]);
  const ended: AlertAsker = {
    kind: 'alert',
    alertNames: [alert, name],
    firingSince: headline,
    truncated: 3,
    verdictAt: alert,
    resolvedAt: failed,
    lastCheck: {
      state: 'ended',
      runId: 'r2',
      report: { verdict: 'healthy', headline },
      failed,
    },
  };
  return [
    { kind: 'person', name, again: true },
    { kind: 'schedule', name, everyMs: 21_600_000, before: 'broken' },
    ended,
    { ...ended, lastCheck: { state: 'ended', runId: 'r2', report: null, failed } },
  ];
}

const SAMPLES = [FOUNDING_REPORT, INCONCLUSIVE_REPORT, hostileReport()];

/** All that Slack is given for one poisoned report: every renderer, in each of its states. */
function everythingSaid(words: readonly string[], turn: number): readonly Said[] {
  const sample = SAMPLES[turn % SAMPLES.length] ?? FOUNDING_REPORT;
  const report = { ...poisoned(sample, words), final: true, takenAt: '2026-11-22T14:00:00.000Z' };
  const [, text = '', third = ''] = words;
  const name = first80(words[0]);
  const context: ThreadContext = {
    cluster: 'prod',
    runId: 'r7f3a',
    asker: { kind: 'person', name, again: false },
  };
  const clickers = {
    cancelledBy: name,
    evidenceBy: { name, at: text },
    opinions: words.slice(0, 5).map((each) => ({
      name: first80(each),
      right: false,
      text: each.slice(0, MAX_FEEDBACK_CHARS),
    })),
  };
  const askers = askersOf(words);
  const cancelled = { user: 'U', userName: third, at: text };
  const open = runOf(null, words);
  const threads = askers.flatMap((asker, index) =>
    [
      ...(index === turn % askers.length ? [runOf(report, words)] : []),
      { ...open, failed: third },
      { ...open, noWorker: { lastSeen: text } },
      { ...open, cancelled },
    ].flatMap((run) => threadOf(run, asker, clickers)),
  );
  const verifying = { ...context, of: 'r1', name, at: text };
  return [
    ...threads.flatMap((part) => (part.kind === 'message' ? [part.message] : [])),
    renderOpened(context),
    renderExplanation(report),
    renderVerify(verifying, {
      kind: 'compared',
      final: false,
      change: compareRuns(report, { ...report, reach: [] }),
    }),
    renderVerify(verifying, { kind: 'failed', why: text }),
    { text: evidenceFile(HEALTHY_REPORT, null, name).comment ?? '', blocks: [] },
  ];
}

/** Every text that a person would see formatted, wherever it stands in a message. */
function textsIn(value: unknown): readonly { readonly type: string; readonly text: string }[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { type, text, verbatim } = value as Record<string, unknown>;
  const own =
    typeof text === 'string' && (type === 'mrkdwn' || type === 'plain_text')
      ? [{ type, text }]
      : [];
  // Without it Slack itself makes links, mentions and channels out of bare words.
  if (type === 'mrkdwn') expect(verbatim).toBe(true);
  return [...own, ...Object.values(value).flatMap(textsIn)];
}

const FENCED = /```[\s\S]*?```/gu;
/** An underscore inside a word is one to Slack as well. */
const FORMATTED = new RegExp(
  [
    `[*~]${MARK}|${MARK}[*~]`,
    `(?<![\\p{L}\\p{N}])_${MARK}|${MARK}_(?![\\p{L}\\p{N}])`,
    `:${MARK}fire${MARK}:`,
  ].join('|'),
  'u',
);
const SPAN = /`[^`\n]*`/gu;

/** What a reader, or Slack, could be made to do by a text; empty when nothing. */
function harmIn(text: string): readonly string[] {
  const outside = text.replace(FENCED, '');
  const bare = outside.replace(SPAN, ' ');
  const isThere = {
    'a reserved character': /<|>|&(?!(?:amp|lt|gt);)/u.test(text),
    'something unseen': /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text),
    'open code': outside.split('`').length % 2 === 0,
    'formatted text': FORMATTED.test(bare),
    'a ping': /@(?:here|channel|everyone)/u.test(bare),
    'an emoji': bare.includes(':rotating_light:'),
  };
  const found = Object.entries(isThere).filter(([, there]) => there);
  return found.map(([what]) => `${what} in: ${text.slice(0, 200)}`);
}

it('lets none of 1,000 hostile strings ping, link, format or break a message', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(twentyOfThem, fc.nat(11), (words, turn) => {
      for (const word of words) seen.add(word);
      for (const said of everythingSaid(words, turn)) {
        expect(messageProblems(said.blocks.length === 0 ? { text: said.text } : said)).toEqual([]);
        expect([said, ...textsIn(said.blocks)].flatMap(({ text }) => harmIn(text))).toEqual([]);
      }
    }),
    { numRuns: REPORTS, seed: SEED },
  );
  expect(seen.size).toBeGreaterThan((STRINGS * REPORTS * 9) / 10);
});

it('keeps names and reasons of people harmless in lists and on the Home tab', async () => {
  const words = fc.sample(hostile, { numRuns: REPORTS, seed: SEED });
  for (const [index, reason] of words.entries()) {
    const name = first80(words[index + 1]);
    const nameOf = () => Promise.resolve(name);
    const person = { user: 'U0LIN', userName: 'lin', at: '2026-11-22T14:00:00.000Z' };
    const until = '2026-11-22T16:00:00.000Z';
    const muted = await muteWords(
      { nameOf },
      { ...person, until, reason: reason.slice(0, MAX_REASON_CHARS) },
    );
    const schedule = { ...person, cluster: 'prod', channel: 'C0OPS', everyMs: 3_600_000 };
    const scheduled = await scheduleWords({ nameOf }, schedule);
    expect([muted, scheduled.replace('<#C0OPS>', '')].flatMap(harmIn)).toEqual([]);
    const home = renderHome({
      command: '/metrics-diag',
      clusters: [{ name: 'prod', last: null, notes: [muted, scheduled] }],
      runs: [],
    });
    const problems = home.blocks.flatMap((block) =>
      messageProblems({ text: 'The Home tab', blocks: [block] }),
    );
    expect(problems).toEqual([]);
  }
});
