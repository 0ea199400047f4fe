import type { KnownBlock } from '@slack/types';
import type { Report } from '../core/report/report.ts';
import { spellDuration } from './durations.ts';
import { bold, inlineCode, plainSentence, sentence } from './mrkdwn.ts';
import { alertLine } from './slack-alert.ts';
import { fit, section, sections, smallPrint } from './slack-blocks.ts';
import {
  buttonRow,
  cancelButton,
  evidenceButton,
  rightButton,
  runAgainButton,
  verifyButton,
  wrongButton,
} from './slack-buttons.ts';
import { evidenceAsked } from './slack-evidence.ts';
import { opinionLines } from './slack-feedback.ts';
import { type SlackMessage, sayFor, type ThreadContext } from './slack-message.ts';
import { VERDICTS } from './slack-verdicts.ts';
import { canVerify } from './slack-verify.ts';

/** What a channel was told before. */
const WAS: Readonly<Record<string, string>> = {
  healthy: `${VERDICTS.healthy.emoji} ${VERDICTS.healthy.words}`,
  degraded: `${VERDICTS.degraded.emoji} ${VERDICTS.degraded.words}`,
  broken: `${VERDICTS.broken.emoji} ${VERDICTS.broken.words}`,
  inconclusive: `${VERDICTS.inconclusive.emoji} ${VERDICTS.inconclusive.words}`,
  failed: '⚫ not diagnosed',
  waiting: '⏳ waiting for a worker',
};

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
      buttonRow([cancelButton(context.runId)]),
    ],
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
        [
          `⚫ ${bold(`${cluster}: not diagnosed.`)} ${sentence(why)}`,
          ...alertLine(context),
          ...beforeLine(context),
        ].join('\n'),
      ),
      smallPrint(byline('Given up', context)),
      buttonRow([runAgainButton(cluster)]),
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
      buttonRow([cancelButton(context.runId)]),
    ],
  };
}

/** The root message with the verdict: the channel needs no more than this. */
export function renderRoot(context: ThreadContext, report: Report): SlackMessage {
  const { cluster } = context;
  const say = sayFor(report);
  const { emoji, words } = VERDICTS[report.verdict];
  const headline = headlineOf(cluster, report);
  const impact = report.impact.sentences.map(say).join(' ');
  const lines = [
    `${emoji} ${bold(`${cluster}: ${words}.`)} ${say(headline)}`,
    ...alertLine(context),
    ...beforeLine(context),
    ...(impact === '' ? [] : [impact]),
  ];
  return {
    key: 'root',
    text: plainSentence(`${alertWords(context)}${cluster}: ${words}. ${headline}`),
    blocks: [
      ...fit(
        sections(lines),
        () => 'The rest of the impact is left out here.',
        belowVerdict(context, report),
      ),
    ],
  };
}

/** Small print and buttons under a verdict. */
function belowVerdict(context: ThreadContext, report: Report): readonly KnownBlock[] {
  const { cluster, runId, evidenceBy, opinions = [] } = context;
  return [
    smallPrint(byline(confidence(report), context)),
    ...(evidenceBy === undefined ? [] : [smallPrint(evidenceAsked(evidenceBy))]),
    ...opinionLines(opinions).map(smallPrint),
    buttonRow([
      runAgainButton(cluster),
      ...(canVerify(report) ? [verifyButton(runId)] : []),
      ...(evidenceBy === undefined ? [evidenceButton(runId)] : []),
    ]),
    // Until then the verdict may change.
    ...(report.final ? [buttonRow([rightButton(runId), wrongButton(runId)])] : []),
  ];
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

/** Small print under a root: how it stands, the run, who asked. */
export function byline(lead: string, { asker, runId }: ThreadContext): string {
  return `${lead} · run ${inlineCode(runId)}${whoWords(asker)} · details in the thread`;
}

function whoWords(asker: ThreadContext['asker']): string {
  switch (asker.kind) {
    case 'person':
      return ` · ${asker.again ? 'run again by' : 'asked by'} ${sentence(asker.name)}`;
    case 'alert':
      return ' · started by an alert';
    case 'schedule':
      return ` · checked every ${spellDuration(asker.everyMs)}, scheduled by ${sentence(asker.name)}`;
    case 'cli':
      return '';
  }
}

/** What a scheduled check says of the one before, of which the channel was told. */
function beforeLine({ asker }: ThreadContext): readonly string[] {
  if (asker.kind !== 'schedule' || !Object.hasOwn(WAS, asker.before)) return [];
  return [`Before this check: ${WAS[asker.before]}.`];
}

function alertWords({ asker }: ThreadContext): string {
  if (asker.kind !== 'alert') return '';
  const state = asker.resolvedAt === null ? 'firing' : 'resolved';
  return `${asker.alertNames.join(', ') || 'Alert'} ${state}. `;
}
