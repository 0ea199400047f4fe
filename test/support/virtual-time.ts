import { createRequire, syncBuiltinESMExports } from 'node:module';

/** Enough of a timer for code that clears or unrefs it. */
interface VirtualTimer {
  readonly id: number;
  dueAt: number;
  /** Null for a timer that fires once. */
  readonly everyMs: number | null;
  readonly fire: () => void;
  readonly unref: () => VirtualTimer;
  readonly ref: () => VirtualTimer;
  readonly [Symbol.dispose]: () => void;
}

type PromiseTimers = {
  setTimeout: (
    ms?: number,
    value?: unknown,
    options?: { readonly signal?: AbortSignal },
  ) => Promise<unknown>;
};

const promiseTimers = createRequire(import.meta.url)('node:timers/promises') as PromiseTimers;
const realImmediate = globalThis.setImmediate;

/**
 * Runs `work` by a clock of its own that starts at `startsAt` (epoch milliseconds): timers, `Date` and `performance`
 * all follow it, and it jumps to the next timer as soon as nothing else is left to do. For work in this process
 * alone: sockets and files would take real time. The clock is the process's, so one waits for the other.
 */
export function inVirtualTime<T>(startsAt: number, work: () => Promise<T>): Promise<T> {
  const result = busy.then(() => runInVirtualTime(startsAt, work));
  busy = result.catch(() => undefined);
  return result;
}

let busy: Promise<unknown> = Promise.resolve();

async function runInVirtualTime<T>(startsAt: number, work: () => Promise<T>): Promise<T> {
  const clock = createClock(startsAt);
  const restore = install(clock);
  try {
    const state: { ended: boolean } = { ended: false };
    const result = work().finally(() => {
      state.ended = true;
    });
    // Whoever awaits `result` below hears of a rejection.
    result.catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => realImmediate(resolve));
      if (state.ended) return await result;
      if (!clock.advance()) throw new Error('nothing left to wait for, and the work has not ended');
    }
  } finally {
    restore();
  }
}

interface Clock {
  readonly now: () => number;
  readonly elapsed: () => number;
  readonly set: (fire: () => void, ms: number, repeat: boolean) => VirtualTimer;
  readonly clear: (timer: unknown) => void;
  /** Fires all that is due next; false when no timer is left. */
  readonly advance: () => boolean;
}

function createClock(startsAt: number): Clock {
  let now = startsAt;
  let lastId = 0;
  const timers = new Map<number, VirtualTimer>();
  const clear = (timer: unknown): void => {
    if (typeof timer === 'object' && timer !== null && 'id' in timer)
      timers.delete((timer as VirtualTimer).id);
  };
  return {
    now: () => now,
    elapsed: () => now - startsAt,
    set(fire, ms, repeat) {
      // Node's own rules: below 1 ms counts as 1 ms, and so does no number at all.
      const waitMs = ms >= 1 ? Math.trunc(ms) : 1;
      lastId += 1;
      const timer: VirtualTimer = {
        id: lastId,
        dueAt: now + waitMs,
        everyMs: repeat ? waitMs : null,
        fire,
        unref: () => timer,
        ref: () => timer,
        [Symbol.dispose]: () => clear(timer),
      };
      timers.set(timer.id, timer);
      return timer;
    },
    clear,
    advance() {
      let next = Number.POSITIVE_INFINITY;
      for (const { dueAt } of timers.values()) next = Math.min(next, dueAt);
      if (next === Number.POSITIVE_INFINITY) return false;
      now = Math.max(now, next);
      for (const timer of [...timers.values()].filter(({ dueAt }) => dueAt <= now)) {
        if (!timers.has(timer.id)) continue;
        if (timer.everyMs === null) timers.delete(timer.id);
        else timer.dueAt += timer.everyMs;
        timer.fire();
      }
      return true;
    },
  };
}

function install(clock: Clock): () => void {
  const RealDate = globalThis.Date;
  const real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
    Date: RealDate,
  };
  const realSleep = promiseTimers.setTimeout;
  class VirtualDate extends RealDate {
    constructor(...parts: readonly unknown[]) {
      super(...((parts.length === 0 ? [clock.now()] : parts) as [number]));
    }
    static override now(): number {
      return clock.now();
    }
  }
  const later =
    (repeat: boolean) =>
    (fire: (...args: unknown[]) => void, ms = 1, ...args: unknown[]): VirtualTimer =>
      clock.set(() => fire(...args), ms, repeat);
  Object.assign(globalThis, {
    setTimeout: later(false),
    clearTimeout: clock.clear,
    setInterval: later(true),
    clearInterval: clock.clear,
    Date: VirtualDate,
  });
  Object.defineProperty(performance, 'now', { value: clock.elapsed, configurable: true });
  promiseTimers.setTimeout = (ms = 1, value, options = {}) => sleep(clock, ms, value, options);
  syncBuiltinESMExports();
  return () => {
    Object.assign(globalThis, real);
    Reflect.deleteProperty(performance, 'now');
    promiseTimers.setTimeout = realSleep;
    syncBuiltinESMExports();
  };
}

function sleep(
  clock: Clock,
  ms: number,
  value: unknown,
  { signal }: { readonly signal?: AbortSignal },
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clock.clear(timer);
      reject(new DOMException('The operation was aborted', 'AbortError'));
    };
    const timer = clock.set(
      () => {
        signal?.removeEventListener('abort', stop);
        resolve(value);
      },
      ms,
      false,
    );
    if (signal?.aborted === true) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
