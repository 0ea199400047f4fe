import type { Redis } from 'ioredis';
import { addressOf, connectProducer, disconnect, waitUntilReady } from '../clients/redis.ts';
import { type RedisFitness, readRedisFitness } from '../clients/redis-check.ts';
import { ExternalError } from '../errors.ts';
import { type Finding, findings } from './finding.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** A worker that starts sweeps probe Pods this long after their deadline (`DEADLINE_MARGIN_SECONDS` of probe-pod.ts). */
const SWEEP_MARGIN_MS = 30_000;
/** Beyond what a round trip explains. */
const NOTED_SKEW_MS = 2_000;

const is = findings('redis');

/** Whether this Redis can keep the queues: reachable, new enough, keeps all, survives a restart, has our time. */
export async function lookAtRedis(url: string): Promise<readonly Finding[]> {
  const redis = connectProducer(url, () => undefined);
  try {
    await waitUntilReady(redis, CONNECT_TIMEOUT_MS);
    const fitness = await readRedisFitness(redis);
    return [
      is.ok(`Redis at ${addressOf(redis)} answers`),
      version(fitness),
      policy(fitness),
      persistence(fitness),
      await clock(redis),
    ];
  } catch (error) {
    if (!(error instanceof ExternalError)) throw error;
    return [unreachable(error.message)];
  } finally {
    disconnect(redis);
  }
}

function unreachable(message: string): Finding {
  const refused = /NOAUTH|WRONGPASS|NOPERM/.test(message);
  return is.wrong({
    what: refused ? `Redis does not accept our credentials: ${message}` : message,
    why: 'Without Redis no command is taken and no run starts.',
    mend: refused
      ? ['REDIS_URL=redis://USER:PASSWORD@HOST:6379', 'redis-cli -u "$REDIS_URL" PING']
      : [
          'redis-cli -u "$REDIS_URL" PING   # from the host of the bot, and from that of the worker',
        ],
  });
}

function version({ version: found, tooOld }: RedisFitness): Finding {
  if (!tooOld) return is.ok(`version ${found}`);
  return is.wrong({
    what: `Redis ${found} is too old`,
    why: 'The queues use commands that came with Redis 6.2; bot and worker refuse to start.',
    mend: ['# upgrade to Redis 6.2 or newer, or to any Valkey'],
  });
}

function policy({ policy: found }: RedisFitness): Finding {
  if (found === 'noeviction') return is.ok('maxmemory-policy is noeviction');
  const set = 'redis-cli -u "$REDIS_URL" CONFIG SET maxmemory-policy noeviction';
  if (found === null) {
    return is.worthALook({
      what: 'Redis does not let us read maxmemory-policy',
      why: 'Any other policy than noeviction throws queued runs away when memory is short.',
      mend: ["# set maxmemory-policy to noeviction in the managed service's parameter group"],
    });
  }
  return is.wrong({
    what: `maxmemory-policy is ${found}`,
    why: 'Redis may throw queued runs away when memory is short; bot and worker refuse to start.',
    mend: [set, 'redis-cli -u "$REDIS_URL" CONFIG REWRITE   # keeps it over a restart'],
  });
}

const APPEND_ONLY = [
  'redis-cli -u "$REDIS_URL" CONFIG SET appendonly yes',
  'redis-cli -u "$REDIS_URL" CONFIG REWRITE   # keeps it over a restart',
];

function persistence({ persistence: found }: RedisFitness): Finding {
  switch (found) {
    case 'append-only':
      return is.ok('keeps an append-only file');
    case 'snapshots':
      return is.worthALook({
        what: 'Redis has snapshots but no append-only file',
        why: 'A crash of Redis loses the last minutes: queued runs and unsent messages.',
        mend: APPEND_ONLY,
      });
    case 'none':
      return is.worthALook({
        what: 'Redis keeps nothing on disk',
        why: 'A restart of Redis loses queued runs, unsent messages, history and the audit log.',
        mend: APPEND_ONLY,
      });
    case 'unknown':
      return is.worthALook({
        what: 'Redis does not let us read how it keeps its data',
        why: 'If it keeps nothing on disk, a restart loses queued runs and unsent messages.',
        mend: ['# switch the append-only file on in the managed service'],
      });
  }
}

async function clock(redis: Redis): Promise<Finding> {
  const before = Date.now();
  const [seconds, microseconds] = await redis.time();
  const here = (before + Date.now()) / 2;
  return clockFinding(Number(seconds) * 1_000 + Number(microseconds) / 1_000 - here);
}

/** @param skewMs - how far the clock of Redis is ahead of ours */
export function clockFinding(skewMs: number): Finding {
  const apart = `the clocks of Redis and this host are ${(Math.abs(skewMs) / 1_000).toFixed(1)} s apart`;
  if (Math.abs(skewMs) < NOTED_SKEW_MS) return is.ok(apart);
  const trouble = {
    what: apart,
    why: 'Bot, worker and Redis date jobs, locks and the deadlines of probe Pods by their own clocks: waiting times are wrong, and beyond 30 s a worker that starts may delete the Pods of a run under way.',
    mend: ['timedatectl set-ntp true   # on both hosts', 'chronyc tracking'],
  };
  return Math.abs(skewMs) < SWEEP_MARGIN_MS ? is.worthALook(trouble) : is.wrong(trouble);
}
