import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { ChecklistItem, Report } from '../core/report/report.ts';
import { APPLY_IF_NEWER, CANCEL_IF_OPEN, eventFields } from './apply-event.ts';
import type { ReportEvent, StoppedPods, Trigger } from './jobs.ts';
import { recordKey } from './keys.ts';

/** Records of a run outlive it by a week: long enough for "Run again" and for a late `resolved`. */
export const RUN_TTL_SECONDS = 7 * 24 * 3600;

/** Slack repeats an event for some minutes (https://docs.slack.dev/apis/events-api). */
const SEEN_TTL_SECONDS = 3600;

/** One place that wants a run's answer: a channel (whoever asked there first), or an alert group with a thread of its own. */
export interface Subscription {
  /** `channel-<channel>`, `thread-<channel>-<ts>`, `schedule-<channel>` or `alert-<groupKeyHash>`; stable, so that two askers in one channel share one thread. */
  readonly id: string;
  readonly runId: string;
  readonly cluster: string;
  readonly channel: string;
  /** The thread that the answer goes into; null: its root is a message of the channel. */
  readonly threadTs: string | null;
  readonly trigger: Trigger;
  /** True when the run was already under way when this one asked. */
  readonly joined: boolean;
  readonly createdAt: string;
}

/** A message that Slack accepted, and the hash of what it says, so that equal content is not sent again. */
export interface PostedMessage {
  readonly channel: string;
  readonly ts: string;
  readonly hash: string;
}

/** All that is known of a run: what the bot renders from. */
export interface RunState {
  readonly runId: string;
  readonly cluster: string;
  readonly requestedAt: string;
  readonly trigger: Trigger;
  /** Deep mode was asked for. */
  readonly deep: boolean;
  /** When a worker took it; null while it waits. */
  readonly startedAt: string | null;
  readonly seq: number;
  readonly checklist: readonly ChecklistItem[];
  /** The latest report: first verdict, later the final one. */
  readonly report: Report | null;
  /** When the first verdict came. */
  readonly verdictAt: string | null;
  /** One sentence when the run could not end in a report. */
  readonly failed: string | null;
  /** Set when no worker had taken the run after 10 s; cleared when one takes it. */
  readonly noWorker: { readonly lastSeen: string | null } | null;
  /** Who cancelled it, before it had a verdict. */
  readonly cancelled: Cancelled | null;
  /** What became of its probe Pods, once the worker has stopped; null while it has not. */
  readonly stopped: StoppedPods | null;
}

/** Who cancelled a run, and when. */
export interface Cancelled {
  readonly user: string;
  readonly userName: string;
  readonly at: string;
}

/** What came of cancelling: the first one counts, and a run that has ended stays as it is. */
export type CancelOutcome = 'cancelled' | 'cancelled-before' | 'ended' | 'unknown';

/** The last verdict of a cluster. */
export interface LastVerdict {
  readonly runId: string;
  readonly verdict: Report['verdict'];
  readonly headline: string;
  readonly at: string;
  /** Ids of the causes that it named. */
  readonly causes: readonly string[];
}

/**
 * What the bot remembers, in Redis. No secrets but the short-lived `responseUrl` of a trigger; every record
 * has a TTL. Methods reject when Redis is away (producer connections fail at once).
 */
export interface RunStore {
  openRun(run: {
    readonly runId: string;
    readonly cluster: string;
    readonly requestedAt: string;
    readonly trigger: Trigger;
    readonly deep?: boolean;
  }): Promise<void>;
  /** Null when unknown or expired. */
  run(runId: string): Promise<RunState | null>;
  /** Stores what an event says, unless a newer one was stored. False: the event is older than what is stored. */
  applyEvent(event: ReportEvent, now: string): Promise<boolean>;
  /** Stores a subscription once; `added` is false when this place had subscribed before (the stored one is returned). */
  subscribe(
    subscription: Subscription,
  ): Promise<{ readonly subscription: Subscription; readonly added: boolean }>;
  subscriptions(runId: string): Promise<readonly Subscription[]>;
  /** The message posted under `key` (`root`, `checklist`, `broken`, `why`, `fix`…) for a subscription. */
  message(runId: string, subscriptionId: string, key: string): Promise<PostedMessage | null>;
  saveMessage(
    runId: string,
    subscriptionId: string,
    key: string,
    message: PostedMessage,
  ): Promise<void>;
  /**
   * Notes that a message is about to be posted. Returns when an earlier attempt began whose end is not known (a
   * crash, a timeout): Slack may have that message. `saveMessage` and `abandonPost` end it.
   */
  beginPost(runId: string, subscriptionId: string, key: string, at: string): Promise<string | null>;
  /** Slack certainly did not take it. */
  abandonPost(runId: string, subscriptionId: string, key: string): Promise<void>;
  /** True once for each id: Slack may deliver the same event again. */
  firstTime(kind: string, id: string): Promise<boolean>;
  lastVerdict(cluster: string): Promise<LastVerdict | null>;
  saveLastVerdict(cluster: string, verdict: LastVerdict): Promise<void>;
  workerSeen(cluster: string, at: string): Promise<void>;
  /** When a worker for this cluster was last alive; null when never (or not for a week). */
  workerLastSeen(cluster: string): Promise<string | null>;
  markNoWorker(runId: string, lastSeen: string | null): Promise<void>;
  /** Marks a run as cancelled, in one step with the look whether it still can be. */
  cancelRun(runId: string, by: Cancelled): Promise<CancelOutcome>;
  isCancelled(runId: string): Promise<boolean>;
}

const json = z.string().transform((text): unknown => JSON.parse(text));
const triggerSchema = json.pipe(z.custom<Trigger>((value) => isRecord(value) && 'kind' in value));
const subscriptionSchema = json.pipe(z.custom<Subscription>((v) => isRecord(v) && 'channel' in v));
const messageSchema = json.pipe(
  z.object({ channel: z.string(), ts: z.string(), hash: z.string() }),
);
const lastVerdictSchema = json.pipe(
  z.object({
    runId: z.string(),
    verdict: z.enum(['healthy', 'degraded', 'broken', 'inconclusive']),
    headline: z.string(),
    at: z.string(),
    causes: z.array(z.string()).default([]),
  }),
);
const runSchema = z.object({
  runId: z.string(),
  cluster: z.string(),
  requestedAt: z.string(),
  trigger: triggerSchema,
  deep: z
    .literal('true')
    .optional()
    .transform((value) => value !== undefined),
  startedAt: z.string().nullable().default(null),
  seq: z.coerce.number().default(0),
  checklist: json.pipe(z.custom<readonly ChecklistItem[]>(Array.isArray)).default([]),
  report: json.pipe(z.custom<Report>(isRecord)).nullable().default(null),
  verdictAt: z.string().nullable().default(null),
  failed: z.string().nullable().default(null),
  noWorker: json
    .pipe(z.object({ lastSeen: z.string().nullable() }))
    .nullable()
    .default(null),
  cancelled: json
    .pipe(z.object({ user: z.string(), userName: z.string(), at: z.string() }))
    .nullable()
    .default(null),
  stopped: z.enum(['none', 'removed', 'left']).nullable().default(null),
});

const cancelOutcomeSchema = z.enum(['cancelled', 'cancelled-before', 'ended', 'unknown']);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The store on one Redis connection. */
export function createRunStore(redis: Redis): RunStore {
  const runKey = (runId: string): string => recordKey('run', runId);
  const subsKey = (runId: string): string => recordKey('run', runId, 'subscriptions');
  const messagesKey = (runId: string): string => recordKey('run', runId, 'messages');
  const posting = (field: string): string => `posting/${field}`;

  async function parsed<T>(schema: z.ZodType<T>, text: Promise<string | null>): Promise<T | null> {
    const value = await text;
    return value === null ? null : schema.parse(value);
  }
  const put = async (key: string, value: unknown): Promise<void> => {
    await redis.set(key, JSON.stringify(value), 'EX', RUN_TTL_SECONDS);
  };

  return {
    async openRun({ runId, cluster, requestedAt, trigger, deep = false }) {
      const how = deep ? { deep: 'true' } : {};
      const fields = { runId, cluster, requestedAt, trigger: JSON.stringify(trigger), ...how };
      await redis.hset(runKey(runId), fields);
      await redis.expire(runKey(runId), RUN_TTL_SECONDS);
    },
    async run(runId) {
      const fields = await redis.hgetall(runKey(runId));
      return 'runId' in fields ? runSchema.parse(fields) : null;
    },
    async applyEvent(event, now) {
      if (event.seq === 0) return true;
      const isVerdict = event.kind === 'verdict' ? '1' : '0';
      const head = [String(event.seq), String(RUN_TTL_SECONDS), now, isVerdict];
      const stored = await redis.eval(
        APPLY_IF_NEWER,
        1,
        runKey(event.runId),
        ...head,
        ...eventFields(event),
      );
      return stored === 1;
    },
    async subscribe(subscription) {
      const key = subsKey(subscription.runId);
      const added = await redis.hsetnx(key, subscription.id, JSON.stringify(subscription));
      await redis.expire(key, RUN_TTL_SECONDS);
      if (added === 1) return { subscription, added: true };
      const existing = await parsed(subscriptionSchema, redis.hget(key, subscription.id));
      return { subscription: existing ?? subscription, added: false };
    },
    async subscriptions(runId) {
      const fields = await redis.hgetall(subsKey(runId));
      return Object.values(fields)
        .map((text) => subscriptionSchema.parse(text))
        .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
    },
    message: (runId, subscriptionId, key) =>
      parsed(messageSchema, redis.hget(messagesKey(runId), `${subscriptionId}/${key}`)),
    async saveMessage(runId, subscriptionId, key, message) {
      const field = `${subscriptionId}/${key}`;
      await redis
        .multi()
        .hset(messagesKey(runId), field, JSON.stringify(message))
        .hdel(messagesKey(runId), posting(field))
        .expire(messagesKey(runId), RUN_TTL_SECONDS)
        .exec();
    },
    async beginPost(runId, subscriptionId, key, at) {
      const field = posting(`${subscriptionId}/${key}`);
      const isFirst = await redis.hsetnx(messagesKey(runId), field, at);
      await redis.expire(messagesKey(runId), RUN_TTL_SECONDS);
      return isFirst === 1 ? null : redis.hget(messagesKey(runId), field);
    },
    async abandonPost(runId, subscriptionId, key) {
      await redis.hdel(messagesKey(runId), posting(`${subscriptionId}/${key}`));
    },
    async firstTime(kind, id) {
      const key = recordKey('seen', kind, id);
      return (await redis.set(key, '1', 'EX', SEEN_TTL_SECONDS, 'NX')) !== null;
    },
    lastVerdict: (cluster) =>
      parsed(lastVerdictSchema, redis.get(recordKey('last-verdict', cluster))),
    saveLastVerdict: (cluster, verdict) => put(recordKey('last-verdict', cluster), verdict),
    async workerSeen(cluster, at) {
      await redis.set(recordKey('worker', cluster), at, 'EX', RUN_TTL_SECONDS);
    },
    workerLastSeen: (cluster) => redis.get(recordKey('worker', cluster)),
    async markNoWorker(runId, lastSeen) {
      await redis.hset(runKey(runId), 'noWorker', JSON.stringify({ lastSeen }));
    },
    async cancelRun(runId, by) {
      const outcome = await redis.eval(CANCEL_IF_OPEN, 1, runKey(runId), JSON.stringify(by));
      return cancelOutcomeSchema.parse(outcome);
    },
    isCancelled: async (runId) => (await redis.hexists(runKey(runId), 'cancelled')) === 1,
  };
}
