import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { ExternalError } from '../errors.ts';

const HEADERS_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** cert-manager renews weeks before the end; an hour is soon enough. */
const RENEW_TLS_MS = 3_600_000;

/** PEM texts: the server's certificate with its key, and the CA of its clients. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** What a route answers. `text` is for people; one newline is added. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route = (request: IncomingMessage) => Promise<HttpAnswer> | HttpAnswer;

export interface HttpServer {
  /** The port that is bound; differs from the wanted one where that was 0. */
  readonly port: number;
  close(): Promise<void>;
}

/**
 * A small server for health, metrics and webhooks, on an explicit address. `routes` maps `GET /livez` to
 * its handler; anything else is 404 or 405.
 */
export async function startHttpServer(options: {
  readonly host: string;
  readonly port: number;
  readonly routes: Readonly<Record<string, Route>>;
  readonly onError: (error: unknown) => void;
  /** Mutual TLS; read again from time to time, since certificates are renewed. */
  readonly tls?: () => TlsMaterial;
}): Promise<HttpServer> {
  const listener: RequestListener = (request, response) => {
    void answer(request, options.routes)
      .catch((error: unknown): HttpAnswer => {
        options.onError(error);
        return { status: 500, text: 'Internal error; the log says more.' };
      })
      .then((result) => send(request, response, result));
  };
  const { tls } = options;
  const { server, stopRenewing } =
    tls === undefined
      ? { server: createServer(listener), stopRenewing: () => undefined }
      : serverWithTls({ ...options, tls }, listener);
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  await listen(server, options);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    close: () =>
      new Promise((resolve) => {
        stopRenewing();
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

/** Nobody without a certificate of the client CA gets as far as a request. */
function serverWithTls(
  { tls, onError }: { readonly tls: () => TlsMaterial; readonly onError: (error: unknown) => void },
  listener: RequestListener,
): { readonly server: Server; readonly stopRenewing: () => void } {
  const required = { requestCert: true, rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
  const server = createTlsServer({ ...tls(), ...required }, listener);
  const renewing = setInterval(() => {
    try {
      server.setSecureContext({ ...tls(), minVersion: required.minVersion });
    } catch (error) {
      onError(error); // the certificate of before is used on
    }
  }, RENEW_TLS_MS);
  renewing.unref();
  return { server, stopRenewing: () => clearInterval(renewing) };
}

function listen(
  server: Server,
  options: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = `${options.host}:${options.port}`;
      const message = `Cannot listen on ${where} (${cause.code ?? 'unknown error'}); set HTTP_HOST and HTTP_PORT to a free address.`;
      reject(new ExternalError('http-listen', message, { retryable: false, cause }));
    });
    server.listen(options.port, options.host, () => resolve());
  });
}

async function answer(
  request: IncomingMessage,
  routes: Readonly<Record<string, Route>>,
): Promise<HttpAnswer> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const route = routes[`${method} ${path}`];
  if (route !== undefined) return route(request);
  const others = Object.keys(routes).filter((key) => key.endsWith(` ${path}`));
  if (others.length === 0)
    return { status: 404, text: `There is nothing at ${path.slice(0, 100)}.` };
  const allow = others.map((key) => key.split(' ')[0]).join(', ');
  return { status: 405, text: `Use ${allow} here.`, headers: { allow } };
}

function send(request: IncomingMessage, response: ServerResponse, result: HttpAnswer): void {
  const body = `${result.text}\n`;
  response.writeHead(result.status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    // A body that was refused half-read must not be taken for the next request.
    ...(request.complete ? {} : { connection: 'close' }),
    ...result.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
