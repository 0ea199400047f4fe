import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** Slack wants an answer to a command or a click in this time. */
export const ACK_DEADLINE_MS = 3_000;
/** The client hangs up when it hears no ping for 30 s. */
const PING_INTERVAL_MS = 10_000;
/** A socket's address is good for one connection, within this time. */
const TICKET_TTL_MS = 30_000;

/** How the app answered. */
export interface Ack {
  /** False when nothing came within three seconds, or nobody was there to ask. */
  readonly inTime: boolean;
  readonly ms: number;
  /** The body of the answer, if it had one. */
  readonly payload: Readonly<Record<string, unknown>> | null;
}

/** A way to hand the app what people do. */
export interface AppLink {
  deliver(type: 'slash_commands' | 'interactive' | 'events_api', payload: object): Promise<Ack>;
}

interface Waiting {
  readonly settle: (payload: Readonly<Record<string, unknown>> | null) => void;
}

/** Socket Mode: the app connects to us, gets envelopes, acknowledges them by id. */
export function createSocketLink(socketUrl: () => string): AppLink & {
  openTicket(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  connections(): number;
  /** Slack's hourly refresh: asks every client to come again. */
  refresh(): void;
  /** Cuts every connection without a word. */
  drop(): void;
  close(): void;
} {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Map<string, number>();
  const waiting = new Map<string, Waiting>();
  const clients: WebSocket[] = [];
  let turn = 0;
  const pings = setInterval(() => {
    for (const client of clients) client.ping('Ping from stand-in');
  }, PING_INTERVAL_MS);
  pings.unref();

  function accept(client: WebSocket): void {
    clients.push(client);
    client.on('close', () => clients.splice(clients.indexOf(client), 1));
    client.on('error', () => client.terminate());
    client.on('message', (data: Buffer) => {
      const { envelope_id: id, payload } = JSON.parse(data.toString()) as {
        envelope_id?: string;
        payload?: Record<string, unknown>;
      };
      waiting.get(id ?? '')?.settle(payload ?? null);
    });
    client.send(
      JSON.stringify({
        type: 'hello',
        num_connections: clients.length,
        connection_info: { app_id: 'A0STANDIN' },
        debug_info: { host: 'stand-in', approximate_connection_time: 18_060 },
      }),
    );
  }

  return {
    openTicket() {
      const ticket = randomBytes(8).toString('hex');
      tickets.set(ticket, Date.now());
      return `${socketUrl()}/link?ticket=${ticket}`;
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://x').searchParams.get('ticket') ?? '';
      const issued = tickets.get(ticket);
      tickets.delete(ticket);
      if (issued === undefined || Date.now() - issued > TICKET_TTL_MS) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, accept);
    },
    async deliver(type, payload) {
      const startedAt = performance.now();
      turn += 1;
      const client = clients[turn % Math.max(1, clients.length)];
      if (client === undefined) return { inTime: false, ms: 0, payload: null };
      const id = randomBytes(16).toString('hex');
      const answered = new Promise<Ack>((resolve) => {
        const finish = (inTime: boolean, body: Ack['payload']): void => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve({ inTime, ms: performance.now() - startedAt, payload: body });
        };
        const timer = setTimeout(finish, ACK_DEADLINE_MS, false, null);
        waiting.set(id, { settle: (body) => finish(true, body) });
      });
      client.send(
        JSON.stringify({ envelope_id: id, type, payload, accepts_response_payload: true }),
      );
      return answered;
    },
    connections: () => clients.length,
    refresh() {
      for (const client of clients) {
        client.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
      }
    },
    drop() {
      for (const client of clients.slice()) client.terminate();
    },
    close() {
      clearInterval(pings);
      for (const client of clients.slice()) client.terminate();
      server.close();
    },
  };
}

/** HTTP mode: we post to the app, signed (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
export function createHttpLink(requestUrl: string, signingSecret: string): AppLink {
  return {
    async deliver(type, payload) {
      const startedAt = performance.now();
      const isEvent = type === 'events_api';
      const fields =
        type === 'interactive'
          ? { payload: JSON.stringify(payload) }
          : (payload as Record<string, string>);
      const body = isEvent ? JSON.stringify(payload) : new URLSearchParams(fields).toString();
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const signature = createHmac('sha256', signingSecret)
        .update(`v0:${timestamp}:${body}`)
        .digest('hex');
      try {
        const response = await fetch(requestUrl, {
          method: 'POST',
          headers: {
            'content-type': isEvent ? 'application/json' : 'application/x-www-form-urlencoded',
            'x-slack-request-timestamp': timestamp,
            'x-slack-signature': `v0=${signature}`,
          },
          body,
          signal: AbortSignal.timeout(ACK_DEADLINE_MS),
        });
        const answer = await response.text();
        const ms = performance.now() - startedAt;
        if (!response.ok) return { inTime: false, ms, payload: null };
        if (answer === '') return { inTime: true, ms, payload: null };
        const isJson = response.headers.get('content-type')?.includes('json') === true;
        const parsed = isJson ? (JSON.parse(answer) as Record<string, unknown>) : { text: answer };
        return { inTime: true, ms, payload: parsed };
      } catch {
        return { inTime: false, ms: performance.now() - startedAt, payload: null };
      }
    },
  };
}
