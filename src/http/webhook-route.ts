import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { HttpAnswer, Route } from './http-server.ts';

/** Alertmanager sends some kilobytes; a group of thousands of alerts stays below this. */
const MAX_BODY_BYTES = 1024 * 1024;
/** More at once is a storm: Alertmanager retries a 503, never a 429 (FACTS: notify/webhook/webhook.go). */
const MAX_IN_FLIGHT = 32;

/**
 * A POST of JSON. `handle` gets the parsed body and answers; only 2xx means stored.
 */
export function webhookRoute(options: {
  /** The bearer token; null where the connection itself has proven who it is (mutual TLS). */
  readonly token: string | null;
  readonly onOverload?: () => void;
  readonly handle: (body: unknown) => Promise<HttpAnswer>;
}): Route {
  const expected = options.token === null ? null : digest(`Bearer ${options.token}`);
  let inFlight = 0;
  return async (request) => {
    const given = digest(request.headers.authorization ?? '');
    if (expected !== null && !timingSafeEqual(given, expected)) {
      return {
        status: 401,
        text: 'Send the header "Authorization: Bearer <METRICS_DIAG_WEBHOOK_TOKEN>" (Alertmanager: http_config.authorization.credentials).',
        headers: { 'www-authenticate': 'Bearer' },
      };
    }
    if (inFlight >= MAX_IN_FLIGHT) {
      options.onOverload?.();
      return { status: 503, text: 'Too many notifications at once; retry.' };
    }
    inFlight += 1;
    try {
      const body = await readBody(request);
      if (body === null)
        return {
          status: 413,
          text: 'The body is larger than 1 MiB; set max_alerts in the receiver.',
        };
      const parsed = parseJson(body);
      if (parsed === undefined) return { status: 400, text: 'The body is not JSON.' };
      return await options.handle(parsed);
    } finally {
      inFlight -= 1;
    }
  };
}

/** Equal lengths for the constant-time comparison. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Null when it is too large; reading stops there. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return null;
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Not `for await`: leaving it early would destroy the socket before the answer is sent.
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) {
        request.pause();
        resolve(null);
      } else chunks.push(chunk);
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // no JSON text parses to undefined
  }
}
