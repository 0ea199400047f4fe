import type { WorkerConfig } from '../config/role-config.ts';
import { healthRoutes } from '../http/health-routes.ts';
import { createMetrics, type Metrics } from '../http/metrics.ts';
import type { Logger } from '../logger.ts';
import { createQueues } from '../runs/queues.ts';
import { createRunStore } from '../runs/run-store.ts';
import { createRunWorkStore } from '../runs/run-work-store.ts';
import { createStages } from '../runs/stages.ts';
import { startClusterWorkers } from '../runs/start-worker.ts';
import type { RolePart } from './bot.ts';
import { closeAll, openRedis, type RedisConnections, type RunningRole, serve } from './service.ts';

/** The worker: takes runs of its clusters. It holds no Slack token. */
export async function startWorker(config: WorkerConfig, log: Logger): Promise<RunningRole> {
  const redis = await openRedis(config.redisUrl, log);
  const metrics = createMetrics();
  try {
    const part = startWorkerPart(config, { redis, metrics, log });
    const routes = healthRoutes({ redis: redis.ready, ...part.checks }, metrics);
    const http = await serve(config.http, routes, log);
    log.info(
      { port: http.port, clusters: config.clusters.map(({ name }) => name) },
      'worker is running',
    );
    return { httpPort: http.port, close: () => closeAll([http, part, redis], log) };
  } catch (error) {
    await redis.close();
    throw error;
  }
}

export function startWorkerPart(
  config: Omit<WorkerConfig, 'redisUrl'>,
  {
    redis,
    metrics,
    log,
  }: { readonly redis: RedisConnections; readonly metrics: Metrics; readonly log: Logger },
): RolePart {
  // A worker that loses Redis for a moment must not lose what it found: its records wait for Redis, too.
  const connection = redis.worker;
  const queues = createQueues(connection, (err) => log.warn({ err }, 'queue trouble'));
  const stages = createStages({
    clusters: config.clusters,
    place: config.place,
    log,
    probeEnded: (outcome) => metrics.probeEnded(outcome),
  });
  const workers = startClusterWorkers({
    clusters: config.clusters.map(({ name }) => name),
    maxRuns: config.maxRuns,
    stages,
    queues,
    store: createRunStore(connection),
    work: createRunWorkStore(connection),
    connection,
    log,
    metrics,
  });
  return {
    checks: {},
    routes: {},
    async close() {
      await workers.close();
      await queues.close();
      await stages.close();
    },
  };
}
