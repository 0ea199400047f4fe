import { matrixInWords, reachMatrices } from '../core/report/reach-matrix.ts';
import type { ChecklistItem, Report } from '../core/report/report.ts';
import { inlineCode, plainSentence, sentence } from './mrkdwn.ts';
import { matrixSvg } from './reach-matrix-svg.ts';
import { fit, sections } from './slack-blocks.ts';
import { renderFixes } from './slack-fixes.ts';
import {
  clockTime,
  type Say,
  type SlackMessage,
  sayFor,
  type ThreadContext,
  type ThreadFile,
} from './slack-message.ts';
import { renderRoot } from './slack-root.ts';
import { renderWhy } from './slack-why.ts';

/** `alt_txt` of an uploaded file: https://docs.slack.dev/reference/methods/files.getUploadURLExternal/ */
const MAX_FILE_ALT_CHARS = 1_000;

const STATES = {
  pending: { emoji: '▫️', words: ' (not begun)' },
  running: { emoji: '⏳', words: ' (under way)' },
  done: { emoji: '✅', words: '' },
  failed: { emoji: '❌', words: ' (not possible)' },
  skipped: { emoji: '➖', words: ' (skipped)' },
} as const satisfies Record<ChecklistItem['state'], { emoji: string; words: string }>;

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

/** The picture of the paths, with the same said in words. Null where there is none, or nothing to show. */
export function matrixFile(report: Report): ThreadFile | null {
  if (report.verdict === 'healthy') return null;
  const matrices = reachMatrices(report);
  const title = `${report.cluster ?? 'cluster'}: paths between nodes`;
  const svg = matrixSvg(matrices, title, report.pattern[0]);
  if (svg === null) return null;
  const words = [matrixInWords(matrices), ...report.pattern].join(' ');
  return {
    key: 'matrix',
    filename: 'paths.png',
    title: 'Paths between the nodes',
    altText: plainAlt(words),
    content: { kind: 'svg', text: svg },
  };
}

/** Alt text is plain: nothing is parsed in it, so nothing is escaped. */
function plainAlt(words: string): string {
  const plain = words.replaceAll('`', '').replace(/\p{C}/gu, ' ').replace(/\s+/g, ' ');
  return plain.length <= MAX_FILE_ALT_CHARS
    ? plain
    : `${plain.slice(0, MAX_FILE_ALT_CHARS - 20)} and more.`;
}
