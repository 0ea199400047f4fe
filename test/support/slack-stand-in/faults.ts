/** Trouble that the stand-in makes on demand, for the next `times` calls of a method (`*`: any). */
export interface Fault {
  readonly method: string;
  readonly times: number;
  readonly how:
    | { readonly kind: 'rate-limited'; readonly retryAfterSeconds: number }
    | { readonly kind: 'http'; readonly status: number }
    | { readonly kind: 'refused'; readonly code: string }
    /** Answers late, having done the work at once. */
    | { readonly kind: 'slow'; readonly ms: number }
    /** Never answers and does nothing. */
    | { readonly kind: 'hang' }
    /** Does the work and never answers: the caller cannot know. */
    | { readonly kind: 'accept-then-hang' };
}

/** Calls a minute that a method of a tier may take (https://docs.slack.dev/apis/web-api/rate-limits). */
const PER_MINUTE: Readonly<Record<string, number>> = {
  'chat.update': 50,
  'chat.postEphemeral': 100,
  'chat.getPermalink': 300,
  'users.info': 100,
  'usergroups.users.list': 20,
  'files.getUploadURLExternal': 100,
  'files.completeUploadExternal': 100,
  'conversations.info': 50,
};
const MINUTE_MS = 60_000;
/** "About 1 message/s/channel, short bursts allowed": how short is not published. */
const POST_BURST = 20;
const POST_PER_MS = 1 / 1_000;

/** Faults in the order in which they were asked for. */
export function createFaults(): {
  add(fault: Fault): void;
  take(method: string): Fault['how'] | null;
  clear(): void;
} {
  const planned: { fault: Fault; left: number }[] = [];
  return {
    add: (fault) => planned.push({ fault, left: fault.times }),
    take(method) {
      const next = planned.find(
        ({ fault, left }) => left > 0 && (fault.method === method || fault.method === '*'),
      );
      if (next === undefined) return null;
      next.left -= 1;
      return next.fault.how;
    },
    clear: () => planned.splice(0),
  };
}

/** Slack's own limits: seconds to wait, or null. */
export function createRateLimits(): (method: string, channel: string | null) => number | null {
  const calls = new Map<string, number[]>();
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (method, channel) => {
    const now = Date.now();
    if (method === 'chat.postMessage' && channel !== null) {
      const bucket = buckets.get(channel) ?? { tokens: POST_BURST, at: now };
      bucket.tokens = Math.min(POST_BURST, bucket.tokens + (now - bucket.at) * POST_PER_MS);
      bucket.at = now;
      buckets.set(channel, bucket);
      if (bucket.tokens < 1) return 1;
      bucket.tokens -= 1;
      return null;
    }
    const limit = PER_MINUTE[method];
    if (limit === undefined) return null;
    const recent = (calls.get(method) ?? []).filter((at) => now - at < MINUTE_MS);
    calls.set(method, recent);
    if (recent.length >= limit) {
      return Math.ceil((MINUTE_MS - (now - (recent[0] ?? now))) / 1_000);
    }
    recent.push(now);
    return null;
  };
}
