import type { Redis } from 'ioredis';
import { connectProducer, disconnect, waitUntilReady } from '../clients/redis.ts';
import { loadRedisUrl } from '../config/load-config.ts';
import type { Terminal } from './cli.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Does something with the Redis of REDIS_URL, for commands that need nothing else.
 *
 * @throws ConfigError without a REDIS_URL, ExternalError `redis-unavailable`
 */
export async function withRedis<T>(
  { env }: Pick<Terminal, 'env'>,
  work: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = connectProducer(loadRedisUrl(env), () => undefined);
  try {
    await waitUntilReady(redis, CONNECT_TIMEOUT_MS);
    return await work(redis);
  } finally {
    disconnect(redis);
  }
}
