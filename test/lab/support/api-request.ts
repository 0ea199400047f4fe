import { readFile } from 'node:fs/promises';
import https from 'node:https';
import type { ApiAnswer, KeyPair } from './types.ts';

/** The aggregator itself gives up after 30 to 45 s (docs/recorded-answers.md). */
const REQUEST_TIMEOUT_MS = 60_000;

/** Sends requests to one API server through a tunnel socket, with a client certificate. */
export async function apiRequester(input: {
  readonly socketPath: string;
  readonly caFile: string;
  readonly client: KeyPair;
}): Promise<{
  request(
    method: string,
    path: string,
    body?: unknown,
    allow?: readonly number[],
  ): Promise<ApiAnswer>;
  close(): void;
}> {
  const [ca, cert, key] = await Promise.all(
    [input.caFile, input.client.cert, input.client.key].map((file) => readFile(file)),
  );
  const agent = new https.Agent({ keepAlive: true, maxSockets: 16 });
  const send = (method: string, path: string, body: unknown): Promise<ApiAnswer> =>
    new Promise((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const request = https.request(
        {
          agent,
          socketPath: input.socketPath,
          servername: 'kubernetes.default.svc',
          ca,
          cert,
          key,
          method,
          path,
          headers: {
            host: 'kubernetes.default.svc',
            accept: 'application/json',
            ...(payload === undefined
              ? {}
              : {
                  'content-type':
                    method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
                  'content-length': Buffer.byteLength(payload),
                }),
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: jsonOrNull(text), text }),
          );
          response.on('error', reject);
        },
      );
      request.setTimeout(REQUEST_TIMEOUT_MS, () => request.destroy(new Error('timed out')));
      request.on('error', (error) =>
        reject(new Error(`${method} ${path}: ${error.message}`, { cause: error })),
      );
      request.end(payload);
    });
  return {
    async request(method, path, body, allow = []) {
      const answer = await send(method, path, body);
      if (answer.status < 400 || allow.includes(answer.status)) return answer;
      throw new Error(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`);
    },
    close: () => agent.destroy(),
  };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
