import type { Redis } from 'ioredis';
import { z } from 'zod';
import { recordKey } from './keys.ts';
import { RUN_TTL_SECONDS } from './run-store.ts';

/** Who clicked, and when. */
export interface Click {
  readonly user: string;
  readonly userName: string;
  readonly at: string;
}

const clickSchema = z.object({ user: z.string(), userName: z.string(), at: z.string() });
const parse = (text: string): Click => clickSchema.parse(JSON.parse(text));

/** Clicks on buttons that work once: the first one counts, over all replicas. */
export interface Clicks {
  /** Notes a click; `first` is false where somebody was quicker, and `by` is who that was. */
  note(
    runId: string,
    button: string,
    click: Click,
  ): Promise<{ readonly first: boolean; readonly by: Click }>;
  /** Who clicked a button; null when nobody did. */
  by(runId: string, button: string): Promise<Click | null>;
}

/** The clicks on one Redis. */
export function createClicks(redis: Redis): Clicks {
  const key = (runId: string): string => recordKey('run', runId, 'clicks');
  const by = async (runId: string, button: string): Promise<Click | null> => {
    const stored = await redis.hget(key(runId), button);
    return stored === null ? null : parse(stored);
  };
  return {
    by,
    async note(runId, button, click) {
      const first = (await redis.hsetnx(key(runId), button, JSON.stringify(click))) === 1;
      await redis.expire(key(runId), RUN_TTL_SECONDS);
      return { first, by: first ? click : ((await by(runId, button)) ?? click) };
    },
  };
}

/** The name of the evidence button of one thread. */
export function evidenceClick(subscriptionId: string): string {
  return `evidence/${subscriptionId}`;
}
