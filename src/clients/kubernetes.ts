import { type SenderTarget, type Sent, sender } from './api-sender.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type {
  ApiAnswer,
  ClusterClient,
  ListAnswer,
  ReadOptions,
  WatchOptions,
} from './cluster-client.ts';
import { loadCredentials } from './cluster-credentials.ts';
import { connectionPools } from './connection-pools.ts';
import type { Exchange } from './http-exchange.ts';
import { listPages } from './kubernetes-list.ts';
import { watchPath } from './kubernetes-watch.ts';

const DEFAULT_TIMEOUT_MS = 5_000;
const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
/** Nodes carry up to 50 image names and managed fields: a page of 500 can pass 10 MB. */
const LIST_PAGE_MAX_BYTES = 32 * 1024 * 1024;
/** A SAN of every kube-apiserver certificate made by kubeadm, RKE2, k3s and the clouds. */
const API_SERVER_NAME = 'kubernetes.default.svc';
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

interface ClientState extends SenderTarget {
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

function request(method: Sent['method'], path: string, body: unknown, options: ReadOptions): Sent {
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
    ...(options.urgent === undefined ? {} : { urgent: options.urgent }),
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
