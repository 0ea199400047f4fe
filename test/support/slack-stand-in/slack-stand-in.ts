import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Ack, type AppLink, createHttpLink, createSocketLink } from './app-link.ts';
import { createFaults, createRateLimits, type Fault } from './faults.ts';
import { createPage } from './page-server.ts';
import {
  type Answer,
  createWebApi,
  type OpenedView,
  Refused,
  strictMessage,
  threadMessages,
} from './web-api.ts';
import { type Channel, createWorkspace, type Message, slackId, type User } from './workspace.ts';

/** A call of the Web API, with how it ended: `ok`, Slack's error code, or the fault that was made. */
export interface Call {
  readonly at: number;
  readonly method: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly outcome: string;
}

/** What someone who typed or clicked sees at once. */
export interface Reaction extends Ack {
  /** The ephemeral words in the acknowledgement, or Slack's own when the app did not answer; null for none. */
  readonly text: string | null;
}

export interface StandInOptions {
  readonly port?: number;
  readonly users?: readonly User[];
  readonly channels?: readonly Channel[];
  readonly userGroups?: Readonly<Record<string, readonly string[]>>;
  /** Where the app listens in HTTP mode; without it, Socket Mode. */
  readonly requestUrl?: string;
  /** False: the app has no `chat:write.public`. */
  readonly writesPublic?: boolean;
  /** Whether the app may read history, as with the optional scopes of the manifest (default no). */
  readonly readsHistory?: boolean;
  /** What the bot token was granted, as Slack tells it with every answer; default: what the manifest asks for. */
  readonly scopes?: readonly string[];
  /** Slack's own rate limits (default on). */
  readonly rateLimits?: boolean;
}

/** A strict stand-in for Slack on 127.0.0.1, with a page that looks like it. */
export interface SlackStandIn {
  readonly url: string;
  /** For `SLACK_API_URL`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly calls: readonly Call[];
  /** Every mistake of the app so far: refused messages, late acknowledgements, idle edits, unknown methods. A test expects none. */
  readonly complaints: readonly string[];
  readonly messages: readonly Message[];
  typeCommand(input: {
    readonly user: string;
    readonly channel: string;
    readonly text: string;
    readonly command?: string;
  }): Promise<Reaction>;
  /** Clicks a button of a message by its action id; throws when the message has none such. */
  clickButton(input: {
    readonly user: string;
    readonly channel: string;
    readonly ts: string;
    readonly actionId: string;
  }): Promise<Reaction>;
  /** Somebody writes a message, e.g. an alerting app. */
  say(input: {
    readonly user: string;
    readonly channel: string;
    readonly text: string;
    readonly threadTs?: string;
  }): Message;
  /** Somebody writes `@metrics-diag …`; `again` delivers the very same event once more. */
  mention(input: {
    readonly user: string;
    readonly channel: string;
    readonly text: string;
    readonly threadTs?: string;
    readonly again?: boolean;
  }): Promise<Ack>;
  /** Uses a message shortcut of the app on a message. */
  useShortcut(input: {
    readonly user: string;
    readonly message: Message;
    readonly callbackId: string;
  }): Promise<Reaction>;
  /** Submits the modal that was opened last, with one value chosen in a select. */
  submitView(input: {
    readonly user: string;
    readonly blockId: string;
    readonly actionId: string;
    readonly value: string;
  }): Promise<Ack>;
  /** Submits the modal that was opened last, with all its values as Slack sends them. */
  submitForm(input: {
    readonly user: string;
    readonly values: Readonly<Record<string, Readonly<Record<string, object>>>>;
    /** The conversation that was chosen in a field with `response_url_enabled`. */
    readonly channel: string;
  }): Promise<Ack>;
  /** Somebody opens the app's Home tab; resolves with the view that the app publishes for them. */
  openHome(user: string): Promise<Readonly<Record<string, unknown>>>;
  /** Clicks a button of somebody's Home tab. */
  clickHome(input: {
    readonly user: string;
    readonly actionId: string;
    readonly value: string;
  }): Promise<Ack>;
  /** The modal that was opened last. */
  openedView(): Promise<OpenedView>;
  thread(channel: string, ts: string): readonly Message[];
  /** Messages in the channel itself that everyone sees. */
  roots(channel: string): readonly Message[];
  /** What only this person sees. */
  ephemerals(user: string): readonly Message[];
  fail(fault: Fault): void;
  heal(): void;
  setChannel(channel: Channel): void;
  /** Someone deletes a message. */
  remove(message: Message): void;
  connections(): number;
  refreshConnections(): void;
  dropConnections(): void;
  /** Resolves once `done` holds; checked at every change. Rejects with the last state of things. */
  until<T>(what: string, done: () => T | undefined | false, timeoutMs?: number): Promise<T>;
  close(): Promise<void>;
}

/** Slack's words when an app does not answer in time. */
const DID_NOT_RESPOND = 'failed because the app did not respond';
const RESPONSE_URL_USES = 5;
const RESPONSE_URL_TTL_MS = 30 * 60 * 1_000;
const TRIGGER_TTL_MS = 3_000;
const MAX_BODY_BYTES = 5_000_000;
/** Ends a hanging test; what is waited for comes within seconds, save on a busy machine. */
const DEFAULT_WAIT_MS = 60_000;
/** State may also change without a message; look again now and then. */
const POLL_MS = 50;

const BOT: User = { id: 'U0METRICSD', name: 'metrics-diag', realName: 'metrics-diag', isBot: true };
const PEOPLE: readonly User[] = [
  { id: 'U0LIN', name: 'lin', realName: 'Lin' },
  { id: 'U0MAYA', name: 'maya', realName: 'Maya' },
];
const CHANNELS: readonly Channel[] = [
  { id: 'C0OPS', name: 'ops', kind: 'public', members: ['U0LIN', 'U0MAYA', BOT.id] },
  { id: 'C0PLATFORM', name: 'platform', kind: 'public', members: ['U0LIN', 'U0MAYA', BOT.id] },
];

/** The scopes of slack-manifest.yaml. */
const MANIFEST_SCOPES = [
  'commands',
  'app_mentions:read',
  'chat:write',
  'chat:write.public',
  'files:write',
  'users:read',
  'usergroups:read',
];

export async function startSlackStandIn(options: StandInOptions = {}): Promise<SlackStandIn> {
  const botToken = 'xoxb-stand-in-bot';
  const appToken = 'xapp-stand-in-app';
  const signingSecret = 'stand-in-signing-secret';
  const workspace = createWorkspace({
    users: [...(options.users ?? PEOPLE), BOT],
    channels: options.channels ?? CHANNELS,
    userGroups: options.userGroups ?? {},
    botId: BOT.id,
  });
  const calls: Call[] = [];
  const complaints: string[] = [];
  const complain = (what: string): void => {
    complaints.push(what);
  };
  const faults = createFaults();
  const limited = createRateLimits();
  const triggers = new Map<string, { at: number; used: boolean }>();
  const responseUrls = new Map<
    string,
    { channel: string; user: string; at: number; uses: number }
  >();
  const views: OpenedView[] = [];
  const homes = new Map<string, Readonly<Record<string, unknown>>>();
  let url = '';

  const socketLink = createSocketLink(() => url.replace('http:', 'ws:'));
  const link: AppLink =
    options.requestUrl === undefined
      ? socketLink
      : createHttpLink(options.requestUrl, signingSecret);
  const api = createWebApi({
    workspace,
    baseUrl: () => url,
    complain,
    writesPublic: options.writesPublic ?? true,
    readsHistory: options.readsHistory ?? false,
    showView: (view) => views.push(view),
    publishHome: (user, view) => homes.set(user, view),
    openSocket: () => socketLink.openTicket(),
    useTrigger(id) {
      const trigger = triggers.get(id);
      if (trigger === undefined) return 'invalid_trigger_id';
      if (trigger.used) return 'exchanged_trigger_id';
      trigger.used = true;
      return Date.now() - trigger.at > TRIGGER_TTL_MS ? 'expired_trigger_id' : 'ok';
    },
  });

  function tokenProblem(method: string, token: string): string | null {
    if (token === '') return 'not_authed';
    const right = method === 'apps.connections.open' ? appToken : botToken;
    return token === right ? null : 'invalid_auth';
  }

  function answerCall(method: string, args: Call['args']): Answer {
    try {
      const answer = api.call(method, args);
      calls.push({ at: Date.now(), method, args, outcome: 'ok' });
      return { ok: true, ...answer };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      calls.push({ at: Date.now(), method, args, outcome: error.code });
      const details =
        error.details.length === 0 ? {} : { response_metadata: { messages: error.details } };
      return { ok: false, error: error.code, ...details };
    }
  }

  async function webApi(
    method: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { token, ...args } = await readArgs(request);
    const bearer = /^Bearer (.+)$/u.exec(request.headers.authorization ?? '')?.[1];
    const problem = tokenProblem(method, bearer ?? (typeof token === 'string' ? token : ''));
    if (problem !== null) {
      calls.push({ at: Date.now(), method, args, outcome: problem });
      return sendJson(response, 200, { ok: false, error: problem });
    }
    response.setHeader('x-oauth-scopes', (options.scopes ?? MANIFEST_SCOPES).join(','));
    const channel = typeof args['channel'] === 'string' ? args['channel'] : null;
    const wait = options.rateLimits === false ? null : limited(method, channel);
    const how =
      faults.take(method) ??
      (wait === null ? null : ({ kind: 'rate-limited', retryAfterSeconds: wait } as const));
    const note = (outcome: string): void => {
      calls.push({ at: Date.now(), method, args, outcome });
    };
    switch (how?.kind) {
      case undefined:
        return sendJson(response, 200, answerCall(method, args));
      case 'rate-limited':
        note('rate-limited');
        response.setHeader('retry-after', String(how.retryAfterSeconds));
        return sendJson(response, 429, { ok: false, error: 'ratelimited' });
      case 'http':
        note(`http ${how.status}`);
        response.writeHead(how.status).end('stand-in fault');
        return;
      case 'refused':
        note(how.code);
        return sendJson(response, 200, { ok: false, error: how.code });
      case 'slow': {
        const answer = answerCall(method, args);
        setTimeout(() => sendJson(response, 200, answer), how.ms);
        return;
      }
      case 'hang':
        note('hang');
        return;
      case 'accept-then-hang':
        answerCall(method, args);
        return;
    }
  }

  async function respondUrl(
    id: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const address = responseUrls.get(id);
    const body = await readArgs(request);
    if (
      address === undefined ||
      address.uses >= RESPONSE_URL_USES ||
      Date.now() - address.at > RESPONSE_URL_TTL_MS
    ) {
      complain(`response_url ${id} is used up or expired`);
      return sendJson(response, 404, { ok: false, error: 'used_url' });
    }
    const how = faults.take('response_url');
    if (how?.kind === 'http') {
      response.writeHead(how.status).end();
      return;
    }
    address.uses += 1;
    try {
      const message = strictMessage(body, complain);
      const onlyFor = body['response_type'] === 'in_channel' ? null : address.user;
      workspace.add({ channel: address.channel, user: BOT.id, onlyFor, ...message });
      sendJson(response, 200, { ok: true });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      sendJson(response, 400, { ok: false, error: error.code });
    }
  }

  /** What comes with everything that a person does. */
  function context(user: string, channel: string): { responseUrl: string; triggerId: string } {
    const id = slackId('R');
    responseUrls.set(id, { channel, user, at: Date.now(), uses: 0 });
    const triggerId = `${Date.now()}.${slackId('')}`;
    triggers.set(triggerId, { at: Date.now(), used: false });
    return { responseUrl: `${url}/response/${id}`, triggerId };
  }

  function react(ack: Ack, what: string, user: string, channel: string): Reaction {
    if (!ack.inTime) {
      complain(`${what} was not acknowledged within 3 s`);
      const text = `${what} ${DID_NOT_RESPOND}`;
      workspace.add({ channel, user: 'USLACKBOT', onlyFor: user, text });
      return { ...ack, text };
    }
    if (ack.payload === null || Object.keys(ack.payload).length === 0)
      return { ...ack, text: null };
    try {
      const message = strictMessage(ack.payload, complain);
      workspace.add({ channel, user: BOT.id, onlyFor: user, ...message });
      return { ...ack, text: message.text };
    } catch (error) {
      return { ...ack, text: error instanceof Error ? error.message : null };
    }
  }

  const standIn: SlackStandIn = {
    get url() {
      return url;
    },
    get apiUrl() {
      return `${url}/api/`;
    },
    botToken,
    appToken,
    signingSecret,
    calls,
    complaints,
    messages: workspace.messages,
    async typeCommand({ user, channel, text, command = '/metrics-diag' }) {
      const { responseUrl, triggerId } = context(user, channel);
      const conversation = workspace.channels.get(channel);
      const ack = await link.deliver('slash_commands', {
        token: 'unused',
        team_id: 'T0STANDIN',
        team_domain: 'stand-in',
        channel_id: channel,
        channel_name: conversation?.kind === 'dm' ? 'directmessage' : (conversation?.name ?? ''),
        user_id: user,
        user_name: workspace.users.find(({ id }) => id === user)?.name ?? user,
        command,
        text,
        api_app_id: 'A0STANDIN',
        is_enterprise_install: 'false',
        response_url: responseUrl,
        trigger_id: triggerId,
      });
      return react(ack, command, user, channel);
    },
    async clickButton({ user, channel, ts, actionId }) {
      const message = workspace.find(channel, ts);
      const button = message === undefined ? undefined : findButton(message, actionId);
      if (message === undefined || button === undefined) {
        throw new Error(`message ${ts} in ${channel} has no button ${actionId}`);
      }
      const { responseUrl, triggerId } = context(user, channel);
      const name = workspace.users.find(({ id }) => id === user)?.name ?? user;
      const ack = await link.deliver('interactive', {
        type: 'block_actions',
        user: { id: user, username: name, name, team_id: 'T0STANDIN' },
        api_app_id: 'A0STANDIN',
        token: 'unused',
        container: { type: 'message', message_ts: ts, channel_id: channel, is_ephemeral: false },
        trigger_id: triggerId,
        team: { id: 'T0STANDIN', domain: 'stand-in' },
        enterprise: null,
        is_enterprise_install: false,
        channel: { id: channel, name: workspace.channels.get(channel)?.name ?? '' },
        message: {
          ts,
          type: 'message',
          user: BOT.id,
          ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
        },
        state: { values: {} },
        response_url: responseUrl,
        actions: [{ ...button, block_id: 'b', action_ts: ts }],
      });
      return react(ack, actionId, user, channel);
    },
    say: ({ user, channel, text, threadTs }) =>
      workspace.add({ user, channel, text, threadTs: threadTs ?? null }),
    async mention({ user, channel, text, threadTs, again = false }) {
      const words = `<@${BOT.id}> ${text}`;
      const { ts } = standIn.say({ user, channel, text: words, ...(threadTs ? { threadTs } : {}) });
      const event = {
        type: 'event_callback',
        token: 'unused',
        team_id: 'T0STANDIN',
        api_app_id: 'A0STANDIN',
        event_id: slackId('Ev'),
        event_time: Math.floor(Date.now() / 1_000),
        authorizations: [{ team_id: 'T0STANDIN', user_id: BOT.id, is_bot: true }],
        event: {
          type: 'app_mention',
          user,
          text: words,
          ts,
          event_ts: ts,
          channel,
          ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
        },
      };
      const ack = await link.deliver('events_api', event);
      return again ? link.deliver('events_api', event) : ack;
    },
    async useShortcut({ user, message, callbackId }) {
      const { responseUrl, triggerId } = context(user, message.channel);
      const name = workspace.users.find(({ id }) => id === user)?.name ?? user;
      const ack = await link.deliver('interactive', {
        type: 'message_action',
        callback_id: callbackId,
        trigger_id: triggerId,
        message_ts: message.ts,
        response_url: responseUrl,
        message: {
          type: 'message',
          user: message.user,
          ts: message.ts,
          text: message.revisions.at(-1)?.text ?? '',
          ...(message.threadTs === null ? {} : { thread_ts: message.threadTs }),
        },
        user: { id: user, name, team_id: 'T0STANDIN' },
        channel: {
          id: message.channel,
          name: workspace.channels.get(message.channel)?.name ?? '',
        },
        team: { id: 'T0STANDIN', domain: 'stand-in' },
        token: 'unused',
        action_ts: message.ts,
        enterprise: null,
        is_enterprise_install: false,
      });
      return react(ack, callbackId, user, message.channel);
    },
    async submitView({ user, blockId, actionId, value }) {
      const opened = await standIn.until('a view to be opened', () => views.at(-1));
      const name = workspace.users.find(({ id }) => id === user)?.name ?? user;
      return link.deliver('interactive', {
        type: 'view_submission',
        team: { id: 'T0STANDIN', domain: 'stand-in' },
        user: { id: user, name, team_id: 'T0STANDIN' },
        api_app_id: 'A0STANDIN',
        token: 'unused',
        trigger_id: context(user, '').triggerId,
        response_urls: [],
        is_enterprise_install: false,
        enterprise: null,
        view: {
          id: slackId('V'),
          ...opened.view,
          state: {
            values: {
              [blockId]: {
                [actionId]: {
                  type: 'static_select',
                  selected_option: { text: { type: 'plain_text', text: value }, value },
                },
              },
            },
          },
        },
      });
    },
    async submitForm({ user, values, channel }) {
      const opened = await standIn.openedView();
      const name = workspace.users.find(({ id }) => id === user)?.name ?? user;
      const { responseUrl, triggerId } = context(user, channel);
      return link.deliver('interactive', {
        type: 'view_submission',
        team: { id: 'T0STANDIN', domain: 'stand-in' },
        user: { id: user, name, team_id: 'T0STANDIN' },
        api_app_id: 'A0STANDIN',
        token: 'unused',
        trigger_id: triggerId,
        response_urls: [{ response_url: responseUrl, channel_id: channel }],
        is_enterprise_install: false,
        enterprise: null,
        view: { id: slackId('V'), ...opened.view, state: { values } },
      });
    },
    async openHome(user) {
      homes.delete(user);
      await link.deliver('events_api', {
        type: 'event_callback',
        token: 'unused',
        team_id: 'T0STANDIN',
        api_app_id: 'A0STANDIN',
        event_id: slackId('Ev'),
        event_time: Math.floor(Date.now() / 1_000),
        authorizations: [{ team_id: 'T0STANDIN', user_id: BOT.id, is_bot: true }],
        event: { type: 'app_home_opened', user, channel: 'D0HOME', tab: 'home', event_ts: '1.0' },
      });
      return standIn.until('the Home tab', () => homes.get(user));
    },
    clickHome({ user, actionId, value }) {
      const name = workspace.users.find(({ id }) => id === user)?.name ?? user;
      return link.deliver('interactive', {
        type: 'block_actions',
        user: { id: user, username: name, name, team_id: 'T0STANDIN' },
        api_app_id: 'A0STANDIN',
        token: 'unused',
        container: { type: 'view', view_id: slackId('V') },
        trigger_id: context(user, '').triggerId,
        team: { id: 'T0STANDIN', domain: 'stand-in' },
        enterprise: null,
        is_enterprise_install: false,
        view: { id: slackId('V'), type: 'home', ...homes.get(user) },
        actions: [{ type: 'button', action_id: actionId, block_id: 'b', value, action_ts: '1.0' }],
      });
    },
    openedView: () => standIn.until('a view to be opened', () => views.at(-1)),
    thread: (channel, ts) => threadMessages(workspace, channel, ts),
    roots: (channel) =>
      workspace.messages.filter(
        (each) =>
          each.channel === channel &&
          each.threadTs === null &&
          each.onlyFor === null &&
          !each.deleted,
      ),
    ephemerals: (user) => workspace.messages.filter(({ onlyFor }) => onlyFor === user),
    fail: (fault) => faults.add(fault),
    heal: () => faults.clear(),
    setChannel(channel) {
      workspace.channels.set(channel.id, channel);
    },
    remove(message) {
      message.deleted = true;
      workspace.changes.emit('change');
    },
    connections: () => socketLink.connections(),
    refreshConnections: () => socketLink.refresh(),
    dropConnections: () => socketLink.drop(),
    async until(what, done, timeoutMs = DEFAULT_WAIT_MS) {
      const endsAt = Date.now() + timeoutMs;
      for (;;) {
        const result = done();
        if (result !== undefined && result !== false) return result;
        if (Date.now() > endsAt) {
          const seen = workspace.messages.map(({ revisions }) => revisions.at(-1)?.text);
          throw new Error(
            `waited ${timeoutMs} ms for ${what}; complaints: ${JSON.stringify(complaints)}; messages: ${JSON.stringify(seen)}; calls: ${calls.map((c) => `${c.method}=${c.outcome}`).join(' ')}`,
          );
        }
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    async close() {
      page.close();
      socketLink.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const page = createPage({ workspace, standIn, files: api.files });
  const server = createServer((request, response) => {
    void route(request, response).catch((error: unknown) => {
      complain(`stand-in failed: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500).end();
    });
  });
  server.on('upgrade', (request, socket, head: Buffer) =>
    socketLink.upgrade(request, socket, head),
  );

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    const [, first = '', second = ''] = pathname.split('/');
    if (first === 'api') return webApi(second, request, response);
    if (first === 'response') return respondUrl(second, request, response);
    if (first === 'upload') {
      response.writeHead(api.upload(second, await readBody(request)) ? 200 : 400).end('OK');
      return;
    }
    return page.handle(request, response);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return standIn;
}

function findButton(message: Message, actionId: string): object | undefined {
  const blocks = (message.revisions.at(-1)?.blocks ?? []) as readonly {
    readonly elements?: readonly { readonly action_id?: string; readonly value?: string }[];
  }[];
  const found = blocks
    .flatMap(({ elements = [] }) => elements)
    .find((element) => element.action_id === actionId);
  return found === undefined ? undefined : { ...found };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function readArgs(request: IncomingMessage): Promise<Record<string, unknown>> {
  const body = (await readBody(request)).toString();
  if (body === '') return {};
  return request.headers['content-type']?.includes('json') === true
    ? (JSON.parse(body) as Record<string, unknown>)
    : Object.fromEntries(new URLSearchParams(body));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
