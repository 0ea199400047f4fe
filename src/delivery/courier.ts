import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { slackFailure } from '../clients/slack-failure.ts';
import type { SlackMessage } from '../renderers/slack-message.ts';
import { RetryLater } from '../runs/reports-worker.ts';
import type { RunStore, Subscription } from '../runs/run-store.ts';
import { findPosted } from './find-posted.ts';
import type { PacedCall, Pacer } from './pace.ts';
import { editMessage, hashOf, postMessage, type SentMessage } from './slack-send.ts';

/** After a crash the last call may still be on its way to Slack: it is looked for no sooner than this. */
const SETTLE_MS = 5_000;

/** Sends messages at Slack's pace, and each once. */
export interface Courier {
  /** @throws RetryLater when it is not its turn, or when an earlier attempt may still be on its way */
  post(to: Subscription, message: SlackMessage, rootTs: string | null): Promise<SentMessage>;
  /** Null when the message is gone. */
  edit(posted: SentMessage, message: SlackMessage, patient: boolean): Promise<SentMessage | null>;
  /** Any other call that Slack counts. */
  paced<T>(call: PacedCall, work: () => Promise<T>): Promise<T>;
}

export interface CourierDeps {
  readonly web: WebClient;
  readonly store: RunStore;
  readonly pacer: Pacer;
  readonly log: Logger;
  readonly nowMs: () => number;
  readonly settleMs?: number;
}

/**
 * A post is noted before it is sent and after it is stored. Where the end of an earlier attempt is not known (a crash,
 * a timeout), the channel is searched for it, so that nothing is doubled; without the right to read history the
 * message is sent again.
 */
export function createCourier(deps: CourierDeps): Courier {
  const { web, store, pacer, log, nowMs, settleMs = SETTLE_MS } = deps;

  async function paced<T>(call: PacedCall, work: () => Promise<T>): Promise<T> {
    const wait = await pacer.take(call);
    if (wait > 0) throw new RetryLater(wait);
    try {
      return await work();
    } catch (error) {
      const failure = slackFailure(error);
      if (failure.kind !== 'rate-limited') throw error;
      await pacer.hold(call, failure.ms);
      throw new RetryLater(failure.ms);
    }
  }

  async function earlier(
    { channel, runId, id }: Subscription,
    key: string,
    rootTs: string | null,
  ): Promise<(SentMessage & { readonly hash: string }) | null> {
    const since = await store.beginPost(runId, id, key, new Date(nowMs()).toISOString());
    if (since === null) return null;
    const early = Date.parse(since) + settleMs - nowMs();
    if (early > 0) throw new RetryLater(early);
    const found = await findPosted(web, { channel, rootTs, since, id: markOf(runId, id, key) });
    log.info(
      { runId, key, found: found !== null },
      'looked for a message whose fate was not known',
    );
    return found === null ? null : { channel, ...found };
  }

  return {
    paced,
    async post(to, message, rootTs) {
      const { runId, id, channel } = to;
      const hash = hashOf(message);
      const found = await earlier(to, message.key, rootTs);
      if (found !== null) {
        if (found.hash === hash) return found;
        return (await editMessage(web, found, message)) ?? found;
      }
      const mark = { id: markOf(runId, id, message.key), hash };
      try {
        return await paced({ kind: 'post', channel }, () =>
          postMessage(web, message, { channel, rootTs, mark }),
        );
      } catch (error) {
        const certain = error instanceof RetryLater || slackFailure(error).kind === 'refused';
        if (certain) await store.abandonPost(runId, id, message.key);
        throw error;
      }
    },
    edit: (posted, message, patient) =>
      paced({ kind: 'edit', patient }, () => editMessage(web, posted, message)),
  };
}

function markOf(runId: string, subscriptionId: string, key: string): string {
  return `${runId}/${subscriptionId}/${key}`;
}
