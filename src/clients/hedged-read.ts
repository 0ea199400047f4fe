import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange, ExchangeRequest } from './http-exchange.ts';

/**
 * An API server that serves sends its status line in milliseconds. Behind a Service address or a load balancer
 * each connection leads to one of several, and one that hangs takes its share of the reads with it.
 */
const HEDGE_AFTER_MS = 1_200;
/** Below this there is no time for a second try. */
const MIN_TIMEOUT_MS = 2 * HEDGE_AFTER_MS;

/** As many as the pool has connections that can hang; on a slow server or a busy machine second tries only add load. */
const MAX_SECOND_TRIES = 4;

type Attempt = (request: ExchangeRequest, freshConnection: boolean) => Promise<Exchange>;

/** Second tries under way at one API server. */
export interface Hedging {
  secondTries: number;
}

/**
 * Sends a read once more over a connection of its own when the first has brought no status line for a while,
 * and takes what comes first. The first one goes on, so that a server which is slow for everyone loses nothing.
 */
export async function hedgedRead(
  attempt: Attempt,
  request: ExchangeRequest,
  hedging: Hedging,
): Promise<Exchange> {
  if (request.timeoutMs < MIN_TIMEOUT_MS) return attempt(request, false);
  const enough = new AbortController();
  const signal =
    request.signal === undefined ? enough.signal : AbortSignal.any([request.signal, enough.signal]);
  let stage: 'waiting' | 'sent' | 'headers' = 'waiting';
  const first = attempt(
    {
      ...request,
      signal,
      onStage: (reached, status) => {
        stage = reached;
        request.onStage?.(reached, status);
      },
    },
    false,
  );
  const early = await Promise.race([
    first,
    sleep(HEDGE_AFTER_MS, null, { signal }).catch(() => null),
  ]);
  try {
    if (early !== null) return early;
    if (!isSilent(stage) || hedging.secondTries >= MAX_SECOND_TRIES) return await first;
    hedging.secondTries += 1;
    const timeoutMs = request.timeoutMs - HEDGE_AFTER_MS;
    const second = attempt({ ...request, signal, timeoutMs }, true).finally(() => {
      hedging.secondTries -= 1;
    });
    return await firstAnswer(first, second);
  } finally {
    enough.abort();
  }
}

/** Sent and not answered. One that still waits for a free connection only needs its turn. */
function isSilent(stage: 'waiting' | 'sent' | 'headers'): boolean {
  return stage === 'sent';
}

/** The first that was answered; when neither was, how the first one ended. */
async function firstAnswer(first: Promise<Exchange>, second: Promise<Exchange>): Promise<Exchange> {
  const answered = async (exchange: Promise<Exchange>): Promise<Exchange> => {
    const result = await exchange;
    if (result.kind === 'failed') throw new Error('not answered');
    return result;
  };
  return Promise.any([answered(first), answered(second)]).catch(() => first);
}
