import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadOptions, WatchOptions } from './cluster-client.ts';
import type { Exchange } from './http-exchange.ts';

type Send = (
  path: string,
  options: ReadOptions & { readonly onChunk: (chunk: Buffer) => void },
) => Promise<Exchange>;

/** The API server ends the watch after this long, so that a dead connection is noticed soon after. */
const SERVER_TIMEOUT_S = 60;
const CLIENT_TIMEOUT_MS = 70_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const GONE = 410;
/** Refusals that a repeat does not mend: wrong request, no credentials, no rights, no such API, not watchable. */
const FINAL_STATUSES = new Set([400, 401, 403, 404, 405, 422]);

/**
 * Watches until the signal aborts, over as many connections as it takes. Bookmarks move the resource
 * version and are not passed on. After 410 it starts again from now, so existing objects come once more as
 * `ADDED`. A final refusal is passed on as an `ERROR` event, and ends the watch.
 */
export async function watchPath(send: Send, path: string, options: WatchOptions): Promise<void> {
  const { signal } = options;
  let resourceVersion = options.resourceVersion ?? '';
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    let sawEvent = false;
    let gone = false;
    const lines = lineSplitter((line) => {
      const event = parseEvent(line);
      if (event === null || signal.aborted) return;
      if (event.type === 'ERROR') {
        gone = event.code === GONE;
        return;
      }
      sawEvent = true;
      if (event.resourceVersion !== '') resourceVersion = event.resourceVersion;
      if (event.type !== 'BOOKMARK') options.onEvent({ type: event.type, object: event.object });
    });
    const result = await send(watchUrl(path, options.query, resourceVersion), {
      timeoutMs: CLIENT_TIMEOUT_MS,
      maxBytes: Number.MAX_SAFE_INTEGER,
      signal,
      onChunk: lines,
    });
    if (signal.aborted) return;
    if (result.kind === 'answered' && result.status === GONE) gone = true;
    else if (result.kind === 'answered' && FINAL_STATUSES.has(result.status)) {
      options.onEvent({ type: 'ERROR', object: { kind: 'Status', code: result.status } });
      return;
    }
    if (gone) resourceVersion = '';
    pauseMs = sawEvent ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

function watchUrl(
  path: string,
  query: Readonly<Record<string, string>> | undefined,
  resourceVersion: string,
): string {
  const params = new URLSearchParams(query);
  params.set('watch', '1');
  params.set('allowWatchBookmarks', 'true');
  params.set('timeoutSeconds', String(SERVER_TIMEOUT_S));
  if (resourceVersion !== '') params.set('resourceVersion', resourceVersion);
  return `${path}?${params.toString()}`;
}

/** Events are JSON objects, one a line, cut anywhere by the transport (also within a UTF-8 character). */
function lineSplitter(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = data.indexOf(10); end !== -1; end = data.indexOf(10)) {
      const line = data.subarray(0, end).toString('utf8').trim();
      data = data.subarray(end + 1);
      if (line !== '') onLine(line);
    }
    rest = data;
  };
}

interface WatchEvent {
  readonly type: string;
  readonly object: unknown;
  readonly resourceVersion: string;
  readonly code: number | null;
}

function parseEvent(line: string): WatchEvent | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null; // not an event: the body of a refusal, whose status says it all
  }
  const { type, object } = record(parsed);
  if (typeof type !== 'string') return null;
  const { metadata, code } = record(object);
  const { resourceVersion } = record(metadata);
  return {
    type,
    object,
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    code: typeof code === 'number' ? code : null,
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
