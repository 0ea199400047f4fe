import { chance } from './chance.ts';
import { nodeCondition } from './node-condition.ts';
import { agentPods } from './objects/cni.ts';
import type { PathOutcome } from './paths.ts';
import { connectFull } from './paths.ts';
import { scrapesBy } from './scraping.ts';
import type { SimPod, World } from './world.ts';
import { apiServerMachines, nodeNamed, providerPods } from './world.ts';

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

/** A world never changes, so readiness is found once. */
const readiness = new WeakMap<World, Map<string, boolean>>();

/** Whether a metrics-server pod passes its readiness probe: its node reaches it, and it scraped something. */
export function podReady(world: World, pod: SimPod): boolean {
  const known = readiness.get(world) ?? new Map<string, boolean>();
  readiness.set(world, known);
  const ready = known.get(pod.name) ?? passesReadiness(world, pod);
  known.set(pod.name, ready);
  return ready;
}

/** Whether any does. */
export function providerReady(world: World): boolean {
  return providerPods(world).some((pod) => podReady(world, pod));
}

function passesReadiness(world: World, pod: SimPod): boolean {
  if (nodeCondition(world, nodeNamed(world, pod.node)) !== 'True') return false;
  const probe = connectFull({
    world,
    flow: `readiness ${pod.name}`,
    from: { kind: 'node', node: pod.node },
    target: { address: pod.ip, port: world.provider.containerPort },
    timeoutMs: TLS_HANDSHAKE_TIMEOUT_MS,
    count: () => undefined,
  });
  return probe.outcome === 'open' && scrapesBy(world, pod).some(({ ok }) => ok);
}

/** The port that the Service's endpoints carry; null when its targetPort names none. */
export function endpointPort(world: World): number | null {
  const { targetPort, containerPort } = world.provider;
  if (typeof targetPort === 'number') return targetPort;
  return targetPort === 'https' ? containerPort : null;
}

/** kube-aggregator tries this many endpoints at once and is content with one (`remote_available_controller.go`). */
const CHECK_ATTEMPTS = 5;

/** The availability check of the API server on `node`: TLS is not verified there (docs/recorded-answers.md). */
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
  const tried = Array.from({ length: CHECK_ATTEMPTS }, (_, turn) =>
    dial(world, node, port, `check ${turn}`),
  );
  // The check's own small request still fits through the old connection.
  const passes = ({ outcome }: Dialled): boolean =>
    outcome === 'open' || (outcome === 'stalled' && world.pooledConnections);
  const [first] = tried;
  if (first === undefined || tried.some(passes)) {
    return { available: true, reason: 'Passed', messages: ['all checks passed'] };
  }
  const url = `https://${first.address}/apis/metrics.k8s.io/v1beta1`;
  return unavailable(
    'FailedDiscoveryCheck',
    checkEndings(first.outcome, first.address).map(
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

interface Dialled {
  readonly pod: SimPod;
  readonly outcome: PathOutcome;
  /** As the API server names it: the pod's, or the Service's where kube-proxy chooses. */
  readonly address: string;
}

/** A new connection of one API server to one of the pods in service; which one is left to chance. */
function dial(world: World, node: string, port: number, turn: string): Dialled {
  const { provider } = world;
  const serving = providerPods(world).filter((pod) => podReady(world, pod));
  const index = Math.floor(chance(world.seed, node, turn) * serving.length);
  const pod = serving[index];
  if (pod === undefined) throw new RangeError('no pod in service to dial');
  const { outcome } = connectFull({
    world,
    flow: `dial ${node} ${pod.name} ${turn}`,
    from: { kind: 'node', node: nodeNamed(world, node).dialsFrom ?? node },
    target: { address: pod.ip, port },
    timeoutMs: DIAL_TIMEOUT_MS,
    count: () => undefined,
  });
  const address =
    provider.dialled === 'pod'
      ? `${pod.ip}:${port}`
      : `${provider.clusterIp}:${provider.servicePort}`;
  return { pod, outcome, address };
}

/** The proxied answer while the shared condition is True. `pooled`: over a connection from before the fault. */
export function proxied(
  world: World,
  node: string,
  request: { readonly path: string; readonly pooled: boolean; readonly turn?: number },
): AggregatedAnswer {
  const { provider } = world;
  const port = endpointPort(world);
  if (port === null || !providerReady(world)) return serviceUnavailable();
  const { pod, outcome, address } = dial(world, node, port, `request ${request.turn ?? 0}`);
  const body = metricsBody(world, pod, request.path);
  if (world.pooledConnections && outcome === 'stalled') {
    return body.length > ONE_SEGMENT_BYTES
      ? { kind: 'hung-body', afterMs: HEALTHY_MS, contentLength: body.length }
      : answer(200, JSON_TYPE, body, HEALTHY_MS);
  }
  const failure = dialFailure(outcome, address, request.pooled);
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
    case 'partial':
    case 'tls-error':
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
function metricsBody(world: World, pod: SimPod, path: string): string {
  const [, resource = ''] = /\/(nodes|pods)(?:[/?]|$)/.exec(path) ?? [];
  if (resource === '') return discoveryBody();
  const timestamp = `${new Date(world.nowMs - 15_000).toISOString().slice(0, 19)}Z`;
  const metrics = { timestamp, window: '20.018s' };
  if (resource === 'nodes') {
    const items = scrapesBy(world, pod)
      .filter(({ ok, nodeNumbers }) => ok && nodeNumbers)
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
  const scraped = new Set(scrapesBy(world, pod).flatMap(({ node, ok }) => (ok ? [node] : [])));
  const all = [...world.pods, ...agentPods(world), ...providerPods(world)];
  const items = all
    .filter((each) => scraped.has(each.node) && (namespace ?? each.namespace) === each.namespace)
    .map((each, index) => ({
      metadata: { name: each.name, namespace: each.namespace, creationTimestamp: timestamp },
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
  const serving = apiServerMachines(world).filter(({ apiServer }) => apiServer === 'serving');
  return serving.length > 0 && serving.every(({ name }) => !availability(world, name).available);
}
