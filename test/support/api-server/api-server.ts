import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AggregatedAnswer } from '../../sim/aggregation.ts';
import { proxied, serviceUnavailable } from '../../sim/aggregation.ts';
import { kubeletVersion } from '../../sim/objects/nodes.ts';
import type { World } from '../../sim/world.ts';
import type { IssuedCertificate } from '../pki.ts';
import { type Attributes, type Denial, forbidden, forbiddenPath, isDenied } from './access.ts';
import type { AvailabilityControllers } from './availability.ts';
import { APISERVICES_KEY, METRICS_APISERVICE } from './availability.ts';
import { discovery } from './discovery.ts';
import type { ObjectStore } from './object-store.ts';
import { podLog } from './pod-log.ts';
import type { Resource } from './resources.ts';
import { answerRest, type ResourceRequest, verbOf } from './rest.ts';
import { type Answer, failure, json, noSuchPath, notFound, text, unauthorized } from './status.ts';
import { serveWatch } from './watch.ts';

/** What all API servers of the stand-in share. */
export interface ControlPlane {
  readonly store: ObjectStore;
  readonly world: () => World;
  readonly resources: () => readonly Resource[];
  readonly availability: AvailabilityControllers;
  readonly user: (
    token: string,
  ) => { readonly name: string; readonly denials: readonly Denial[] } | null;
  /** Multiplies every wait that the model names (30 s for a dial that nobody answers). */
  readonly timeScale: number;
  readonly bookmarkEveryMs: number;
  /** Every request, for tests that count or look. */
  readonly onRequest: (request: SeenRequest) => void;
}

export interface SeenRequest {
  readonly server: string;
  readonly method: string;
  readonly path: string;
}

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
  const state = { firstDial: true };
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

interface Here {
  readonly plane: ControlPlane;
  readonly node: string;
  readonly state: { firstDial: boolean };
}

const PUBLIC_PATHS = ['/livez', '/readyz', '/healthz', '/version'];

async function serve(
  here: Here,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { plane, node } = here;
  const url = new URL(request.url ?? '/', 'https://api');
  plane.onRequest({ server: node, method: request.method ?? 'GET', path: request.url ?? '/' });
  const own = plane.world().nodes.find(({ name }) => name === node);
  // Hanging: the connection stands and nothing ever comes.
  if (own?.apiServer === 'hanging') return;
  const body = await readBody(request);
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? null;
  const user = token === null ? null : plane.user(token);
  if (token !== null && user === null) {
    write(response, unauthorized());
    return;
  }
  if (PUBLIC_PATHS.some((path) => url.pathname.startsWith(path))) {
    write(response, publicAnswer(plane, url.pathname));
    return;
  }
  const asker = user ?? { name: 'system:anonymous', denials: null };
  if (asker.denials === null) {
    write(response, forbiddenPath(asker.name, url.pathname));
    return;
  }
  await route(here, { request, response, url, body }, { name: asker.name, denials: asker.denials });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: unknown;
}

interface User {
  readonly name: string;
  readonly denials: readonly Denial[];
}

async function route(here: Here, exchange: Exchange, user: User): Promise<void> {
  const { url, response } = exchange;
  const { plane } = here;
  if (url.pathname === '/metrics') {
    const denied = isDenied(user.denials, {
      verb: 'get',
      group: '',
      resource: '/metrics',
      namespace: null,
      name: null,
    });
    write(response, denied ? forbiddenPath(user.name, '/metrics') : metrics(here));
    return;
  }
  if (/^\/apis\/metrics\.k8s\.io(\/|$)/.test(url.pathname)) {
    await aggregated(here, exchange, user);
    return;
  }
  const review = selfReview(exchange, user);
  if (review !== null) {
    write(response, review);
    return;
  }
  const found = discovery(plane, here.node, url.pathname, exchange.request.headers.accept ?? '');
  if (found !== null) {
    write(response, found);
    return;
  }
  const parsed = parseRequest(plane, exchange);
  if (parsed === null) {
    write(response, noSuchPath());
    return;
  }
  const attributes = attributesOf(parsed);
  if (isDenied(user.denials, attributes)) {
    write(response, forbidden(user.name, attributes));
    return;
  }
  if (attributes.verb === 'watch') {
    serveWatch(plane.store, parsed, { response, bookmarkEveryMs: plane.bookmarkEveryMs });
    return;
  }
  if (parsed.subresource === 'log') {
    write(response, podLog(plane, parsed));
    return;
  }
  if (parsed.subresource !== null && parsed.subresource !== 'status') {
    write(response, notFound(parsed.resource.group, parsed.resource.plural, parsed.name ?? ''));
    return;
  }
  write(response, answerRest(plane.store, parsed));
}

/** `/api/v1/...` and `/apis/<group>/<version>/...`, with or without a namespace. */
function parseRequest(plane: ControlPlane, exchange: Exchange): ResourceRequest | null {
  const parts = exchange.url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return null;
  const group = core ? '' : (parts[1] ?? '');
  const version = parts[core ? 1 : 2] ?? '';
  let rest = parts.slice(core ? 2 : 3);
  let namespace: string | null = null;
  // `/api/v1/namespaces/NAME` names the Namespace itself; a third part names a kind within it.
  if (rest[0] === 'namespaces' && rest.length > 2) {
    namespace = rest[1] ?? '';
    rest = rest.slice(2);
  }
  const [plural = '', name = null, subresource = null] = rest;
  const resource = plane
    .resources()
    .find(
      (each) => each.group === group && each.plural === plural && each.versions.includes(version),
    );
  if (resource === undefined || (namespace !== null && !resource.namespaced)) return null;
  return {
    method: exchange.request.method ?? 'GET',
    resource,
    version,
    namespace,
    name,
    subresource,
    query: exchange.url.searchParams,
    body: exchange.body,
    contentType: exchange.request.headers['content-type'] ?? '',
  };
}

function attributesOf(request: ResourceRequest): Attributes {
  const { resource, subresource, namespace, name } = request;
  return {
    verb: verbOf(request.method, name !== null, request.query),
    group: resource.group,
    resource: subresource === null ? resource.plural : `${resource.plural}/${subresource}`,
    namespace,
    name,
  };
}

async function aggregated(here: Here, { url, response }: Exchange, user: User): Promise<void> {
  const { plane, node, state } = here;
  const [, , , , ...rest] = url.pathname.split('/');
  const namespaced = rest[0] === 'namespaces';
  const attributes: Attributes = {
    verb: (namespaced ? rest[3] : rest[1]) === undefined ? 'list' : 'get',
    group: 'metrics.k8s.io',
    resource: (namespaced ? rest[2] : rest[0]) ?? '',
    namespace: namespaced ? (rest[1] ?? null) : null,
    name: (namespaced ? rest[3] : rest[1]) ?? null,
  };
  if (plane.store.get(APISERVICES_KEY, null, METRICS_APISERVICE) === null) {
    write(response, noSuchPath());
    return;
  }
  if (attributes.resource !== '' && isDenied(user.denials, attributes)) {
    write(response, forbidden(user.name, attributes));
    return;
  }
  const world = plane.world();
  const fresh = world.faultAgeMs < POOLED_FAULT_AGE_MS && state.firstDial;
  const answer = plane.availability.conditionIsFalse()
    ? serviceUnavailable()
    : proxied(world, node, { path: url.pathname, pooled: fresh });
  if (answer.kind === 'answer' && answer.status !== 200) state.firstDial = false;
  await deliver(plane, response, answer);
}

/** Before this age of a fault an API server may still hold a pooled connection from better days. */
const POOLED_FAULT_AGE_MS = 35_000;

async function deliver(
  plane: ControlPlane,
  response: ServerResponse,
  answer: AggregatedAnswer,
): Promise<void> {
  const alive = await sleep(answer.afterMs * plane.timeScale, response);
  if (!alive) return;
  if (answer.kind === 'hung-body') {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': answer.contentLength,
    });
    response.flushHeaders();
    return;
  }
  write(response, answer);
}

/** False when the asker left before the time was up. */
function sleep(ms: number, response: ServerResponse): Promise<boolean> {
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

function publicAnswer(plane: ControlPlane, path: string): Answer {
  if (path !== '/version') return text(200, 'ok');
  const [, major = '1', minor = '32'] = /^v(\d+)\.(\d+)/.exec(kubeletVersion(plane.world())) ?? [];
  return json(200, {
    major,
    minor,
    gitVersion: kubeletVersion(plane.world()),
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '2025-05-15T20:42:24Z',
    goVersion: 'go1.23.8 X:boringcrypto',
    compiler: 'gc',
    platform: 'linux/amd64',
  });
}

function metrics({ plane, node }: Here): Answer {
  const { value, writes } = plane.availability.gauge(node);
  const present = plane.store.get(APISERVICES_KEY, null, METRICS_APISERVICE) !== null;
  const series = present
    ? [
        `aggregator_unavailable_apiservice{name="${METRICS_APISERVICE}"} ${value}`,
        ...(writes > 0
          ? [
              '# HELP aggregator_unavailable_apiservice_total [ALPHA] Counter of APIServices which are marked as unavailable broken down by APIService name and reason.',
              '# TYPE aggregator_unavailable_apiservice_total counter',
              `aggregator_unavailable_apiservice_total{name="${METRICS_APISERVICE}",reason="FailedDiscoveryCheck"} ${writes}`,
            ]
          : []),
      ]
    : [];
  const lines = [
    '# HELP aggregator_discovery_aggregation_count_total [ALPHA] Counter of number of times discovery was aggregated',
    '# TYPE aggregator_discovery_aggregation_count_total counter',
    'aggregator_discovery_aggregation_count_total 11',
    '# HELP aggregator_unavailable_apiservice [ALPHA] Gauge of APIServices which are marked as unavailable broken down by APIService name.',
    '# TYPE aggregator_unavailable_apiservice gauge',
    'aggregator_unavailable_apiservice{name="v1.apps"} 0',
    ...series,
    '# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.',
    '# TYPE process_start_time_seconds gauge',
    'process_start_time_seconds 1.76381e+09',
  ];
  return {
    status: 200,
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    body: `${lines.join('\n')}\n`,
  };
}

interface ReviewBody {
  readonly spec?: {
    readonly resourceAttributes?: {
      readonly verb?: string;
      readonly group?: string;
      readonly resource?: string;
      readonly subresource?: string;
      readonly namespace?: string;
      readonly name?: string;
    };
  };
}

/** SelfSubjectAccessReview: the caller's own rights. */
function selfReview({ request, url, body }: Exchange, user: User): Answer | null {
  if (url.pathname !== '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') return null;
  if (request.method !== 'POST') {
    return failure(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    );
  }
  const asked = (body as ReviewBody | null)?.spec?.resourceAttributes ?? {};
  const denied = isDenied(user.denials, {
    verb: asked.verb ?? '',
    group: asked.group ?? '',
    resource:
      (asked.resource ?? '') + (asked.subresource === undefined ? '' : `/${asked.subresource}`),
    namespace: asked.namespace ?? null,
    name: asked.name ?? null,
  });
  return json(201, {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: { resourceAttributes: asked },
    status: { allowed: !denied },
  });
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
