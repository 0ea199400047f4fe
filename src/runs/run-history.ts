import type { Redis } from 'ioredis';
import { recordKey } from './keys.ts';
import { RUN_TTL_SECONDS } from './run-store.ts';

/** Runs remembered for each cluster: two weeks of one run every six hours. */
export const MAX_HISTORY = 50;

/** Which runs a cluster had lately, newest first; bounded in number and in time. */
export interface RunHistory {
  /** Notes a run; again for the same one changes nothing. */
  note(
    cluster: string,
    run: { readonly runId: string; readonly requestedAt: string },
  ): Promise<void>;
  /** Ids, newest first. The record of an old one may be gone. */
  recent(cluster: string, count: number): Promise<readonly string[]>;
}

/** The history on one Redis; a sorted set for each cluster, by the time of the request. */
export function createRunHistory(redis: Redis): RunHistory {
  const key = (cluster: string): string => recordKey('history', cluster);
  return {
    async note(cluster, { runId, requestedAt }) {
      await redis
        .multi()
        .zadd(key(cluster), Date.parse(requestedAt), runId)
        .zremrangebyrank(key(cluster), 0, -1 - MAX_HISTORY)
        .expire(key(cluster), RUN_TTL_SECONDS)
        .exec();
    },
    recent: (cluster, count) => redis.zrevrange(key(cluster), 0, count - 1),
  };
}
