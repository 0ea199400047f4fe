import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { recordKey } from './keys.ts';
import type { RunWork } from './run-stages.ts';

const TTL_SECONDS = 3600;
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

const workSchema = z.custom<RunWork>(
  (value) => typeof value === 'object' && value !== null && 'snapshot' in value && 'waves' in value,
);

/** Keeps a run's work between its steps, and counts its events. */
export interface RunWorkStore {
  save(runId: string, work: RunWork): Promise<void>;
  /** Null when there is none (any more). */
  load(runId: string): Promise<RunWork | null>;
  forget(runId: string): Promise<void>;
  /** 1, 2, 3… over all attempts and replicas. */
  nextSeq(runId: string): Promise<number>;
}

/** The store on one Redis connection. A snapshot of thousands of nodes is megabytes of JSON: it is deflated. */
export function createRunWorkStore(redis: Redis): RunWorkStore {
  const workKey = (runId: string): string => recordKey('work', runId);
  return {
    async save(runId, work) {
      const packed = await deflate(Buffer.from(JSON.stringify(work)), { level: 1 });
      await redis.set(workKey(runId), packed, 'EX', TTL_SECONDS);
    },
    async load(runId) {
      const packed = await redis.getBuffer(workKey(runId));
      if (packed === null) return null;
      return workSchema.parse(JSON.parse((await inflate(packed)).toString('utf8')));
    },
    async forget(runId) {
      await redis.del(workKey(runId));
    },
    async nextSeq(runId) {
      const key = recordKey('seq', runId);
      const seq = await redis.incr(key);
      await redis.expire(key, TTL_SECONDS);
      return seq;
    },
  };
}
