import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { HealthySummary } from '../core/changes/healthy-summary.ts';
import { recordKey } from './keys.ts';

/** A cluster that was last healthy so long ago has changed in too many ways for a hint. */
const TTL_SECONDS = 90 * 24 * 3600;
/** Twice what 1,000 nodes with the longest of names need; more is not ours. */
const MAX_BYTES = 4 * 1024 * 1024;
const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

const texts = z.array(z.string()).nullable();
const digests = z.record(z.string(), z.string());

const summarySchema: z.ZodType<HealthySummary> = z.object({
  schema: z.literal('metrics-diag/healthy/v1'),
  runId: z.string(),
  takenAt: z.string(),
  serverVersion: z.string().nullable(),
  nodes: z
    .array(
      z.object({
        name: z.string(),
        address: z.string().nullable(),
        tunnel: z.string().nullable(),
        kernel: z.string(),
        osImage: z.string(),
        kubelet: z.string(),
        runtime: z.string(),
      }),
    )
    .nullable(),
  nodesCut: z.boolean(),
  cniImages: texts,
  provider: z.object({ images: z.array(z.string()), args: z.array(z.string()) }).nullable(),
  providerNodes: texts,
  frontProxyCas: texts,
  apiService: z.object({ caBundle: z.string().nullable(), verifies: z.boolean() }).nullable(),
  servingCertificate: z.string().nullable(),
  kubeletCertificates: digests,
  policies: digests.nullable(),
  helmChartConfigs: digests.nullable(),
  cniConfig: digests.nullable(),
  service: digests.nullable(),
  apiServerFlags: digests.nullable(),
});

/** A stored summary; null for anything else: another version's, or damaged. It is a hint, and never worth an error. */
export function parseSummary(text: string): HealthySummary | null {
  try {
    const parsed = summarySchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** The last healthy run of each cluster: one record each, overwritten by the next. */
export interface BaselineStore {
  save(cluster: string, summary: HealthySummary): Promise<void>;
  /** Null when none is known, or when it cannot be read. */
  load(cluster: string): Promise<HealthySummary | null>;
}

/** The store on one Redis connection. */
export function createBaselineStore(redis: Redis): BaselineStore {
  const key = (cluster: string): string => recordKey('healthy', cluster);
  return {
    async save(cluster, summary) {
      const packed = await deflate(Buffer.from(JSON.stringify(summary)));
      await redis.set(key(cluster), packed, 'EX', TTL_SECONDS);
    },
    async load(cluster) {
      const packed = await redis.getBuffer(key(cluster));
      if (packed === null) return null;
      const text = await inflate(packed, { maxOutputLength: MAX_BYTES }).catch(() => null);
      return text === null ? null : parseSummary(text.toString('utf8'));
    },
  };
}
