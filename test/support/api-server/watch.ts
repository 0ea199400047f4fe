import type { ServerResponse } from 'node:http';
import type { KubeObject } from '../../sim/objects/kube-object.ts';
import type { ObjectStore, StoreEvent } from './object-store.ts';
import { storeKey } from './resources.ts';
import { apiVersionOf, type ResourceRequest, requestSelector } from './rest.ts';
import { SelectorError } from './selectors.ts';
import { failure } from './status.ts';
import { inVersion } from './versions.ts';

/** Real API servers end a watch after 30 to 60 minutes; a client may ask for less with `timeoutSeconds`. */
const DEFAULT_TIMEOUT_SECONDS = 1_800;

/**
 * A watch: without a resourceVersion (or with 0) first what is there, then every change; with one only what came
 * after it; `ERROR` with a Status 410 when that is too old. An object that a change moves out of the
 * selector is DELETED for this watcher, one moved in is ADDED.
 */
export function serveWatch(
  store: ObjectStore,
  request: ResourceRequest,
  {
    response,
    bookmarkEveryMs,
  }: { readonly response: ServerResponse; readonly bookmarkEveryMs: number },
): void {
  const { resource, namespace, query, version } = request;
  const key = storeKey(resource);
  let selects: ReturnType<typeof requestSelector>;
  try {
    selects = requestSelector(request);
  } catch (error) {
    const answer = failure(400, 'BadRequest', error instanceof SelectorError ? error.message : '');
    response.writeHead(answer.status, { 'content-type': answer.contentType });
    response.end(answer.body);
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
  });
  response.flushHeaders();
  const send = (type: string, object: unknown): void => {
    if (!response.destroyed) response.write(`${JSON.stringify({ type, object })}\n`);
  };
  const asked = Number(query.get('resourceVersion') ?? 0);
  if (asked !== 0 && asked < store.oldestVersion() - 1) {
    send('ERROR', {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `too old resource version: ${asked} (${store.oldestVersion()})`,
      reason: 'Expired',
      code: 410,
    });
    response.end();
    return;
  }
  const fits = (object: KubeObject | null): boolean =>
    object !== null &&
    (namespace === null || object.metadata.namespace === namespace) &&
    selects(object);
  if (asked === 0) {
    for (const object of store.list(key, namespace)) {
      if (fits(object)) send('ADDED', inVersion(object, version));
    }
  }
  const onEvent = (event: StoreEvent): void => {
    if (event.key !== key) return;
    const type = eventType(event, fits(event.before), fits(event.object));
    if (type !== null) send(type, inVersion(event.object, version));
  };
  const unfollow = store.follow(asked === 0 ? store.resourceVersion() : asked, onEvent);
  const bookmarks = ['1', 'true'].includes(query.get('allowWatchBookmarks') ?? '')
    ? setInterval(() => {
        send('BOOKMARK', {
          kind: resource.kind,
          apiVersion: apiVersionOf(request),
          metadata: { resourceVersion: String(store.resourceVersion()) },
        });
      }, bookmarkEveryMs)
    : undefined;
  const seconds = Number(query.get('timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS);
  const end = setTimeout(() => response.end(), seconds * 1_000);
  bookmarks?.unref();
  end.unref();
  response.once('close', () => {
    unfollow();
    clearInterval(bookmarks);
    clearTimeout(end);
  });
}

function eventType(event: StoreEvent, before: boolean, after: boolean): StoreEvent['type'] | null {
  if (event.type === 'DELETED') return before ? 'DELETED' : null;
  if (before && after) return 'MODIFIED';
  if (after) return 'ADDED';
  return before ? 'DELETED' : null;
}
