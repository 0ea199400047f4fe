import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { Evidence } from '../core/evidence/evidence.ts';
import { scrub } from '../scrub.ts';
import { recordKey } from './keys.ts';
import { RUN_TTL_SECONDS } from './run-store.ts';

/** A three-node run packs to some 10 kB, one of a thousand nodes to some hundreds; more would fill Redis. */
const MAX_BYTES = 4 * 1024 * 1024;
const pack = promisify(gzip);
const unpack = promisify(gunzip);

const evidenceSchema = z.custom<Evidence>(
  (value) =>
    typeof value === 'object' && value !== null && 'snapshot' in value && 'probes' in value,
);

/** Keeps what each run saw, scrubbed of secrets, for a week: the bundle that *Show evidence* hands out. */
export interface EvidenceStore {
  /** The last one counts. False: too big to be kept. */
  save(runId: string, evidence: Evidence): Promise<boolean>;
  /** The bundle as it is handed out (gzip), and what is in it; null when it is not kept (any more). */
  load(runId: string): Promise<{ readonly bundle: Buffer; readonly evidence: Evidence } | null>;
}

/** The store on one Redis connection. */
export function createEvidenceStore(redis: Redis): EvidenceStore {
  const key = (runId: string): string => recordKey('evidence', runId);
  return {
    async save(runId, evidence) {
      const bundle = await pack(`${JSON.stringify(scrub(evidence))}\n`);
      if (bundle.byteLength > MAX_BYTES) return false;
      await redis.set(key(runId), bundle, 'EX', RUN_TTL_SECONDS);
      return true;
    },
    async load(runId) {
      const bundle = await redis.getBuffer(key(runId));
      if (bundle === null) return null;
      const text = (await unpack(bundle)).toString('utf8');
      return { bundle, evidence: evidenceSchema.parse(JSON.parse(text)) };
    },
  };
}
