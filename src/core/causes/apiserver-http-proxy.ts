import { clusterRanges } from '../evidence/cluster-ranges.ts';
import { apiServerPods, type ControlPlanePod } from '../evidence/control-plane.ts';
import type { Facts } from '../evidence/facts.ts';
import { minorVersion } from '../evidence/kubernetes-version.ts';
import { known, type Observed, valueOr } from '../evidence/observed.ts';
import { arrow } from '../evidence/paths.ts';
import { proxyFor } from '../evidence/proxy-environment.ts';
import { type ServerWords, serverWords, wordsOf } from '../evidence/server-words.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import { exemptFromProxy } from '../fixes/proxy-exemption.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import {
  apiServerConsequences,
  type FailingServer,
  failingServers,
  ownPath,
} from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/**
 * kube-apiserver sends its calls to metrics-server to an HTTP proxy that its environment names.
 *
 * Signature: its own words (`proxyconnect tcp`, `socks connect`, or the bare reason phrase with which a proxy refuses
 * CONNECT: `Forbidden`, `Bad Gateway`); or proxy variables that cover the address that it dials, while its node reaches
 * metrics-server directly. `EOF` and silence are what other proxies leave; they need the variables beside them.
 * Look-alikes: `forbidden: User …` (RBAC); `proxy error from 127.0.0.1` (egress-selector-mode); a dead path (network).
 * Sources: Go net/http, https://docs.rke2.io/advanced, https://github.com/kubernetes-sigs/kubespray/issues/6872
 */
export const apiserverHttpProxy = defineCause({
  id: 'apiserver-http-proxy',
  title: 'kube-apiserver sends its calls to metrics-server to an HTTP proxy',
  needs: ['apiServers'],
  wants: [
    'apiService',
    'apiServiceLooks',
    'cniConfig',
    'controlPlanePods',
    'nodes',
    'platform',
    'providerPods',
    'reach',
    'serverVersion',
    'service',
  ],
  bears: ['server-version', 'node-added', 'apiserver-flags'],
  infer(facts): Judgement {
    const words = serverWords({ ...facts, apiServers: known(facts.apiServers, '') });
    const told = wordsOf(words, 'http-proxy');
    const failing = failingServers(facts.apiServers, facts);
    const covered = failing.filter((each) => isSilentOf(each, words)).flatMap(coverage(facts));
    const proven = covered.filter(({ path }) => path.state === 'works');
    if (told.length > 0 || proven.length > 0) {
      return {
        kind: 'confirmed',
        ...common(facts, {
          servers: serversHurt(told, proven, failing),
          because: [...told.map(wordClaim), ...proven.flatMap(coverageClaims)],
        }),
      };
    }
    const possible = covered.filter(({ path }) => path.state === 'unknown');
    const cutShort = failing.filter((each) => isCutShort(each, facts));
    if (possible.length === 0 && cutShort.length === 0) {
      return { kind: 'ruled-out', because: whyNot(failing, facts) };
    }
    return {
      kind: 'suspected',
      ...common(facts, {
        servers: [...possible, ...cutShort].map(({ view }) => view.name),
        because: [...possible.flatMap(coverageClaims), ...cutShort.map(cutShortClaim)],
      }),
      settle:
        "On a server: tr '\\0' '\\n' < /proc/$(pgrep -o 'kube-apiserver|k3s|rke2')/environ | grep -i proxy, and whether NO_PROXY covers the addresses of pods and Services.",
    };
  },
  fromWords: spokenBy('apiserver-http-proxy', ({ facts }) => [
    exemptFromProxy({
      nodes: ['every server'],
      ranges: ['<pod range>', '<Service range>', '<node addresses>'],
      platform: facts.platform,
    }),
  ]),
});

type Wanted = Pick<
  Facts,
  | 'cniConfig'
  | 'controlPlanePods'
  | 'nodes'
  | 'platform'
  | 'providerPods'
  | 'reach'
  | 'serverVersion'
  | 'service'
>;

/** An API server whose proxy variables cover what it dials. */
interface Covered extends FailingServer {
  readonly proxy: string;
  readonly target: string;
  readonly path: ReturnType<typeof ownPath>;
}

/** Words that leave room for a proxy: none, an end without a reason, a page in place of an answer. */
function isSilentOf({ end, body }: FailingServer, words: readonly ServerWords[]): boolean {
  if (/x509:|bad status from/.test(body)) return false;
  if (end !== null) return end.kind === 'eof' || end.kind === 'page' || end.kind === 'lost';
  // "service unavailable" only repeats the shared condition, whose words count then.
  return words.every(({ server, end: { kind } }) => server !== null || kind === 'eof');
}

function coverage(facts: Wanted): (each: FailingServer) => readonly Covered[] {
  const pods = apiServerPods(valueOr(facts.controlPlanePods, []));
  return (each) => {
    const pod = pods.get(each.view.name);
    if (pod === undefined) return [];
    for (const target of targetsOf(pod, facts)) {
      const proxy = proxyFor(pod.proxyEnv, target, isOldGo(facts.serverVersion));
      if (proxy === null) continue;
      return [
        {
          ...each,
          proxy,
          target: `${target.address}:${target.port}`,
          path: ownPath(each.view.name, facts),
        },
      ];
    }
    return [];
  };
}

const DEFAULT_PORT = 443;

/** With `--enable-aggregator-routing` the address of a pod is dialled, else the ClusterIP. */
function targetsOf(
  { flags }: ControlPlanePod,
  { providerPods, service }: Pick<Facts, 'providerPods' | 'service'>,
): readonly { readonly address: string; readonly port: number }[] {
  const port = service.state === 'known' ? service.value?.ports[0]?.port : undefined;
  if (flags['enable-aggregator-routing'] !== 'true') {
    const ips = service.state === 'known' ? (service.value?.clusterIps ?? []) : [];
    return ips.slice(0, 1).map((address) => ({ address, port: port ?? DEFAULT_PORT }));
  }
  return valueOr(providerPods, [])
    .filter(({ deleting }) => !deleting)
    .flatMap(({ podIps, containers }) =>
      podIps.slice(0, 1).map((address) => ({
        address,
        port: containers.flatMap(({ ports }) => ports)[0]?.containerPort ?? DEFAULT_PORT,
      })),
    );
}

/** Kubernetes before 1.21 was built with a Go that took HTTP_PROXY for https, too. */
const FIRST_WITHOUT_HTTP_PROXY = 21;

function isOldGo(version: Observed<string>): boolean {
  const minor = minorVersion(version);
  return minor !== null && minor < FIRST_WITHOUT_HTTP_PROXY;
}

/** Hung up on although its own node gets through, with no sight of its environment to say more. */
function isCutShort({ view, end }: FailingServer, facts: Wanted): boolean {
  if (end?.kind !== 'eof' && end?.kind !== 'page') return false;
  const seen = apiServerPods(valueOr(facts.controlPlanePods, [])).has(view.name);
  return !seen && ownPath(view.name, facts).state === 'works';
}

/** Who is hurt by it: servers that said so or are covered; by the shared condition, all that say nothing else. */
function serversHurt(
  told: readonly ServerWords[],
  proven: readonly Covered[],
  failing: readonly FailingServer[],
): readonly string[] {
  const shared = told.some(({ server }) => server === null);
  return [
    ...told.flatMap(({ server }) => server ?? []),
    ...proven.map(({ view }) => view.name),
    ...(shared ? failing.filter(({ end }) => end === null).map(({ view }) => view.name) : []),
  ];
}

function common(
  facts: Wanted & { readonly apiServers: readonly ApiServerView[] },
  { servers, because }: { readonly servers: readonly string[]; readonly because: readonly Claim[] },
) {
  const names = [...new Set(servers)].toSorted();
  const whose =
    names.length === 0
      ? 'API servers send'
      : `${list(names)} ${names.length === 1 ? 'sends' : 'send'}`;
  return {
    headline: `${whose} calls to metrics-server to an HTTP proxy instead of the cluster's network.`,
    where: { nodes: names, from: names, to: [], layer: 'api', direction: null },
    because,
    explains: names.length === 0 ? metricsApiDown() : apiServerConsequences(names),
    fixes: [
      exemptFromProxy({ nodes: names, ranges: clusterRanges(facts), platform: facts.platform }),
    ],
  } as const;
}

function wordClaim({ server, end, evidence }: ServerWords): Claim {
  return { text: `${server ?? 'the APIService condition'}: ${end.words}`, evidence };
}

function coverageClaims({ view, proxy, target, path }: Covered): Claim[] {
  const way = path.state === 'works' ? path.results[0] : undefined;
  return [
    {
      text: `kube-apiserver on ${view.name} has a proxy (${proxy}) and no NO_PROXY entry for ${target}`,
      evidence: 'snapshot.controlPlanePods',
    },
    ...(way === undefined
      ? []
      : [{ text: `${way.check} from ${arrow(way)} works past it`, evidence: way.id }]),
  ];
}

function cutShortClaim({ view, end }: FailingServer): Claim {
  return {
    text: `${view.name}: ${end?.kind === 'page' ? 'a web page in place of an answer' : (end?.words ?? '')}, while its node reaches metrics-server`,
    evidence: `api-server:${view.name}`,
  };
}

function whyNot(failing: readonly FailingServer[], facts: Wanted): string {
  const pods = apiServerPods(valueOr(facts.controlPlanePods, []));
  const free = failing.filter(({ view }) => {
    const env = pods.get(view.name)?.proxyEnv;
    return env !== undefined && Object.keys(env).length === 0;
  });
  if (failing.length > 0 && free.length === failing.length) {
    return 'the kube-apiservers that fail have no proxy in their environment';
  }
  return 'no API server speaks of a proxy';
}
