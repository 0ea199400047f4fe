import { X509Certificate } from 'node:crypto';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { TLSSocket } from 'node:tls';
import type { ApiClient } from './api-client.ts';
import { type Attributes, whyForbidden } from './authorize.ts';
import { authenticate, type Trust } from './front-proxy.ts';
import { logS } from './klog.ts';
import type { Scraping } from './scraper.ts';
import type { ServingPair } from './self-signed.ts';
import type { Storage } from './storage.ts';

const GROUP_VERSION = 'metrics.k8s.io/v1beta1';
const ROOT = `/apis/${GROUP_VERSION}`;

export interface Serving {
  readonly api: ApiClient;
  readonly trust: Trust;
  readonly storage: Storage;
  readonly scraping: Scraping;
  readonly pair: ServingPair;
  readonly port: number;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Serves the Metrics API over HTTP/2 and HTTP/1.1, which the aggregator and kubelet probes speak. */
export async function serve(serving: Serving): Promise<void> {
  const { pair, trust, port } = serving;
  const server = createSecureServer(
    {
      cert: pair.cert,
      key: pair.key,
      // Asked for and not insisted on: probes come without one, and a wrong one must reach our own judgement.
      requestCert: true,
      rejectUnauthorized: false,
      ca: [...trust.pem],
      allowHTTP1: true,
    },
    (request, response) => {
      void answer(serving, request).then(
        (reply) => send(response, reply),
        (error: unknown) => send(response, status(500, 'InternalError', String(error))),
      );
    },
  );
  server.on('sessionError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '::', resolve);
  });
}

function send(response: Http2ServerResponse, { status: code, body }: Reply): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  response.writeHead(code, {
    'content-type': typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

async function answer(serving: Serving, request: Http2ServerRequest): Promise<Reply> {
  const { pathname: path } = new URL(request.url, 'https://localhost');
  // Open to everybody, as k8s.io/apiserver's AlwaysAllowPaths.
  if (path === '/livez' || path === '/readyz' || path === '/healthz') return health(serving, path);

  const socket = request.stream?.session?.socket ?? request.socket;
  const raw = socket instanceof TLSSocket ? socket.getPeerCertificate().raw : peerOf(socket);
  const certificate = raw === undefined ? null : new X509Certificate(raw);
  const who = await authenticate(serving.trust, serving.api, certificate, request.headers);
  if (who.kind === 'rejected') {
    const message = 'Unable to authenticate the request';
    logS('E', 'authentication.go:73', message, { err: who.reason });
    return status(401, 'Unauthorized', 'Unauthorized');
  }
  const asked = attributesOf(path);
  const why = await whyForbidden(serving.api, who.user, asked);
  if (why !== null) return status(403, 'Forbidden', why);
  return resource(serving.storage, path, asked);
}

/** In HTTP/2's compatibility API the socket is a proxy object that is no TLSSocket by class. */
function peerOf(socket: unknown): Buffer | undefined {
  const { getPeerCertificate } = socket as { getPeerCertificate?: () => { raw?: Buffer } };
  return getPeerCertificate?.call(socket).raw;
}

function attributesOf(path: string): Attributes {
  const [, namespace, resourceName, name] =
    /^\/apis\/metrics\.k8s\.io\/v1beta1(?:\/namespaces\/([^/]+))?\/(nodes|pods)(?:\/([^/]+))?$/.exec(
      path,
    ) ?? [];
  if (resourceName !== 'nodes' && resourceName !== 'pods') return { kind: 'path', path };
  return {
    kind: 'resource',
    verb: name === undefined ? 'list' : 'get',
    resource: resourceName,
    namespace: namespace ?? null,
    name: name ?? null,
  };
}

function resource(storage: Storage, path: string, asked: Attributes): Reply {
  if (asked.kind === 'path') return discovery(path);
  const kind = asked.resource === 'nodes' ? 'NodeMetrics' : 'PodMetrics';
  const all =
    asked.resource === 'nodes'
      ? storage.nodes()
      : storage
          .pods()
          .filter(
            ({ metadata }) => asked.namespace === null || metadata.namespace === asked.namespace,
          );
  if (asked.name === null) {
    const head = { kind: `${kind}List`, apiVersion: GROUP_VERSION, metadata: {} };
    return { status: 200, body: { ...head, items: all } };
  }
  const found = all.find(({ metadata }) => metadata.name === asked.name);
  if (found === undefined) {
    const what = asked.resource === 'nodes' ? 'nodemetrics' : 'podmetrics';
    const id = asked.namespace === null ? asked.name : `${asked.namespace}/${asked.name}`;
    return status(404, 'NotFound', `${what}.metrics.k8s.io ${JSON.stringify(id)} not found`);
  }
  return { status: 200, body: { kind, apiVersion: GROUP_VERSION, ...found } };
}

function discovery(path: string): Reply {
  const version = { groupVersion: GROUP_VERSION, version: 'v1beta1' };
  const group = { name: 'metrics.k8s.io', versions: [version], preferredVersion: version };
  const verbs = ['get', 'list'];
  const entry = (name: string, namespaced: boolean, kind: string) => ({
    name,
    singularName: '',
    namespaced,
    kind,
    verbs,
  });
  switch (path) {
    case ROOT: {
      const resources = [entry('nodes', false, 'NodeMetrics'), entry('pods', true, 'PodMetrics')];
      return {
        status: 200,
        body: { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: GROUP_VERSION, resources },
      };
    }
    case '/apis':
      return { status: 200, body: { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] } };
    case '/apis/metrics.k8s.io':
      return { status: 200, body: { kind: 'APIGroup', apiVersion: 'v1', ...group } };
    case '/openapi/v2':
      return {
        status: 200,
        body: {
          swagger: '2.0',
          info: { title: 'Kubernetes metrics-server', version: 'v0.7.2' },
          paths: {},
        },
      };
    case '/version':
      return { status: 200, body: { major: '0', minor: '7', gitVersion: 'v0.7.2' } };
    default:
      return { status: 404, body: '404 page not found\n' };
  }
}

/** The checks by name, with `reason withheld` for whoever asks and the reason in the log, as the real program does. */
function health({ storage, scraping }: Serving, path: string): Reply {
  const checks: [string, string | null][] = [
    ['ping', null],
    ['log', null],
  ];
  if (path !== '/readyz') checks.push(['metric-collection-timely', scraping.liveness()]);
  if (path !== '/livez') {
    const ready = storage.ready() ? null : 'no metrics to serve';
    checks.push(['metric-storage-ready', ready], ['metric-informer-sync', null]);
  }
  checks.push(['poststarthook/max-in-flight-filter', null]);
  const failed = checks.filter(([, reason]) => reason !== null);
  if (failed.length === 0) return { status: 200, body: 'ok' };
  for (const [probe, reason] of failed) {
    logS('I', 'server.go:191', 'Failed probe', { probe, err: reason ?? '' });
  }
  const lines = checks.map(([name, reason]) =>
    reason === null ? `[+]${name} ok` : `[-]${name} failed: reason withheld`,
  );
  return { status: 500, body: `${[...lines, `${path.slice(1)} check failed`].join('\n')}\n` };
}

function status(code: number, reason: string, message: string): Reply {
  const body = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
  };
  return { status: code, body };
}
