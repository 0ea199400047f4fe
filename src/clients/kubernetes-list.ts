import type { ApiAnswer, ListAnswer, ReadOptions } from './cluster-client.ts';

type Page = (path: string, options: ReadOptions) => Promise<ApiAnswer>;

interface ListOptions extends ReadOptions {
  readonly maxItems?: number;
  readonly query?: Readonly<Record<string, string>>;
}

/** As kubectl and client-go page. */
const PAGE_LIMIT = 500;
const DEFAULT_MAX_ITEMS = 10_000;
const DEFAULT_TIMEOUT_MS = 10_000;
const GONE = 410;

/**
 * Reads a list page by page under one deadline. A `continue` token that expired (410) restarts the list
 * once; pages that came before a later failure are kept and marked `truncated`.
 */
export async function listPages(
  page: Page,
  path: string,
  options: ListOptions,
): Promise<ListAnswer> {
  const startedAt = performance.now();
  const deadlineAt = startedAt + (options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  const maxItems = options.maxItems ?? DEFAULT_MAX_ITEMS;
  const elapsed = (): number => Math.round(performance.now() - startedAt);
  let items: unknown[] = [];
  let resourceVersion = '';
  let token = '';
  let restarted = false;

  for (;;) {
    const answer = await page(pagePath(path, options.query, token, maxItems - items.length), {
      ...options,
      timeoutMs: Math.max(1, Math.round(deadlineAt - performance.now())),
    });
    if (answer.kind === 'answered' && answer.status === GONE && token !== '' && !restarted) {
      restarted = true;
      items = [];
      token = '';
      continue;
    }
    const read = readPage(answer);
    if (read === null) {
      if (items.length === 0) return { kind: 'refused', answer };
      return { kind: 'listed', items, resourceVersion, truncated: true, ms: elapsed() };
    }
    items.push(...read.items);
    resourceVersion = read.resourceVersion;
    token = read.token;
    if (token === '' || items.length >= maxItems) {
      const truncated = token !== '' || items.length > maxItems;
      return {
        kind: 'listed',
        items: items.slice(0, maxItems),
        resourceVersion,
        truncated,
        ms: elapsed(),
      };
    }
  }
}

function pagePath(
  path: string,
  query: Readonly<Record<string, string>> | undefined,
  token: string,
  wanted: number,
): string {
  const params = new URLSearchParams(query);
  // From the watch cache (resourceVersion=0) a list comes whole: a limit would send it to etcd on older servers.
  if (params.get('resourceVersion') !== '0' && !params.has('limit')) {
    params.set('limit', String(Math.max(1, Math.min(PAGE_LIMIT, wanted))));
  }
  if (token !== '') {
    params.set('continue', token);
    params.delete('resourceVersion');
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

interface ReadPage {
  readonly items: readonly unknown[];
  readonly resourceVersion: string;
  readonly token: string;
}

function readPage(answer: ApiAnswer): ReadPage | null {
  if (answer.kind !== 'answered' || answer.status !== 200 || !answer.complete) return null;
  const { json } = answer;
  if (typeof json !== 'object' || json === null || !('items' in json)) return null;
  // Go marshals an empty list of some kinds as null.
  const items = Array.isArray(json.items) ? (json.items as readonly unknown[]) : [];
  const metadata = 'metadata' in json ? json.metadata : null;
  return {
    items,
    resourceVersion: text(metadata, 'resourceVersion'),
    token: text(metadata, 'continue'),
  };
}

function text(holder: unknown, name: string): string {
  if (typeof holder !== 'object' || holder === null) return '';
  const value = (holder as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
}
