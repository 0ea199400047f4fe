import { homedir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedRedis, startEmbeddedRedis } from '../clients/embedded-redis.ts';
import type { AllConfig } from '../config/role-config.ts';
import { healthRoutes } from '../http/health-routes.ts';
import { createMetrics } from '../http/metrics.ts';
import type { Logger } from '../logger.ts';
import { startBotPart } from './bot.ts';
import { closeAll, openRedis, type RunningRole, serve } from './service.ts';
import { startWorkerPart } from './worker.ts';

/** Where the embedded Redis keeps runs between starts. */
function embeddedDataDir(): string {
  return join(homedir(), '.local', 'share', 'metrics-diag', 'redis');
}

/** Bot and worker in one process, for small teams and the demo; starts a Redis of its own where none is named. */
export async function startAll(config: AllConfig, log: Logger): Promise<RunningRole> {
  const embedded = config.redisUrl === null ? await embeddedRedis(log) : null;
  const url = config.redisUrl ?? embedded?.url ?? '';
  try {
    const redis = await openRedis(url, log);
    const metrics = createMetrics();
    const worker = startWorkerPart(config.worker, { redis, metrics, log });
    const bot = await startBotPart(config.bot, { redis, metrics, log });
    const routes = {
      ...healthRoutes({ redis: redis.ready, ...bot.checks, ...worker.checks }, metrics),
      ...bot.routes,
    };
    const http = await serve(config.bot.http, routes, log);
    log.info({ port: http.port }, 'bot and worker are running in one process');
    const ends = embedded === null ? [] : [{ close: () => embedded.stop() }];
    return { httpPort: http.port, close: () => closeAll([http, bot, worker, redis, ...ends], log) };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}

async function embeddedRedis(log: Logger): Promise<EmbeddedRedis> {
  const embedded = await startEmbeddedRedis({ dataDir: embeddedDataDir() });
  log.info({ port: embedded.port }, 'embedded redis started; set REDIS_URL to use another');
  return embedded;
}
