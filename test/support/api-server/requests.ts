import { proxied, serviceUnavailable } from '../../sim/aggregation.ts';
import { dialKubelet } from '../../sim/kubelet-dial.ts';
import { kubeletVersion } from '../../sim/objects/nodes.ts';
import type { World } from '../../sim/world.ts';
import { type Attributes, type Denial, forbidden, forbiddenPath, isDenied } from './access.ts';
import type { AvailabilityControllers } from './availability.ts';
import { APISERVICES_KEY, METRICS_APISERVICE } from './availability.ts';
import { discovery } from './discovery.ts';
import type { ObjectStore } from './object-store.ts';
import { podLog } from './pod-log.ts';
import type { Resource } from './resources.ts';
import { answerRest, type ResourceRequest, verbOf } from './rest.ts';
import { type Answer, failure, json, noSuchPath, notFound, text, unauthorized } from './status.ts';

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

/** The kube-apiserver of one node, without a socket. */
export interface Here {
  readonly plane: ControlPlane;
  readonly node: string;
  readonly state: { firstDial: boolean; dials: number };
}

/** A request as it came over whatever carries it. */
export interface ApiRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly body: unknown;
  readonly token: string | null;
  readonly accept: string;
  readonly contentType: string;
}

/** What becomes of it; `afterMs` is scaled already. `silence`: the connection stands and nothing ever comes. */
export type Reply =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly afterMs: number }
  | { readonly kind: 'hung-body'; readonly contentLength: number; readonly afterMs: number }
  | { readonly kind: 'watch'; readonly request: ResourceRequest }
  | { readonly kind: 'silence' };

const PUBLIC_PATHS = ['/livez', '/readyz', '/healthz', '/version'];

interface Asked extends ApiRequest {
  readonly url: URL;
}

interface User {
  readonly name: string;
  readonly denials: readonly Denial[];
}

/** What the API server of one node makes of a request. */
export function replyTo(here: Here, request: ApiRequest): Reply {
  const { plane, node } = here;
  plane.onRequest({ server: node, method: request.method, path: request.path });
  const own = plane.world().nodes.find(({ name }) => name === node);
  if (own?.apiServer === 'hanging') return { kind: 'silence' };
  const url = new URL(request.path, 'https://api');
  const user = request.token === null ? null : plane.user(request.token);
  if (request.token !== null && user === null) return atOnce(unauthorized());
  if (PUBLIC_PATHS.some((path) => url.pathname.startsWith(path))) {
    return atOnce(publicAnswer(plane, url.pathname));
  }
  if (user === null) return atOnce(forbiddenPath('system:anonymous', url.pathname));
  return route(here, { ...request, url }, user);
}

function atOnce(answer: Answer): Reply {
  return { kind: 'answer', answer, afterMs: 0 };
}

function route(here: Here, asked: Asked, user: User): Reply {
  const { plane } = here;
  const { pathname } = asked.url;
  if (pathname === '/metrics') return atOnce(metricsFor(here, user));
  if (/^\/apis\/metrics\.k8s\.io(\/|$)/.test(pathname)) return aggregated(here, asked, user);
  const answer =
    whoAmI(asked, user) ??
    selfReview(asked, user) ??
    discovery(plane, here.node, pathname, asked.accept);
  return answer === null ? restReply(here, asked, user) : atOnce(answer);
}

function restReply({ plane, node }: Here, asked: Asked, user: User): Reply {
  const parsed = parseRequest(plane, asked);
  if (parsed === null) return atOnce(noSuchPath());
  const attributes = attributesOf(parsed);
  if (isDenied(user.denials, attributes)) return atOnce(forbidden(user.name, attributes));
  if (attributes.verb === 'watch') return { kind: 'watch', request: parsed };
  if (parsed.subresource === 'log') {
    return kubeletReply(plane, node, parsed) ?? atOnce(podLog(plane, parsed));
  }
  if (parsed.subresource !== null && parsed.subresource !== 'status') {
    return atOnce(notFound(parsed.resource.group, parsed.resource.plural, parsed.name ?? ''));
  }
  return atOnce(answerRest(plane.store, parsed));
}

/** `/api/v1/...` and `/apis/<group>/<version>/...`, with or without a namespace. */
function parseRequest(plane: ControlPlane, asked: Asked): ResourceRequest | null {
  const parts = asked.url.pathname
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
    method: asked.method,
    resource,
    version,
    namespace,
    name,
    subresource,
    query: asked.url.searchParams,
    body: asked.body,
    contentType: asked.contentType,
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

/** What becomes of a request for a log when the API server does not get through to the kubelet; null when it does. */
function kubeletReply(
  { store, world, timeScale }: ControlPlane,
  node: string,
  { namespace, name }: ResourceRequest,
): Reply | null {
  const pod = store.get('/pods', namespace, name ?? '');
  const spec = pod?.['spec'] as { readonly nodeName?: string } | undefined;
  const home = spec?.nodeName;
  if (home === undefined) return null;
  const { outcome, ms } = dialKubelet(world(), node, home);
  if (outcome === 'open') return null;
  const words = `Get "https://${home}:10250/containerLogs/${namespace}/${name}/": dial tcp: ${outcome === 'refused' ? 'connect: connection refused' : 'i/o timeout'}`;
  return {
    kind: 'answer',
    answer: failure(500, 'InternalError', words),
    afterMs: ms * timeScale,
  };
}

function aggregated(here: Here, { url }: Asked, user: User): Reply {
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
    return atOnce(noSuchPath());
  }
  if (attributes.resource !== '' && isDenied(user.denials, attributes)) {
    return atOnce(forbidden(user.name, attributes));
  }
  const world = plane.world();
  const fresh = world.faultAgeMs < POOLED_FAULT_AGE_MS && state.firstDial;
  const answer = plane.availability.conditionIsFalse()
    ? serviceUnavailable()
    : proxied(world, node, { path: url.pathname, pooled: fresh, turn: state.dials++ });
  if (answer.kind === 'answer' && answer.status !== 200) state.firstDial = false;
  const afterMs = answer.afterMs * plane.timeScale;
  return answer.kind === 'hung-body'
    ? { kind: 'hung-body', contentLength: answer.contentLength, afterMs }
    : { kind: 'answer', answer, afterMs };
}

/** Before this age of a fault an API server may still hold a pooled connection from better days. */
const POOLED_FAULT_AGE_MS = 35_000;

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

function metricsFor(here: Here, user: User): Answer {
  const denied = isDenied(user.denials, {
    verb: 'get',
    group: '',
    resource: '/metrics',
    namespace: null,
    name: null,
  });
  return denied ? forbiddenPath(user.name, '/metrics') : metrics(here);
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
    readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  };
}

/** SelfSubjectReview: whom the API server takes the caller for. */
function whoAmI({ method, url }: Asked, user: User): Answer | null {
  if (url.pathname !== '/apis/authentication.k8s.io/v1/selfsubjectreviews' || method !== 'POST') {
    return null;
  }
  return json(201, {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: {},
    status: {
      userInfo: {
        username: user.name,
        groups: ['system:serviceaccounts', 'system:authenticated'],
      },
    },
  });
}

/** SelfSubjectAccessReview: the caller's own rights. */
function selfReview({ method, url: { pathname }, body }: Asked, user: User): Answer | null {
  if (pathname !== '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews') return null;
  if (method !== 'POST') {
    return failure(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    );
  }
  const { resourceAttributes: asked = {}, nonResourceAttributes: url } =
    (body as ReviewBody | null)?.spec ?? {};
  const subresource = asked.subresource === undefined ? '' : `/${asked.subresource}`;
  const denied = isDenied(user.denials, {
    verb: url?.verb ?? asked.verb ?? '',
    group: asked.group ?? '',
    resource: url?.path ?? `${asked.resource ?? ''}${subresource}`,
    namespace: asked.namespace ?? null,
    name: asked.name ?? null,
  });
  return json(201, {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: url === undefined ? { resourceAttributes: asked } : { nonResourceAttributes: url },
    status: { allowed: !denied },
  });
}
