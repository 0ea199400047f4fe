import { setMaxListeners } from 'node:events';
import { constants, gunzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';

/** One request on a pooled connection, with its deadline and its bound on memory. */
export interface ExchangeRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  /** Told as the request goes out and as the status line comes in. */
  readonly onStage?: ((stage: 'sent' | 'headers', status?: number) => void) | undefined;
  /** When given, body chunks go here and are not kept. */
  readonly onChunk?: ((chunk: Buffer) => void) | undefined;
}

export type Exchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
      readonly ms: number;
      /** False when the body stalled, broke off or was cut at `maxBytes`. */
      readonly complete: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly stage: 'connect' | 'response';
      readonly timedOut: boolean;
      readonly errno: string | null;
      readonly message: string;
      readonly ms: number;
    };

/**
 * Sends one request and says how it ended; never rejects. The dispatcher's own time limits are off: the
 * deadline here covers waiting for a connection, the status line and the body, and what had come of a
 * stalled body is kept (a 200 followed by silence is how a path-MTU fault looks).
 */
export function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: ExchangeRequest,
): Promise<Exchange> {
  const startedAt = performance.now();
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let sent = false;
    let status: number | null = null;
    let headers: Record<string, string> = {};
    let done = false;
    let controller: Dispatcher.DispatchController | null = null;

    const finish = (result: Exchange): void => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const answered = (complete: boolean): void => {
      const text = decode(Buffer.concat(chunks), headers['content-encoding'], complete);
      finish({ kind: 'answered', status: status ?? 0, headers, text, ms: elapsed(), complete });
    };
    const fail = (timedOut: boolean, errno: string | null, message: string): void => {
      const stage = sent ? 'response' : 'connect';
      finish({ kind: 'failed', stage, timedOut, errno, message, ms: elapsed() });
    };
    const stop = (timedOut: boolean, message: string): void => {
      if (status !== null) answered(false);
      else fail(timedOut, null, message);
      controller?.abort(new Error(message));
    };
    const onAbort = (): void => stop(false, 'cancelled');
    const timer = setTimeout(() => {
      const what = sent ? 'no answer' : 'no connection';
      stop(true, `${what} within ${request.timeoutMs} ms`);
    }, request.timeoutMs);

    if (request.signal?.aborted === true) {
      onAbort();
      return;
    }
    if (request.signal !== undefined) {
      // One run's signal ends dozens of requests: more than Node's default for a suspected leak.
      setMaxListeners(0, request.signal);
      request.signal.addEventListener('abort', onAbort, { once: true });
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started;
        if (done) {
          started.abort(new Error('no longer wanted'));
          return;
        }
        sent = true;
        request.onStage?.('sent');
      },
      onResponseStart(_controller, statusCode, responseHeaders) {
        status = statusCode;
        headers = flatten(responseHeaders);
        request.onStage?.('headers', statusCode);
      },
      onResponseData(current, chunk) {
        if (done) return;
        bytes += chunk.length;
        if (request.onChunk === undefined) chunks.push(Buffer.from(chunk));
        else request.onChunk(Buffer.from(chunk));
        if (bytes >= request.maxBytes) {
          answered(false);
          current.abort(new Error('body larger than wanted'));
        }
      },
      onResponseEnd: () => answered(true),
      onResponseError(_controller, error) {
        if (status !== null) answered(false);
        else {
          const { code, message, timedOut } = describe(error);
          fail(timedOut, code, message);
        }
      },
    };
    try {
      dispatcher.dispatch(
        {
          origin,
          path: request.path,
          method: request.method,
          headers: request.headers,
          body: request.body ?? null,
          headersTimeout: 0,
          bodyTimeout: 0,
        },
        handler,
      );
    } catch (error) {
      const { code, message } = describe(error);
      fail(false, code, message);
    }
  });
}

function flatten(raw: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (value !== undefined)
      flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

/** Bound on an unpacked answer, against a small answer that unpacks to gigabytes. */
const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

function decode(body: Buffer, encoding: string | undefined, complete: boolean): string {
  if (encoding !== 'gzip' || body.length === 0) return body.toString('utf8');
  const finishFlush = complete ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
  try {
    return gunzipSync(body, { finishFlush, maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8');
  } catch {
    return ''; // a broken archive says nothing more than its status line, which the caller has
  }
}

interface Described {
  readonly code: string | null;
  readonly message: string;
  readonly timedOut: boolean;
}

/** System and TLS error texts name addresses and certificate names only; others could hold a header, so only their code passes. */
const SAFE_TO_QUOTE =
  /^(E[A-Z]+|ERR_TLS_|ERR_SSL_|CERT_|DEPTH_|SELF_|UNABLE_|HOSTNAME_|UND_ERR_(SOCKET|CONNECT_TIMEOUT))/;

function describe(error: unknown): Described {
  const code = codeOf(error);
  const timedOut = code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT';
  if (code !== null && SAFE_TO_QUOTE.test(code) && error instanceof Error) {
    return { code, message: error.message === '' ? code : error.message, timedOut };
  }
  return { code, message: code ?? 'request failed', timedOut };
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Happy eyeballs: several addresses tried, each with its own error.
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  if ('cause' in error) return codeOf(error.cause);
  return null;
}
