import {
  App,
  HTTPReceiver,
  LogLevel,
  type Logger as SlackLogger,
  SocketModeReceiver,
} from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { SlackConfig } from '../config/role-config.ts';
import { ExternalError } from '../errors.ts';
import { observedFetch, type SlackCallObserver } from './slack-calls.ts';
import { slackFailure } from './slack-failure.ts';

/** One call to Slack may take this long; Slack itself answers in well under a second. */
export const SLACK_TIMEOUT_MS = 10_000;
/** Starting the door waits this long, then goes on connecting in the background. */
const START_TIMEOUT_MS = 15_000;
/** Between attempts to reach a Slack that does not answer at start. */
const START_RETRY_MS = 5_000;
/** `disconnect()` waits for an event that may never come. */
const STOP_TIMEOUT_MS = 2_000;
/**
 * The socket client gives up, by an unhandled rejection, once a reconnect runs out of retries
 * (`@slack/socket-mode` 3, `retrieveWSSURL`): so it never runs out.
 */
const SOCKET_RETRIES = { retries: 1_000_000, factor: 1.3, minTimeout: 500, maxTimeout: 30_000 };

/** Wait for a pong; a lost or refreshed connection is also opened anew after this time (5 s by default, in which commands fail). */
const PONG_TIMEOUT_MS = 2_500;

/** How the bot meets Slack. */
export interface SlackSettings {
  readonly botToken: string;
  readonly mode:
    | { readonly kind: 'socket'; readonly appToken: string }
    | {
        readonly kind: 'http';
        readonly signingSecret: string;
        readonly host: string;
        readonly port: number;
      };
  /** Another Slack (`SLACK_API_URL`), ending in `/api/`; null for the real one. */
  readonly apiUrl: string | null;
  /** For one call of the Web API; default 10 s. */
  readonly timeoutMs?: number;
  /** Told how each call of the Web API ended. */
  readonly onCall?: SlackCallObserver;
}

/** The settings in a bot's configuration; the schema has made sure that the mode's own secret is there. */
export function slackSettings(config: SlackConfig): SlackSettings {
  const { botToken, apiUrl, appToken, signingSecret, mode, host, port } = config;
  return {
    botToken,
    apiUrl: apiUrl === null || apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`,
    mode:
      mode === 'socket'
        ? { kind: 'socket', appToken: appToken ?? '' }
        : { kind: 'http', signingSecret: signingSecret ?? '', host, port },
  };
}

/** The door: a Bolt app to which listeners are added before it is started. */
export interface SlackDoor {
  readonly app: App;
  /**
   * Verifies the token and connects. Keeps trying while Slack is away; resolves once connected, or once the
   * connection goes on in the background.
   *
   * @throws ExternalError `slack-auth`, not retryable, when Slack refuses the token
   */
  start(signal?: AbortSignal): Promise<void>;
  /** True while commands can come in. */
  connected(): boolean;
  stop(): Promise<void>;
}

/** One call of the Web API, for metrics. */
export interface SlackCall {
  readonly method: string;
  readonly outcome: 'ok' | 'rate-limited' | 'error';
}

/** A client for jobs: no retries and no waiting of its own, since the queue does both for one job and not for all. */
export function createSlackWebClient(
  settings: SlackSettings,
  log: Logger,
  onCall: (call: SlackCall) => void = () => undefined,
): WebClient {
  // A class, since every method of the client goes through `apiCall`, bound when it is constructed.
  class CountedWebClient extends WebClient {
    override async apiCall(method: string, options?: Record<string, unknown>) {
      try {
        const answer = await super.apiCall(method, options);
        onCall({ method, outcome: 'ok' });
        return answer;
      } catch (error) {
        const isLimited = slackFailure(error).kind === 'rate-limited';
        onCall({ method, outcome: isLimited ? 'rate-limited' : 'error' });
        throw error;
      }
    }
  }
  return new CountedWebClient(settings.botToken, clientOptions(settings, log));
}

/** Bolt in Socket Mode or HTTP mode, uninitialized: a refused token is an error of `start`, not a crash. */
export function createSlackDoor(settings: SlackSettings, log: Logger): SlackDoor {
  const logger = slackLogger(log);
  const socket =
    settings.mode.kind === 'socket' ? socketReceiver(settings, settings.mode, log) : null;
  const receiver = socket ?? httpReceiver(settings.mode, logger);
  const app = new App({
    token: settings.botToken,
    receiver,
    logger,
    deferInitialization: true,
    convoStore: false,
    clientOptions: clientOptions(settings, log),
  });
  app.error((error) => {
    log.error({ err: error }, 'slack listener failed');
    return Promise.resolve();
  });
  let up = false;
  socket?.client.on('connected', () => {
    up = true;
  });
  socket?.client.on('close', () => {
    up = false;
  });
  return {
    app,
    connected: () => up,
    async start(signal) {
      await initialize(app, log, signal);
      const started =
        settings.mode.kind === 'http'
          ? app.start({ port: settings.mode.port, host: settings.mode.host })
          : app.start();
      const inTime = await within(START_TIMEOUT_MS, started);
      if (!inTime) log.warn('slack is slow to accept the connection; it goes on in the background');
      up ||= inTime;
    },
    async stop() {
      up = false;
      await within(STOP_TIMEOUT_MS, app.stop()).catch((error: unknown) => {
        log.warn({ err: error }, 'slack door did not close cleanly');
      });
    },
  };
}

function clientOptions(settings: SlackSettings, log: Logger) {
  return {
    ...(settings.apiUrl === null ? {} : { slackApiUrl: settings.apiUrl }),
    logger: slackLogger(log),
    timeout: settings.timeoutMs ?? SLACK_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    ...(settings.onCall === undefined ? {} : { fetch: observedFetch(settings.onCall) }),
  };
}

function socketReceiver(
  settings: SlackSettings,
  mode: Extract<SlackSettings['mode'], { kind: 'socket' }>,
  log: Logger,
): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken: mode.appToken,
    logger: slackLogger(log),
    clientPingTimeout: PONG_TIMEOUT_MS,
    installerOptions: {
      clientOptions: {
        ...clientOptions(settings, log),
        retryConfig: SOCKET_RETRIES,
        rejectRateLimitedCalls: false,
      },
    },
  });
}

function httpReceiver(mode: SlackSettings['mode'], logger: SlackLogger): HTTPReceiver {
  if (mode.kind !== 'http') throw new RangeError('not HTTP mode');
  return new HTTPReceiver({ signingSecret: mode.signingSecret, logger });
}

/** Token problems end it; anything else is an outage, and is waited for. */
async function initialize(app: App, log: Logger, signal?: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await app.init();
      return;
    } catch (error) {
      const failure = slackFailure(error);
      if (failure.kind === 'refused') {
        throw new ExternalError(
          'slack-auth',
          `Slack refuses the bot token (${failure.code}). Check SLACK_BOT_TOKEN: it begins with xoxb- and belongs to the workspace where the app is installed.`,
          { retryable: false, cause: error },
        );
      }
      log.warn({ err: error }, 'slack cannot be reached; trying again');
      await pause(failure.kind === 'rate-limited' ? failure.ms : START_RETRY_MS, signal);
    }
  }
}

/** True when `work` ended in time. Its failure is thrown; after the time it is no longer of interest. */
async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new Error('stopped while waiting for slack'));
    });
  });
}

/** Slack's packages log strings; they go to our log at one level lower, since we log what matters ourselves. */
function slackLogger(log: Logger): SlackLogger {
  const words = (parts: readonly unknown[]): string =>
    parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ');
  return {
    debug: () => undefined,
    info: (...parts: unknown[]) => log.debug({ slack: words(parts) }, 'slack client'),
    warn: (...parts: unknown[]) => log.info({ slack: words(parts) }, 'slack client'),
    error: (...parts: unknown[]) => log.warn({ slack: words(parts) }, 'slack client'),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
