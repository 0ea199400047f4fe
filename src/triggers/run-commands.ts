import { type BotCluster, findCluster } from '../config/role-config.ts';
import { inlineCode, sentence } from '../renderers/mrkdwn.ts';
import type { Trigger } from '../runs/jobs.ts';
import { MAX_HISTORY } from '../runs/run-history.ts';
import type { RunState } from '../runs/run-store.ts';
import {
  type Asked,
  COMMAND,
  type Desk,
  linkToThread,
  permit,
  unknownCluster,
} from './slack-desk.ts';
import { VERDICT_WORDS } from './verdict-words.ts';

/** Runs that one answer lists: a phone's screen. */
const MAX_LISTED = 10;
/** Causes that `show` names. */
const MAX_CAUSES = 3;
/** Links are asked of Slack; an answer that is due within a second does not wait longer for them. */
const LINK_BUDGET_MS = 500;

const SAY = {
  usage: {
    history: `Which cluster? \`${COMMAND} history <cluster>\` lists its last runs.`,
    show: `Which run? \`${COMMAND} show <run>\` takes the id that stands under a verdict, or a cluster for its last run.`,
    cancel: `Which run? \`${COMMAND} cancel <run>\` takes the id that stands under its first message, or a cluster for the run that is under way.`,
  },
  noRuns: (cluster: string) =>
    `${cluster} has had no run within a week. \`${COMMAND} <cluster>\` starts one.`,
  heading: (cluster: string, count: number) =>
    count === 1
      ? `The last run of ${cluster}:`
      : `The last ${count} runs of ${cluster}, newest first:`,
  line: (run: string, at: string, verdict: string, who: string) =>
    `• ${run} ${at} · ${verdict} · ${who}`,
  lineLinked: (run: string, at: string, verdict: string, who: string, link: string) =>
    `• ${run} ${at} · ${verdict} · ${who} · <${link}|thread>`,
  unknownRun: (run: string) =>
    `I know no run ${run}. Runs are kept for a week; \`${COMMAND} history <cluster>\` lists them.`,
  shown: (run: string, cluster: string, verdict: string) =>
    `*Run* ${run} *of* ${cluster}: ${verdict}.`,
  asked: (at: string, who: string) => `Requested ${at}, ${who}.`,
  took: (seconds: string) => `The verdict took ${seconds} s.`,
  cause: {
    confirmed: (id: string, headline: string) => `• Confirmed ${id}: ${headline}`,
    suspected: (id: string, headline: string) => `• Suspected ${id}: ${headline}`,
  },
  thread: (link: string) => `<${link}|Its thread> has the evidence and the fixes.`,
  cancelledBy: (name: string) => `Cancelled by ${name}.`,
  noRunUnderWay: (cluster: string) =>
    `No run of ${cluster} is under way, so there is nothing to cancel.`,
  cancelled: (run: string) =>
    `Run ${run} is cancelled: it stops at its next step, its probe Pods are removed, and its thread says that it was you.`,
  cancelledBefore: (run: string) => `Run ${run} was cancelled already; its thread says by whom.`,
  ended: (run: string) => `Run ${run} has ended already, so there is nothing to cancel.`,
  who: {
    'slash-command': (name: string) => `asked by ${name}`,
    mention: (name: string) => `asked by ${name}`,
    shortcut: (name: string) => `asked by ${name} about a message`,
    modal: (name: string) => `asked by ${name}`,
    button: (name: string) => `run again by ${name}`,
    alert: (names: string) => `started by the alert ${names}`,
    verify: (name: string, run: string) => `verifies run ${run} for ${name}`,
    schedule: (name: string) => `scheduled by ${name}`,
    cli: 'asked by a program',
  },
} as const;

/** `history <cluster>`: its last runs, newest first. */
export async function historyText(desk: Desk, wanted: string, asked: Asked): Promise<string> {
  if (wanted === '') return SAY.usage.history;
  const cluster = findCluster(desk.clusters, wanted);
  if (cluster === null) return unknownCluster(desk, wanted);
  const refused = await permit(desk, { cluster, action: 'diagnose', notedAs: 'history' }, asked);
  if (refused !== null) return refused;
  const runs = await recentRuns(desk, cluster.name, MAX_LISTED);
  const name = inlineCode(cluster.name);
  if (runs.length === 0) return SAY.noRuns(name);
  const lines = await Promise.all(runs.map((run) => historyLine(desk, run, asked.channel)));
  return [SAY.heading(name, runs.length), ...lines].join('\n');
}

/** The last runs whose records are still there, newest first. */
export async function recentRuns(
  { history, store }: Pick<Desk, 'history' | 'store'>,
  cluster: string,
  count: number,
): Promise<readonly RunState[]> {
  const ids = await history.recent(cluster, MAX_HISTORY);
  const runs = await Promise.all(ids.slice(0, count).map((id) => store.run(id)));
  return runs.filter((run) => run !== null);
}

async function historyLine(desk: Desk, run: RunState, channel: string): Promise<string> {
  const [who, link] = await Promise.all([whoWords(desk, run.trigger), linkTo(desk, run, channel)]);
  const words = [inlineCode(run.runId), dayAndTime(run.requestedAt), stateWords(run), who] as const;
  return link === null ? SAY.line(...words) : SAY.lineLinked(...words, link);
}

/** `show <run>`: what one run found, and where its thread is. */
export async function showText(desk: Desk, wanted: string, asked: Asked): Promise<string> {
  if (wanted === '') return SAY.usage.show;
  const found = await findRun(desk, wanted);
  if (found === null) return SAY.unknownRun(inlineCode(wanted));
  if ('nothing' in found) return SAY.noRuns(inlineCode(found.nothing));
  const { run, cluster } = found;
  const refused = await permit(
    desk,
    { cluster, action: 'diagnose', notedAs: 'show', runId: run.runId },
    asked,
  );
  if (refused !== null) return refused;
  const { report } = run;
  const link = await linkTo(desk, run, asked.channel);
  const who = await whoWords(desk, run.trigger);
  return [
    SAY.shown(inlineCode(run.runId), inlineCode(run.cluster), stateWords(run)),
    ...(report === null ? [] : [sentence(report.headline)]),
    ...(run.failed === null ? [] : [sentence(run.failed)]),
    ...(run.cancelled === null
      ? []
      : [SAY.cancelledBy(sentence(await desk.nameOf(run.cancelled)))]),
    ...(report?.causes ?? [])
      .slice(0, MAX_CAUSES)
      .map(({ id, verdict, headline }) => SAY.cause[verdict](inlineCode(id), sentence(headline))),
    SAY.asked(dayAndTime(run.requestedAt), who),
    ...(report === null ? [] : [SAY.took((report.tookMs / 1_000).toFixed(1))]),
    ...(link === null ? [] : [SAY.thread(link)]),
  ].join('\n');
}

/** `cancel <run>`, or the click: the run stops at its next step. */
export async function cancelText(desk: Desk, wanted: string, asked: Asked): Promise<string> {
  if (wanted === '') return SAY.usage.cancel;
  const found = await findRun(desk, wanted);
  if (found === null) return SAY.unknownRun(inlineCode(wanted));
  if ('nothing' in found) return SAY.noRunUnderWay(inlineCode(found.nothing));
  const { run, cluster, byName } = found;
  if (byName && hasEnded(run)) return SAY.noRunUnderWay(inlineCode(cluster.name));
  const refused = await permit(desk, { cluster, action: 'cancel', runId: run.runId }, asked);
  if (refused !== null) return refused;
  const { user, userName } = asked;
  const at = new Date().toISOString();
  const { runId } = run;
  const outcome = await desk.cancelRun({ runId, cluster: run.cluster }, { user, userName, at });
  desk.log.info({ runId, outcome }, 'run cancelled');
  const id = inlineCode(runId);
  switch (outcome) {
    case 'cancelled':
      return SAY.cancelled(id);
    case 'cancelled-before':
      return SAY.cancelledBefore(id);
    case 'ended':
      return SAY.ended(id);
    case 'unknown':
      return SAY.unknownRun(id);
  }
}

function hasEnded({ report, failed, cancelled }: RunState): boolean {
  return report !== null || failed !== null || cancelled !== null;
}

type Found =
  | { readonly run: RunState; readonly cluster: BotCluster; readonly byName: boolean }
  /** A cluster without a run. */
  | { readonly nothing: string };

/** A run by its id, or the last one of a cluster; null for a word that is neither, or a cluster that is no longer configured. */
async function findRun(desk: Desk, wanted: string): Promise<Found | null> {
  const byId = await desk.store.run(wanted.toLowerCase());
  const named = findCluster(desk.clusters, byId?.cluster ?? wanted);
  if (named === null) return null;
  if (byId !== null) return { run: byId, cluster: named, byName: false };
  const [run] = await recentRuns(desk, named.name, 1);
  return run === undefined ? { nothing: named.name } : { run, cluster: named, byName: true };
}

/** How a run stands, in two or three words with a mark. */
export function stateWords(run: RunState): string {
  if (run.cancelled !== null) return VERDICT_WORDS.cancelled;
  if (run.report !== null) return VERDICT_WORDS[run.report.verdict];
  if (run.failed !== null) return VERDICT_WORDS.failed;
  return run.startedAt === null ? VERDICT_WORDS.waiting : VERDICT_WORDS.running;
}

/** Who or what asked for a run. */
export async function whoWords(desk: Desk, trigger: Trigger): Promise<string> {
  switch (trigger.kind) {
    case 'slash-command':
    case 'mention':
    case 'shortcut':
    case 'modal':
    case 'button':
      return SAY.who[trigger.kind](sentence(await desk.nameOf(trigger)));
    case 'alert':
      return SAY.who.alert(trigger.alertNames.map(inlineCode).join(', '));
    case 'verify':
      return SAY.who.verify(sentence(await desk.nameOf(trigger)), inlineCode(trigger.of));
    case 'schedule':
      return SAY.who.schedule(sentence(await desk.nameOf(trigger)));
    case 'cli':
      return SAY.who.cli;
  }
}

/** The run's thread, in this channel if it has one here. Null when Slack takes too long to say. */
export async function linkTo(desk: Desk, run: RunState, channel: string): Promise<string | null> {
  const all = await desk.store.subscriptions(run.runId);
  const subscription = all.find((each) => each.channel === channel) ?? all[0];
  if (subscription === undefined) return null;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, LINK_BUDGET_MS, null);
  });
  const link = linkToThread(desk, { runId: run.runId, subscription });
  const first = await Promise.race([link, late]);
  clearTimeout(timer);
  return first;
}

/** `2026-11-22 14:02 UTC`. */
export function dayAndTime(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
