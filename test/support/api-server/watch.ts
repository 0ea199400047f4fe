import type { KubeObject } from '../../sim/objects/kube-object.ts';
import type { StoreEvent } from './object-store.ts';
import type { ControlPlane } from './requests.ts';
import { storeKey } from './resources.ts';
import { apiVersionOf, type ResourceRequest, requestSelector } from './rest.ts';
import { SelectorError } from './selectors.ts';
import { type Answer, failure } from './status.ts';
import { inVersion } from './versions.ts';

/** Real API servers end a watch after 30 to 60 minutes; a client may ask for less with `timeoutSeconds`. */
const DEFAULT_TIMEOUT_SECONDS = 1_800;

/** Where a watch's events go. */
export interface WatchSink {
  send(event: { readonly type: string; readonly object: unknown }): void;
  end(): void;
}

export interface OpenWatch {
  /** Set when the request is no good; then nothing is sent. */
  readonly refused: Answer | null;
  start(): void;
  close(): void;
}

/**
 * A watch: without a resourceVersion (or with 0) first what is there, then every change; with one only what came
 * after it; `ERROR` with a Status 410 when that is too old. An object that a change moves out of the
 * selector is DELETED for this watcher, one moved in is ADDED.
 */
export function openWatch(
  { store, bookmarkEveryMs }: Pick<ControlPlane, 'store' | 'bookmarkEveryMs'>,
  request: ResourceRequest,
  sink: WatchSink,
): OpenWatch {
  const { resource, namespace, query, version } = request;
  const key = storeKey(resource);
  let selects: ReturnType<typeof requestSelector>;
  try {
    selects = requestSelector(request);
  } catch (error) {
    const words = error instanceof SelectorError ? error.message : '';
    return {
      refused: failure(400, 'BadRequest', words),
      start: () => undefined,
      close: () => undefined,
    };
  }
  const fits = (object: KubeObject | null): boolean =>
    object !== null &&
    (namespace === null || object.metadata.namespace === namespace) &&
    selects(object);
  let close = (): void => undefined;
  const start = (): void => {
    const asked = Number(query.get('resourceVersion') ?? 0);
    if (asked !== 0 && asked < store.oldestVersion() - 1) {
      sink.send({ type: 'ERROR', object: tooOld(asked, store.oldestVersion()) });
      sink.end();
      return;
    }
    if (asked === 0) {
      for (const object of store.list(key, namespace)) {
        if (fits(object)) sink.send({ type: 'ADDED', object: inVersion(object, version) });
      }
    }
    const onEvent = (event: StoreEvent): void => {
      if (event.key !== key) return;
      const type = eventType(event, fits(event.before), fits(event.object));
      if (type !== null) sink.send({ type, object: inVersion(event.object, version) });
    };
    const unfollow = store.follow(asked === 0 ? store.resourceVersion() : asked, onEvent);
    const bookmarks = ['1', 'true'].includes(query.get('allowWatchBookmarks') ?? '')
      ? setInterval(() => {
          const object = {
            kind: resource.kind,
            apiVersion: apiVersionOf(request),
            metadata: { resourceVersion: String(store.resourceVersion()) },
          };
          sink.send({ type: 'BOOKMARK', object });
        }, bookmarkEveryMs)
      : undefined;
    const seconds = Number(query.get('timeoutSeconds') ?? DEFAULT_TIMEOUT_SECONDS);
    const end = setTimeout(() => sink.end(), seconds * 1_000);
    bookmarks?.unref();
    end.unref();
    close = () => {
      unfollow();
      clearInterval(bookmarks);
      clearTimeout(end);
    };
  };
  return { refused: null, start, close: () => close() };
}

function tooOld(asked: number, oldest: number): Readonly<Record<string, unknown>> {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: `too old resource version: ${asked} (${oldest})`,
    reason: 'Expired',
    code: 410,
  };
}

function eventType(event: StoreEvent, before: boolean, after: boolean): StoreEvent['type'] | null {
  if (event.type === 'DELETED') return before ? 'DELETED' : null;
  if (before && after) return 'MODIFIED';
  if (after) return 'ADDED';
  return before ? 'DELETED' : null;
}
