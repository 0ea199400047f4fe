import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { goDialError } from './go-errors.ts';

const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** client-go's dialer gives up after 30 s. */
const TIMEOUT_MS = 30_000;

export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
}

export interface ApiClient {
  /** CA bundle of the service account, which is also what kubelets are verified against by default. */
  readonly ca: string;
  readonly token: () => Promise<string>;
  /** @throws Error in Go's words when no answer comes */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<ApiReply>;
}

/** The API server as any Pod finds it: KUBERNETES_SERVICE_HOST and the mounted service account. */
export async function inClusterClient(env: NodeJS.ProcessEnv): Promise<ApiClient> {
  const host = env['KUBERNETES_SERVICE_HOST'];
  const port = env['KUBERNETES_SERVICE_PORT'];
  if (host === undefined || port === undefined) {
    throw new Error(
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    );
  }
  const ca = await readFile(`${ACCOUNT}/ca.crt`, 'utf8');
  // Read anew each time: the kubelet rotates projected tokens.
  const token = async (): Promise<string> => (await readFile(`${ACCOUNT}/token`, 'utf8')).trim();
  const base = `https://${host}:${port}`;
  return {
    ca,
    token,
    async call(method, path, body) {
      const authorization = `Bearer ${await token()}`;
      return new Promise((resolve, reject) => {
        const fail = (error: NodeJS.ErrnoException): void =>
          reject(
            new Error(
              `${method === 'GET' ? 'Get' : 'Post'} ${JSON.stringify(base + path)}: ${goDialError(error, host, Number(port))}`,
            ),
          );
        const outgoing = request(
          base + path,
          {
            method,
            ca,
            timeout: TIMEOUT_MS,
            headers: {
              authorization,
              accept: 'application/json',
              'content-type': 'application/json',
            },
          },
          (answer) => {
            let text = '';
            answer.setEncoding('utf8');
            answer.on('data', (chunk: string) => {
              text += chunk;
            });
            answer.on('error', fail);
            answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parse(text) }));
          },
        );
        outgoing.once('timeout', () => {
          outgoing.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' }));
        });
        outgoing.once('error', fail);
        outgoing.end(body === undefined ? undefined : JSON.stringify(body));
      });
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
