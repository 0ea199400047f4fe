import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { recordKey } from './keys.ts';

/** Who did something. `id` is Slack's user id, the alert group's hash, or the schedule's id. */
export interface AuditActor {
  readonly kind: 'person' | 'alert' | 'schedule' | 'operator';
  readonly id: string;
  readonly name: string;
}

/** What was done or refused. Plain words and ids; never a secret, never text of a cluster. */
export interface AuditAction {
  readonly actor: AuditActor;
  /** e.g. `run-requested`, `run-joined`, `run-refused`, `run-cancelled`. */
  readonly action: string;
  readonly cluster: string | null;
  readonly runId: string | null;
  readonly detail: Readonly<Record<string, string>>;
}

/** One line of the log. `hash` covers all other fields and, through `prev`, every line before. */
export interface AuditEntry extends AuditAction {
  readonly seq: number;
  /** ISO 8601, by the bot's clock. */
  readonly at: string;
  readonly prev: string;
  readonly hash: string;
}

/** Where a chain begins. */
export const GENESIS = '0'.repeat(64);
/** Replicas that append at the same time take turns; so many lost turns in a row mean that something else is wrong. */
const MAX_TURNS = 50;
const PAGE = 500;

/** Appends only if the head is still the one that the hash was computed over. Returns 1 when it did. */
const APPEND = `
local head = redis.call('GET', KEYS[2]) or ARGV[1]
if head ~= ARGV[1] then return 0 end
redis.call('XADD', KEYS[1], '*', 'entry', ARGV[3])
redis.call('SET', KEYS[2], ARGV[2])
return 1`;

const entrySchema = z.object({
  seq: z.number(),
  at: z.string(),
  actor: z.object({
    kind: z.enum(['person', 'alert', 'schedule', 'operator']),
    id: z.string(),
    name: z.string(),
  }),
  action: z.string(),
  cluster: z.string().nullable(),
  runId: z.string().nullable(),
  detail: z.record(z.string(), z.string()),
  prev: z.string(),
  hash: z.string(),
});

/** What a check of the chain found. */
export type AuditCheck =
  | { readonly intact: true; readonly entries: number }
  | { readonly intact: false; readonly entries: number; readonly why: string };

/** An append-only log of who did what, as a hash chain in a Redis stream. */
export interface AuditLog {
  /** Resolves when it is stored; rejects when Redis is away, and then the action must not happen. */
  append(action: AuditAction): Promise<void>;
  /** Every entry, oldest first. */
  entries(): AsyncGenerator<unknown>;
}

/** The hash of an entry over its fields in a fixed order. */
export function hashOfEntry(entry: Omit<AuditEntry, 'hash'>): string {
  const { seq, at, actor, action, cluster, runId, detail, prev } = entry;
  const sorted = Object.entries(detail).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const fields = [prev, seq, at, actor.kind, actor.id, actor.name, action, cluster, runId, sorted];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** The log on one Redis. */
export function createAuditLog(redis: Redis, now: () => Date = () => new Date()): AuditLog {
  const stream = recordKey('audit');
  const head = recordKey('audit', 'head');
  return {
    async append(action) {
      for (let turn = 0; turn < MAX_TURNS; turn += 1) {
        const stored = (await redis.get(head)) ?? `0 ${GENESIS}`;
        const [count = '0', prev = GENESIS] = stored.split(' ');
        const open = { ...action, seq: Number(count) + 1, at: now().toISOString(), prev };
        const entry: AuditEntry = { ...open, hash: hashOfEntry(open) };
        const next = `${entry.seq} ${entry.hash}`;
        const line = JSON.stringify(entry);
        if ((await redis.eval(APPEND, 2, stream, head, stored, next, line)) === 1) return;
      }
      throw new Error('the audit log could not be appended to: others were always first');
    },
    async *entries() {
      let from = '-';
      for (;;) {
        const page = await redis.xrange(stream, from, '+', 'COUNT', PAGE);
        for (const [, [, line = 'null'] = []] of page) yield JSON.parse(line) as unknown;
        const last = page.at(-1)?.[0];
        if (last === undefined || page.length < PAGE) return;
        from = `(${last}`;
      }
    },
  };
}

/** Walks a chain from its beginning: a changed, lost, added or moved line is named by its place. */
export async function checkChain(
  lines: AsyncIterable<unknown> | Iterable<unknown>,
): Promise<AuditCheck> {
  let prev = GENESIS;
  let seq = 0;
  for await (const line of lines) {
    seq += 1;
    const parsed = entrySchema.safeParse(line);
    if (!parsed.success) return broken(seq, 'is no audit entry');
    const entry = parsed.data;
    if (entry.seq !== seq)
      return broken(seq, `carries number ${entry.seq}: lines are missing or moved`);
    if (entry.prev !== prev) return broken(seq, 'does not follow from the line before it');
    if (hashOfEntry(entry) !== entry.hash) return broken(seq, 'was changed');
    prev = entry.hash;
  }
  return { intact: true, entries: seq };
}

function broken(seq: number, why: string): AuditCheck {
  return { intact: false, entries: seq - 1, why: `Line ${seq} ${why}.` };
}
