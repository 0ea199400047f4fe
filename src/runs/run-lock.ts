import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { recordKey } from './keys.ts';

/** The lock of a bot that died is free again after this long; a living one renews it. */
const LOCK_MS = 10_000;
const RENEW_MS = 3_000;

const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;

/** Holds one run's delivery for the caller alone, over all replicas; null when somebody else holds it. */
export async function tryRunLock(
  redis: Redis,
  runId: string,
): Promise<{ release(): Promise<void> } | null> {
  const key = recordKey('lock', runId);
  const token = randomBytes(8).toString('hex');
  if ((await redis.set(key, token, 'PX', LOCK_MS, 'NX')) === null) return null;
  const renewal = setInterval(() => {
    // A failed renewal lets the lock lapse, which only risks a second look at the same stored state.
    redis.eval(RENEW, 1, key, token, LOCK_MS).catch(() => undefined);
  }, RENEW_MS);
  return {
    async release() {
      clearInterval(renewal);
      await redis.eval(RELEASE, 1, key, token).catch(() => undefined);
    },
  };
}
