import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { IssuedCertificate } from '../pki.ts';
import { type ControlPlane, type Here, replyTo } from './requests.ts';
import type { Answer } from './status.ts';
import { openWatch } from './watch.ts';

export interface ApiServer {
  readonly node: string;
  readonly port: number;
  /** Refuses connections until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the kube-apiserver of one node on a free port of 127.0.0.1. */
export async function startApiServer(
  plane: ControlPlane,
  node: string,
  certificate: IssuedCertificate,
): Promise<ApiServer> {
  const state = { firstDial: true, dials: 0 };
  const server = createServer(
    { cert: certificate.certPem, key: certificate.keyPem, ALPNProtocols: ['http/1.1'] },
    (request, response) => {
      serve({ plane, node, state }, request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    },
  );
  server.keepAliveTimeout = 60_000;
  const port = await listen(server, 0);
  return {
    node,
    port,
    pause: () => close(server),
    resume: async () => {
      if (!server.listening) await listen(server, port);
    },
    stop: () => close(server),
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

async function serve(
  here: Here,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request);
  const reply = replyTo(here, {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    body,
    token: /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null,
    accept: request.headers.accept ?? '',
    contentType: request.headers['content-type'] ?? '',
  });
  switch (reply.kind) {
    case 'silence':
      return;
    case 'watch':
      serveWatch(here.plane, reply.request, response);
      return;
    case 'answer':
      if (await waited(reply.afterMs, response)) write(response, reply.answer);
      return;
    case 'hung-body':
      if (!(await waited(reply.afterMs, response))) return;
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': reply.contentLength,
      });
      response.flushHeaders();
  }
}

/** False when the asker left before the time was up. */
function waited(ms: number, response: ServerResponse): Promise<boolean> {
  if (ms === 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const onClose = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      response.off('close', onClose);
      resolve(true);
    }, ms);
    timer.unref();
    response.once('close', onClose);
  });
}

function serveWatch(
  plane: ControlPlane,
  request: Parameters<typeof openWatch>[1],
  response: ServerResponse,
): void {
  const watch = openWatch(plane, request, {
    send: (event) => {
      if (!response.destroyed) response.write(`${JSON.stringify(event)}\n`);
    },
    end: () => response.end(),
  });
  if (watch.refused !== null) {
    write(response, watch.refused);
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/json',
    'cache-control': 'no-cache, private',
  });
  response.flushHeaders();
  response.once('close', () => watch.close());
  watch.start();
}

const MAX_BODY_BYTES = 3 * 1_024 * 1_024;

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new RangeError('request body too large');
    chunks.push(chunk);
  }
  if (bytes === 0) return null;
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    return null;
  }
}

function write(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-cache, private',
  });
  response.end(answer.body);
}
