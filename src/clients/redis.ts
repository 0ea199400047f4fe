import { Redis, type RedisOptions } from 'ioredis';
import { ExternalError } from '../errors.ts';

/** A producer that cannot reach Redis says so within the second that a command may take to be acknowledged. */
const CONNECT_TIMEOUT_MS = 2_000;
const COMMAND_TIMEOUT_MS = 1_500;
const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 3_000;

const reconnectDelay = (attempt: number): number =>
  Math.min(RECONNECT_MIN_MS * 2 ** Math.min(attempt, 10), RECONNECT_MAX_MS);

type ConnectionSettings = Pick<
  RedisOptions,
  'path' | 'host' | 'port' | 'db' | 'username' | 'password' | 'tls'
>;

/** Connection options from `redis://`, `rediss://` (TLS) or `unix:///path.sock`; user, password and `/db` as in any Redis URL. */
export function redisOptionsFrom(url: string): ConnectionSettings {
  const parsed = new URL(url);
  const credentials = {
    ...(parsed.username === '' ? {} : { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
  };
  if (parsed.protocol === 'unix:') {
    const db = Number(parsed.searchParams.get('db') ?? '0');
    return { path: decodeURIComponent(parsed.pathname), db, ...credentials };
  }
  const hostname = parsed.hostname.replace(/^\[|\]$/g, ''); // an IPv6 literal
  const port = parsed.port === '' ? 6379 : Number(parsed.port); // IANA: redis
  const db = Number(parsed.pathname.slice(1) || '0');
  const tls = parsed.protocol === 'rediss:' ? { tls: { servername: hostname } } : {};
  return { host: hostname, port, db, ...credentials, ...tls };
}

/**
 * A connection for adding jobs and for our own records: commands fail at once while Redis is away
 * (BullMQ's default would wait for ever, and with it a Slack command).
 */
export function connectProducer(url: string, onError: (error: Error) => void): Redis {
  const redis = new Redis({
    ...redisOptionsFrom(url),
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    retryStrategy: reconnectDelay,
  });
  redis.on('error', onError);
  return redis;
}

/** A connection for BullMQ workers: waits for Redis to come back, as BullMQ demands. */
export function connectWorker(url: string, onError: (error: Error) => void): Redis {
  const redis = new Redis({
    ...redisOptionsFrom(url),
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelay,
  });
  redis.on('error', onError);
  return redis;
}

/** Resolves when the connection is usable. @throws ExternalError `redis-unavailable` after `timeoutMs` */
export async function waitUntilReady(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  let lastError: Error | null = null;
  const remember = (error: Error): void => {
    lastError = error;
  };
  redis.on('error', remember);
  const ready = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
  redis.off('error', remember);
  if (ready) return;
  throw new ExternalError(
    'redis-unavailable',
    `Redis at ${addressOf(redis)} did not answer within ${timeoutMs / 1000} s (${reasonOf(lastError)}). Check REDIS_URL and that Redis runs.`,
    { retryable: true, cause: lastError },
  );
}

/** `host:port` or the socket path: never the password. */
export function addressOf(redis: Redis): string {
  const { path, host, port } = redis.options;
  return path ?? `${host ?? 'localhost'}:${port ?? 6379}`;
}

function reasonOf(error: Error | null): string {
  if (error === null) return 'no answer';
  return 'code' in error && typeof error.code === 'string'
    ? error.code
    : error.message.slice(0, 80);
}

/** Ends a connection without waiting for a Redis that is away. */
export function disconnect(redis: Redis): void {
  redis.disconnect();
}
