import type { KnownBlock } from '@slack/types';
import type { Claim } from '../core/causes/define-cause.ts';
import { matrixInWords, reachMatrices } from '../core/report/reach-matrix.ts';
import type { ChecklistItem, RankedCause, Report } from '../core/report/report.ts';
import { bold, inlineCode, plainSentence, sentence } from './mrkdwn.ts';
import { fit, section, sections, smallPrint } from './slack-blocks.ts';
import { renderFixes } from './slack-fixes.ts';

/** What the thread knows beside the report: who asked, and under which run. */
export interface ThreadContext {
  readonly cluster: string;
  readonly runId: string;
  readonly asker: Asker;
}

/** Names, never mentions: a log does not wake people. */
export type Asker =
  | { readonly kind: 'person'; readonly name: string; readonly again: boolean }
  | {
      readonly kind: 'alert';
      readonly alertNames: readonly string[];
      readonly firingSince: string | null;
      readonly resolvedAt: string | null;
    }
  | { readonly kind: 'cli' };

/** Which message of a thread; one message each, edited in place. */
export type MessageKey = 'root' | 'checklist' | 'broken' | 'why' | 'fixes';

/** One Slack message. `text` is the whole of it in a sentence or two, for notifications and screen readers. */
export interface SlackMessage {
  readonly key: MessageKey;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** A file for the thread. */
export interface ThreadFile {
  readonly key: 'matrix' | 'fixes-file';
  readonly filename: string;
  readonly title: string;
  /** Says what a picture shows; null for text. */
  readonly altText: string | null;
  readonly content: Uint8Array;
}

/** The action of the "Run again" button; its value is the cluster's name. */
export const RUN_AGAIN_ACTION = 'run-again';

/** Ruled-out causes named with their reason; the rest is counted. */
const MAX_RULED_OUT = 5;
/** Causes not judged, named with what they lack; the rest is counted. */
const MAX_UNKNOWN = 6;
/** Reasons shown for one cause; the rest is counted. */
const MAX_CLAIMS = 12;
/** `alt_txt` of an uploaded file: https://docs.slack.dev/reference/methods/files.getUploadURLExternal/ */
const MAX_FILE_ALT_CHARS = 1_000;

const VERDICTS = {
  healthy: { emoji: '🟢', words: 'Metrics API healthy' },
  degraded: { emoji: '🟠', words: 'degraded' },
  broken: { emoji: '🔴', words: 'Metrics API broken' },
  inconclusive: { emoji: '🟡', words: 'inconclusive' },
} as const satisfies Record<Report['verdict'], { emoji: string; words: string }>;

const STATES = {
  pending: { emoji: '▫️', words: ' (not begun)' },
  running: { emoji: '⏳', words: ' (under way)' },
  done: { emoji: '✅', words: '' },
  failed: { emoji: '❌', words: ' (not possible)' },
  skipped: { emoji: '➖', words: ' (skipped)' },
} as const satisfies Record<ChecklistItem['state'], { emoji: string; words: string }>;

/** The root message from the first moment until the verdict. */
export function renderOpened(context: ThreadContext): SlackMessage {
  const { cluster } = context;
  return {
    key: 'root',
    text: plainSentence(`${alertWords(context)}${cluster}: diagnosing the Metrics API.`),
    blocks: [
      section(
        [...alertLine(context), `🔎 ${bold(`${cluster}: diagnosing the Metrics API…`)}`].join('\n'),
      ),
      smallPrint(byline('Started', context)),
    ],
  };
}

/** The live checklist, one message that is edited. */
export function renderChecklist(
  context: ThreadContext,
  checklist: readonly ChecklistItem[],
  say: Say = sentence,
): SlackMessage {
  const done = checklist.filter(({ state }) => state === 'done').length;
  const lines = checklist.map(
    ({ state, text }) => `${STATES[state].emoji} ${say(text)}${STATES[state].words}`,
  );
  return {
    key: 'checklist',
    text: plainSentence(
      `${context.cluster}: ${done} of ${checklist.length} checks done. ${checklist.map(({ text }) => text).join('. ')}`,
    ),
    blocks: fit(
      sections(lines.length > 0 ? lines : ['⏳ Reading the cluster (under way)']),
      (count) => `${count} more blocks of the checklist are left out here.`,
    ),
  };
}

/** The root message when the run ended without a report. */
export function renderFailed(context: ThreadContext, why: string): SlackMessage {
  const { cluster } = context;
  return {
    key: 'root',
    text: plainSentence(`${alertWords(context)}${cluster}: not diagnosed. ${why}`),
    blocks: [
      section(
        [`⚫ ${bold(`${cluster}: not diagnosed.`)} ${sentence(why)}`, ...alertLine(context)].join(
          '\n',
        ),
      ),
      smallPrint(byline('Given up', context)),
      buttons(cluster),
    ],
  };
}

/** The root message while nobody takes the run. */
export function renderWaiting(context: ThreadContext, why: string): SlackMessage {
  const { cluster } = context;
  return {
    key: 'root',
    text: plainSentence(`${cluster}: waiting for a worker. ${why}`),
    blocks: [
      section(
        [
          `⏳ ${bold(`${cluster}: waiting for a worker.`)} ${sentence(why)}`,
          ...alertLine(context),
        ].join('\n'),
      ),
      smallPrint(byline('Queued', context)),
    ],
  };
}

/**
 * The whole thread of a report, root first, in the order in which it is posted.
 *
 * A healthy report has no "broken" and no "fixes".
 */
export function renderVerdict(context: ThreadContext, report: Report): readonly SlackMessage[] {
  const rest = [renderBroken(context, report), renderWhy(context, report), renderFixes(report)];
  return [
    renderRoot(context, report),
    renderChecklist(context, report.checklist, sayFor(report)),
    ...rest.filter((message) => message !== null),
  ];
}

/** Spells sentences of one report, its nodes' names as code. */
type Say = (raw: string) => string;

function sayFor(report: Report): Say {
  const names = new Set([
    ...report.apiServers.map(({ name }) => name),
    ...report.reach.flatMap(({ from, to }) => [from, to]),
    ...report.causes.flatMap(({ where }) => [...where.nodes, ...where.from, ...where.to]),
    ...report.impact.nodesWithoutMetrics,
  ]);
  return (raw) => sentence(raw, names);
}

function renderRoot(context: ThreadContext, report: Report): SlackMessage {
  const { cluster } = context;
  const say = sayFor(report);
  const { emoji, words } = VERDICTS[report.verdict];
  const headline = headlineOf(cluster, report);
  const impact = report.impact.sentences.map(say).join(' ');
  const lines = [
    `${emoji} ${bold(`${cluster}: ${words}.`)} ${say(headline)}`,
    ...alertLine(context),
    ...(impact === '' ? [] : [impact]),
  ];
  return {
    key: 'root',
    text: plainSentence(`${alertWords(context)}${cluster}: ${words}. ${headline}`),
    blocks: [
      ...fit(sections(lines), () => 'The rest of the impact is left out here.'),
      smallPrint(byline(confidence(report), context)),
      buttons(cluster),
    ],
  };
}

/** The report's first sentence without the words that the verdict already says. */
function headlineOf(cluster: string, report: Report): string {
  const prefix = `${cluster}: `;
  const bare = report.headline.startsWith(prefix)
    ? report.headline.slice(prefix.length)
    : report.headline;
  const { words } = VERDICTS[report.verdict];
  const without = bare.toLowerCase().startsWith(`${words.toLowerCase()}.`)
    ? bare.slice(words.length + 1).trim()
    : bare;
  const top = report.causes[0];
  return top?.verdict === 'suspected' &&
    without !== '' &&
    !/^(?:suspected|probably)/iu.test(without)
    ? `Suspected: ${without}`
    : without;
}

function confidence(report: Report): string {
  const seconds = `${(report.tookMs / 1_000).toFixed(1)} s`;
  const outstanding = report.final ? '' : ' · last answers of some API servers still outstanding';
  if (report.verdict === 'healthy') return `Checked in ${seconds}${outstanding}`;
  if (report.verdict === 'inconclusive') return `Not settled after ${seconds}${outstanding}`;
  const top = report.causes[0]?.verdict;
  if (top === 'confirmed') return `Confirmed in ${seconds}${outstanding}`;
  if (top === 'suspected') return `Suspected, not confirmed, after ${seconds}${outstanding}`;
  return `Cause not found in ${seconds}${outstanding}`;
}

function byline(lead: string, { asker, runId }: ThreadContext): string {
  const who =
    asker.kind === 'person'
      ? ` · ${asker.again ? 'run again by' : 'asked by'} ${sentence(asker.name)}`
      : asker.kind === 'alert'
        ? ' · started by an alert'
        : '';
  return `${lead} · run ${inlineCode(runId)}${who} · details in the thread`;
}

function alertWords({ asker }: ThreadContext): string {
  if (asker.kind !== 'alert') return '';
  const state = asker.resolvedAt === null ? 'firing' : 'resolved';
  return `${asker.alertNames.join(', ') || 'Alert'} ${state}. `;
}

function alertLine({ asker }: ThreadContext): readonly string[] {
  if (asker.kind !== 'alert') return [];
  const names = asker.alertNames.map(inlineCode).join(', ') || 'Alert';
  const since = asker.firingSince === null ? '' : ` since ${clockTime(asker.firingSince)}`;
  return [
    `🔔 ${names} firing${since}.`,
    ...(asker.resolvedAt === null ? [] : [`✅ Resolved ${clockTime(asker.resolvedAt)}.`]),
  ];
}

/** Hour and minute of an ISO 8601 time in UTC, as the report spells all times. */
function clockTime(iso: string): string {
  const match = /T(\d\d:\d\d)/u.exec(iso);
  return match?.[1] === undefined ? sentence(iso) : `${match[1]} UTC`;
}

function buttons(cluster: string): KnownBlock {
  return {
    type: 'actions',
    elements: [
      {
        type: 'button',
        action_id: RUN_AGAIN_ACTION,
        text: { type: 'plain_text', text: 'Run again' },
        value: cluster,
        accessibility_label: 'Diagnose this cluster again',
      },
    ],
  };
}

function renderBroken({ cluster }: ThreadContext, report: Report): SlackMessage | null {
  if (report.verdict === 'healthy') return null;
  const say = sayFor(report);
  const hurt = report.impact.nodesWithoutMetrics;
  const lines = [
    ...report.pattern.map(say),
    ...(hurt.length === 0
      ? []
      : [`Nodes without metrics: ${some(hurt.map(inlineCode), 'nodes')}.`]),
    ...(report.impact.hpasBlind.length === 0
      ? []
      : [`HPAs that cannot scale: ${some(report.impact.hpasBlind.map(hpaWords), 'HPAs')}.`]),
    ...report.unexplained.map((symptom) => `• Not explained by any cause: ${say(symptom)}`),
  ];
  if (lines.length === 0) return null;
  return {
    key: 'broken',
    text: plainSentence(
      `${cluster}, what is broken: ${report.pattern.join(' ') || report.headline}`,
    ),
    blocks: fit(
      sections(lines),
      (count) => `${count} more blocks on what is broken are left out here.`,
    ),
  };
}

function hpaWords(hpa: Report['impact']['hpasBlind'][number]): string {
  const since = hpa.since === null ? '' : `, since ${clockTime(hpa.since)}`;
  return `${inlineCode(`${hpa.namespace}/${hpa.name}`)} (at ${hpa.currentReplicas}${since})`;
}

/** Names at most ten, counts the others. */
function some(names: readonly string[], noun: string): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more ${noun}` : shown;
}

function renderWhy({ cluster }: ThreadContext, report: Report): SlackMessage | null {
  const say = sayFor(report);
  const lines = [
    ...report.causes.flatMap((cause) => causeLines(cause, say)),
    ...(report.causes.length === 0 && report.verdict !== 'healthy'
      ? ['*No cause found.* Nothing that was seen explains all of the above.']
      : []),
    ...ruledOutLines(report, say),
    ...unknownLines(report, say),
    ...(report.notSeen.length === 0 ? [] : ['*Not seen:*']),
    ...report.notSeen.map((gap) => `• ${say(gap)}`),
  ];
  if (lines.length === 0) return null;
  return {
    key: 'why',
    text: plainSentence(`${cluster}, why: ${whyWords(report)}`),
    blocks: fit(
      sections(lines),
      (count) => `${count} more blocks of reasons are left out here; the JSON report has them all.`,
    ),
  };
}

function whyWords(report: Report): string {
  if (report.causes.length > 0) {
    return report.causes
      .map(({ id, verdict, headline }) => `${verdict} ${id}. ${headline}`)
      .join(' ');
  }
  return report.verdict === 'healthy' ? 'nothing is broken.' : 'no cause explains what was seen.';
}

function causeLines(cause: RankedCause, say: Say): readonly string[] {
  const word = cause.verdict === 'confirmed' ? 'Confirmed' : 'Suspected';
  return [
    `*${word}: ${inlineCode(cause.id)}.* ${say(cause.headline)}`,
    ...claimLines(cause.because, say),
    ...claimLines(cause.contradicts, (text) => `Speaks against it: ${say(text)}`),
    ...(cause.settle === null ? [] : [`Would settle it: ${say(cause.settle)}`]),
  ];
}

function claimLines(claims: readonly Claim[], say: Say): readonly string[] {
  const shown = claims.slice(0, MAX_CLAIMS).map(({ text }) => `• ${say(text)}`);
  const more = claims.length - shown.length;
  return more > 0 ? [...shown, `• and ${more} more of the same kind, left out here`] : shown;
}

function ruledOutLines({ ruledOut }: Report, say: Say): readonly string[] {
  if (ruledOut.length === 0) return [];
  const shown = ruledOut
    .slice(0, MAX_RULED_OUT)
    .map(({ id, because }) => `• ${inlineCode(id)}: ${say(because)}`);
  const rest = ruledOut.slice(MAX_RULED_OUT);
  return [
    '*Ruled out:*',
    ...shown,
    ...(rest.length === 0 ? [] : [`• also ${rest.map(({ id }) => inlineCode(id)).join(', ')}`]),
  ];
}

function unknownLines({ unknown }: Report, say: Say): readonly string[] {
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, MAX_UNKNOWN).map(({ id, missing, settle }) => {
    const need = missing.length === 0 ? '' : `: not known ${missing.map(inlineCode).join(', ')}`;
    return `• ${inlineCode(id)}${need}${settle === null ? '' : `. ${say(settle)}`}`;
  });
  const rest = unknown.slice(MAX_UNKNOWN);
  return [
    '*Not judged, since something was not seen:*',
    ...shown,
    ...(rest.length === 0 ? [] : [`• also ${rest.map(({ id }) => inlineCode(id)).join(', ')}`]),
  ];
}

/** The picture of the paths, with the same said in words. Null where there is none, or nothing to show. */
export function matrixFile(report: Report, png: Uint8Array | null): ThreadFile | null {
  if (png === null || report.verdict === 'healthy') return null;
  const words = [matrixInWords(reachMatrices(report)), ...report.pattern].join(' ');
  return {
    key: 'matrix',
    filename: 'paths.png',
    title: 'Paths between the nodes',
    altText: plainAlt(words),
    content: png,
  };
}

/** Alt text is plain: nothing is parsed in it, so nothing is escaped. */
function plainAlt(words: string): string {
  const plain = words.replaceAll('`', '').replace(/\p{C}/gu, ' ').replace(/\s+/g, ' ');
  return plain.length <= MAX_FILE_ALT_CHARS
    ? plain
    : `${plain.slice(0, MAX_FILE_ALT_CHARS - 20)} and more.`;
}
