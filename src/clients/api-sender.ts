import { setTimeout as sleep } from 'node:timers/promises';
import type { Credentials, Identity } from './cluster-identity.ts';
import type { ConnectionPools, PoolTarget } from './connection-pools.ts';
import { type Hedging, hedgedRead } from './hedged-read.ts';
import { type Exchange, type ExchangeRequest, exchange } from './http-exchange.ts';

/** Requests that can hang for their whole deadline, kept off the connections of ordinary reads. */
const SLOW_PATH = /^\/(apis\/(metrics\.k8s\.io|projectcalico\.org)\/|metrics$|.*\/log(\?|$))/;

/** Where requests go, and as whom. */
export interface SenderTarget {
  readonly credentials: Credentials;
  readonly pools: ConnectionPools;
  readonly server: string;
  /** Names to verify the certificate against, tried in this order; null: the address itself. */
  readonly names: readonly (string | null)[];
}

export interface Sent extends ExchangeRequest {
  readonly compressed?: boolean;
  readonly slow?: boolean;
  readonly urgent?: boolean;
}

/**
 * Sends requests to one API server: credentials added, a certificate without the address verified under the next
 * name, reads repeated where that is safe and of use, all within the request's own deadline.
 */
export function sender(state: SenderTarget): (request: Sent) => Promise<Exchange> {
  const { origin, pathname } = new URL(state.server);
  const basePath = pathname.replace(/\/+$/, '');
  // Learnt once per API server: which of the names its certificate carries.
  let nameIndex = 0;
  const hedging: Hedging = { secondTries: 0 };

  const once = async (sent: Sent, kind: PoolTarget['kind']): Promise<Exchange> => {
    let identity: Identity;
    try {
      identity = await state.credentials.current();
    } catch {
      return NO_CREDENTIALS;
    }
    const servername = state.names[nameIndex] ?? null;
    const dispatcher = state.pools.dispatcher({ origin, servername, kind }, identity);
    const answer = await exchange(dispatcher, origin, {
      ...sent,
      path: basePath + sent.path,
      headers: {
        ...identity.headers,
        ...sent.headers,
        ...(sent.compressed === true ? { 'accept-encoding': 'gzip' } : {}),
      },
    });
    if (answer.kind === 'answered' && answer.status === 401) state.credentials.invalidate();
    return answer;
  };
  const attempt = (sent: Sent): Promise<Exchange> => {
    if (isSlow(sent)) return once(sent, 'slow');
    if (sent.method !== 'GET') return once(sent, 'urgent');
    const usual = sent.urgent === true ? 'urgent' : 'short';
    return hedgedRead(
      (read, fresh) => once({ ...sent, ...read }, fresh ? 'slow' : usual),
      sent,
      hedging,
    );
  };

  return async (sent) => {
    const deadlineAt = performance.now() + sent.timeoutMs;
    let retries = 0;
    for (;;) {
      const index = nameIndex;
      const timeoutMs = Math.max(1, Math.round(deadlineAt - performance.now()));
      const answer = await attempt({ ...sent, timeoutMs });
      if (answer.kind === 'failed' && answer.errno === 'ERR_TLS_CERT_ALTNAME_INVALID') {
        if (nameIndex > index) continue; // a request beside this one has moved on already
        if (index + 1 < state.names.length) {
          nameIndex = index + 1;
          continue;
        }
      }
      const pauseMs = retryPauseMs(sent, answer);
      if (pauseMs === null || retries === MAX_RETRIES) return answer;
      if (performance.now() + pauseMs > deadlineAt || sent.signal?.aborted === true) return answer;
      retries += 1;
      await sleep(pauseMs, undefined, { signal: sent.signal }).catch(() => undefined);
    }
  };
}

function isSlow(sent: Sent): boolean {
  return sent.slow === true || SLOW_PATH.test(sent.path);
}

const NO_CREDENTIALS: Exchange = {
  kind: 'failed',
  stage: 'connect',
  timedOut: false,
  errno: null,
  message: 'no credentials: the credential plugin or file of this cluster failed',
  ms: 0,
};
const MAX_RETRIES = 2;
const TOO_MANY_REQUESTS = 429;

/** How long to wait before a read is repeated; null: its answer stands. */
function retryPauseMs(sent: Sent, answer: Exchange): number | null {
  if (sent.method !== 'GET') return null;
  if (isStaleConnection(answer)) return 0;
  // Behind a Service address the next connection may lead to an API server that lives.
  if (answer.kind === 'failed' && answer.errno === 'UND_ERR_CONNECT_TIMEOUT') {
    return isSlow(sent) ? null : 0;
  }
  // The API server's own fairness queue is full; it says for how long, mostly 1 s.
  if (answer.kind !== 'answered' || answer.status !== TOO_MANY_REQUESTS) return null;
  const seconds = Number(answer.headers['retry-after'] ?? '1');
  return Number.isFinite(seconds) ? seconds * 1_000 : 1_000;
}

/** A kept-alive connection that the server closed as we used it; safe to repeat for a read. */
function isStaleConnection(answer: Exchange): boolean {
  return (
    answer.kind === 'failed' &&
    answer.stage === 'response' &&
    !answer.timedOut &&
    (answer.errno === 'UND_ERR_SOCKET' || answer.errno === 'ECONNRESET') &&
    answer.ms < 50
  );
}
