import type { Redis } from 'ioredis';
import { z } from 'zod';
import { recordKey } from './keys.ts';
import { tryRunLock } from './run-lock.ts';
import { RUN_TTL_SECONDS } from './run-store.ts';

/** One alert of a group, as it was last heard of. Times are ISO 8601. */
export interface KnownAlert {
  readonly name: string;
  /** Of its present or last firing; null where only its end was heard. */
  readonly startsAt: string | null;
  /** Null while it fires. */
  readonly endsAt: string | null;
  /** When that was heard, by our clock. */
  readonly endSeenAt: string | null;
}

/** What still has to be done about a group; the alerts worker does it, and again after a crash. */
export interface DueForGroup {
  readonly kind: 'open' | 'last-check';
  /** The id that the run gets, should one have to be made: asking again for the same makes no second. */
  readonly runId: string;
}

/** An alert group of one cluster, and its thread. */
export interface AlertGroup {
  readonly groupKeyHash: string;
  readonly cluster: string;
  readonly source: 'alertmanager' | 'grafana';
  readonly channel: string;
  /** By fingerprint. */
  readonly alerts: Readonly<Record<string, KnownAlert>>;
  /** Names of the alerts of this thread, ended ones included. */
  readonly alertNames: readonly string[];
  readonly firingSince: string | null;
  /** Alerts that the sender cut off its last notification (`max_alerts`). */
  readonly truncated: number;
  /** The run whose thread this is; null while none was asked for. */
  readonly runId: string | null;
  readonly deep: boolean;
  /** Nodes that the alerts name. */
  readonly nodes: readonly string[];
  /** Notifications after the first one that brought no new alert. */
  readonly repeats: number;
  /** When the last alert ended, as the sender says. */
  readonly resolvedAt: string | null;
  /** When that was heard, by our clock. */
  readonly resolvedSeenAt: string | null;
  /** The run after the end. */
  readonly lastCheckRunId: string | null;
  readonly due: DueForGroup | null;
  /** Set while a maintenance window or quiet hours hold the group back. */
  readonly held: { readonly kind: 'maintenance' | 'quiet-hours'; readonly until: string } | null;
}

/** Alert groups in Redis; every record has a TTL, renewed whenever the group is heard of. */
export interface AlertStore {
  group(groupKeyHash: string): Promise<AlertGroup | null>;
  save(group: AlertGroup): Promise<void>;
  /** Keeps the end of a group's thread, before the group fires anew and gets another one. */
  archive(group: AlertGroup): Promise<void>;
  /** The group as its thread in this run knows it; null when nothing is known any more. */
  ofThread(groupKeyHash: string, runId: string): Promise<AlertGroup | null>;
  /** Hashes of the groups of a cluster that are held back now. */
  held(cluster: string): Promise<readonly string[]>;
  /** Keeps one group for the caller alone, over all replicas; null when somebody else has it. */
  tryLock(groupKeyHash: string): Promise<{ release(): Promise<void> } | null>;
}

const groupSchema = z.object({
  groupKeyHash: z.string(),
  cluster: z.string(),
  source: z.enum(['alertmanager', 'grafana']),
  channel: z.string(),
  alerts: z.record(
    z.string(),
    z.object({
      name: z.string(),
      startsAt: z.string().nullable(),
      endsAt: z.string().nullable(),
      endSeenAt: z.string().nullable(),
    }),
  ),
  alertNames: z.array(z.string()),
  firingSince: z.string().nullable(),
  truncated: z.number(),
  runId: z.string().nullable(),
  deep: z.boolean(),
  nodes: z.array(z.string()),
  repeats: z.number(),
  resolvedAt: z.string().nullable(),
  resolvedSeenAt: z.string().nullable(),
  lastCheckRunId: z.string().nullable(),
  due: z.object({ kind: z.enum(['open', 'last-check']), runId: z.string() }).nullable(),
  held: z.object({ kind: z.enum(['maintenance', 'quiet-hours']), until: z.string() }).nullable(),
});

/** The store on one Redis connection. */
export function createAlertStore(redis: Redis): AlertStore {
  const groupKey = (hash: string): string => recordKey('alert', hash);
  const heldKey = (cluster: string): string => recordKey('alerts-held', cluster);
  const archiveKey = (hash: string, runId: string): string => recordKey('alert', hash, runId);
  const read = async (key: string): Promise<AlertGroup | null> => {
    const stored = await redis.get(key);
    // What another version wrote is forgotten: the group's next notification opens it anew.
    return stored === null ? null : (groupSchema.safeParse(JSON.parse(stored)).data ?? null);
  };
  return {
    group: (hash) => read(groupKey(hash)),
    async archive(group) {
      const { groupKeyHash: hash, runId } = group;
      if (runId === null) return;
      const kept = JSON.stringify({ ...group, due: null });
      await redis.set(archiveKey(hash, runId), kept, 'EX', RUN_TTL_SECONDS);
    },
    async ofThread(hash, runId) {
      const present = await read(groupKey(hash));
      return present?.runId === runId ? present : read(archiveKey(hash, runId));
    },
    async save(group) {
      const { groupKeyHash: hash, cluster } = group;
      const change = redis
        .multi()
        .set(groupKey(hash), JSON.stringify(group), 'EX', RUN_TTL_SECONDS)
        .expire(heldKey(cluster), RUN_TTL_SECONDS);
      const steps =
        group.held === null
          ? change.srem(heldKey(cluster), hash)
          : change.sadd(heldKey(cluster), hash);
      const results = await steps.exec();
      const failed = results?.find(([error]) => error !== null)?.[0];
      if (results === null || failed) throw failed ?? new Error('Connection is closed.');
    },
    held: (cluster) => redis.smembers(heldKey(cluster)),
    tryLock: (hash) => tryRunLock(redis, `alert-${hash}`),
  };
}
