import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { arrow, fails, isSilent, outcomeOf, outcomeWords, works } from '../evidence/paths.ts';
import { podNumbers } from '../evidence/pod-numbers.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import { scrapeComplaints } from '../evidence/scrape-complaints.ts';
import type { ApiServerView, HpaObject } from '../evidence/snapshot.ts';
import { list } from './words.ts';

/**
 * One thing that is broken and that a cause must account for. Ids, with what follows the colon:
 * - `api-server:<name>`: this API server cannot serve the Metrics API; `all`: none can, though none could be asked.
 * - `node-metrics:<node>`: the Metrics API reports nothing for this node.
 * - `pod-metrics:<node>`: the node has metrics, and none of its pods.
 * - `hpa:<namespace>/<name>`: this autoscaler has no resource metrics.
 * - `asker-refused`: nothing else is wrong, and no API server lets us ask.
 * - `apiservice-condition`: the APIService says `Available=False`.
 * - `provider-path:<reach id>`: a path to a metrics-server pod fails.
 * - `path:<reach id>`: another path fails that the Metrics API or its neighbours need.
 */
export interface Symptom {
  readonly id: string;
  readonly text: string;
}

/** Whether an API server serves, cannot, or did not let itself be asked. */
export type Service =
  | { readonly state: 'serves'; readonly note: string | null }
  | { readonly state: 'cannot'; readonly because: string }
  | { readonly state: 'unknown'; readonly because: string };

/** Patterns that a cause gives in `explains` when the whole Metrics API is down because of it. */
export function metricsApiDown(): readonly string[] {
  return [
    'api-server:*',
    'node-metrics:*',
    'pod-metrics:*',
    'hpa:*',
    'apiservice-condition',
    'provider-path:*',
  ];
}

/** True when an `explains` entry (an id, or a prefix that ends in `*`) covers the symptom. */
export function covers(pattern: string, symptom: string): boolean {
  return pattern.endsWith('*') ? symptom.startsWith(pattern.slice(0, -1)) : pattern === symptom;
}

/** Everything that is broken, in a fixed order. Litter (a lost ping, an old restart) is no symptom. */
export function symptomsOf(facts: Facts): readonly Symptom[] {
  const broken = [
    ...apiServerSymptoms(facts),
    ...conditionSymptoms(facts),
    ...nodeSymptoms(facts),
    ...podSymptoms(facts),
    ...hpaSymptoms(facts),
    ...pathSymptoms(facts),
  ];
  return broken.length > 0 ? broken : askerSymptoms(facts);
}

/** The asker's own lack of rights is worth a word where the cluster shows no fault. */
function askerSymptoms({ apiServers }: Facts): readonly Symptom[] {
  const views = apiServers.state === 'known' ? apiServers.value : [];
  const refused = views.filter(
    ({ metricsApi }) => metricsApi.state === 'missing' && metricsApi.reason === 'forbidden',
  );
  if (views.length === 0 || refused.length < views.length) return [];
  return [{ id: 'asker-refused', text: 'No API server lets us ask for node metrics' }];
}

function apiServerSymptoms(facts: Facts): readonly Symptom[] {
  const views = facts.apiServers.state === 'known' ? facts.apiServers.value : [];
  const services = views.map((view) => ({ name: view.name, service: serviceOf(view, facts) }));
  if (services.every(({ service }) => service.state === 'unknown')) return unaskedSymptoms(facts);
  return services.flatMap(({ name, service }) =>
    service.state === 'cannot'
      ? [
          {
            id: `api-server:${name}`,
            text: `API server ${name} cannot serve the Metrics API: ${service.because}`,
          },
        ]
      : [],
  );
}

/** No API server let itself be asked, and yet it is plain that none can serve. */
function unaskedSymptoms({ providerPods }: Facts): readonly Symptom[] {
  const pods = valueOr(providerPods, []).filter(({ deleting }) => !deleting);
  if (pods.length === 0 || pods.some(({ ready }) => ready)) return [];
  return [
    {
      id: 'api-server:all',
      text: 'No metrics-server pod is ready, so no API server can serve the Metrics API',
    },
  ];
}

type ProviderPaths = Pick<Facts, 'reach' | 'providerPods'>;

/**
 * What an API server can do. Its own answer counts first. A 200 over a connection that was opened before
 * the fault does not count when new connections from its node to every provider pod are proven dead: a
 * pooled connection lives for seconds to minutes.
 */
export function serviceOf(view: ApiServerView, facts: ProviderPaths): Service {
  const dead = providerPathDead(view.name, facts);
  if (view.metricsApi.state === 'missing') {
    return dead === null
      ? { state: 'unknown', because: view.metricsApi.detail }
      : { state: 'cannot', because: dead };
  }
  const { outcome, status, body, ms } = view.metricsApi.value;
  switch (outcome) {
    case 'ok':
      return dead === null
        ? { state: 'serves', note: null }
        : {
            state: 'cannot',
            because: `it still answers ${status ?? 200} over an open connection, but ${dead}`,
          };
    case 'hung-body':
      return { state: 'cannot', because: `it sends ${status ?? 200} and then no body` };
    case 'no-answer':
      return { state: 'cannot', because: `no answer in ${seconds(ms)}` };
    case 'http-error':
      return httpError(view, dead);
    case 'unreachable':
      return dead === null
        ? { state: 'unknown', because: `not reachable from the worker (${firstLine(body)})` }
        : { state: 'cannot', because: dead };
  }
}

/** Users that metrics-server names when it took the front proxy's request for somebody else's. */
const NOT_THE_ASKER =
  /User "(?:system:anonymous|system:auth-proxy|front-proxy-client|system:kube-aggregator|aggregator)"/;

function httpError({ metricsApi, ready }: ApiServerView, dead: string | null): Service {
  const { status, body } =
    metricsApi.state === 'known' ? metricsApi.value : { status: null, body: '' };
  const said = `${status ?? 'an error'} ${firstLine(body)}`.trim();
  // A refusal of the asker says nothing about the service; only the asker's rights are missing. An API server that
  // lets the asker in elsewhere passes on a 401 of metrics-server itself.
  const askerRefused =
    (status === 401 && ready.state === 'missing') ||
    (status === 403 && /\bUser\b|cannot list/.test(body) && !NOT_THE_ASKER.test(body));
  if (askerRefused && dead === null) return { state: 'unknown', because: said };
  return { state: 'cannot', because: dead === null || !askerRefused ? said : dead };
}

/**
 * Why new connections from this node to every provider pod in service fail, or null when one works or it is not
 * known. With one of several replicas dead an API server still serves most of the time: that path is a symptom of
 * its own.
 */
function providerPathDead(node: string, facts: ProviderPaths): string | null {
  if (facts.reach.state === 'missing') return null;
  const inService = servingAddresses(facts);
  const tried = facts.reach.value.filter(
    (r) =>
      r.from.kind === 'node' &&
      r.from.node === node &&
      r.to.kind === 'provider' &&
      (inService === null || inService.has(r.to.address)) &&
      outcomeOf(r) !== null &&
      (r.check === 'tcp' || r.check === 'tls' || r.check === 'https'),
  );
  const pods = new Set(tried.map((r) => r.to.name));
  const dead = [...pods].filter((pod) =>
    tried.some((r) => r.to.name === pod && (isSilent(r) || outcomeOf(r) === 'refused')),
  );
  if (pods.size === 0 || dead.length < pods.size) return null;
  return `new connections from ${node} to ${list(dead)} fail`;
}

/** Addresses that API servers would dial: ready pods. Null when the pods could not be read. */
function servingAddresses({
  providerPods,
}: Pick<Facts, 'providerPods'>): ReadonlySet<string> | null {
  if (providerPods.state === 'missing') return null;
  return new Set(
    providerPods.value
      .filter(({ ready, deleting }) => ready && !deleting)
      .flatMap(({ podIps }) => podIps),
  );
}

function conditionSymptoms(facts: Facts): readonly Symptom[] {
  if (facts.apiService.state === 'missing') return [];
  const looks = facts.apiServiceLooks.state === 'known' ? facts.apiServiceLooks.value : [];
  // The last look counts: a False that was gone two seconds later is a quarrel, which the pattern tells.
  const condition = looks.at(-1) ?? facts.apiService.value?.available;
  if (condition == null || condition.status === 'True') return [];
  const text = `APIService says Available=${condition.status} (${condition.reason}): ${firstLine(condition.message)}`;
  return [{ id: 'apiservice-condition', text }];
}

function nodeSymptoms(facts: Facts): readonly Symptom[] {
  const missed =
    facts.nodes.state === 'missing' || facts.nodeMetrics.state === 'missing'
      ? unscraped(facts).map((node) => [node, `metrics-server cannot scrape node ${node}`] as const)
      : nodesWithoutMetrics(facts).map((node) => [node, `Node ${node} has no metrics`] as const);
  return missed.map(([node, text]) => ({ id: `node-metrics:${node}`, text }));
}

/**
 * Without the list of nodes, or of those with metrics: nodes that metrics-server complains of now, but for those that
 * have metrics, or are not Ready.
 */
function unscraped({
  nodeMetrics,
  nodes,
  providerLogs,
  takenAt,
}: Pick<Facts, 'nodeMetrics' | 'nodes' | 'providerLogs' | 'takenAt'>): readonly string[] {
  if (providerLogs.state === 'missing') return [];
  const known = nodes.state === 'known' ? nodes.value : [];
  const away = known.filter(({ ready }) => !(ready.state === 'known' && ready.value));
  const excused = new Set([
    ...(nodeMetrics.state === 'known' ? nodeMetrics.value : []),
    ...away.map(({ name }) => name),
  ]);
  const named = scrapeComplaints({ logs: providerLogs.value, nodes: known, takenAt });
  return [...new Set(named.map(({ node }) => node))].filter((node) => !excused.has(node));
}

function podSymptoms(facts: Facts): readonly Symptom[] {
  const reported = new Set(facts.nodeMetrics.state === 'known' ? facts.nodeMetrics.value : []);
  return [...(podNumbers(facts) ?? [])]
    .filter(([node, has]) => !has && reported.has(node))
    .map(([node]) => ({
      id: `pod-metrics:${node}`,
      text: `No pod on ${node} has metrics, though the node has`,
    }));
}

/** A node must be this old before missing metrics count: two scrapes of 60 s, the slowest setting in use. */
const YOUNG_NODE_MS = 150_000;

/** Ready nodes that the Metrics API leaves out, where one answered at all. A node just joined is not counted. */
export function nodesWithoutMetrics(
  facts: Pick<Facts, 'nodeMetrics' | 'nodes' | 'takenAt'>,
): readonly string[] {
  if (facts.nodeMetrics.state === 'missing' || facts.nodes.state === 'missing') return [];
  const reported = new Set(facts.nodeMetrics.value);
  const now = facts.takenAt.state === 'known' ? Date.parse(facts.takenAt.value) : Number.NaN;
  return facts.nodes.value
    .filter(({ ready }) => ready.state === 'known' && ready.value)
    .filter(({ createdAt }) => !(now - Date.parse(createdAt ?? '') < YOUNG_NODE_MS))
    .map(({ name }) => name)
    .filter((name) => !reported.has(name))
    .toSorted();
}

/** Conditions of an autoscaler that mean: the Metrics API gave nothing (and not: a request is missing). */
const BLIND_REASONS = new Set([
  'FailedGetResourceMetric',
  'FailedGetContainerResourceMetric',
  'FailedGetPodsMetric',
]);
const CANNOT_FETCH = /unable to (?:fetch|get) metrics|no metrics returned|unable to get metrics/i;
const OWN_FAULT = /missing request for|selector/i;

/** Autoscalers that scale on resource metrics and get none. */
export function blindHpas(facts: Pick<Facts, 'hpas'>): readonly HpaObject[] {
  return facts.hpas.state === 'missing' ? [] : blindHpasIn(facts.hpas.value);
}

/** Those of a list that get no resource metrics now. */
export function blindHpasIn(hpas: readonly HpaObject[]): readonly HpaObject[] {
  return hpas.filter(
    ({ usesResourceMetrics, scalingActive }) =>
      usesResourceMetrics &&
      scalingActive?.status === 'False' &&
      BLIND_REASONS.has(scalingActive.reason) &&
      CANNOT_FETCH.test(scalingActive.message) &&
      !OWN_FAULT.test(scalingActive.message),
  );
}

const NO_METRICS = /no metrics returned/i;
const NO_RIGHT = /metrics\.k8s\.io(?: "[^"]*")? is forbidden/i;

/**
 * A blind autoscaler is a symptom while the Metrics API is hurt. Where every API server serves, its words are from
 * its last look, up to a sync period ago, unless they name a right that it lacks, or metrics that the API does leave
 * out.
 */
function hpaSymptoms(facts: Facts): readonly Symptom[] {
  const hurt = apiServerSymptoms(facts).length > 0 || facts.apiServers.state === 'missing';
  const gaps =
    facts.nodeMetrics.state === 'missing' ||
    nodesWithoutMetrics(facts).length > 0 ||
    [...(podNumbers(facts)?.values() ?? [])].includes(false);
  return blindHpas(facts)
    .filter(({ scalingActive }) => {
      const words = scalingActive?.message ?? '';
      return hurt || NO_RIGHT.test(words) || (gaps && NO_METRICS.test(words));
    })
    .map(({ namespace, name }) => ({
      id: `hpa:${namespace}/${name}`,
      text: `HPA ${namespace}/${name} gets no resource metrics`,
    }));
}

/**
 * Failed TCP-like paths to what the Metrics API stands on. ICMP alone is no symptom (many networks drop
 * it), nor is a pod of somebody else, which may have a policy of its own.
 */
function pathSymptoms(facts: Facts): readonly Symptom[] {
  if (facts.reach.state === 'missing') return [];
  const reach = facts.reach.value;
  const needed = neededPaths(reach, facts);
  return reach
    .filter((r) => fails(r) && r.check !== 'icmp' && r.check !== 'icmp-full' && needed(r))
    .map((r) => ({
      id: `${r.to.kind === 'provider' ? 'provider-path' : 'path'}:${r.id}`,
      text: `${r.check} from ${arrow(r)}: ${r.result.state === 'known' ? outcomeWords(r.result.value) : ''}`,
    }));
}

function neededPaths(reach: readonly ReachResult[], facts: Facts): (r: ReachResult) => boolean {
  const apiServers =
    facts.apiServers.state === 'known'
      ? new Set(facts.apiServers.value.map(({ name }) => name))
      : null;
  const scrapes = new Set(scrapePaths(reach, facts));
  const notReady = new Set(
    (facts.nodes.state === 'known' ? facts.nodes.value : [])
      .filter(({ ready }) => !(ready.state === 'known' && ready.value))
      .map(({ name }) => name),
  );
  const inService = servingAddresses(facts);
  const heard = new Set(reach.filter(works).map((r) => r.to.address));
  const hop = (r: ReachResult, size: 'small' | 'full'): string =>
    `${r.from.kind} ${r.from.node} ${r.to.node} ${size}`;
  const podsReached = new Set(
    reach
      .filter((r) => (r.to.kind === 'provider' || r.to.kind === 'pod') && works(r))
      .flatMap((r) =>
        r.check === 'tcp' ? hop(r, 'small') : r.check === 'tls' ? hop(r, 'full') : [],
      ),
  );
  return (r) => {
    switch (r.to.kind) {
      case 'provider':
        // An API server's own node must reach the provider; what other nodes can is not the Metrics API's need.
        return (
          r.from.kind === 'node' &&
          (apiServers === null || apiServers.has(r.from.node)) &&
          (inService === null || inService.has(r.to.address))
        );
      case 'listener':
        // A listener that nobody reached, or that hung up, is our own trouble.
        if (!heard.has(r.to.address) || outcomeOf(r) === 'closed') return false;
        // Something filters our own listener when the same check to another pod passes between the same nodes.
        return !podsReached.has(hop(r, r.check === 'tcp' ? 'small' : 'full'));
      case 'kubelet':
        // A node that is not Ready is missed by nobody: what it lacks is its own story.
        return scrapes.has(r) && !notReady.has(r.to.node);
      case 'pod':
      case 'node':
      case 'api-server':
        return false;
    }
  };
}

/**
 * The kubelet paths that metrics-server itself takes: from its node, out of the pod network, or out of the host
 * network when it lives there. The host's view stands in only where the pod's view is missing.
 */
export function scrapePaths(
  reach: readonly ReachResult[],
  { providerPods }: Pick<Facts, 'providerPods'>,
): readonly ReachResult[] {
  if (providerPods.state === 'missing') return [];
  const onHost = new Map<string, boolean>();
  for (const { nodeName, hostNetwork, deleting } of providerPods.value) {
    if (nodeName === null || deleting) continue;
    onHost.set(nodeName, hostNetwork || (onHost.get(nodeName) ?? false));
  }
  const kubelets = reach.filter((r) => r.to.kind === 'kubelet' && onHost.has(r.from.node));
  const hop = (r: ReachResult): string => `${r.from.node} ${r.to.node}`;
  const fromPod = new Set(
    kubelets.filter((r) => r.from.kind === 'pod' && outcomeOf(r) !== null).map(hop),
  );
  return kubelets.filter((r) => {
    if (onHost.get(r.from.node) === true) return r.from.kind === 'node';
    return r.from.kind === 'pod' || !fromPod.has(hop(r));
  });
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? '';
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`;
}
