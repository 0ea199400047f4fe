import type { Redis } from 'ioredis';
import { z } from 'zod';
import { recordKey } from './keys.ts';
import { RUN_TTL_SECONDS } from './run-store.ts';

const muteSchema = z.object({
  user: z.string(),
  userName: z.string(),
  at: z.string(),
  until: z.string(),
  reason: z.string(),
});
const heldSchema = z.object({ runId: z.string(), requestedAt: z.string() });

/** Who muted a cluster, until when and why (`''`: not said). Times are ISO 8601. */
export type Mute = z.output<typeof muteSchema>;

/** The last run of which a follower was not told because of a mute. */
export type Held = z.output<typeof heldSchema>;

/** Clusters of which alerts and scheduled checks say nothing for a while, and what they did not say. */
export interface Mutes {
  /** Mutes a cluster, or changes that; it ends by itself. */
  set(cluster: string, mute: Mute): Promise<void>;
  /** Who had muted it; null: nobody had. */
  remove(cluster: string): Promise<Mute | null>;
  of(cluster: string): Promise<Mute | null>;
  /** Notes that a follower was not told of a run; a newer run takes the place of an older one. */
  hold(cluster: string, subscriptionId: string, run: Held): Promise<void>;
  held(cluster: string, subscriptionId: string): Promise<Held | null>;
  /** All that was held within a week. */
  allHeld(cluster: string): Promise<readonly Held[]>;
}

/** The mutes on one Redis. */
export function createMutes(redis: Redis): Mutes {
  const muteKey = (cluster: string): string => recordKey('mute', cluster);
  const heldKey = (cluster: string): string => recordKey('held', cluster);
  const of = async (cluster: string): Promise<Mute | null> => {
    const text = await redis.get(muteKey(cluster));
    return text === null ? null : muteSchema.parse(JSON.parse(text));
  };
  const held = async (cluster: string, id: string): Promise<Held | null> => {
    const text = await redis.hget(heldKey(cluster), id);
    return text === null ? null : heldSchema.parse(JSON.parse(text));
  };
  return {
    of,
    held,
    async set(cluster, mute) {
      await redis.set(muteKey(cluster), JSON.stringify(mute), 'PXAT', Date.parse(mute.until));
    },
    async remove(cluster) {
      const mute = await of(cluster);
      await redis.del(muteKey(cluster));
      return mute;
    },
    async hold(cluster, subscriptionId, run) {
      const before = await held(cluster, subscriptionId);
      if (before !== null && before.requestedAt >= run.requestedAt) return;
      await redis.hset(heldKey(cluster), subscriptionId, JSON.stringify(run));
      await redis.expire(heldKey(cluster), RUN_TTL_SECONDS);
    },
    async allHeld(cluster) {
      const all = await redis.hvals(heldKey(cluster));
      return all.map((text) => heldSchema.parse(JSON.parse(text)));
    },
  };
}
