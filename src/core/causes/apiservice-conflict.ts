import type { MetricsProvider } from '../evidence/control-plane.ts';
import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { ApiServerView, ApiServiceObject } from '../evidence/snapshot.ts';
import { keepOneProvider } from '../fixes/api-service-provider.ts';
import { providerName } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { failingServers } from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/**
 * Two products claim `v1beta1.metrics.k8s.io`: the APIService leads to one that does not serve, past a metrics-server
 * that would.
 *
 * Signature: API servers fail, `spec.service` names a Service with no ready pod (or none at all), and a ready
 * metrics-server stands elsewhere in the cluster; or the APIService changes its Service from look to look. A registered
 * prometheus-adapter that is ready and is answered 404 was never told to serve this API. One that serves is no fault.
 * Look-alikes: the only provider is not ready (its own causes); its path is dead (network).
 * Source: https://github.com/prometheus-operator/kube-prometheus/issues/926
 */
export const apiserviceConflict = defineCause({
  id: 'apiservice-conflict',
  title: 'Another product owns the APIService v1beta1.metrics.k8s.io',
  needs: ['apiService', 'apiServers', 'metricsProviders'],
  wants: ['apiServiceLooks', 'endpoints', 'nodeMetrics', 'platform', 'providerPods', 'reach'],
  bears: ['service'],
  infer(facts): Judgement {
    const { apiService, metricsProviders } = facts;
    if (apiService?.service == null) {
      return { kind: 'ruled-out', because: 'no APIService names a Service' };
    }
    const registered = registeredProvider(apiService.service, metricsProviders);
    const standby = metricsProviders.find(
      (provider) =>
        provider !== registered &&
        provider.program === 'metrics-server' &&
        provider.pods.some(({ ready }) => ready) &&
        // In the namespace of the registered Service it may be its own, with a selector that misses it.
        (provider.namespace !== apiService.service?.namespace || provider.services.length > 0),
    );
    if (standby === undefined) {
      return {
        kind: 'ruled-out',
        because: 'no second metrics-server is ready beside the registered one',
      };
    }
    const hurt = failingServers(facts.apiServers, facts).length > 0;
    const common = conclusion(apiService, { registered, standby }, facts);
    const switched = [...new Set(looksOf(facts).flatMap(({ service }) => service ?? []))];
    if (hurt && switched.length > 1) {
      return {
        kind: 'confirmed',
        ...common,
        headline: `The APIService is switched between ${list(switched)} while one looks: two products write it.`,
      };
    }
    if (hurt && (isIdle(registered, facts) || isUnserved(apiService, facts))) {
      return { kind: 'confirmed', ...common };
    }
    const adapter = registered?.program === 'prometheus-adapter';
    const empty = facts.nodeMetrics.state === 'known' && facts.nodeMetrics.value.length === 0;
    if (adapter && !hurt && empty) {
      return {
        kind: 'suspected',
        ...common,
        settle:
          'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes: an empty list from prometheus-adapter means that its resource rules match no series.',
      };
    }
    return {
      kind: 'ruled-out',
      because: hurt
        ? 'the registered provider has ready pods: what is broken is the way to them'
        : 'the registered provider serves',
    };
  },
  fromWords: spokenBy('apiservice-conflict', ({ facts, value }) => [
    keepOneProvider({
      to: { namespace: 'kube-system', name: providerName(facts.platform), port: 443 },
      from: otherService(value),
      release: null,
      platform: facts.platform,
    }),
  ]),
});

type Wanted = Pick<Facts, 'apiServiceLooks' | 'endpoints' | 'platform' | 'providerPods'> & {
  readonly apiServers: readonly ApiServerView[];
};
type Named = NonNullable<ApiServiceObject['service']>;

function registeredProvider(
  { namespace, name }: Named,
  providers: readonly MetricsProvider[],
): MetricsProvider | null {
  const there = providers.filter((provider) => provider.namespace === namespace);
  return there.find(({ services }) => services.some((service) => service.name === name)) ?? null;
}

function looksOf({ apiServiceLooks }: Pick<Facts, 'apiServiceLooks'>) {
  return valueOr(apiServiceLooks, []);
}

/** Nothing ready stands behind the registered Service: neither pods nor addresses. */
function isIdle(registered: MetricsProvider | null, facts: Wanted): boolean {
  const addresses =
    facts.endpoints.state === 'known' ? (facts.endpoints.value?.addresses ?? []) : null;
  if (addresses === null || addresses.some(({ ready }) => ready)) return false;
  const pods = registered?.pods ?? valueOr(facts.providerPods, []);
  return !pods.some(({ ready }) => ready);
}

/** The provider answers and does not know this API: it was registered for one that it does not serve. */
function isUnserved(apiService: ApiServiceObject, facts: Wanted): boolean {
  const messages = [
    apiService.available?.status === 'False' ? apiService.available.message : '',
    ...looksOf(facts).map(({ status, message }) => (status === 'False' ? message : '')),
  ];
  return messages.some((message) => /bad status from \S+: 404\b/.test(message));
}

interface Pair {
  readonly registered: MetricsProvider | null;
  readonly standby: MetricsProvider;
}

function conclusion(apiService: ApiServiceObject, { registered, standby }: Pair, facts: Wanted) {
  const service = apiService.service ?? { namespace: '', name: '', port: 0 };
  const named = `${service.namespace}/${service.name}`;
  const right = standby.services[0] ?? { name: 'metrics-server', port: 443 };
  return {
    headline: `The APIService leads to ${named}${registered === null ? ', which nothing stands behind' : ` (${registered.program})`}, not to the metrics-server that runs in ${standby.namespace}.`,
    where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
    because: [
      { text: `APIService spec.service is ${named}`, evidence: 'snapshot.apiService' },
      ...(registered === null ? [] : [podsClaim(registered)]),
      podsClaim(standby),
      ...writerClaims(apiService),
    ],
    explains: metricsApiDown(),
    fixes: [
      keepOneProvider({
        to: { namespace: standby.namespace, ...right },
        from: service,
        release: apiService.labels['app.kubernetes.io/instance'] ?? null,
        platform: facts.platform,
      }),
    ],
  } as const;
}

function podsClaim({ program, namespace, pods }: MetricsProvider): Claim {
  return {
    text: `${program} in ${namespace}: ${pods.filter(({ ready }) => ready).length} of ${pods.length} pods ready`,
    evidence: 'snapshot.metricsProviders',
  };
}

function writerClaims({ writers = [] }: ApiServiceObject): Claim[] {
  return writers.map(({ manager, at }) => ({
    text: `spec.service was written by ${manager}${at === null ? '' : ` at ${at}`}`,
    evidence: 'snapshot.apiService',
  }));
}

/** `monitoring/prometheus-adapter`, or a bare name as people write it. */
function otherService(named: string | null): { namespace: string; name: string; port: number } {
  const [namespace, name] = (named ?? '').split('/');
  return name === undefined || namespace === undefined
    ? { namespace: '<namespace>', name: namespace || '<other provider>', port: 443 }
    : { namespace, name, port: 443 };
}
