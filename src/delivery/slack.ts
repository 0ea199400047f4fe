import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { slackFailure } from '../clients/slack-failure.ts';
import { ExternalError } from '../errors.ts';
import { translateTo } from '../languages/languages.ts';
import type { LanguageTag } from '../languages/tags.ts';
import { section } from '../renderers/slack-blocks.ts';
import { evidenceFile } from '../renderers/slack-evidence.ts';
import type { Opinion } from '../renderers/slack-feedback.ts';
import type { Asker, MessageKey, SlackMessage } from '../renderers/slack-message.ts';
import { type Clicks, evidenceClick } from '../runs/clicks.ts';
import type { EvidenceStore } from '../runs/evidence-store.ts';
import type { FeedbackStore } from '../runs/feedback.ts';
import type { Languages } from '../runs/languages.ts';
import { type ReportHandler, RetryLater } from '../runs/reports-worker.ts';
import type { PostedMessage, RunState, RunStore, Subscription } from '../runs/run-store.ts';
import { type Schedules, scheduleId } from '../runs/schedules.ts';
import { type AlertThreadDeps, alertAsker, isSilent } from './alert-thread.ts';
import { type Courier, createCourier } from './courier.ts';
import type { Pacer } from './pace.ts';
import { createPeopleNames, type PeopleNames } from './people-names.ts';
import { hearingOf, noteTold, type QuietDeps } from './quiet.ts';
import { answerByResponseUrl, type RefusedThread } from './response-url.ts';
import { createFileUploads } from './slack-files.ts';
import { hashOf } from './slack-send.ts';
import { spokenPart } from './spoken-part.ts';
import { type ThreadPart, threadOf } from './thread-messages.ts';
import { verifyPart } from './verify-part.ts';

/** One edit of a message in 3 s at most (https://docs.slack.dev/reference/methods/chat.update: tier 3, 50 a minute for the whole workspace). */
export const EDIT_INTERVAL_MS = 3_000;
/** The bot cannot write there, and no repeat will change it. */
const NO_ENTRY = new Set([
  'channel_not_found',
  'not_in_channel',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'no_permission',
  'user_not_found',
  'cannot_dm_bot',
  'ekm_access_denied',
]);
const CHANGED =
  'No longer holds: later answers changed the verdict. The first message has the present one.';
/** Messages that may no longer hold later, and what they say then. */
const REVOCABLE: Partial<Record<MessageKey, string>> = {
  broken: CHANGED,
  why: CHANGED,
  fixes: CHANGED,
  closed: 'No longer holds: the alert fires again, and this thread goes on.',
};

export interface SlackDeliveryDeps {
  /** Without retries of its own (`createSlackWebClient`). */
  readonly web: WebClient;
  readonly store: RunStore;
  readonly clicks: Clicks;
  readonly evidence: EvidenceStore;
  readonly schedules: Pick<Schedules, 'told' | 'saveTold' | 'known'>;
  readonly feedback: Pick<FeedbackStore, 'of'>;
  readonly mutes: QuietDeps['mutes'];
  readonly showAgain: QuietDeps['showAgain'];
  readonly languages: Pick<Languages, 'ofThread'>;
  readonly alertThreads: AlertThreadDeps;
  readonly pacer: Pacer;
  readonly log: Logger;
  /** How long after a crash a message is looked for; see `courier.ts`. */
  readonly settleMs?: number;
  /** The bot's name in Slack, for "invite me"; with its `@`. */
  readonly botName: string;
  /** Milliseconds, for pacing; injected in tests. */
  readonly nowMs?: () => number;
  readonly editIntervalMs?: number;
}

interface Desk extends SlackDeliveryDeps {
  readonly nowMs: () => number;
  readonly editIntervalMs: number;
  /** When each message was last edited, by its ts. Of this process only: a restart costs one early edit. */
  readonly edited: Map<string, number>;
  readonly nameOf: PeopleNames;
  readonly courier: Courier;
  readonly upload: ReturnType<typeof createFileUploads>;
}

/**
 * Shows runs in Slack: compares what a thread should say with what was posted, and sends the difference.
 *
 * A channel in trouble never holds up another: each subscription is tried, then the shortest wait
 * (`RetryLater`) or the first failure is thrown, and the queue calls again.
 */
export function createSlackDelivery(deps: SlackDeliveryDeps): ReportHandler {
  const nowMs = deps.nowMs ?? Date.now;
  const courier = createCourier({ ...deps, nowMs });
  const desk: Desk = {
    editIntervalMs: EDIT_INTERVAL_MS,
    ...deps,
    nowMs,
    courier,
    edited: new Map(),
    nameOf: createPeopleNames(deps),
    upload: createFileUploads({ ...deps, courier }),
  };
  return async ({ event, run, subscriptions }) => {
    const outcomes = await Promise.allSettled(
      subscriptions.map(async (subscription) => {
        if (await isSilent(desk.alertThreads, run, subscription)) return;
        const follower = { run, subscription, all: subscriptions };
        const hearing = await hearingOf(desk, follower);
        if (hearing === 'held') return;
        if (hearing === 'speaks') {
          const { channel, trigger } = subscription;
          const user = 'user' in trigger ? trigger.user : null;
          const language = await desk.languages.ofThread({ channel, user });
          const said = await partsOf(desk, run, subscription);
          const parts = said.map((part) => spokenPart(part, language));
          const stage = stageOf(run);
          const patient = event.kind === 'progress';
          await showThread(desk, subscription, { parts, stage, patient, language });
        }
        await noteTold(desk, follower);
      }),
    );
    const failures = outcomes.flatMap((outcome): unknown[] =>
      outcome.status === 'rejected' ? [outcome.reason] : [],
    );
    const real = failures.find((failure) => !(failure instanceof RetryLater));
    if (real !== undefined) throw real;
    const waits = failures.flatMap((failure) =>
      failure instanceof RetryLater ? [failure.ms] : [],
    );
    if (waits.length > 0) throw new RetryLater(Math.min(...waits));
  };
}

/** What this follower's thread shows: the run's messages, and the evidence once somebody asked for it there. */
async function partsOf(
  desk: Desk,
  run: RunState,
  subscription: Subscription,
): Promise<readonly ThreadPart[]> {
  const { trigger } = subscription;
  if (trigger.kind === 'verify') return [await verifyPart(desk, run, trigger)];
  const { store, clicks, evidence, nameOf } = desk;
  const { runId, report } = run;
  const click = await clicks.by(runId, evidenceClick(subscription.id));
  const evidenceBy = click === null ? null : { name: await nameOf(click), at: click.at };
  const cancelledBy = run.cancelled === null ? null : await nameOf(run.cancelled);
  const asker = await askerOf(desk, run, subscription);
  const opinions = await opinionsOf(desk, run);
  const parts = threadOf(run, asker, { cancelledBy, evidenceBy, opinions });
  const isDue = evidenceBy !== null && report?.final === true;
  if (!isDue || (await store.message(runId, subscription.id, 'evidence')) !== null) return parts;
  const file = evidenceFile(report, await evidence.load(runId), evidenceBy.name);
  return [...parts, { kind: 'file', file }];
}

async function opinionsOf(
  { feedback, nameOf }: Desk,
  { runId, report }: RunState,
): Promise<readonly Opinion[]> {
  if (report?.final !== true) return [];
  return Promise.all(
    (await feedback.of(runId)).map(async ({ right, text, ...person }) => ({
      name: await nameOf(person),
      right,
      text,
    })),
  );
}

async function askerOf(
  desk: Desk,
  run: RunState,
  { trigger, channel }: Subscription,
): Promise<Asker> {
  switch (trigger.kind) {
    case 'slash-command':
    case 'button':
    case 'mention':
    case 'shortcut':
    case 'modal':
    case 'verify':
      return { kind: 'person', name: await desk.nameOf(trigger), again: trigger.kind === 'button' };
    case 'alert':
      return alertAsker(desk.alertThreads, run, trigger);
    case 'schedule': {
      const told = await desk.schedules.told(scheduleId({ cluster: run.cluster, channel }));
      const before = await desk.schedules.known(
        { runId: run.runId, channel },
        told?.state ?? 'nothing',
      );
      const name = await desk.nameOf(trigger);
      return { kind: 'schedule', name, everyMs: trigger.everyMs, before };
    }
    case 'cli':
      return { kind: 'cli' };
  }
}

function stageOf({ report, failed, stopped }: RunState): RefusedThread['stage'] {
  if (report?.final === true || failed !== null || stopped !== null) return 'final';
  return report === null ? 'opened' : 'verdict';
}

interface WantedThread {
  readonly parts: readonly ThreadPart[];
  readonly stage: RefusedThread['stage'];
  /** A progress edit may wait for its turn; a verdict may not. */
  readonly patient: boolean;
  readonly language: LanguageTag;
}

async function showThread(
  desk: Desk,
  subscription: Subscription,
  wanted: WantedThread,
): Promise<void> {
  const { parts, stage, language } = wanted;
  try {
    await syncThread(desk, subscription, wanted);
  } catch (error) {
    const failure =
      error instanceof RetryLater || error instanceof ExternalError ? null : slackFailure(error);
    if (failure === null) throw error;
    if (failure.kind === 'rate-limited') throw new RetryLater(failure.ms);
    if (failure.kind === 'refused' && NO_ENTRY.has(failure.code)) {
      await answerByResponseUrl(desk, subscription, {
        parts,
        stage,
        code: failure.code,
        language,
      });
      return;
    }
    throw new ExternalError(
      'slack-failed',
      `Slack did not take a message (${failure.kind === 'refused' ? failure.code : failure.reason}).`,
      { retryable: true, cause: error },
    );
  }
}

async function syncThread(
  desk: Desk,
  subscription: Subscription,
  { parts, patient, language }: WantedThread,
): Promise<void> {
  let rootTs: string | null = subscription.threadTs;
  for (const part of parts) {
    if (part.kind === 'file') {
      if (rootTs !== null) await desk.upload(subscription, part.file, rootTs);
      continue;
    }
    const { message } = part;
    const posted = await syncMessage(desk, subscription, { message, rootTs, patient });
    if (message.key === 'root') rootTs = subscription.threadTs ?? posted.ts;
  }
  await revoke(desk, subscription, { parts, rootTs, language });
}

/** A finding that the final report dropped must not stand on as if it were true. */
async function revoke(
  desk: Desk,
  subscription: Subscription,
  {
    parts,
    rootTs,
    language,
  }: Pick<WantedThread, 'parts' | 'language'> & { readonly rootTs: string | null },
): Promise<void> {
  const present = new Set(
    parts.flatMap((part) => (part.kind === 'message' ? [part.message.key] : [])),
  );
  for (const [name, words] of Object.entries(REVOCABLE)) {
    const text = translateTo(language)(words);
    const key = name as MessageKey;
    if (present.has(key)) continue;
    if ((await desk.store.message(subscription.runId, subscription.id, key)) === null) continue;
    const message: SlackMessage = { key, text, blocks: [section(text)] };
    await syncMessage(desk, subscription, { message, rootTs, patient: false });
  }
}

interface Wanted {
  readonly message: SlackMessage;
  readonly rootTs: string | null;
  readonly patient: boolean;
}

async function syncMessage(
  desk: Desk,
  subscription: Subscription,
  { message, rootTs, patient }: Wanted,
): Promise<PostedMessage> {
  const { store } = desk;
  const { runId, id } = subscription;
  const hash = hashOf(message);
  const posted = await store.message(runId, id, message.key);
  if (posted?.hash === hash) return posted;
  if (posted !== null && patient) waitForTurn(desk, posted.ts);
  const { courier } = desk;
  const edited = posted === null ? null : await courier.edit(posted, message, patient);
  const sent = edited ?? (await courier.post(subscription, message, rootTs));
  // Stored before anything else is sent.
  const record = { ...sent, hash };
  await store.saveMessage(runId, id, message.key, record);
  noteEdit(desk, record.ts);
  return record;
}

function waitForTurn({ edited, editIntervalMs, nowMs }: Desk, ts: string): void {
  const wait = (edited.get(ts) ?? 0) + editIntervalMs - nowMs();
  if (wait > 0) throw new RetryLater(wait);
}

function noteEdit({ edited, editIntervalMs, nowMs }: Desk, ts: string): void {
  const now = nowMs();
  for (const [old, at] of edited) if (now - at > editIntervalMs) edited.delete(old);
  edited.set(ts, now);
}
