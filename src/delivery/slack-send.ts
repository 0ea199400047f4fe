import { createHash } from 'node:crypto';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { slackFailure } from '../clients/slack-failure.ts';
import { section } from '../renderers/slack-blocks.ts';
import type { SlackMessage } from '../renderers/slack-message.ts';
import { MARK_EVENT, type Mark } from './find-posted.ts';

/** Where a message stands. */
export interface SentMessage {
  readonly channel: string;
  readonly ts: string;
}

/** Slack did not like the form of a message; the words alone may still pass (phased rollouts of block types). */
const BAD_FORM = new Set([
  'invalid_blocks',
  'invalid_blocks_format',
  'msg_too_long',
  'msg_blocks_too_long',
  'invalid_attachments',
]);
/** The message that we wanted to edit, or whose thread we write in, was deleted by someone. */
const GONE = new Set(['message_not_found', 'thread_not_found']);

/** What tells one content of a message from another. */
export function hashOf({ text, blocks }: SlackMessage): string {
  return createHash('sha256').update(JSON.stringify({ text, blocks })).digest('hex').slice(0, 32);
}

/** Posts a message; in plain words when Slack refuses its blocks. */
export async function postMessage(
  web: WebClient,
  message: SlackMessage,
  to: { readonly channel: string; readonly rootTs: string | null; readonly mark: Mark },
): Promise<SentMessage> {
  const { channel, rootTs, mark } = to;
  const answer = await inAnyForm(message, (text, blocks) =>
    web.chat.postMessage({
      channel,
      text,
      blocks,
      unfurl_links: false,
      unfurl_media: false,
      metadata: { event_type: MARK_EVENT, event_payload: { ...mark } },
      ...(rootTs === null ? {} : { thread_ts: rootTs }),
    }),
  );
  if (answer.ts === undefined) throw new Error('chat.postMessage answered without a ts');
  // A DM is addressed by its user, and edited by the id that Slack answers.
  return { channel: answer.channel ?? channel, ts: answer.ts };
}

/** Edits a message in place. Null when it is gone, so that it is posted anew. */
export async function editMessage(
  web: WebClient,
  posted: SentMessage,
  message: SlackMessage,
): Promise<SentMessage | null> {
  try {
    await inAnyForm(message, (text, blocks) =>
      web.chat.update({ channel: posted.channel, ts: posted.ts, text, blocks }),
    );
    return posted;
  } catch (error) {
    const failure = slackFailure(error);
    if (failure.kind === 'refused' && GONE.has(failure.code)) return null;
    throw error;
  }
}

async function inAnyForm<T>(
  { text, blocks }: SlackMessage,
  send: (text: string, blocks: KnownBlock[]) => Promise<T>,
): Promise<T> {
  try {
    return await send(text, [...blocks]);
  } catch (error) {
    const failure = slackFailure(error);
    if (failure.kind !== 'refused' || !BAD_FORM.has(failure.code)) throw error;
    return send(text, [section(text)]);
  }
}
