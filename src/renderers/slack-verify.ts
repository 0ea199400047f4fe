import type { Report } from '../core/report/report.ts';
import { bold, inlineCode, plainSentence, sentence } from './mrkdwn.ts';
import { fit, sections, smallPrint } from './slack-blocks.ts';
import { clockTime, type SlackMessage } from './slack-message.ts';

/** One ordered pair of nodes before and now: how many of its failing checks work. */
export interface PairChange {
  readonly from: string;
  readonly to: string;
  readonly layer: Report['reach'][number]['layer'];
  readonly failedBefore: number;
  readonly worksNow: number;
  /** Checks that fail still, e.g. `tcp timeout`. */
  readonly failsNow: readonly string[];
  /** Could not be tried again: a pod or node is gone, or its probe did not answer. */
  readonly notTried: number;
}

/** What failed in one run, and what became of it in the next. */
export interface VerifyChange {
  readonly apiServers: readonly {
    readonly name: string;
    readonly before: string;
    /** Null: the later run did not ask it. */
    readonly now: string | null;
  }[];
  readonly pairs: readonly PairChange[];
  readonly nodesWithoutMetrics: { readonly before: number; readonly now: number };
  /** `all`: what failed works. `none`: nothing of it does. `some` otherwise, also where something was not tried. */
  readonly mended: 'all' | 'some' | 'none';
}

/** How far a verification is, and what it found. */
export type VerifyState =
  | { readonly kind: 'running' | 'waiting' | 'cancelled' | 'forgotten' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'compared'; readonly final: boolean; readonly change: VerifyChange };

/** A path that somebody would want to see work: it was tried, and did not. */
export function failed({ outcome }: Report['reach'][number]): boolean {
  return outcome !== 'open' && outcome !== 'missing';
}

/** Whether a report has anything that could be tried again. */
export function canVerify({ verdict, reach, apiServers, impact }: Report): boolean {
  return (
    verdict !== 'healthy' &&
    (reach.some(failed) ||
      apiServers.some(({ outcome }) => outcome !== 'ok') ||
      impact.nodesWithoutMetrics.length > 0)
  );
}

export interface VerifyContext {
  readonly cluster: string;
  readonly runId: string;
  /** The run that is verified. */
  readonly of: string;
  /** Who clicked, and when. */
  readonly name: string;
  readonly at: string;
}

/** Rows of each kind; the rest is counted. */
const MAX_ROWS = 20;
const MAX_FAILURES = 4;

const WORDS = {
  title: {
    running: (cluster: string) => `🔎 ${cluster}: trying again what failed…`,
    waiting: (cluster: string) => `⏳ ${cluster}: no worker has taken the verification yet.`,
    cancelled: (cluster: string) => `⚪ ${cluster}: verification cancelled.`,
    failed: (cluster: string) => `⚫ ${cluster}: not verified.`,
    forgotten: (cluster: string) =>
      `⚫ ${cluster}: the run that was to be verified is no longer kept.`,
    all: (cluster: string) => `✅ ${cluster}: all that failed works now.`,
    some: (cluster: string) => `🟠 ${cluster}: some of what failed works now.`,
    none: (cluster: string) => `❌ ${cluster}: what failed fails still.`,
  },
  byline: (name: string, time: string, of: string, run: string) =>
    `Verify fix, clicked by ${name} at ${time} · paths of run ${of} · run ${run}`,
  outstanding: 'last answers of some API servers still outstanding',
  apiServer: (name: string, before: string, now: string) =>
    `${mark(now === 'ok')} API server ${inlineCode(name)}: ${outcome(before)} → ${outcome(now)}`,
  apiServerGone: (name: string, before: string) =>
    `▫️ API server ${inlineCode(name)}: ${outcome(before)} → not asked`,
  blind: (before: number, now: number) =>
    `${mark(now === 0)} nodes without metrics: ${before} → ${now}${now === 0 ? '' : ' (a node comes back one or two minutes after its path does)'}`,
  pair: ({ from, to, layer, failedBefore, worksNow }: PairChange) =>
    `${mark(worksNow === failedBefore)} ${inlineCode(from)} → ${inlineCode(to)} (${layer}): ${worksNow} of ${failedBefore} failing checks work`,
  still: (failures: string) => `; still ${failures}`,
  notTried: (count: number) => `; ${count} could not be tried again`,
  more: (count: number) => `• and ${count} more pairs of nodes`,
} as const;

function mark(works: boolean): string {
  return works ? '✅' : '❌';
}

function outcome(word: string): string {
  return word === 'ok' ? 'serves' : inlineCode(word);
}

/** Before and after of what failed, as one reply in the thread of the run that is verified. */
export function renderVerify(context: VerifyContext, state: VerifyState): SlackMessage {
  const { cluster, name, at, of, runId } = context;
  const kind = state.kind === 'compared' ? state.change.mended : state.kind;
  const title = WORDS.title[kind](cluster);
  const lines = state.kind === 'compared' ? changeLines(state.change) : [];
  const why = state.kind === 'failed' ? [sentence(state.why)] : [];
  const byline = WORDS.byline(sentence(name), clockTime(at), inlineCode(of), inlineCode(runId));
  const open = state.kind === 'compared' && !state.final ? ` · ${WORDS.outstanding}` : '';
  return {
    key: 'root',
    text: plainSentence(title),
    blocks: [
      ...fit(sections([bold(title), ...why, ...lines]), (count) => `${count} more blocks.`),
      smallPrint(`${byline}${open}`),
    ],
  };
}

function changeLines({ apiServers, pairs, nodesWithoutMetrics }: VerifyChange): readonly string[] {
  const { before, now } = nodesWithoutMetrics;
  const shown = [...pairs]
    .sort((a, b) => Number(a.worksNow === a.failedBefore) - Number(b.worksNow === b.failedBefore))
    .slice(0, MAX_ROWS);
  const rest = pairs.length - shown.length;
  return [
    ...apiServers
      .slice(0, MAX_ROWS)
      .map((each) =>
        each.now === null
          ? WORDS.apiServerGone(each.name, each.before)
          : WORDS.apiServer(each.name, each.before, each.now),
      ),
    ...(before === 0 ? [] : [WORDS.blind(before, now)]),
    ...shown.map(pairLine),
    ...(rest > 0 ? [WORDS.more(rest)] : []),
  ];
}

function pairLine(pair: PairChange): string {
  const { failsNow, notTried } = pair;
  const failures = failsNow.slice(0, MAX_FAILURES).map(inlineCode).join(', ');
  return [
    WORDS.pair(pair),
    ...(failures === '' ? [] : [WORDS.still(failures)]),
    ...(notTried === 0 ? [] : [WORDS.notTried(notTried)]),
  ].join('');
}
