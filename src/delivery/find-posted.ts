import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { slackFailure } from '../clients/slack-failure.ts';

/** Metadata on each message of ours, by which it is found again. https://docs.slack.dev/messaging/message-metadata */
export const MARK_EVENT = 'metrics_diag_message';

/** Which message of which thread, and what it said when it was posted. */
export interface Mark {
  readonly id: string;
  readonly hash: string;
}

/** Messages looked through: ours is among the newest. 15 at a time is what Slack gives to distributed apps. */
const PAGE = 15;
const MAX_PAGES = 4;
/** The clocks of Slack and of the bot may differ by this much. */
const CLOCK_SLACK_MS = 60_000;
const MS_PER_SECOND = 1_000;

const pageSchema = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        metadata: z
          .object({
            event_type: z.string().optional(),
            event_payload: z
              .object({ id: z.string().optional(), hash: z.string().optional() })
              .optional(),
          })
          .optional(),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/**
 * Looks whether Slack took a message whose answer we never got. Null when it did not, or when the app was not
 * granted history (then the worst case is one repeated message).
 *
 * @throws the client's error when Slack cannot be asked now: nothing is known yet
 */
export async function findPosted(
  web: WebClient,
  wanted: {
    readonly channel: string;
    readonly rootTs: string | null;
    readonly id: string;
    /** When the post was begun, in ISO 8601. */
    readonly since: string;
  },
): Promise<{ readonly ts: string; readonly hash: string } | null> {
  const oldest = String((Date.parse(wanted.since) - CLOCK_SLACK_MS) / MS_PER_SECOND);
  const common = {
    channel: wanted.channel,
    oldest,
    limit: PAGE,
    include_all_metadata: true,
  };
  let cursor: string | undefined;
  try {
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const args = cursor === undefined ? common : { ...common, cursor };
      const answer =
        wanted.rootTs === null
          ? await web.conversations.history(args)
          : await web.conversations.replies({ ...args, ts: wanted.rootTs });
      const { messages, response_metadata: next } = pageSchema.parse(answer);
      for (const { ts, metadata } of messages) {
        if (metadata?.event_type !== MARK_EVENT || metadata.event_payload?.id !== wanted.id)
          continue;
        return { ts, hash: metadata.event_payload.hash ?? '' };
      }
      cursor = next?.next_cursor;
      if (cursor === undefined || cursor === '') return null;
    }
  } catch (error) {
    if (slackFailure(error).kind === 'refused') return null;
    throw error;
  }
  return null;
}
