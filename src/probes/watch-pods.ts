import type { ClusterClient } from '../clients/cluster-client.ts';
import { type PodLook, readPod } from './pod-status.ts';

/** Beside the watch, in case it is refused or its events get lost. */
const POLL_PERIOD_MS = 2_000;

export interface PodWatch {
  /** Resolves when `done` holds or after `waitMs`, with the last look at each Pod by name. */
  until(
    done: (seen: ReadonlyMap<string, PodLook>) => boolean,
    waitMs: number,
  ): Promise<ReadonlyMap<string, PodLook>>;
  /** Takes in a look that came another way. */
  note(look: PodLook): void;
  stop(): void;
}

/** Follows the Pods of a run from now on. */
export function watchPods(
  client: ClusterClient,
  target: {
    readonly path: string;
    readonly selector: string;
    readonly signal: AbortSignal | undefined;
    readonly onLook?: (look: PodLook) => void;
  },
): PodWatch {
  const seen = new Map<string, PodLook>();
  const stopped = new AbortController();
  const listeners = new Set<() => void>();
  const signal =
    target.signal === undefined ? stopped.signal : AbortSignal.any([stopped.signal, target.signal]);
  const note = (look: PodLook): void => {
    if (isOlder(look, seen.get(look.name))) return;
    seen.set(look.name, look);
    target.onLook?.(look);
    for (const tell of listeners) tell();
  };
  const read = (raw: unknown): void => {
    const look = readPod(raw);
    if (look !== null) note(look);
  };
  const query = { labelSelector: target.selector };
  client
    .watch(target.path, {
      query,
      signal,
      onEvent: ({ type, object }) => {
        // A Pod that was deleted keeps its last words here.
        if (type !== 'BOOKMARK' && type !== 'ERROR') read(object);
      },
    })
    .catch(() => undefined); // The poll below goes on.
  const poll = setInterval(() => {
    void client.list(target.path, { query, signal }).then(
      (listed) => {
        if (listed.kind === 'listed') listed.items.forEach(read);
      },
      () => undefined,
    );
  }, POLL_PERIOD_MS);

  return {
    until(done, waitMs) {
      return new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          listeners.delete(check);
          signal.removeEventListener('abort', finish);
          resolve(new Map(seen));
        };
        const check = (): void => {
          if (done(seen)) finish();
        };
        const timer = setTimeout(finish, waitMs);
        listeners.add(check);
        signal.addEventListener('abort', finish);
        check();
      });
    },
    note,
    stop() {
      clearInterval(poll);
      stopped.abort();
    },
  };
}

/** Once a container ended its Pod does not come back to life: a late list must not undo what the watch saw. */
function isOlder(look: PodLook, before: PodLook | undefined): boolean {
  return (
    before?.state.kind === 'ended' && (look.state.kind !== 'ended' || look.state.message === '')
  );
}
