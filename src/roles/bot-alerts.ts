import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { AlertsConfig } from '../config/alerts-schema.ts';
import type { BotCluster } from '../config/role-config.ts';
import type { AlertThreadDeps } from '../delivery/alert-thread.ts';
import { UserError } from '../errors.ts';
import { type HttpServer, type Route, startHttpServer } from '../http/http-server.ts';
import type { AlertNotificationOutcome } from '../http/metrics.ts';
import { webhookRoute } from '../http/webhook-route.ts';
import type { Logger } from '../logger.ts';
import type { AlertStore } from '../runs/alert-store.ts';
import { startAlertsWorker } from '../runs/alerts-worker.ts';
import type { AuditLog } from '../runs/audit-log.ts';
import { isAllKnown, knownCausesOf } from '../runs/known-causes.ts';
import type { Queues } from '../runs/queues.ts';
import type { ReportHandler } from '../runs/reports-worker.ts';
import { followRun, requestRun } from '../runs/request-run.ts';
import type { RunStore } from '../runs/run-store.ts';
import { takeNotification } from '../triggers/alert-intake.ts';
import {
  type Notification,
  type NotUnderstood,
  readAlertmanager,
  readGrafana,
} from '../triggers/alert-notification.ts';
import { createAlertScope } from '../triggers/alert-scope.ts';
import { settleAlert } from '../triggers/settle-alert.ts';

/** Each way in, and who speaks there. Grafana's webhook may be set to PUT. */
const DOORS: Readonly<Record<string, (body: unknown) => Notification | NotUnderstood>> = {
  'POST /webhooks/alertmanager': readAlertmanager,
  'POST /webhooks/grafana': readGrafana,
  'PUT /webhooks/grafana': readGrafana,
};

export interface BotAlertsDeps {
  readonly clusters: readonly BotCluster[];
  readonly queues: Queues;
  readonly store: RunStore;
  readonly alerts: AlertStore;
  readonly audit: AuditLog;
  readonly showAgain: (run: { readonly runId: string; readonly cluster: string }) => Promise<void>;
  readonly onOutcome: (outcome: AlertNotificationOutcome) => void;
  readonly log: Logger;
  readonly noWorkerCheckMs?: number;
  readonly now?: () => Date;
}

/** What alert threads need to know, also of a configuration without alerts: runs of before may still be there. */
export function alertThreadsOf(
  config: Pick<AlertsConfig, 'knownCauses'> | null,
  deps: Pick<AlertThreadDeps, 'store' | 'alerts'>,
): AlertThreadDeps {
  return {
    ...deps,
    knowsAny: (cluster) => knownCausesOf(config, cluster, Date.now()).length > 0,
    isKnown: (cluster, report) => isAllKnown(report, knownCausesOf(config, cluster, Date.now())),
  };
}

/** Has a group looked after. */
function settleBy(queues: Queues): (groupKeyHash: string) => Promise<void> {
  return async (groupKeyHash) => {
    await queues.alerts.add('settle', { groupKeyHash });
  };
}

/** The webhooks, or where they are off, a hint. */
export function alertRoutes(
  config: (AlertsConfig & { readonly token: string | null }) | null,
  deps: BotAlertsDeps,
): Readonly<Record<string, Route>> {
  if (config === null) {
    const text =
      'Alert intake is off: add an `alerts` section with a channel to the configuration file.';
    return everyDoor(() => () => ({ status: 404, text }));
  }
  const { token } = config;
  if (token === null) {
    const text =
      'Alerts are taken on the port of alerts.tls alone, with a client certificate: no METRICS_DIAG_WEBHOOK_TOKEN is set.';
    return everyDoor(() => () => ({ status: 403, text }));
  }
  return openDoors(config, deps, token);
}

/** The webhooks for clients that show a certificate, on a port of their own; null where that is not configured. */
export async function serveAlertsByTls(
  config: AlertsConfig | null,
  deps: BotAlertsDeps,
): Promise<HttpServer | null> {
  if (config?.tls === undefined) return null;
  const { host, port, certFile, keyFile, clientCaFile } = config.tls;
  const server = await startHttpServer({
    host,
    port,
    routes: openDoors(config, deps, null),
    onError: (err) => deps.log.error({ err }, 'http request failed'),
    tls: () => ({
      cert: readPem('certFile', certFile),
      key: readPem('keyFile', keyFile),
      ca: readPem('clientCaFile', clientCaFile),
    }),
  });
  deps.log.info({ tlsPort: server.port }, 'alerts are taken under mutual TLS');
  return server;
}

function readPem(key: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new UserError(
      'credential-file-unreadable',
      `alerts.tls.${key} cannot be read (${code}): check the path and its permissions.`,
    );
  }
}

function openDoors(
  config: AlertsConfig,
  deps: BotAlertsDeps,
  token: string | null,
): Readonly<Record<string, Route>> {
  const intake = {
    ...deps,
    config,
    scope: createAlertScope(config, deps.clusters),
    settle: settleBy(deps.queues),
  };
  return everyDoor((read) =>
    webhookRoute({
      token,
      onOverload: () => deps.onOutcome('overload'),
      handle: async (body) => {
        const answer = await takeNotification(intake, read(body));
        deps.log.info({ status: answer.status, answer: answer.text }, 'alert notification');
        return answer;
      },
    }),
  );
}

function everyDoor(
  routeOf: (read: (body: unknown) => Notification | NotUnderstood) => Route,
): Readonly<Record<string, Route>> {
  return Object.fromEntries(Object.entries(DOORS).map(([door, read]) => [door, routeOf(read)]));
}

/** Looks after alert groups in the background. */
export function startBotAlerts(
  config: Pick<AlertsConfig, 'maintenance' | 'quietHours'> | null,
  connection: Redis,
  deps: BotAlertsDeps,
): { close(): Promise<void> } {
  const runs = {
    queues: deps.queues,
    store: deps.store,
    ...(deps.now === undefined ? {} : { now: deps.now }),
    ...(deps.noWorkerCheckMs === undefined ? {} : { noWorkerCheckMs: deps.noWorkerCheckMs }),
  };
  const settle = {
    ...deps,
    config: config ?? { maintenance: [], quietHours: [] },
    requestRun: (request: Parameters<typeof requestRun>[1]) => requestRun(runs, request),
    followRun: (run: Parameters<typeof followRun>[1]) => followRun(runs, run),
    onHeld: () => deps.onOutcome('held'),
  };
  return startAlertsWorker(
    {
      connection,
      alerts: deps.alerts,
      onError: (err) => deps.log.warn({ err }, 'alert group not looked after yet'),
    },
    (groupKeyHash) => settleAlert(settle, groupKeyHash),
  );
}

/** Delivers, and tells the groups whose last check this run was. */
export function thenLastChecks(queues: Queues, deliver: ReportHandler): ReportHandler {
  const settle = settleBy(queues);
  return async (input) => {
    const { run, subscriptions } = input;
    if (run.report !== null || run.failed !== null || run.stopped !== null) {
      for (const { trigger } of subscriptions) {
        if (trigger.kind === 'alert' && trigger.lastCheckOf !== undefined) {
          await settle(trigger.groupKeyHash);
        }
      }
    }
    await deliver(input);
  };
}
