import type { Redis } from 'ioredis';
import { ExternalError, UserError } from '../errors.ts';

/** BullMQ: ">= 6.2 recommended", and `GETDEL`, `SET … GET` and stream commands that we rely on came with it. */
const MIN_VERSION = [6, 2] as const;

/** What the start-up check found out. `warnings` are full sentences for the log. */
export interface RedisCheck {
  readonly version: string;
  readonly warnings: readonly string[];
}

/** What matters of a Redis that keeps queues. */
export interface RedisFitness {
  readonly version: string;
  readonly tooOld: boolean;
  /** `maxmemory-policy`; null where Redis does not say. */
  readonly policy: string | null;
  readonly persistence: 'append-only' | 'snapshots' | 'none' | 'unknown';
}

/** Asks Redis. @throws ExternalError `redis-unavailable` */
export async function readRedisFitness(redis: Redis): Promise<RedisFitness> {
  const info = parseInfo(await read(redis.info()));
  const version = info.get('valkey_version') ?? info.get('redis_version') ?? '0';
  return {
    version,
    tooOld: isOld(info.get('redis_version') ?? version),
    policy: info.get('maxmemory_policy') ?? (await setting(redis, 'maxmemory-policy')),
    persistence: await persistenceOf(redis, info),
  };
}

/**
 * Looks whether this Redis can keep queues: version, eviction policy, persistence.
 *
 * @throws UserError `redis-unfit` when jobs would be lost (an eviction policy) or scripts would fail (too old)
 */
export async function checkRedis(redis: Redis): Promise<RedisCheck> {
  const { version, tooOld, policy, persistence } = await readRedisFitness(redis);
  const problems = [
    ...(tooOld
      ? [`Redis ${version} is too old; 6.2 or newer is needed (Valkey of any version will do)`]
      : []),
    ...(policy !== null && policy !== 'noeviction'
      ? [
          `maxmemory-policy is ${policy}, so Redis may throw away queued runs; set it to noeviction (CONFIG SET maxmemory-policy noeviction, or in the managed service's parameter group)`,
        ]
      : []),
  ];
  if (problems.length > 0) {
    throw new UserError('redis-unfit', `This Redis cannot be used: ${problems.join('; ')}.`);
  }
  const warning = PERSISTENCE_WARNINGS[persistence];
  return {
    version,
    warnings: [
      ...(policy === null
        ? ['Redis does not let us read maxmemory-policy; make sure that it is noeviction.']
        : []),
      ...(warning === null ? [] : [warning]),
    ],
  };
}

const PERSISTENCE_WARNINGS: Readonly<Record<RedisFitness['persistence'], string | null>> = {
  'append-only': null,
  snapshots:
    'Redis has snapshots but no append-only file; a crash loses the last minutes; set appendonly yes.',
  none: 'Redis keeps nothing on disk, so a restart loses queued runs; set appendonly yes.',
  unknown:
    'Redis has no append-only file and does not let us read its snapshot settings; if it keeps nothing on disk, a restart loses queued runs.',
};

async function persistenceOf(
  redis: Redis,
  info: ReadonlyMap<string, string>,
): Promise<RedisFitness['persistence']> {
  if (info.get('aof_enabled') === '1') return 'append-only';
  const save = await setting(redis, 'save');
  if (save === null) return 'unknown';
  return save === '' ? 'none' : 'snapshots';
}

/** Managed services forbid CONFIG: null then. */
async function setting(redis: Redis, name: string): Promise<string | null> {
  try {
    const reply: unknown = await redis.config('GET', name);
    if (Array.isArray(reply)) return typeof reply[1] === 'string' ? reply[1] : null;
    if (typeof reply === 'object' && reply !== null) {
      const value: unknown = Object.values(reply)[0];
      return typeof value === 'string' ? value : null;
    }
    return null;
  } catch (error) {
    if (error instanceof Error && /NOPERM|unknown command|ERR/i.test(error.message)) return null;
    throw unavailable(error);
  }
}

async function read(reply: Promise<string>): Promise<string> {
  try {
    return await reply;
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(cause: unknown): ExternalError {
  const reason = cause instanceof Error ? cause.message.slice(0, 120) : 'unknown reason';
  return new ExternalError(
    'redis-unavailable',
    `Redis did not answer the start-up check (${reason}).`,
    {
      retryable: true,
      cause,
    },
  );
}

/** The `name:value` lines of INFO. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const);
  return new Map(pairs);
}

function isOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < MIN_VERSION[0] || (major === MIN_VERSION[0] && minor < MIN_VERSION[1]);
}
