import { setMaxListeners } from 'node:events';
import type {
  ApiAnswer,
  ClusterClient,
  ReadOptions,
  WatchOptions,
} from '../../../src/clients/cluster-client.ts';
import { listPages } from '../../../src/clients/kubernetes-list.ts';
import { type ControlPlane, type Here, type Reply, replyTo } from './requests.ts';
import type { Answer } from './status.ts';
import { openWatch } from './watch.ts';

/** How a client gets from its place to an API server. `node`: null where nothing listens or nothing gets through. */
export interface Way {
  readonly node: string | null;
  readonly refusal: 'refused' | 'timeout';
}

export interface ModelClientOptions {
  readonly plane: ControlPlane;
  readonly token: string;
  /** Which API server stands behind a URL; asked anew for each request, so that a load balancer may turn. */
  readonly way: (url: string) => Way;
}

/** A round trip on a quiet network. */
const ROUND_TRIP_MS = 4;
/** What one gives up a connection after; undici's default. */
const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 5_000;

/** The stand-in's API servers as a client sees them, without sockets: for `inVirtualTime`. */
export function modelClient(server: string, options: ModelClientOptions): ClusterClient {
  const states = new Map<string, Here>();
  return clientAt(server, options, (node) => {
    const here = states.get(node) ?? {
      plane: options.plane,
      node,
      state: { firstDial: true, dials: 0 },
    };
    states.set(node, here);
    return here;
  });
}

function clientAt(
  server: string,
  options: ModelClientOptions,
  hereOf: (node: string) => Here,
): ClusterClient {
  const ask = (
    method: string,
    path: string,
    body: unknown,
    read: ReadOptions = {},
  ): Promise<ApiAnswer> => {
    const way = options.way(server);
    if (way.node === null) return unreached(server, way, read);
    const here = hereOf(way.node);
    return delivered(
      () =>
        replyTo(here, {
          method,
          path,
          body,
          token: options.token,
          accept: read.accept ?? 'application/json',
          contentType: method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        }),
      read,
    );
  };
  return {
    server,
    get: (path, read) => ask('GET', path, null, read),
    list: (path, read = {}) => listPages((page, how) => ask('GET', page, null, how), path, read),
    write: (method, path, body, read) => ask(method, path, body, read),
    watch: (path, watch) => watching(options, hereOf, server, path, watch),
    at: (url) => clientAt(url.replace(/\/+$/, ''), options, hereOf),
    close: () => Promise.resolve(),
  };
}

function unreached(server: string, { refusal }: Way, read: ReadOptions): Promise<ApiAnswer> {
  const { host } = new URL(server);
  const limitMs = read.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  if (refusal === 'refused') {
    return after(ROUND_TRIP_MS, read, (ms) => ({
      kind: 'failed',
      stage: 'connect',
      timedOut: false,
      errno: 'ECONNREFUSED',
      message: `connect ECONNREFUSED ${host}`,
      ms,
    }));
  }
  return after(Math.min(limitMs, CONNECT_TIMEOUT_MS), read, (ms) => ({
    kind: 'failed',
    stage: 'connect',
    timedOut: true,
    errno: null,
    message: `no connection within ${limitMs} ms`,
    ms,
  }));
}

async function delivered(reply: () => Reply, read: ReadOptions): Promise<ApiAnswer> {
  const limitMs = read.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  read.onStage?.('sent');
  const said = reply();
  const late = (): Promise<ApiAnswer> =>
    after(limitMs, read, (ms) => ({
      kind: 'failed',
      stage: 'response',
      timedOut: true,
      errno: null,
      message: `no answer within ${limitMs} ms`,
      ms,
    }));
  switch (said.kind) {
    case 'silence':
    case 'watch':
      return late();
    case 'hung-body': {
      const headersMs = said.afterMs + ROUND_TRIP_MS;
      if (headersMs >= limitMs) return late();
      const waiting = setTimeout(() => read.onStage?.('headers', 200), headersMs);
      const answer = await after(limitMs, read, (ms) => ({
        ...COMPLETE,
        status: 200,
        headers: headers(),
        text: '',
        json: undefined,
        ms,
        complete: false,
      }));
      clearTimeout(waiting);
      return answer;
    }
    case 'answer': {
      const takesMs = said.afterMs + ROUND_TRIP_MS;
      if (takesMs >= limitMs) return late();
      return after(takesMs, read, (ms) => {
        read.onStage?.('headers', said.answer.status);
        return answeredBy(said.answer, ms);
      });
    }
  }
}

const COMPLETE = { kind: 'answered', complete: true } as const;

/** Objects are handed over as they are: readers change nothing, and the text is spelt only for who looks at it. */
function answeredBy(answer: Answer, ms: number): ApiAnswer {
  const { status } = answer;
  if (answer.object === undefined) {
    return {
      ...COMPLETE,
      status,
      headers: headers(),
      text: answer.body,
      json: parsed(answer.body),
      ms,
    };
  }
  return {
    ...COMPLETE,
    status,
    headers: headers(),
    get text() {
      return answer.body;
    },
    json: answer.object,
    ms,
  };
}

function headers(): Readonly<Record<string, string>> {
  return { date: new Date().toUTCString() };
}

/** metrics-server's own body comes as text. */
function parsed(text: string): unknown {
  return /^\s*[{[]/.test(text) ? (JSON.parse(text) as unknown) : undefined;
}

/** Waits by the clock in force; an abort ends the wait as a request that was cancelled. */
function after(
  waitMs: number,
  { signal }: ReadOptions,
  make: (ms: number) => ApiAnswer,
): Promise<ApiAnswer> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const stop = (): void => {
      clearTimeout(timer);
      resolve({
        kind: 'failed',
        stage: 'response',
        timedOut: false,
        errno: null,
        message: 'cancelled',
        ms: Math.round(performance.now() - startedAt),
      });
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve(make(Math.round(performance.now() - startedAt)));
    }, waitMs);
    // One run's signal ends dozens of requests: more than Node's default for a suspected leak.
    if (signal !== undefined) setMaxListeners(0, signal);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}

function watching(
  options: ModelClientOptions,
  hereOf: (node: string) => Here,
  server: string,
  path: string,
  watch: WatchOptions,
): Promise<void> {
  const { node } = options.way(server);
  const query = new URLSearchParams({
    ...watch.query,
    watch: 'true',
    ...(watch.resourceVersion === undefined ? {} : { resourceVersion: watch.resourceVersion }),
  });
  return new Promise((resolve) => {
    const done = (): void => resolve();
    if (watch.signal.aborted) return done();
    watch.signal.addEventListener('abort', done, { once: true });
    if (node === null) return;
    const reply = replyTo(hereOf(node), {
      method: 'GET',
      path: `${path}?${query.toString()}`,
      body: null,
      token: options.token,
      accept: 'application/json',
      contentType: '',
    });
    if (reply.kind === 'answer') {
      watch.onEvent({ type: 'ERROR', object: { kind: 'Status', code: reply.answer.status } });
      return done();
    }
    if (reply.kind !== 'watch') return;
    const opened = openWatch(options.plane, reply.request, {
      send: ({ type, object }) => {
        if (!watch.signal.aborted && type !== 'BOOKMARK') watch.onEvent({ type, object });
      },
      end: done,
    });
    watch.signal.addEventListener('abort', () => opened.close(), { once: true });
    opened.start();
  });
}
