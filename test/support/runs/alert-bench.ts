import { pino } from 'pino';
import {
  connectProducer,
  connectWorker,
  disconnect,
  waitUntilReady,
} from '../../../src/clients/redis.ts';
import { createSlackWebClient } from '../../../src/clients/slack.ts';
import { alerts as alertsSchema } from '../../../src/config/alerts-schema.ts';
import { createPacer } from '../../../src/delivery/pace.ts';
import { createSlackDelivery } from '../../../src/delivery/slack.ts';
import { startHttpServer } from '../../../src/http/http-server.ts';
import {
  alertRoutes,
  alertThreadsOf,
  serveAlertsByTls,
  startBotAlerts,
  thenLastChecks,
} from '../../../src/roles/bot-alerts.ts';
import { type AlertStore, createAlertStore } from '../../../src/runs/alert-store.ts';
import { createClicks } from '../../../src/runs/clicks.ts';
import { createEvidenceStore } from '../../../src/runs/evidence-store.ts';
import { createFeedbackStore } from '../../../src/runs/feedback.ts';
import { createLanguages } from '../../../src/runs/languages.ts';
import { createMutes } from '../../../src/runs/mutes.ts';
import { createSchedules } from '../../../src/runs/schedules.ts';
import { createShowAgain } from '../../../src/runs/show-again.ts';
import { type SlackStandIn, startSlackStandIn } from '../slack-stand-in/slack-stand-in.ts';
import { type Message, shown } from '../slack-stand-in/workspace.ts';
import { openRunBench, type RunBench } from './run-bench.ts';

export const WEBHOOK_TOKEN = 'a-long-random-webhook-token';
export const ALERT_CHANNEL = 'C0OPS';
const EVERYBODY = { users: [], userGroups: [], channels: [] };

/** The bot's half for alerts, from the HTTP request to the thread: real but for Slack and the clusters. */
export interface AlertBench {
  readonly runs: RunBench;
  readonly alerts: AlertStore;
  readonly slack: SlackStandIn;
  /** What notifications led to, in order. */
  readonly outcomes: string[];
  readonly url: string;
  /** 0 without `alerts.tls`. */
  readonly tlsPort: number;
  post(
    body: unknown,
    how?: {
      readonly path?: string;
      readonly method?: 'POST' | 'PUT';
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<{ readonly status: number; readonly text: string }>;
  /** The messages of the channel. */
  readonly roots: () => readonly Message[];
  /** What a thread shows, root first. */
  readonly thread: (root?: Message) => readonly string[];
  close(): Promise<void>;
}

export async function openAlertBench(
  options: {
    readonly clusters?: readonly string[];
    readonly alerts?: object;
    /** Channels besides the one for alerts. */
    readonly channels?: readonly string[];
    /** Null: client certificates alone. */
    readonly token?: null;
  } = {},
): Promise<AlertBench> {
  const runs = await openRunBench();
  const slack = await startSlackStandIn({
    rateLimits: false,
    channels: [ALERT_CHANNEL, 'C0PLATFORM', ...(options.channels ?? [])].map((id) => ({
      id,
      name: id.toLowerCase(),
      kind: 'public',
      members: ['U0LIN', 'U0METRICSD'],
    })),
  });
  const producer = connectProducer(runs.redis.url, () => undefined);
  const connection = connectWorker(runs.redis.url, () => undefined);
  await waitUntilReady(producer, 5_000);
  const config = alertsSchema.unwrap().parse({ channel: ALERT_CHANNEL, ...options.alerts });
  const alerts = createAlertStore(producer);
  const log = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
  const { store, queues, audit } = runs;
  const showAgain = createShowAgain(queues);
  const schedules = createSchedules(producer, () => undefined);
  const outcomes: string[] = [];
  const deps = {
    clusters: (options.clusters ?? ['prod', 'test']).map((name) => ({
      name,
      aliases: name === 'prod' ? ['production'] : [],
      allow: EVERYBODY,
    })),
    queues,
    store,
    alerts,
    audit,
    log,
    noWorkerCheckMs: 30_000,
    showAgain,
    onOutcome: (outcome: string) => void outcomes.push(outcome),
  };
  const web = createSlackWebClient(
    {
      botToken: slack.botToken,
      apiUrl: slack.apiUrl,
      timeoutMs: 2_000,
      mode: { kind: 'socket', appToken: slack.appToken },
    },
    log,
  );
  const deliver = createSlackDelivery({
    web,
    store,
    clicks: createClicks(producer),
    evidence: createEvidenceStore(producer),
    schedules,
    feedback: createFeedbackStore(producer),
    mutes: createMutes(producer),
    languages: createLanguages(producer, { language: 'en', languageByChannel: {} }),
    showAgain,
    alertThreads: alertThreadsOf(config, { store, alerts }),
    log,
    botName: '@metrics-diag',
    pacer: createPacer(producer),
    settleMs: 200,
    editIntervalMs: 20,
  });
  runs.startReports(thenLastChecks(queues, deliver));
  const groups = startBotAlerts(config, connection, deps);
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    onError: (error) => log.error({ err: error }, 'http request failed'),
    routes: alertRoutes({ ...config, token: options.token === null ? null : WEBHOOK_TOKEN }, deps),
  });
  const tlsDoor = await serveAlertsByTls(config, deps);
  const url = `http://127.0.0.1:${server.port}`;
  return {
    runs,
    alerts,
    slack,
    outcomes,
    url,
    tlsPort: tlsDoor?.port ?? 0,
    async post(body, { path = '/webhooks/alertmanager', method = 'POST', headers = {} } = {}) {
      const response = await fetch(`${url}${path}`, {
        method: method === 'PUT' ? 'PUT' : 'POST',
        headers: { authorization: `Bearer ${WEBHOOK_TOKEN}`, ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
      return { status: response.status, text: await response.text() };
    },
    roots: () => slack.roots(ALERT_CHANNEL),
    thread(root = slack.roots(ALERT_CHANNEL)[0]) {
      if (root === undefined) return [];
      const replies = slack.thread(ALERT_CHANNEL, root.ts).filter(({ ts }) => ts !== root.ts);
      return [root, ...replies].map((message) => {
        const { text, blocks } = shown(message);
        return `${text}\n${JSON.stringify(blocks)}`;
      });
    },
    async close() {
      await server.close();
      await tlsDoor?.close();
      await Promise.race([groups.close(), new Promise((done) => setTimeout(done, 2_000))]);
      await schedules.close();
      await runs.close();
      disconnect(connection);
      disconnect(producer);
      await slack.close();
    },
  };
}

/** One alert as Alertmanager spells it; times are minutes from now. */
export function alertOf(
  name: string,
  {
    since = -5,
    end = null,
    labels = {},
  }: {
    readonly since?: number;
    readonly end?: number | null;
    readonly labels?: Readonly<Record<string, string>>;
  } = {},
) {
  const all = { alertname: name, cluster: 'prod', ...labels };
  return {
    status: end === null ? 'firing' : 'resolved',
    labels: all,
    annotations: { summary: `${name}.` },
    startsAt: fromNow(since),
    endsAt: end === null ? '0001-01-01T00:00:00Z' : fromNow(end),
    generatorURL: 'http://prometheus.example/graph',
    fingerprint: fingerprintOf(all),
  };
}

/** A notification as Alertmanager 0.25 sends it. */
export function groupOf(
  alerts: readonly ReturnType<typeof alertOf>[],
  more: Readonly<Record<string, unknown>> = {},
) {
  return {
    receiver: 'metrics-diag',
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    alerts,
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://vm:9093',
    version: '4',
    groupKey: '{}:{alertname="KubeAggregatedAPIDown"}',
    truncatedAlerts: 0,
    ...more,
  };
}

const EPOCH = Date.now();

export function fromNow(minutes: number): string {
  return new Date(EPOCH + minutes * 60_000).toISOString();
}

/** As stable as the real one, and as long. */
function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  let hash = 0n;
  for (const char of JSON.stringify(labels)) {
    hash = (hash * 31n + BigInt(char.codePointAt(0) ?? 0)) % 2n ** 64n;
  }
  return hash.toString(16).padStart(16, '0');
}
