import { createFeedbackStore } from '../runs/feedback.ts';
import type { Terminal } from './cli.ts';
import { withRedis } from './with-redis.ts';

/**
 * `feedback export`: one JSON line for each answer to *Was this right?*, oldest first.
 *
 * @throws ConfigError without a REDIS_URL, ExternalError `redis-unavailable`
 */
export async function exportFeedback(terminal: Terminal): Promise<0> {
  return withRedis(terminal, async (redis) => {
    for await (const each of createFeedbackStore(redis).all()) {
      terminal.out(`${JSON.stringify(each)}\n`);
    }
    return 0 as const;
  });
}
