import type { Redis } from 'ioredis';
import { recordKey } from '../runs/keys.ts';

/** A call that Slack counts: posts by channel, everything else by method for the whole workspace. */
export type PacedCall =
  | { readonly kind: 'post'; readonly channel: string }
  /** A patient edit leaves some tokens to those that bring a verdict. */
  | { readonly kind: 'edit'; readonly patient: boolean }
  | { readonly kind: 'file' };

/** Token buckets that all replicas of the bot share. */
export interface Pacer {
  /** Milliseconds to wait before this call, which is then not counted; 0 when it may go now. */
  take(call: PacedCall): Promise<number>;
  /** Slack answered 429 to this call: its bucket gives nothing for `ms`. */
  hold(call: PacedCall, ms: number): Promise<void>;
}

interface Bucket {
  readonly capacity: number;
  readonly perMinute: number;
}

/**
 * Below Slack's limits, so that a burst and a minute's refill stay within them.
 * Sources: https://docs.slack.dev/apis/web-api/rate-limits (posts: about one a second and channel, short bursts),
 * https://docs.slack.dev/reference/methods/chat.update (tier 3: 50 a minute),
 * https://docs.slack.dev/reference/methods/files.completeUploadExternal (tier 4: 100 a minute).
 */
const BUCKETS: Readonly<Record<PacedCall['kind'], Bucket>> = {
  post: { capacity: 8, perMinute: 60 },
  edit: { capacity: 10, perMinute: 40 },
  file: { capacity: 20, perMinute: 80 },
};
/** What patient edits leave in the bucket. */
const KEPT_FOR_VERDICTS = 5;
const MS_PER_MINUTE = 60_000;

/** One step for all replicas, by Redis' own clock. Returns the milliseconds to wait, 0 when a token was taken. */
const TAKE = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local b = redis.call('HMGET', KEYS[1], 'tokens', 'at', 'heldUntil')
local held = tonumber(b[3] or '0') - now
if held > 0 then return held end
local capacity, perMs, keep = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tokens = tonumber(b[1] or ARGV[1])
tokens = math.min(capacity, tokens + (now - tonumber(b[2] or now)) * perMs)
local wait = 0
if tokens >= 1 + keep then tokens = tokens - 1 else wait = math.ceil((1 + keep - tokens) / perMs) end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / perMs))
return wait`;

const HOLD = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
redis.call('HSET', KEYS[1], 'heldUntil', tostring(now + tonumber(ARGV[1])))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[1]) + 60000)
return 0`;

/** The pacer on one Redis; its methods reject when Redis is away. */
export function createPacer(redis: Redis): Pacer {
  const keyOf = (call: PacedCall): string =>
    call.kind === 'post' ? recordKey('pace', 'post', call.channel) : recordKey('pace', call.kind);
  return {
    async take(call) {
      const { capacity, perMinute } = BUCKETS[call.kind];
      const keep = call.kind === 'edit' && call.patient ? KEPT_FOR_VERDICTS : 0;
      const perMs = String(perMinute / MS_PER_MINUTE);
      return Number(await redis.eval(TAKE, 1, keyOf(call), String(capacity), perMs, String(keep)));
    },
    async hold(call, ms) {
      await redis.eval(HOLD, 1, keyOf(call), String(Math.ceil(ms)));
    },
  };
}
