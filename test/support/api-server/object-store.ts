import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../sim/objects/kube-object.ts';

export interface StoreEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly key: string;
  readonly object: KubeObject;
  /** The object before the change; null when it is new. */
  readonly before: KubeObject | null;
  readonly resourceVersion: number;
}

/** The etcd of the stand-in: one store for all its API servers. */
export interface ObjectStore {
  readonly resourceVersion: () => number;
  /** Oldest version from which a watch may start. */
  readonly oldestVersion: () => number;
  get(key: string, namespace: string | null, name: string): KubeObject | null;
  /** In the order of their names, as etcd keeps them. */
  list(key: string, namespace: string | null): KubeObject[];
  /** Stores a new object or a changed one; unchanged ones make no event, unless they are `known` to differ. */
  put(key: string, object: KubeObject, known?: 'changed'): KubeObject;
  remove(key: string, namespace: string | null, name: string): KubeObject | null;
  /** Events after `resourceVersion`, then every later one, until the returned function is called. */
  follow(resourceVersion: number, onEvent: (event: StoreEvent) => void): () => void;
}

/** Real API servers compact after five minutes; ours after this many events. */
const KEPT_EVENTS = 20_000;
/** Clusters are never at version 1. */
const FIRST_VERSION = 41_000;

/** An empty store. */
export function createStore(): ObjectStore {
  const objects = new Map<string, Map<string, KubeObject>>();
  const events: StoreEvent[] = [];
  const followers = new Set<(event: StoreEvent) => void>();
  let version = FIRST_VERSION;

  const idOf = (namespace: string | null, name: string): string => `${namespace ?? ''}/${name}`;
  const publish = (event: StoreEvent): void => {
    events.push(event);
    if (events.length > KEPT_EVENTS) events.splice(0, events.length - KEPT_EVENTS);
    for (const follower of followers) follower(event);
  };
  const stamped = (object: KubeObject, before: KubeObject | null): KubeObject => ({
    ...object,
    metadata: {
      ...object.metadata,
      uid: before?.metadata.uid ?? object.metadata.uid ?? randomUUID(),
      creationTimestamp:
        before?.metadata.creationTimestamp ??
        object.metadata.creationTimestamp ??
        `${new Date().toISOString().slice(0, 19)}Z`,
      resourceVersion: String(version),
    },
  });

  return {
    resourceVersion: () => version,
    oldestVersion: () => events[0]?.resourceVersion ?? FIRST_VERSION,
    get: (key, namespace, name) => objects.get(key)?.get(idOf(namespace, name)) ?? null,
    list(key, namespace) {
      const all = [...(objects.get(key)?.entries() ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
      return all
        .map(([, object]) => object)
        .filter((object) => namespace === null || object.metadata.namespace === namespace);
    },
    put(key, object, known) {
      const kind = objects.get(key) ?? new Map<string, KubeObject>();
      objects.set(key, kind);
      const id = idOf(object.metadata.namespace ?? null, object.metadata.name);
      const before = kind.get(id) ?? null;
      if (before !== null && known !== 'changed' && sameContent(before, object)) return before;
      version += 1;
      const stored = stamped(object, before);
      kind.set(id, stored);
      publish({
        type: before === null ? 'ADDED' : 'MODIFIED',
        key,
        object: stored,
        before,
        resourceVersion: version,
      });
      return stored;
    },
    remove(key, namespace, name) {
      const kind = objects.get(key);
      const before = kind?.get(idOf(namespace, name)) ?? null;
      if (kind === undefined || before === null) return null;
      kind.delete(idOf(namespace, name));
      version += 1;
      const last = {
        ...before,
        metadata: { ...before.metadata, resourceVersion: String(version) },
      };
      publish({ type: 'DELETED', key, object: last, before, resourceVersion: version });
      return last;
    },
    follow(resourceVersion, onEvent) {
      for (const event of events) {
        if (event.resourceVersion > resourceVersion) onEvent(event);
      }
      followers.add(onEvent);
      return () => followers.delete(onEvent);
    },
  };
}

function sameContent(a: KubeObject, b: KubeObject): boolean {
  const bare = (object: KubeObject): string => {
    const { resourceVersion: _rv, uid: _uid, creationTimestamp: _at, ...rest } = object.metadata;
    return JSON.stringify({ ...object, metadata: rest });
  };
  return bare(a) === bare(b);
}
