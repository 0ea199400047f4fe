/** Owns an embedded Redis and prints its process id; ends only by being killed. */
import { startEmbeddedRedis } from '../../../src/clients/embedded-redis.ts';

const redis = await startEmbeddedRedis();
console.log(redis.pid);
setInterval(() => undefined, 1_000);
