import type { Redis } from 'ioredis';
import { connectProducer, connectWorker, disconnect, waitUntilReady } from '../clients/redis.ts';
import { checkRedis } from '../clients/redis-check.ts';
import { type HttpServer, type Route, startHttpServer } from '../http/http-server.ts';
import type { Logger } from '../logger.ts';

/** Redis may start beside us (compose, a rolling update): wait for it this long. */
const REDIS_START_TIMEOUT_MS = 30_000;
/** Kubernetes kills after `terminationGracePeriodSeconds` (60 in the chart): be gone well before. */
const CLOSE_TIMEOUT_MS = 15_000;

/** Something that a role started and has to end. */
export interface Closable {
  close(): Promise<void>;
}

/** A role that runs. */
export interface RunningRole extends Closable {
  readonly httpPort: number;
}

/** The connections of a role: `producer` fails at once while Redis is away, `worker` waits for it. */
export interface RedisConnections extends Closable {
  readonly producer: Redis;
  readonly worker: Redis;
  readonly ready: () => Promise<boolean>;
}

/**
 * Connects, and looks whether this Redis can keep our queues.
 *
 * @throws ExternalError `redis-unavailable`, UserError `redis-unfit`
 */
export async function openRedis(url: string, log: Logger): Promise<RedisConnections> {
  let lastLogged = '';
  const onError = (err: Error): void => {
    // One line per kind of trouble, not one per attempt to reconnect.
    if (err.message === lastLogged) return;
    lastLogged = err.message;
    log.warn({ err }, 'redis connection trouble');
  };
  const producer = connectProducer(url, onError);
  const worker = connectWorker(url, onError);
  producer.on('ready', () => {
    lastLogged = '';
  });
  const close = (): Promise<void> => {
    disconnect(producer);
    disconnect(worker);
    return Promise.resolve();
  };
  try {
    await waitUntilReady(producer, REDIS_START_TIMEOUT_MS);
    const { version, warnings } = await checkRedis(producer);
    log.info({ version }, 'redis is ready');
    for (const warning of warnings) log.warn({ warning }, 'redis could lose runs');
  } catch (error) {
    await close();
    throw error;
  }
  return {
    producer,
    worker,
    close,
    ready: async () => producer.status === 'ready' && (await producer.ping()) === 'PONG',
  };
}

/** The HTTP server of a role, with failures in its log. */
export function serve(
  at: { readonly host: string; readonly port: number },
  routes: Readonly<Record<string, Route>>,
  log: Logger,
): Promise<HttpServer> {
  return startHttpServer({
    ...at,
    routes,
    onError: (err) => log.error({ err }, 'http request failed'),
  });
}

/** Closes in the given order; a part that hangs (BullMQ while Redis is away) is left behind after a while. */
export async function closeAll(parts: readonly Closable[], log: Logger): Promise<void> {
  const all = (async () => {
    for (const part of parts) {
      await part.close().catch((err: unknown) => log.warn({ err }, 'a part did not close cleanly'));
    }
  })();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn('closing took too long; unfinished runs are taken up by the next worker');
      resolve();
    }, CLOSE_TIMEOUT_MS);
  });
  await Promise.race([all, late]);
  clearTimeout(timer);
}

/** Runs a role until SIGTERM or SIGINT, then closes it; a second signal ends at once. */
export async function runUntilSignal(role: RunningRole, log: Logger): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
  log.info({ signal }, 'closing');
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1));
  await role.close();
  log.info('closed');
}
