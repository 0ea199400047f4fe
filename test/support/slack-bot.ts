import { Queue } from 'bullmq';
import { pino } from 'pino';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import {
  connectProducer,
  connectWorker,
  disconnect,
  waitUntilReady,
} from '../../src/clients/redis.ts';
import {
  createSlackDoor,
  createSlackWebClient,
  type SlackSettings,
} from '../../src/clients/slack.ts';
import type { AlertsConfig } from '../../src/config/alerts-schema.ts';
import type { BotCluster } from '../../src/config/role-config.ts';
import type { Report } from '../../src/core/report/report.ts';
import { createPacer } from '../../src/delivery/pace.ts';
import { createSlackDelivery } from '../../src/delivery/slack.ts';
import { alertThreadsOf } from '../../src/roles/bot-alerts.ts';
import { type AlertStore, createAlertStore } from '../../src/runs/alert-store.ts';
import { type AuditLog, createAuditLog } from '../../src/runs/audit-log.ts';
import { cancelRun } from '../../src/runs/cancel-run.ts';
import { createClicks } from '../../src/runs/clicks.ts';
import { createEvidenceStore, type EvidenceStore } from '../../src/runs/evidence-store.ts';
import { createFeedbackStore } from '../../src/runs/feedback.ts';
import type { ReportEvent } from '../../src/runs/jobs.ts';
import { KEY_PREFIX } from '../../src/runs/keys.ts';
import { createLanguages, type LanguageSettings } from '../../src/runs/languages.ts';
import { createMutes, type Mutes } from '../../src/runs/mutes.ts';
import { createQueues, type Queues } from '../../src/runs/queues.ts';
import { startReportsWorker } from '../../src/runs/reports-worker.ts';
import { type RunRequest, requestRun } from '../../src/runs/request-run.ts';
import { createRunHistory } from '../../src/runs/run-history.ts';
import { createRunStore, type RunStore } from '../../src/runs/run-store.ts';
import {
  createSchedules,
  SCHEDULES_QUEUE,
  type Schedule,
  type Schedules,
  startScheduleWorker,
} from '../../src/runs/schedules.ts';
import { createShowAgain } from '../../src/runs/show-again.ts';
import { createAlertNotes } from '../../src/triggers/alert-notes.ts';
import { handleTick } from '../../src/triggers/schedule-tick.ts';
import { listenToSlack } from '../../src/triggers/slack-doors.ts';
import type { SlackStandIn } from './slack-stand-in/slack-stand-in.ts';

/** Distributes over what a union names. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A `ReportEvent` but for what the bench fills in. */
export type EventOf = Without<ReportEvent, 'runId' | 'cluster' | 'seq'>;

/** The Slack half of the bot on a real Redis and a stand-in Slack; the test plays the worker. */
export interface SlackBot {
  readonly redis: EmbeddedRedis;
  readonly store: RunStore;
  readonly queues: Queues;
  readonly audit: AuditLog;
  readonly evidence: EvidenceStore;
  readonly schedules: Schedules;
  readonly mutes: Mutes;
  readonly alerts: AlertStore;
  /** The queue that holds the next tick of each schedule. */
  readonly ticks: Queue<Schedule>;
  /** The run that is under way for a cluster, once it is requested. */
  runId(cluster: string): Promise<string>;
  /** Says what the worker would say. `seq` rises with each call. */
  say(runId: string, cluster: string, event: EventOf): Promise<void>;
  /** Says the verdict and lets the deduplication of the cluster go, as the worker does. */
  verdict(runId: string, cluster: string, report: Report): Promise<void>;
  close(): Promise<void>;
}

export interface SlackBotOptions {
  readonly clusters?: readonly BotCluster[];
  readonly defaultClusterByChannel?: Readonly<Record<string, string>>;
  readonly mode?: SlackSettings['mode'];
  readonly noWorkerCheckMs?: number;
  readonly editIntervalMs?: number;
  readonly ackBudgetMs?: number;
  readonly alerts?: AlertsConfig;
  readonly languages?: LanguageSettings;
}

const EVERYBODY = { users: [], userGroups: [], channels: [] };
/** Clusters that the tests ask about. */
export const CLUSTERS: readonly BotCluster[] = [
  { name: 'prod', aliases: ['production'], allow: EVERYBODY },
  { name: 'staging', aliases: [], allow: EVERYBODY },
];

export async function startSlackBot(
  slack: SlackStandIn,
  options: SlackBotOptions = {},
): Promise<SlackBot> {
  const redis = await startEmbeddedRedis();
  const log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
  const ignore = (): void => undefined;
  const producer = connectProducer(redis.url, ignore);
  const worker = connectWorker(redis.url, ignore);
  await waitUntilReady(producer, 5_000);
  const store = createRunStore(producer);
  const history = createRunHistory(producer);
  const clicks = createClicks(producer);
  const evidence = createEvidenceStore(producer);
  const feedback = createFeedbackStore(producer);
  const mutes = createMutes(producer);
  const languages = createLanguages(
    producer,
    options.languages ?? { language: 'en', languageByChannel: {} },
  );
  const alerts = createAlertStore(producer);
  const alertsConfig = options.alerts ?? null;
  const audit = createAuditLog(producer);
  const queues = createQueues(producer, ignore);
  const showAgain = createShowAgain(queues);
  const schedules = createSchedules(producer, ignore);
  const clusters = options.clusters ?? CLUSTERS;
  const ask = (request: RunRequest) =>
    requestRun({ queues, store, noWorkerCheckMs: options.noWorkerCheckMs ?? 10_000 }, request);
  const settings: SlackSettings = {
    botToken: slack.botToken,
    apiUrl: slack.apiUrl,
    timeoutMs: 2_000,
    mode: options.mode ?? { kind: 'socket', appToken: slack.appToken },
  };
  const web = createSlackWebClient(settings, log);
  const door = createSlackDoor(settings, log);
  listenToSlack(door.app, {
    clusters,
    defaultClusterByChannel: options.defaultClusterByChannel ?? {},
    requestRun: ask,
    cancelRun: (run, by) => cancelRun({ queues, store }, run, by),
    store,
    history,
    clicks,
    feedback,
    schedules,
    mutes,
    languages,
    alertNotes: createAlertNotes(alertsConfig, { alerts, store }),
    showAgain,
    audit,
    web,
    log,
    ...(options.ackBudgetMs === undefined ? {} : { ackBudgetMs: options.ackBudgetMs }),
  });
  await door.start();
  const delivery = createSlackDelivery({
    web,
    store,
    clicks,
    evidence,
    feedback,
    schedules,
    mutes,
    languages,
    showAgain,
    alertThreads: alertThreadsOf(alertsConfig, { store, alerts }),
    log,
    botName: '@metrics-diag',
    pacer: createPacer(producer),
    settleMs: 200,
    editIntervalMs: options.editIntervalMs ?? 200,
  });
  const reports = startReportsWorker(
    { connection: worker, redis: producer, store, history, onError: ignore },
    delivery,
  );
  const ticks = startScheduleWorker({ connection: worker, onError: ignore }, (tick) =>
    handleTick({ clusters, schedules, audit, log, requestRun: ask }, tick),
  );
  const held = new Queue<Schedule>(SCHEDULES_QUEUE, { connection: producer, prefix: KEY_PREFIX });
  held.on('error', ignore);
  let seq = 0;
  const bot: SlackBot = {
    redis,
    store,
    queues,
    audit,
    evidence,
    schedules,
    mutes,
    alerts,
    ticks: held,
    async runId(cluster) {
      for (;;) {
        const id = await queues.runs(cluster).getDeduplicationJobId(cluster);
        if (id !== null) return id;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async say(runId, cluster, event) {
      seq += 1;
      await queues.reports.add(event.kind, { ...event, runId, cluster, seq });
    },
    async verdict(runId, cluster, report) {
      await queues.runs(cluster).removeDeduplicationKey(cluster);
      await bot.say(runId, cluster, { kind: 'verdict', report: { ...report, runId } });
    },
    async close() {
      await door.stop();
      await Promise.race([
        Promise.allSettled([ticks, reports, schedules, held, queues].map((each) => each.close())),
        new Promise((resolve) => setTimeout(resolve, 2_000)),
      ]);
      disconnect(worker);
      disconnect(producer);
      await redis.stop();
    },
  };
  return bot;
}
