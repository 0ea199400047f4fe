import { setMaxListeners } from 'node:events';
import type { ApiAnswer, ClusterClient, ListAnswer } from '../../../src/clients/cluster-client.ts';

/** What a literal cluster says to a path: an object (200), a status with a text, or silence. */
export type Reply =
  | { readonly body: unknown }
  | { readonly status: number; readonly text: string }
  | { readonly hang: true };

export interface LiteralCluster extends ClusterClient {
  readonly requests: readonly string[];
}

/**
 * A cluster made of raw API JSON by path. A list path holds its items, filtered by the selectors that the
 * reader sends, so that a wrong selector finds nothing, as at a real API server. Unknown paths are 404.
 */
export function literalCluster(
  routes: Readonly<Record<string, Reply>>,
  options: {
    readonly server?: string;
    /** Routes of other API servers by URL; each falls back to the usual one's. */
    readonly servers?: Readonly<Record<string, Readonly<Record<string, Reply>>>>;
    readonly fallback?: Reply;
    /** API servers that refuse connections. */
    readonly unreachable?: RegExp;
  } = {},
): LiteralCluster {
  const requests: string[] = [];
  const forServer = (server: string, own: Readonly<Record<string, Reply>>): LiteralCluster => {
    const reply = (path: string): Reply =>
      own[path] ?? options.fallback ?? { status: 404, text: '404 page not found\n' };
    const answer = async (
      path: string,
      timeoutMs = 5_000,
      signal?: AbortSignal,
    ): Promise<ApiAnswer> => {
      const [bare = '', query = ''] = path.split('?');
      requests.push(`${server} ${path}`);
      if (options.unreachable?.test(server) === true) return REFUSED;
      const found = own[path] ?? reply(bare);
      if ('hang' in found) return silence(timeoutMs, signal);
      if ('status' in found) return answered(found.status, found.text);
      const items = itemsOf(found.body);
      const body =
        items === null
          ? found.body
          : { metadata: { resourceVersion: '9' }, items: select(items, query) };
      return answered(200, JSON.stringify(body));
    };
    return {
      server,
      requests,
      get: (path, { timeoutMs, signal, onStage } = {}) => {
        if (options.unreachable?.test(server) !== true) onStage?.('sent');
        return answer(path, timeoutMs, signal);
      },
      list: async (path, { query, timeoutMs, signal } = {}): Promise<ListAnswer> => {
        const params = new URLSearchParams(query).toString();
        const got = await answer(params === '' ? path : `${path}?${params}`, timeoutMs, signal);
        const items = got.kind === 'answered' && got.status === 200 ? itemsOf(got.json) : null;
        if (items === null) return { kind: 'refused', answer: got };
        return { kind: 'listed', items, resourceVersion: '9', truncated: false, ms: 1 };
      },
      write: (_method, path, _body, { timeoutMs } = {}) => answer(path, timeoutMs),
      watch: async () => undefined,
      at: (other) => forServer(other, { ...routes, ...options.servers?.[other] }),
      close: async () => undefined,
    };
  };
  return forServer(options.server ?? 'https://api.example:6443', routes);
}

const REFUSED: ApiAnswer = {
  kind: 'failed',
  stage: 'connect',
  timedOut: false,
  errno: 'ECONNREFUSED',
  message: 'connect ECONNREFUSED',
  ms: 1,
};

function answered(status: number, text: string): ApiAnswer {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { kind: 'answered', status, text, json, headers: {}, ms: 1, complete: true };
}

function silence(timeoutMs: number, signal?: AbortSignal): Promise<ApiAnswer> {
  return new Promise((resolve) => {
    const end = (timedOut: boolean): void => {
      clearTimeout(timer);
      const message = timedOut ? `no answer within ${timeoutMs} ms` : 'cancelled';
      resolve({ kind: 'failed', stage: 'response', timedOut, errno: null, message, ms: timeoutMs });
    };
    const timer = setTimeout(() => end(true), timeoutMs);
    if (signal !== undefined) setMaxListeners(0, signal);
    signal?.addEventListener('abort', () => end(false), { once: true });
  });
}

function itemsOf(body: unknown): readonly unknown[] | null {
  return typeof body === 'object' && body !== null && 'items' in body && Array.isArray(body.items)
    ? body.items
    : null;
}

function select(items: readonly unknown[], query: string): readonly unknown[] {
  const params = new URLSearchParams(query);
  const labels = terms(params.get('labelSelector'));
  const fields = terms(params.get('fieldSelector'));
  return items.filter(
    (item) =>
      labels.every(([name, values]) =>
        values.includes(String(dig(item, ['metadata', 'labels', name]))),
      ) && fields.every(([path, values]) => values.includes(String(dig(item, path.split('.'))))),
  );
}

function dig(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

function terms(selector: string | null): readonly (readonly [string, readonly string[]])[] {
  if (selector === null || selector === '') return [];
  return [...selector.matchAll(/([\w./-]+)(?:=([^,]*)| in \(([^)]*)\))/g)].map(
    ([, name = '', single, several]) =>
      [name, several === undefined ? [single ?? ''] : several.split(',')] as const,
  );
}
