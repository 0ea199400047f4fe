import { createSlackDoor, createSlackWebClient, slackSettings } from '../clients/slack.ts';
import type { BotConfig } from '../config/role-config.ts';
import { createPacer } from '../delivery/pace.ts';
import { createSlackDelivery } from '../delivery/slack.ts';
import { healthRoutes, type ReadinessChecks } from '../http/health-routes.ts';
import type { Route } from '../http/http-server.ts';
import { createMetrics, type Metrics } from '../http/metrics.ts';
import type { Logger } from '../logger.ts';
import { createAlertStore } from '../runs/alert-store.ts';
import { createAuditLog } from '../runs/audit-log.ts';
import { cancelRun } from '../runs/cancel-run.ts';
import { createClicks } from '../runs/clicks.ts';
import { createEvidenceStore } from '../runs/evidence-store.ts';
import { createFeedbackStore } from '../runs/feedback.ts';
import { createLanguages } from '../runs/languages.ts';
import { createMutes } from '../runs/mutes.ts';
import { queueDepths } from '../runs/queue-depths.ts';
import { createQueues } from '../runs/queues.ts';
import { startReportsWorker } from '../runs/reports-worker.ts';
import { requestRun } from '../runs/request-run.ts';
import { createRunHistory } from '../runs/run-history.ts';
import { createRunStore, type RunState } from '../runs/run-store.ts';
import { createSchedules, startScheduleWorker } from '../runs/schedules.ts';
import { createShowAgain } from '../runs/show-again.ts';
import { createAlertNotes } from '../triggers/alert-notes.ts';
import { handleTick } from '../triggers/schedule-tick.ts';
import { listenToSlack } from '../triggers/slack-doors.ts';
import {
  alertRoutes,
  alertThreadsOf,
  serveAlertsByTls,
  startBotAlerts,
  thenLastChecks,
} from './bot-alerts.ts';
import {
  type Closable,
  closeAll,
  openRedis,
  type RedisConnections,
  type RunningRole,
  serve,
} from './service.ts';

/** A role without its HTTP server, so that `all` can put two behind one. */
export interface RolePart extends Closable {
  readonly checks: ReadinessChecks;
  readonly routes: Readonly<Record<string, Route>>;
}

/** The bot: Slack and alerts in, threads out. It holds no way into any cluster. */
export async function startBot(config: BotConfig, log: Logger): Promise<RunningRole> {
  const redis = await openRedis(config.redisUrl, log);
  const metrics = createMetrics();
  try {
    const part = await startBotPart(config, { redis, metrics, log });
    const http = await serve(
      config.http,
      { ...healthRoutes({ redis: redis.ready, ...part.checks }, metrics), ...part.routes },
      log,
    );
    log.info({ port: http.port }, 'bot is running');
    return { httpPort: http.port, close: () => closeAll([http, part, redis], log) };
  } catch (error) {
    await redis.close();
    throw error;
  }
}

export async function startBotPart(
  config: Omit<BotConfig, 'redisUrl'>,
  {
    redis,
    metrics,
    log,
  }: { readonly redis: RedisConnections; readonly metrics: Metrics; readonly log: Logger },
): Promise<RolePart> {
  const store = createRunStore(redis.producer);
  const history = createRunHistory(redis.producer);
  const clicks = createClicks(redis.producer);
  const evidence = createEvidenceStore(redis.producer);
  const alerts = createAlertStore(redis.producer);
  const feedback = createFeedbackStore(redis.producer);
  const mutes = createMutes(redis.producer);
  const languages = createLanguages(redis.producer, config.slack);
  const audit = createAuditLog(redis.producer);
  const onQueueError = (err: Error): void => log.warn({ err }, 'queue trouble');
  const queues = createQueues(redis.producer, onQueueError);
  const showAgain = createShowAgain(queues);
  const schedules = createSchedules(redis.producer, onQueueError);
  const { clusters } = config;
  const settings = {
    ...slackSettings(config.slack),
    onCall: (call: Parameters<Metrics['slackCall']>[0]) => metrics.slackCall(call),
  };
  const web = createSlackWebClient(settings, log, (call) => metrics.slackCall(call));
  const door = createSlackDoor(settings, log);
  listenToSlack(door.app, {
    clusters,
    defaultClusterByChannel: config.slack.defaultClusterByChannel,
    requestRun: (request) => requestRun({ queues, store }, request),
    cancelRun: (run, by) => cancelRun({ queues, store }, run, by),
    store,
    history,
    clicks,
    feedback,
    schedules,
    mutes,
    languages,
    alertNotes: createAlertNotes(config.alerts, { alerts, store }),
    showAgain,
    audit,
    web,
    log,
  });
  const deliver = createSlackDelivery({
    web,
    store,
    clicks,
    evidence,
    feedback,
    schedules,
    mutes,
    languages,
    showAgain,
    alertThreads: alertThreadsOf(config.alerts, { store, alerts }),
    log,
    pacer: createPacer(redis.producer),
    botName: '@metrics-diag',
  });
  const reports = startReportsWorker(
    {
      connection: redis.worker,
      redis: redis.producer,
      store,
      history,
      onError: (err) => log.warn({ err }, 'report not delivered yet'),
      onVerdict: (run) => metrics.runEnded({ verdict: endOf(run), trigger: run.trigger.kind }),
    },
    thenLastChecks(queues, deliver),
  );
  metrics.watchQueues(() =>
    queueDepths(
      queues,
      clusters.map(({ name }) => name),
    ),
  );
  const alertDeps = {
    clusters: config.clusters,
    queues,
    store,
    alerts,
    audit,
    showAgain,
    log,
    onOutcome: (outcome: Parameters<Metrics['alertReceived']>[0]) => metrics.alertReceived(outcome),
  };
  const groups = startBotAlerts(config.alerts, redis.worker, alertDeps);
  const stopping = new AbortController();
  const tlsDoor = await serveAlertsByTls(config.alerts, alertDeps);
  try {
    await door.start(stopping.signal);
  } catch (error) {
    await tlsDoor?.close();
    await groups.close();
    await reports.close();
    throw error;
  }
  const ticks = startScheduleWorker({ connection: redis.worker, onError: onQueueError }, (tick) =>
    handleTick(
      {
        clusters,
        schedules,
        audit,
        log,
        requestRun: (request) => requestRun({ queues, store }, request),
      },
      tick,
    ),
  );
  return {
    checks: { slack: () => door.connected() },
    routes: alertRoutes(config.alerts, alertDeps),
    async close() {
      stopping.abort();
      await door.stop();
      await tlsDoor?.close();
      await ticks.close();
      await groups.close();
      await reports.close();
      await schedules.close();
      await queues.close();
    },
  };
}

function endOf({ report, stopped }: RunState): string {
  return report?.verdict ?? (stopped === null ? 'failed' : 'cancelled');
}
