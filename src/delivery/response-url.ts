import type { KnownBlock } from '@slack/types';
import type { Logger } from 'pino';
import { respondByUrl } from '../clients/slack-addresses.ts';
import { ExternalError } from '../errors.ts';
import { translateTo } from '../languages/languages.ts';
import type { LanguageTag } from '../languages/tags.ts';
import { plainSentence } from '../renderers/mrkdwn.ts';
import { section } from '../renderers/slack-blocks.ts';
import type { RunStore, Subscription } from '../runs/run-store.ts';
import type { ThreadPart } from './thread-messages.ts';

/** A `response_url` takes five messages within 30 minutes (https://docs.slack.dev/interactivity/handling-user-interaction). */
const MAX_USES = 5;
/** What is worth one of the five, in this order. A live checklist is not. */
const WORTH = ['root', 'broken', 'why', 'fixes'] as const;

/** Why the bot cannot write in the channel, and what the asker can do about it. */
function hint(code: string, botName: string): string {
  if (code === 'is_archived') {
    return 'This channel is archived, so only you see this. Ask again in a live channel.';
  }
  return `Only you see this, since I may not write in this conversation. Invite me with \`/invite ${botName}\` and ask again for a thread that all can read.`;
}

/** A thread that could not be shown, and Slack's reason. */
export interface RefusedThread {
  readonly parts: readonly ThreadPart[];
  readonly code: string;
  readonly language: LanguageTag;
  /** How far the run is: each stage is worth one root message. */
  readonly stage: 'opened' | 'verdict' | 'final';
}

/**
 * The answer of a run where the bot may not write: shown to the asker alone, five messages at most, each once.
 * An alert has no asker, so there the failure is logged and the run ends unseen.
 */
export async function answerByResponseUrl(
  {
    store,
    log,
    botName,
  }: { readonly store: RunStore; readonly log: Logger; readonly botName: string },
  subscription: Subscription,
  { parts, code, stage, language }: RefusedThread,
): Promise<void> {
  const { runId, id, channel, trigger } = subscription;
  const url = 'responseUrl' in trigger ? trigger.responseUrl : null;
  if (url === null) {
    log.error({ runId, channel, code }, 'channel cannot be written to and nobody can be told');
    return;
  }
  let used = Number((await store.message(runId, id, 'response-uses'))?.ts ?? '0');
  for (const key of WORTH) {
    const part = parts.find((each) => each.kind === 'message' && each.message.key === key);
    if (part?.kind !== 'message' || used >= MAX_USES) continue;
    const { text, blocks } = part.message;
    const record = key === 'root' ? `response-${stage}` : `response-${key}`;
    const before = key === 'root' && stage === 'final' ? 'response-verdict' : record;
    const sent =
      (await store.message(runId, id, record)) ?? (await store.message(runId, id, before));
    if (sent !== null && (record === before || sent.hash === text)) continue;
    used += 1;
    // Counted before it is sent: a lost count would cost the verdict, a lost message only itself.
    await store.saveMessage(runId, id, 'response-uses', { channel, ts: String(used), hash: '' });
    const words = translateTo(language)(hint(code, botName));
    await send(log, url, {
      text: key === 'root' ? `${text} ${plainSentence(words)}` : text,
      blocks: key === 'root' ? [...blocks, section(words)] : blocks,
    });
    await store.saveMessage(runId, id, record, { channel, ts: record, hash: text });
  }
}

async function send(
  log: Logger,
  url: string,
  message: { readonly text: string; readonly blocks: readonly KnownBlock[] },
): Promise<void> {
  try {
    await respondByUrl(url, { response_type: 'ephemeral', replace_original: false, ...message });
  } catch (error) {
    if (error instanceof ExternalError && error.retryable) throw error;
    log.warn({ err: error }, 'reply to a command was refused');
  }
}
