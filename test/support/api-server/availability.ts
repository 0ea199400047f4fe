import { availability } from '../../sim/aggregation.ts';
import { type KubeObject, timestamp } from '../../sim/objects/kube-object.ts';
import type { World } from '../../sim/world.ts';
import type { ObjectStore } from './object-store.ts';

/**
 * The availability controllers of all API servers. Each checks on its own, all write the one condition, so
 * that a healthy server overwrites the others within milliseconds (docs/recorded-answers.md, "The APIService condition lies").
 */
export interface AvailabilityControllers {
  /** Looks at the world again; with `at: 'once'` as a controller that has had its time (faults older than 35 s). */
  refresh(): void;
  /** `aggregator_unavailable_apiservice`, and how many True to False writes this server made. */
  gauge(node: string): { readonly value: 0 | 1; readonly writes: number };
  /** Whether the shared condition is False at this moment. */
  conditionIsFalse(): boolean;
  stop(): void;
}

export const APISERVICES_KEY = 'apiregistration.k8s.io/apiservices';
export const METRICS_APISERVICE = 'v1beta1.metrics.k8s.io';
/** A condition reacts 5 to 35 s after the fault (docs/recorded-answers.md, pitfall 4): resync of 30 s and a check of 5 s. */
const REACTION_MS = 35_000;
/** Back-off of a failing check settles at one write about every 5 s (docs/recorded-answers.md f1: 16.1, 21.4, 31.0, 36.6 s). */
const REWRITE_MS = 5_000;
/** Healthy servers wrote True back after 4 to 13 ms, 23 of 23 times. */
const OVERWRITE_MS = 8;

interface Options {
  readonly store: ObjectStore;
  readonly world: () => World;
  readonly servers: readonly string[];
  readonly timeScale: number;
}

/** Starts them; the condition is in its settled state at once when the world's fault is old enough. */
export function startAvailability(options: Options): AvailabilityControllers {
  const { store, world, servers, timeScale } = options;
  const gauges = new Map<string, { value: 0 | 1; writes: number }>();
  const timers = new Set<NodeJS.Timeout>();
  let rounds = 0;

  const later = (ms: number, action: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms);
    timer.unref();
    timers.add(timer);
  };
  const clear = (): void => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  };
  const write = (
    status: 'True' | 'False',
    reason: string,
    message: string,
    since: number,
  ): void => {
    const object = store.get(APISERVICES_KEY, null, METRICS_APISERVICE);
    if (object === null) return;
    const condition = {
      type: 'Available',
      status,
      reason,
      message,
      lastTransitionTime: timestamp(since),
    };
    store.put(APISERVICES_KEY, { ...object, status: { conditions: [condition] } });
  };
  const look = (): { failing: readonly string[]; healthy: readonly string[] } => {
    const present = world();
    const working = servers.filter(
      (name) => present.nodes.find((node) => node.name === name)?.apiServer === 'serving',
    );
    const failing = working.filter((name) => !availability(present, name).available);
    return { failing, healthy: working.filter((name) => !failing.includes(name)) };
  };
  const words = (name: string): { reason: string; message: string } => {
    const { reason, messages } = availability(world(), name);
    return { reason, message: messages[rounds++ % messages.length] ?? '' };
  };

  const quarrel = (): void => {
    const { failing, healthy } = look();
    const [first] = failing;
    if (first === undefined || healthy.length === 0) return;
    const name = failing[rounds % failing.length] ?? first;
    const { reason, message } = words(name);
    write('False', reason, message, Date.now() - REWRITE_MS * timeScale);
    const gauge = gauges.get(name);
    if (gauge !== undefined) gauge.writes += 1;
    const overwrite = (): void => write('True', 'Passed', 'all checks passed', Date.now());
    // In shrunk time the False instant shrinks to nothing; watchers still see it, polls do not.
    if (OVERWRITE_MS * timeScale < 1) overwrite();
    else later(OVERWRITE_MS * timeScale, overwrite);
    later(REWRITE_MS * timeScale, quarrel);
  };

  const settle = (ageMs: number): void => {
    const { failing, healthy } = look();
    for (const name of servers) {
      gauges.set(name, {
        value: failing.includes(name) ? 1 : 0,
        writes: failing.includes(name) && healthy.length > 0 ? Math.floor(ageMs / 10_000) : 0,
      });
    }
    const [first] = failing;
    if (first === undefined) {
      write('True', 'Passed', 'all checks passed', Date.now() - Math.max(ageMs, 86_400_000));
    } else if (healthy.length === 0) {
      const { reason, message } = words(first);
      write('False', reason, message, Date.now() - Math.max(0, ageMs - REACTION_MS));
    } else {
      write('True', 'Passed', 'all checks passed', Date.now() - 3_000);
      later((REWRITE_MS / 2) * timeScale, quarrel);
    }
  };

  return {
    refresh() {
      clear();
      const { faultAgeMs } = world();
      // Reasons that a server reads from the API itself show at once; only dials take their time.
      const [first] = look().failing;
      const quick = first !== undefined && words(first).reason !== 'FailedDiscoveryCheck';
      if (faultAgeMs >= REACTION_MS || quick) {
        settle(Math.max(faultAgeMs, REACTION_MS));
        return;
      }
      for (const name of servers) gauges.set(name, gauges.get(name) ?? { value: 0, writes: 0 });
      if (store.get(APISERVICES_KEY, null, METRICS_APISERVICE)?.['status'] === undefined) {
        write('True', 'Passed', 'all checks passed', Date.now() - 86_400_000);
      }
      later((REACTION_MS - faultAgeMs) * timeScale, () => settle(REACTION_MS));
    },
    gauge: (node) => gauges.get(node) ?? { value: 0, writes: 0 },
    conditionIsFalse: () =>
      availableStatus(store.get(APISERVICES_KEY, null, METRICS_APISERVICE)) === 'False',
    stop: clear,
  };
}

function availableStatus(object: KubeObject | null): string | null {
  const status = object?.['status'] as
    | { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
    | undefined;
  return status?.conditions?.find(({ type }) => type === 'Available')?.status ?? null;
}
