import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../../src/clients/embedded-redis.ts';
import { connectProducer, connectWorker, waitUntilReady } from '../../../src/clients/redis.ts';
import { createMetrics } from '../../../src/http/metrics.ts';
import { createLogger } from '../../../src/logger.ts';
import { type AuditLog, createAuditLog } from '../../../src/runs/audit-log.ts';
import type { ReportEvent } from '../../../src/runs/jobs.ts';
import { createQueues, type Queues } from '../../../src/runs/queues.ts';
import { type ReportHandler, startReportsWorker } from '../../../src/runs/reports-worker.ts';
import type { RequestRunDeps } from '../../../src/runs/request-run.ts';
import { createRunHistory, type RunHistory } from '../../../src/runs/run-history.ts';
import { createRunStore, type RunStore } from '../../../src/runs/run-store.ts';
import { createRunWorkStore } from '../../../src/runs/run-work-store.ts';
import { startClusterWorkers } from '../../../src/runs/start-worker.ts';
import { type SmallStagesOptions, smallStages } from './small-stages.ts';

/** A bot's half of the queues on a Redis of its own, with what it was told. */
export interface RunBench {
  readonly redis: EmbeddedRedis;
  readonly store: RunStore;
  readonly history: RunHistory;
  readonly audit: AuditLog;
  readonly queues: Queues;
  readonly journal: string;
  readonly events: ReportEvent[];
  readonly deps: RequestRunDeps;
  startWorker(
    options?: Omit<SmallStagesOptions, 'journal'> & {
      readonly clusters?: readonly string[];
      readonly maxRuns?: number;
    },
  ): { close(): Promise<void> };
  startReports(handler?: ReportHandler): void;
  close(): Promise<void>;
}

export async function openRunBench(): Promise<RunBench> {
  const redis = await startEmbeddedRedis();
  const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-runs-'));
  const journal = join(folder, 'journal');
  const producer = connectProducer(redis.url, () => undefined);
  const connection = connectWorker(redis.url, () => undefined);
  await waitUntilReady(producer, 5_000);
  const store = createRunStore(producer);
  const history = createRunHistory(producer);
  const queues = createQueues(producer, () => undefined);
  const events: ReportEvent[] = [];
  const open: { close(): Promise<void> }[] = [];
  return {
    redis,
    store,
    history,
    audit: createAuditLog(producer),
    queues,
    journal,
    events,
    deps: { queues, store, noWorkerCheckMs: 500 },
    startWorker({ clusters = ['prod'], maxRuns = 8, ...options } = {}) {
      const worker = startClusterWorkers({
        clusters,
        maxRuns,
        stages: smallStages({ journal, ...options }),
        queues: createQueues(connection, () => undefined),
        store: createRunStore(connection),
        work: createRunWorkStore(connection),
        connection,
        log: createLogger({ level: 'silent', role: 'worker' }),
        metrics: createMetrics(),
      });
      open.push(worker);
      return worker;
    },
    startReports(handler = () => Promise.resolve()) {
      open.push(
        startReportsWorker(
          { connection, redis: producer, store, history, onError: () => undefined },
          async (input) => {
            events.push(input.event);
            await handler(input);
          },
        ),
      );
    },
    async close() {
      await Promise.race([Promise.allSettled(open.map((each) => each.close())), sleep(3_000)]);
      producer.disconnect();
      connection.disconnect();
      await redis.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Looks until `read` gives something; the error of the last look when the time is over. */
export async function until<T>(
  what: string,
  read: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  timeoutMs = 60_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`not seen within ${timeoutMs} ms: ${what}`);
    await sleep(25);
  }
}

export const asker = (user: string, channel: string) =>
  ({
    kind: 'slash-command',
    user,
    userName: user,
    channel,
    threadTs: null,
    responseUrl: null,
  }) as const;
