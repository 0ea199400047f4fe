import { agentPods } from './objects/cni.ts';
import type { PathOutcome } from './paths.ts';
import { connectFull } from './paths.ts';
import { scrapes } from './scraping.ts';
import type { World } from './world.ts';
import { nodeNamed, providerPod } from './world.ts';

/** What the kube-apiserver of one node answers to a request for metrics.k8s.io, and when. */
export type AggregatedAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly afterMs: number;
    }
  /** Status 200 and headers, then silence (docs/recorded-answers.md g6). */
  | { readonly kind: 'hung-body'; readonly afterMs: number; readonly contentLength: number };

/** The verdict of one API server's own availability check. */
export interface Availability {
  readonly available: boolean;
  readonly reason: string;
  /** One of these each time: the same fault is spelt in several ways (docs/recorded-answers.md, condition messages). */
  readonly messages: readonly string[];
}

/** Go's net.Dialer as the API server sets it up; docs/recorded-answers.md f1. */
const DIAL_TIMEOUT_MS = 30_000;
/** net/http.Transport.TLSHandshakeTimeout; docs/recorded-answers.md g3. */
const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
/** A pooled connection has to die first; docs/recorded-answers.md f1 (41 s) and f3b (18 s). */
const POOLED_TIMEOUT_MS = 41_000;
const POOLED_REFUSED_MS = 18_400;
const HEALTHY_MS = 18;
const INSTANT_MS = 8;
const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';
/** A body larger than one segment needs a full-size packet. */
const ONE_SEGMENT_BYTES = 1_300;

/** A world never changes, so its readiness is found once. */
const readiness = new WeakMap<World, boolean>();

/** Whether metrics-server would pass its readiness probe: its node reaches it, and it scraped something. */
export function providerReady(world: World): boolean {
  const known = readiness.get(world);
  if (known !== undefined) return known;
  const ready = passesReadiness(world);
  readiness.set(world, ready);
  return ready;
}

function passesReadiness(world: World): boolean {
  const pod = providerPod(world);
  if (pod === null) return false;
  const probe = connectFull({
    world,
    from: { kind: 'node', node: pod.node },
    target: { address: pod.ip, port: world.provider.containerPort },
    timeoutMs: TLS_HANDSHAKE_TIMEOUT_MS,
    count: () => undefined,
  });
  return probe.outcome === 'open' && scrapes(world).some(({ ok }) => ok);
}

/** The port that the Service's endpoints carry; null when its targetPort names none. */
export function endpointPort(world: World): number | null {
  const { targetPort, containerPort } = world.provider;
  if (typeof targetPort === 'number') return targetPort;
  return targetPort === 'https' ? containerPort : null;
}

/** The availability check of the API server on `node` (FACTS.md 8): TLS is not verified there. */
export function availability(world: World, node: string): Availability {
  const { provider } = world;
  const service = `service/${provider.name} in "${provider.namespace}"`;
  if (provider.apiServicePort !== provider.servicePort) {
    return unavailable('ServicePortError', [
      `${service} is not listening on port ${provider.apiServicePort}`,
    ]);
  }
  const port = endpointPort(world);
  if (port === null || !providerReady(world)) {
    return unavailable('MissingEndpoints', [
      `endpoints for ${service} have no addresses with port name "https"`,
    ]);
  }
  const outcome = dial(world, node, port);
  // The check's own small request still fits through the old connection.
  if (outcome === 'open' || (outcome === 'stalled' && world.pooledConnections)) {
    return { available: true, reason: 'Passed', messages: ['all checks passed'] };
  }
  const address = `${provider.podIp}:${port}`;
  const url = `https://${address}/apis/metrics.k8s.io/v1beta1`;
  return unavailable(
    'FailedDiscoveryCheck',
    checkEndings(outcome, address).map(
      (ending) => `failing or missing response from ${url}: Get "${url}": ${ending}`,
    ),
  );
}

function unavailable(reason: string, messages: readonly string[]): Availability {
  return { available: false, reason, messages };
}

function checkEndings(outcome: PathOutcome, address: string): readonly string[] {
  if (outcome === 'refused') return [`dial tcp ${address}: connect: connection refused`];
  const timeouts = [
    'context deadline exceeded',
    'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
    'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  ];
  return outcome === 'unreachable'
    ? [`dial tcp ${address}: connect: no route to host`, ...timeouts]
    : timeouts;
}

function dial(world: World, node: string, port: number): PathOutcome {
  return connectFull({
    world,
    from: { kind: 'node', node },
    target: { address: world.provider.podIp, port },
    timeoutMs: DIAL_TIMEOUT_MS,
    count: () => undefined,
  }).outcome;
}

/** The proxied answer while the shared condition is True. `pooled`: over a connection from before the fault. */
export function proxied(
  world: World,
  node: string,
  request: { readonly path: string; readonly pooled: boolean },
): AggregatedAnswer {
  const { provider } = world;
  const port = endpointPort(world);
  if (port === null || !providerReady(world)) return serviceUnavailable();
  const outcome = dial(world, node, port);
  const body = metricsBody(world, request.path);
  if (world.pooledConnections && outcome === 'stalled') {
    return body.length > ONE_SEGMENT_BYTES
      ? { kind: 'hung-body', afterMs: HEALTHY_MS, contentLength: body.length }
      : answer(200, JSON_TYPE, body, HEALTHY_MS);
  }
  const failure = dialFailure(outcome, `${provider.podIp}:${port}`, request.pooled);
  if (failure !== null) {
    return answer(503, TEXT, `error trying to reach service: ${failure.words}\n`, failure.afterMs);
  }
  if (provider.caBundle === 'foreign') {
    const words =
      world.apiProfile === '1.20'
        ? 'x509: certificate signed by unknown authority'
        : 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
    return answer(503, TEXT, `error trying to reach service: ${words}\n`, HEALTHY_MS);
  }
  return answer(200, JSON_TYPE, body, HEALTHY_MS);
}

/** What every API server answers at once while the shared condition is False. */
export function serviceUnavailable(): AggregatedAnswer {
  return answer(503, TEXT, 'service unavailable\n', INSTANT_MS);
}

function dialFailure(
  outcome: PathOutcome,
  address: string,
  pooled: boolean,
): { readonly words: string; readonly afterMs: number } | null {
  switch (outcome) {
    case 'open':
      return null;
    case 'timeout':
      return {
        words: `dial tcp ${address}: i/o timeout`,
        afterMs: pooled ? POOLED_TIMEOUT_MS : DIAL_TIMEOUT_MS,
      };
    case 'refused':
      return {
        words: `dial tcp ${address}: connect: connection refused`,
        afterMs: pooled ? POOLED_REFUSED_MS : INSTANT_MS,
      };
    case 'unreachable':
      return { words: `dial tcp ${address}: connect: no route to host`, afterMs: INSTANT_MS };
    case 'stalled':
      return { words: 'net/http: TLS handshake timeout', afterMs: TLS_HANDSHAKE_TIMEOUT_MS };
    case 'too-big':
    case 'closed':
      return { words: 'EOF', afterMs: INSTANT_MS };
  }
}

function answer(
  status: number,
  contentType: string,
  body: string,
  afterMs: number,
): AggregatedAnswer {
  return { kind: 'answer', status, contentType, body, afterMs };
}

/** The API as metrics-server serves it: nodes, pods and its discovery document. */
function metricsBody(world: World, path: string): string {
  const [, resource = ''] = /\/(nodes|pods)(?:[/?]|$)/.exec(path) ?? [];
  if (resource === '') return discoveryBody();
  const timestamp = `${new Date(world.nowMs - 15_000).toISOString().slice(0, 19)}Z`;
  const metrics = { timestamp, window: '20.018s' };
  if (resource === 'nodes') {
    const items = scrapes(world)
      .filter(({ ok }) => ok)
      .map(({ node }, index) => ({
        metadata: {
          name: node,
          creationTimestamp: timestamp,
          labels: { 'kubernetes.io/hostname': nodeNamed(world, node).name },
        },
        ...metrics,
        usage: {
          cpu: `${183_204_511 + index * 7_919_301}n`,
          memory: `${3_104_220 + index * 911}Ki`,
        },
      }));
    return listBody('NodeMetricsList', items);
  }
  const namespace = /\/namespaces\/([^/]+)\//.exec(path)?.[1];
  const scraped = new Set(scrapes(world).flatMap(({ node, ok }) => (ok ? [node] : [])));
  const provider = providerPod(world);
  const all = [...world.pods, ...agentPods(world), ...(provider === null ? [] : [provider])];
  const items = all
    .filter((pod) => scraped.has(pod.node) && (namespace ?? pod.namespace) === pod.namespace)
    .map((pod, index) => ({
      metadata: { name: pod.name, namespace: pod.namespace, creationTimestamp: timestamp },
      ...metrics,
      containers: [
        {
          name: 'main',
          usage: { cpu: `${1_204_511 + index * 301}n`, memory: `${31_220 + index * 91}Ki` },
        },
      ],
    }));
  return listBody('PodMetricsList', items);
}

function listBody(kind: string, items: readonly unknown[]): string {
  return `${JSON.stringify({ kind, apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items })}\n`;
}

function discoveryBody(): string {
  const resource = (name: string, kind: string, namespaced: boolean): unknown => ({
    name,
    singularName: '',
    namespaced,
    kind,
    verbs: ['get', 'list'],
  });
  return `${JSON.stringify({
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: 'metrics.k8s.io/v1beta1',
    resources: [resource('nodes', 'NodeMetrics', false), resource('pods', 'PodMetrics', true)],
  })}\n`;
}

/** Whether every API server that works sees it fail, so that nobody writes True back: the shared condition stays False. */
export function allUnavailable(world: World): boolean {
  const serving = world.nodes.filter(({ apiServer }) => apiServer === 'serving');
  return serving.length > 0 && serving.every(({ name }) => !availability(world, name).available);
}
