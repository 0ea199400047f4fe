import type { ClusterClient } from '../clients/cluster-client.ts';
import type { Requester } from '../core/evidence/identity-facts.ts';
import { known, missing, type Observed } from '../core/evidence/observed.ts';
import type {
  ApiServerView,
  ApiServiceObject,
  EndpointsView,
  NodeObject,
  ServiceObject,
  Snapshot,
} from '../core/evidence/snapshot.ts';
import { type ApiServersRead, readApiServers } from './read-api-servers.ts';
import type { ApiServerOverride } from './readers/api-servers.ts';
import { readApiService, readApiServiceLooks } from './readers/api-service.ts';
import { readCniConfig, readCniPods } from './readers/cni.ts';
import { readControlPlanePods } from './readers/control-plane.ts';
import { readEndpoints } from './readers/endpoints.ts';
import { readEvents } from './readers/events.ts';
import { readFrontProxyTrust } from './readers/front-proxy.ts';
import { readHelmChartConfigs } from './readers/helm-chart-configs.ts';
import { readHpas } from './readers/hpas.ts';
import { readKubeletServingRequests } from './readers/kubelet-serving-requests.ts';
import { readCniLogs, readProviderLogs } from './readers/logs.ts';
import { readMetricsProviders } from './readers/metrics-providers.ts';
import { readNamespaceLabels } from './readers/namespaces.ts';
import { readNetworkPolicies } from './readers/network-policies.ts';
import { readNodeHeartbeats } from './readers/node-heartbeats.ts';
import { readNodes } from './readers/nodes.ts';
import { readPodMetrics } from './readers/pod-metrics.ts';
import { readDeployments, readProviderPods } from './readers/provider.ts';
import { type ReadContext, urgently, within } from './readers/reads.ts';
import { readReferencePods } from './readers/reference-pods.ts';
import { readRequester } from './readers/requester.ts';
import { readServerVersion } from './readers/server-version.ts';
import { providerNamespace, readService } from './readers/service.ts';
import { type ChosenServer, chooseServer } from './vantage.ts';

export interface ReadSnapshotOptions {
  readonly signal: AbortSignal;
  /** How long the first look waits for each API server's answer; default 2,000 ms. */
  readonly firstLookMs?: number;
  /** When all other reads are given up; default 6,000 ms. They take some 100 ms where the API server serves. */
  readonly readsMs?: number;
  /** How long the API servers may take for their last words on the aggregated request; default 45,000 ms. */
  readonly settleMs?: number;
  /** API servers given by the cluster's configuration, asked instead of those found. */
  readonly apiServers?: readonly ApiServerOverride[];
  /** Told whenever one of the API servers has said something more. */
  readonly onApiServers?: (views: readonly ApiServerView[]) => void;
  /** The namespace of the probe pods; its labels are read, too. */
  readonly probeNamespace?: string;
  /** Where this process stands. */
  readonly vantage?: { readonly inCluster: boolean; readonly node: string | null };
}

/** Facts that are there long before the first look is over; the API servers as far as they have answered. */
export type EarlyFacts = Pick<
  Snapshot,
  'nodes' | 'providerPods' | 'endpoints' | 'referencePods' | 'apiServers'
>;

export interface SnapshotReading {
  /** The nodes, as soon as they are known (may outlast the first look on a very large cluster). */
  readonly nodes: Promise<Observed<readonly NodeObject[]>>;
  /**
   * All facts, some 2 s after the start. An API server that has not answered yet is there as such; only when
   * the one that is read from is slow itself does it take longer, and `readsMs` at most.
   */
  /** What probes are planned from: most of the first look is spent waiting for API servers that keep silent. */
  readonly early: Promise<EarlyFacts>;
  readonly first: Promise<Snapshot>;
  /** The API servers when all have said their last word. */
  readonly settled: Promise<Observed<readonly ApiServerView[]>>;
}

const FIRST_LOOK_MS = 2_000;
/** The longest chain of reads is APIService, Service, pods, log. */
const READS_MS = 6_000;
/** A dial that times out takes 30 s to be told, after a dead pooled connection up to 41 s. */
const SETTLE_MS = 45_000;
/** Probes are planned from the nodes, so they may be later than the rest. */
const NODES_MS = 10_000;
const PROBE_NAMESPACE = 'metrics-diag';

/**
 * Reads what the cluster says of itself. Everything runs at once, each read has its own deadline, and a
 * read that fails becomes a missing fact; none of the promises rejects.
 */
export function readSnapshot(client: ClusterClient, options: ReadSnapshotOptions): SnapshotReading {
  const takenAt = new Date().toISOString();
  const firstLookMs = options.firstLookMs ?? FIRST_LOOK_MS;
  const chosen = chooseServer(client, options.apiServers ?? [], options.signal);
  const context = chosen.then(
    (server): ReadContext => ({
      client: server.client,
      signal: options.signal,
      deadlineAt: performance.now() + (options.readsMs ?? READS_MS),
    }),
  );
  const nodes = context.then((ready) =>
    readNodes({ ...urgently(ready), deadlineAt: performance.now() + NODES_MS }),
  );
  const servers = context.then((ready) =>
    readApiServers(ready, {
      nodes,
      override: options.apiServers ?? [],
      firstLookMs,
      settleMs: options.settleMs ?? SETTLE_MS,
      onChange: options.onApiServers ?? (() => undefined),
    }),
  );
  const started = Promise.all([chosen, context, servers]).then(([server, ready, asked]) =>
    startReads({
      ready,
      server,
      asked,
      nodes,
      takenAt,
      firstLookEndsAt: performance.now() + firstLookMs,
      options,
    }),
  );
  const early = started.then((reads) => reads.early);
  const first = started.then((reads) => reads.first);
  const settled = servers.then((asked) => asked.settled);
  // Only a bug can make these reject; whoever awaits one is told, and one that nobody awaits ends no process.
  for (const promise of [nodes, early, first, settled]) promise.catch(() => undefined);
  return { nodes, early, first, settled };
}

interface Parts {
  readonly ready: ReadContext;
  readonly server: ChosenServer;
  readonly asked: ApiServersRead;
  readonly nodes: Promise<Observed<readonly NodeObject[]>>;
  readonly takenAt: string;
  readonly firstLookEndsAt: number;
  readonly options: ReadSnapshotOptions;
}

/** Starts all reads at once. */
function startReads(parts: Parts): {
  readonly early: Promise<EarlyFacts>;
  readonly first: Promise<Snapshot>;
} {
  const { ready, server, asked, options } = parts;
  const limited = <T>(what: string, read: Promise<Observed<T>>): Promise<Observed<T>> =>
    within(ready, what, read);

  const chain = urgently(ready);
  const apiServiceRead = readApiService(chain);
  const apiService = limited(
    'the APIService',
    apiServiceRead.then(({ object }) => object),
  );
  const namespace = apiService.then(providerNamespace);
  const service = limited(
    'the Service',
    apiService.then((read) => readService(chain, read)),
  );
  const providerPods = limited(
    'the pods of the provider',
    Promise.all([service, namespace]).then(([read, ns]) => readProviderPods(chain, read, ns)),
  );
  const deployments = limited(
    'the Deployment of the provider',
    Promise.all([service, namespace]).then(([read, ns]) => readDeployments(chain, read, ns)),
  );
  const cniPods = limited('the pods of the CNI', readCniPods(chain));
  const probeNamespace = options.probeNamespace ?? PROBE_NAMESPACE;

  const reads = {
    serverVersion: limited('/version', readServerVersion(ready)),
    apiService,
    service,
    endpoints: limited('the endpoints', readProviderEndpoints(chain, apiService, service)),
    deployments,
    providerPods,
    providerLogs: limited(
      'the log of the provider',
      providerPods.then((pods) => readProviderLogs(ready, pods)),
    ),
    events: limited(
      'the events',
      Promise.all([namespace, providerPods, deployments]).then(([ns, pods, owners]) =>
        readEvents(chain, ns, pods, owners),
      ),
    ),
    nodes: limited('the nodes', parts.nodes),
    cniPods,
    cniLogs: limited(
      'the log of the CNI',
      cniPods.then((pods) => readCniLogs(ready, pods)),
    ),
    cniConfig: limited('the configuration of the CNI', readCniConfig(chain)),
    networkPolicies: limited(
      'the NetworkPolicies',
      namespace.then((ns) => readNetworkPolicies(chain, ns)),
    ),
    namespaceLabels: limited(
      'the namespaces',
      namespace.then((ns) => readNamespaceLabels(ready, [ns, probeNamespace])),
    ),
    hpas: limited('the HPAs', readHpas(ready)),
    kubeletServingRequests: limited(
      "the kubelets' certificate requests",
      readKubeletServingRequests(ready),
    ),
    frontProxyTrust: limited('the trust in the front proxy', readFrontProxyTrust(ready)),
    nodeHeartbeats: limited('the node Leases', readNodeHeartbeats(ready)),
    podMetrics: limited(
      'the pod metrics',
      namespace.then((ns) => readPodMetrics(ready, ns)),
    ),
    helmChartConfigs: limited('the HelmChartConfigs', readHelmChartConfigs(ready)),
    metricsProviders: limited('the other providers', readMetricsProviders(ready)),
    controlPlanePods: limited('the pods of the control plane', readControlPlanePods(ready)),
    referencePods: limited(
      'the reference pods',
      Promise.all([providerPods, namespace]).then(([pods, ns]) =>
        readReferencePods(chain, pods, ns),
      ),
    ),
  };
  const everythingElse = Promise.all([...Object.values(reads), asked.firstLook]);
  const apiServiceLooks = limited(
    'the looks at the APIService',
    apiServiceRead.then((seen) =>
      readApiServiceLooks(ready, seen, { others: everythingElse, at: parts.firstLookEndsAt }),
    ),
  );
  const { nodes, endpoints, referencePods } = reads;
  const early = async (): Promise<EarlyFacts> => {
    const facts = await all({ nodes, providerPods, endpoints, referencePods });
    return { ...facts, apiServers: asked.views() };
  };
  const first = async (): Promise<Snapshot> => {
    const facts = await all({ ...reads, apiServiceLooks });
    await asked.firstLook;
    const requester = await limited('who we are', requesterIfRefused(ready, asked.views()));
    return {
      takenAt: parts.takenAt,
      vantage: {
        server: server.client.server,
        inCluster: options.vantage?.inCluster ?? false,
        node: options.vantage?.node ?? null,
        note: server.note,
      },
      ...facts,
      requester,
      apiServers: asked.views(),
      nodeMetrics: asked.nodeMetrics(),
    };
  };
  return { early: early(), first: first() };
}

/** `Promise.all` for a record. */
async function all<T extends Readonly<Record<string, Promise<unknown>>>>(
  promises: T,
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const entries = Object.entries(promises).map(async ([name, promise]) => [name, await promise]);
  return Object.fromEntries(await Promise.all(entries)) as { [K in keyof T]: Awaited<T[K]> };
}

/** The endpoints of the Service that the APIService names, beside the Service itself; else of the one found. */
async function readProviderEndpoints(
  ready: ReadContext,
  apiService: Promise<Observed<ApiServiceObject | null>>,
  service: Promise<Observed<ServiceObject | null>>,
): Promise<Observed<EndpointsView | null>> {
  const read = await apiService;
  const named = read.state === 'known' ? read.value?.service : null;
  if (named !== null && named !== undefined) {
    return readEndpoints(ready, named.namespace, named.name);
  }
  const found = await service;
  if (found.state === 'missing') return found;
  if (found.value === null) return known(null, found.source);
  return readEndpoints(ready, found.value.namespace, found.value.name);
}

/** Asked only when an API server refused us: the question costs a write permission that a hardened cluster may log. */
async function requesterIfRefused(
  ready: ReadContext,
  views: Observed<readonly ApiServerView[]>,
): Promise<Observed<Requester>> {
  const refused =
    views.state === 'known' &&
    views.value.some(({ metricsApi }) =>
      metricsApi.state === 'missing'
        ? metricsApi.reason === 'forbidden'
        : metricsApi.value.status === 401 || metricsApi.value.status === 403,
    );
  return refused
    ? readRequester(ready)
    : missing('not-attempted', 'no API server refused us, so it was not asked who we are');
}
