import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { KEY_PREFIX, recordKey } from './keys.ts';
import { RUN_TTL_SECONDS, type RunState } from './run-store.ts';

/** The one queue of ticks; bots take them. */
export const SCHEDULES_QUEUE = 'schedules';
/** Schedules of all clusters together: each costs a diagnosis per tick. */
export const MAX_SCHEDULES = 100;
/** Four of the longest intervals: a schedule that still ticks renews it. */
const TOLD_TTL_SECONDS = 28 * 24 * 3600;
/** A tick that could not be stored is tried again for about a minute; then the next one counts. */
const TICK_ATTEMPTS = 6;
const TICK_BACKOFF_MS = 10_000;

const scheduleSchema = z.object({
  cluster: z.string(),
  channel: z.string(),
  everyMs: z.number(),
  user: z.string(),
  userName: z.string(),
  at: z.string(),
});
const toldSchema = z.object({ state: z.string(), at: z.string() });

/** A cluster that is diagnosed again and again, and the channel that hears of changes. One for each pair of them. */
export type Schedule = z.output<typeof scheduleSchema>;

/** How a run ended, as far as a channel is told of changes of it. */
export type Outcome = 'healthy' | 'degraded' | 'broken' | 'inconclusive' | 'failed' | 'waiting';

/** What a channel was told last: how a run ended, and when that run was requested. */
export interface Told {
  readonly state: string;
  readonly at: string;
}

/** Schedules as BullMQ job schedulers: they live in Redis, and each holds one tick at a time, however long nobody takes it. */
export interface Schedules {
  /** Adds one, or changes it. What its channel was told before no longer counts. */
  set(schedule: Schedule): Promise<void>;
  /** False: there was none. */
  remove(id: string): Promise<boolean>;
  list(): Promise<readonly (Schedule & { readonly next: string | null })[]>;
  told(id: string): Promise<Told | null>;
  saveTold(id: string, told: Told): Promise<void>;
  /** What a channel knew before a run: `now` at the first call, and the same ever after. */
  known(run: { readonly runId: string; readonly channel: string }, now: string): Promise<string>;
  close(): Promise<void>;
}

/** `prod/C0123456789`. */
export function scheduleId({ cluster, channel }: Pick<Schedule, 'cluster' | 'channel'>): string {
  return `${cluster}/${channel}`;
}

/** How a run ended; null while it may yet end otherwise, and for one that somebody cancelled. */
export function outcomeOf({ report, failed, noWorker, cancelled }: RunState): Outcome | null {
  if (cancelled !== null) return null;
  if (report !== null) return report.final ? report.verdict : null;
  if (failed !== null) return 'failed';
  return noWorker === null ? null : 'waiting';
}

/** The schedules on one Redis; `connection` fails at once when Redis is away. */
export function createSchedules(redis: Redis, onError: (error: Error) => void): Schedules {
  const queue = new Queue<Schedule>(SCHEDULES_QUEUE, {
    connection: redis,
    prefix: KEY_PREFIX,
    skipWaitingForReady: true,
    skipVersionCheck: true,
  });
  queue.on('error', onError);
  const toldKey = (id: string): string => recordKey('told', id);
  return {
    async set(schedule) {
      const { everyMs } = schedule;
      const id = scheduleId(schedule);
      await redis.del(toldKey(id));
      await queue.upsertJobScheduler(
        id,
        { every: everyMs, startDate: Date.now() + everyMs },
        {
          name: 'tick',
          data: schedule,
          opts: {
            attempts: TICK_ATTEMPTS,
            backoff: { type: 'fixed', delay: TICK_BACKOFF_MS },
            removeOnComplete: true,
            removeOnFail: true,
          },
        },
      );
    },
    async remove(id) {
      const removed = await queue.removeJobScheduler(id);
      await redis.del(toldKey(id));
      return removed;
    },
    async list() {
      const all = await queue.getJobSchedulers(0, MAX_SCHEDULES);
      return all.flatMap(({ template, next }) => {
        const parsed = scheduleSchema.safeParse(template?.data);
        if (!parsed.success) return [];
        return [{ ...parsed.data, next: next === undefined ? null : new Date(next).toISOString() }];
      });
    },
    async told(id) {
      const text = await redis.get(toldKey(id));
      return text === null ? null : toldSchema.parse(JSON.parse(text));
    },
    async saveTold(id, told) {
      await redis.set(toldKey(id), JSON.stringify(told), 'EX', TOLD_TTL_SECONDS);
    },
    async known({ runId, channel }, now) {
      const key = recordKey('run', runId, 'known', channel);
      await redis.set(key, now, 'EX', RUN_TTL_SECONDS, 'NX');
      return (await redis.get(key)) ?? now;
    },
    close: () => queue.close(),
  };
}

/** Takes ticks until closed. A tick that throws is tried again. */
export function startScheduleWorker(
  { connection, onError }: { readonly connection: Redis; readonly onError: (e: Error) => void },
  tick: (schedule: Schedule) => Promise<void>,
): { close(): Promise<void> } {
  const worker = new Worker<Schedule>(
    SCHEDULES_QUEUE,
    (job) => tick(scheduleSchema.parse(job.data)),
    { connection, prefix: KEY_PREFIX },
  );
  worker.on('error', onError);
  worker.on('failed', (_job, error) => onError(error));
  return { close: () => worker.close() };
}
