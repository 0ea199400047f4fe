import type { Redis } from 'ioredis';
import { z } from 'zod';
import { recordKey } from './keys.ts';
import { RUN_TTL_SECONDS } from './run-store.ts';

/** Answers kept; beyond, the oldest go. Some 400 bytes each. */
export const MAX_FEEDBACK = 10_000;
const PAGE = 500;

const feedbackSchema = z.object({
  runId: z.string(),
  cluster: z.string(),
  verdict: z.string(),
  /** e.g. `confirmed overlay-port-blocked`. */
  causes: z.array(z.string()),
  right: z.boolean(),
  /** What somebody wrote; `''` for nothing. */
  text: z.string(),
  user: z.string(),
  userName: z.string(),
  at: z.string(),
});

/** What one person says of one verdict. Complete by itself: the run is gone after a week. */
export type Feedback = z.output<typeof feedbackSchema>;

/** Answers to *Was this right?*, one for each person and run; the last one counts. */
export interface FeedbackStore {
  give(feedback: Feedback): Promise<void>;
  /** Of one run, oldest first; gone with the run's record. */
  of(runId: string): Promise<readonly Feedback[]>;
  /** All that are kept, oldest first. */
  all(): AsyncGenerator<Feedback>;
}

/** Stores an answer, and drops the oldest beyond the bound, in one step. */
const GIVE = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[3], ARGV[4], ARGV[3])
redis.call('EXPIRE', KEYS[3], ARGV[5])
local over = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[6])
if over > 0 then
  local popped = redis.call('ZPOPMIN', KEYS[2], over)
  for i = 1, #popped, 2 do redis.call('HDEL', KEYS[1], popped[i]) end
end
return 1`;

const parse = (text: string): Feedback => feedbackSchema.parse(JSON.parse(text));

/** The answers on one Redis. */
export function createFeedbackStore(redis: Redis, max: number = MAX_FEEDBACK): FeedbackStore {
  const answers = recordKey('feedback');
  const order = recordKey('feedback', 'order');
  const ofRun = (runId: string): string => recordKey('run', runId, 'feedback');
  return {
    async give(feedback) {
      const { runId, user, at } = feedback;
      const field = `${runId}/${user}`;
      const line = JSON.stringify(feedback);
      const limits = [String(RUN_TTL_SECONDS), String(max)];
      const keys = [answers, order, ofRun(runId)];
      await redis.eval(GIVE, 3, ...keys, field, String(Date.parse(at)), line, user, ...limits);
    },
    async of(runId) {
      const lines = await redis.hvals(ofRun(runId));
      return lines.map(parse).toSorted((a, b) => a.at.localeCompare(b.at));
    },
    async *all() {
      for (let from = 0; ; from += PAGE) {
        const fields = await redis.zrange(order, String(from), String(from + PAGE - 1));
        if (fields.length === 0) return;
        const lines = await redis.hmget(answers, ...fields);
        for (const line of lines) if (line !== null) yield parse(line);
      }
    },
  };
}
