import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { StandInCluster } from './stand-in-cluster.ts';

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly json: unknown;
  readonly contentType: string;
  readonly ms: number;
}

export interface RawOptions {
  readonly method?: string;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Null: no token at all. */
  readonly token?: string | null;
  /** Name of the API server; the first unless named. */
  readonly server?: string;
  readonly timeoutMs?: number;
}

/** One request as `curl` would send it: none of the product's own client, so that tests of the stand-in stand alone. */
export function ask(
  cluster: StandInCluster,
  path: string,
  options: RawOptions = {},
): Promise<RawAnswer> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const sent = open(cluster, path, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          text,
          json: parsed(text),
          contentType: response.headers['content-type'] ?? '',
          ms: performance.now() - startedAt,
        });
      });
    });
    sent.once('error', reject);
    if (options.timeoutMs !== undefined) {
      sent.setTimeout(options.timeoutMs, () => sent.destroy(new Error('no answer in time')));
    }
  });
}

export interface RawEvent {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name?: string; readonly resourceVersion?: string };
    readonly [field: string]: unknown;
  };
}

/** Watches until the condition holds; `during` runs once the watch stands. */
export function watch(
  cluster: StandInCluster,
  path: string,
  options: {
    readonly until: (seen: readonly RawEvent[]) => boolean;
    readonly during?: () => Promise<void>;
  },
): Promise<readonly RawEvent[]> {
  const seen: RawEvent[] = [];
  return new Promise((resolve, reject) => {
    const sent = open(cluster, path, {}, (response) => {
      let rest = '';
      response.on('data', (chunk: Buffer) => {
        const lines = `${rest}${chunk.toString()}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          seen.push(JSON.parse(line) as RawEvent);
          if (!options.until(seen)) continue;
          sent.destroy();
          resolve([...seen]);
          return;
        }
      });
      response.once('end', () => resolve([...seen]));
      response.on('error', () => undefined);
      options.during?.().catch(reject);
    });
    sent.once('error', reject);
  });
}

function open(
  cluster: StandInCluster,
  path: string,
  options: RawOptions,
  onResponse: (response: IncomingMessage) => void,
): ClientRequest {
  const server = cluster.servers.find(({ name }) => name === options.server) ?? cluster.servers[0];
  const token = options.token === undefined ? cluster.token : options.token;
  const sent = request(
    `${server?.url ?? ''}${path}`,
    {
      method: options.method ?? 'GET',
      ca: cluster.caPem,
      agent: false,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(options.body === undefined
          ? {}
          : { 'content-type': options.contentType ?? 'application/json' }),
      },
    },
    onResponse,
  );
  sent.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  return sent;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
