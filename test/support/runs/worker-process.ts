/** A worker over small stages, as a process of its own that a test can kill. Arguments: REDIS_URL JOURNAL PODS_MS SETTLE_MS. */
import { connectWorker } from '../../../src/clients/redis.ts';
import { createMetrics } from '../../../src/http/metrics.ts';
import { createLogger } from '../../../src/logger.ts';
import { createQueues } from '../../../src/runs/queues.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { createRunWorkStore } from '../../../src/runs/run-work-store.ts';
import { startClusterWorkers } from '../../../src/runs/start-worker.ts';
import { smallStages } from './small-stages.ts';

const [url = '', journal = '', podsMs = '50', settleMs = '100'] = process.argv.slice(2);
const log = createLogger({ level: 'warn', role: 'worker' });
const connection = connectWorker(url, () => undefined);
startClusterWorkers({
  clusters: ['prod'],
  maxRuns: 8,
  stages: smallStages({ journal, podsMs: Number(podsMs), settleMs: Number(settleMs) }),
  queues: createQueues(connection, () => undefined),
  store: createRunStore(connection),
  work: createRunWorkStore(connection),
  connection,
  log,
  metrics: createMetrics(),
});
console.log('ready');
