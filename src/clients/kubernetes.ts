import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterAccess } from './cluster-access.ts';
import type {
  ApiAnswer,
  ClusterClient,
  ListAnswer,
  ReadOptions,
  WatchOptions,
} from './cluster-client.ts';
import { type Credentials, type Identity, loadCredentials } from './cluster-credentials.ts';
import { type ConnectionPools, connectionPools, type PoolTarget } from './connection-pools.ts';
import { type Hedging, hedgedRead } from './hedged-read.ts';
import { type Exchange, type ExchangeRequest, exchange } from './http-exchange.ts';
import { listPages } from './kubernetes-list.ts';
import { watchPath } from './kubernetes-watch.ts';

const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
/** Nodes carry up to 50 image names and managed fields: a page of 500 can pass 10 MB. */
const LIST_PAGE_MAX_BYTES = 32 * 1024 * 1024;
/** A SAN of every kube-apiserver certificate made by kubeadm, RKE2, k3s and the clouds. */
const API_SERVER_NAME = 'kubernetes.default.svc';
/** Requests that can hang for their whole deadline, kept off the connections of ordinary reads. */
const SLOW_PATH = /^\/(apis\/(metrics\.k8s\.io|projectcalico\.org)\/|metrics$|.*\/log(\?|$))/;

/**
 * The only way from this program to a cluster.
 *
 * Requests go over pooled connections with a deadline each; an answer of any status is a value and so is a
 * failure to get one, whose text never holds a header, a body or a token. TLS is always verified, unless
 * the kubeconfig says `insecure-skip-tls-verify`. `HTTPS_PROXY` is not used for API servers, the
 * kubeconfig's own `proxy-url` is.
 *
 * @throws UserError when the access names a file, a context or an address that is not there
 */
export async function createClusterClient(access: ClusterAccess): Promise<ClusterClient> {
  const credentials = await loadCredentials(access);
  const pools = connectionPools(credentials);
  const names = [credentials.tlsServerName];
  return clientFor({ credentials, pools, server: credentials.server, names, others: new Map() });
}

interface ClientState {
  readonly credentials: Credentials;
  readonly pools: ConnectionPools;
  readonly server: string;
  /** Names to verify the certificate against, tried in this order; null: the address itself. */
  readonly names: readonly (string | null)[];
  readonly others: Map<string, ClusterClient>;
}

function clientFor(state: ClientState): ClusterClient {
  const { server, credentials, pools, others } = state;
  const send = sender(state);
  const get = async (path: string, options: ReadOptions = {}): Promise<ApiAnswer> =>
    toAnswer(await send(request('GET', path, undefined, options)));

  return {
    server,
    get,
    list: (path, options = {}): Promise<ListAnswer> =>
      listPages(
        async (pagePath, page) =>
          toAnswer(
            await send({
              ...request('GET', pagePath, undefined, { maxBytes: LIST_PAGE_MAX_BYTES, ...page }),
              compressed: true,
            }),
          ),
        path,
        options,
      ),
    write: async (method, path, body, options = {}) =>
      toAnswer(await send(request(method, path, body, options))),
    watch: (path, options: WatchOptions) =>
      watchPath(
        (watchUrl, watch) =>
          send({
            ...request('GET', watchUrl, undefined, watch),
            onChunk: watch.onChunk,
            slow: true,
          }),
        path,
        options,
      ),
    at(other, options = {}) {
      const base = other.replace(/\/+$/, '');
      const key = `${base} ${options.tlsServerName ?? ''}`;
      const existing = others.get(key);
      if (existing !== undefined) return existing;
      const names =
        options.tlsServerName === undefined
          ? [
              null,
              ...(credentials.tlsServerName === null ? [] : [credentials.tlsServerName]),
              API_SERVER_NAME,
            ]
          : [options.tlsServerName];
      const created = clientFor({ ...state, server: base, names });
      others.set(key, created);
      return created;
    },
    close: () => pools.close(),
  };
}

interface Sent extends ExchangeRequest {
  readonly compressed?: boolean;
  readonly slow?: boolean;
}

function sender(state: ClientState): (request: Sent) => Promise<Exchange> {
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
    if (sent.slow === true || SLOW_PATH.test(sent.path)) return once(sent, 'slow');
    if (sent.method !== 'GET') return once(sent, 'short');
    return hedgedRead(
      (read, fresh) => once({ ...sent, ...read }, fresh ? 'slow' : 'short'),
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

function request(
  method: ExchangeRequest['method'],
  path: string,
  body: unknown,
  options: ReadOptions,
): ExchangeRequest {
  const patch = method === 'PATCH';
  return {
    method,
    path,
    headers: {
      accept: options.accept ?? 'application/json, */*;q=0.8',
      'user-agent': 'metrics-diag',
      ...(body === undefined
        ? {}
        : { 'content-type': patch ? 'application/merge-patch+json' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
    signal: options.signal,
    onStage: options.onStage,
  };
}

function toAnswer(result: Exchange): ApiAnswer {
  if (result.kind === 'failed') return result;
  return { ...result, json: result.complete ? parseJson(result.text) : undefined };
}

function parseJson(text: string): unknown {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // an HTML page or a broken proxy's text; the caller has `text`
  }
}
