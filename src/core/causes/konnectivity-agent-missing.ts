import type { ControlPlanePod } from '../evidence/control-plane.ts';
import type { Facts } from '../evidence/facts.ts';
import { known, valueOr } from '../evidence/observed.ts';
import { type ServerWords, serverWords, wordsOf } from '../evidence/server-words.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import { reconnectAgents } from '../fixes/konnectivity.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { count, list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { apiServerConsequences, failingServers, ownPath } from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/**
 * The konnectivity tunnel has no agent behind some kube-apiserver, so that one cannot reach the cluster's network.
 *
 * Signature: `No agent available` from an API server. An agent must hold a connection to the tunnel server of every
 * API server; behind a single address without a load balancer they all end at one, and the others say this. A tunnel
 * that takes the request and never answers, or that cannot be reached itself, is a suspicion with another test.
 * Look-alike: `dial tcp POD: i/o timeout`, which an agent passes on when the network behind it fails.
 * Sources: apiserver-network-proxy, https://docs.k0sproject.io/stable/networking/, k0s issues 5503 and 5809
 */
export const konnectivityAgentMissing = defineCause({
  id: 'konnectivity-agent-missing',
  title: 'The konnectivity tunnel has no agent behind an API server',
  needs: ['apiServers'],
  wants: ['apiService', 'apiServiceLooks', 'controlPlanePods', 'platform', 'providerPods', 'reach'],
  bears: ['node-added', 'node-removed', 'server-version', 'apiserver-flags'],
  infer(facts): Judgement {
    const words = serverWords({ ...facts, apiServers: known(facts.apiServers, '') });
    const none = wordsOf(words, 'no-agent');
    if (none.length > 0) return { kind: 'confirmed', ...conclude(none, facts) };
    const weak = [
      ...wordsOf(words, 'tunnel-dial', 'no-tunnel-server'),
      ...wordsOf(words, 'tunnel').filter(({ end }) => !/^(?:127\.|\[::1\])/.test(end.proxy)),
    ];
    if (weak.length > 0) {
      return {
        kind: 'suspected',
        ...conclude(weak, facts),
        settle:
          "The tunnel server's log on each control-plane host: konnectivity-server, or journalctl -u k0scontroller | grep konnectivity; and whether each reports a ready backend.",
      };
    }
    const agents = agentsOf(facts);
    const failing = failingServers(facts.apiServers, facts).filter(
      ({ end, view }) => end === null && ownPath(view.name, facts).state !== 'dead',
    );
    if (agents.length > 0 && agents.every(({ ready }) => !ready) && failing.length > 0) {
      return {
        kind: 'suspected',
        ...conclude(
          failing.map(({ view }) => ({ server: view.name })),
          facts,
        ),
        settle: `kubectl -n ${agents[0]?.namespace ?? 'kube-system'} logs ${agents[0]?.name ?? ''}: does it reach its server?`,
      };
    }
    return {
      kind: 'ruled-out',
      because:
        agents.length === 0
          ? 'no API server speaks of a tunnel, and no agent of one is there'
          : `no API server speaks of a tunnel without agents; ${agents.filter(({ ready }) => ready).length} of ${agents.length} are ready`,
    };
  },
  fromWords: spokenBy('konnectivity-agent-missing', ({ facts }) => [
    reconnectAgents({ agents: [], servers: [], platform: facts.platform }),
  ]),
});

type Wanted = Pick<Facts, 'controlPlanePods' | 'platform' | 'providerPods' | 'reach'> & {
  readonly apiServers: readonly ApiServerView[];
};

function agentsOf({
  controlPlanePods,
}: Pick<Facts, 'controlPlanePods'>): readonly ControlPlanePod[] {
  return valueOr(controlPlanePods, []).filter(
    ({ component }) => component === 'konnectivity-agent',
  );
}

function conclude(said: readonly (ServerWords | { readonly server: string })[], facts: Wanted) {
  const named = said.flatMap(({ server }) => server ?? []);
  const shared = said.some(({ server }) => server === null);
  const mute = shared
    ? failingServers(facts.apiServers, facts)
        .filter(({ end }) => end === null)
        .map(({ view }) => view.name)
    : [];
  const names = [...new Set([...named, ...mute])].toSorted();
  const agents = agentsOf(facts);
  const away = agents.filter(({ ready }) => !ready);
  const whose = names.length === 0 ? 'The API servers' : list(names);
  const words = said.flatMap((each) => ('end' in each ? [each] : []));
  return {
    headline: `${whose} cannot reach the cluster's network: ${headlineOf(words)}.`,
    where: {
      nodes: away.flatMap(({ nodeName }) => nodeName ?? []).toSorted(),
      from: names,
      to: [],
      layer: 'api',
      direction: null,
    },
    because: [...words.map(wordClaim), ...agentClaims(agents, away)],
    explains: names.length === 0 ? metricsApiDown() : apiServerConsequences(names),
    fixes: [reconnectAgents({ agents, servers: names, platform: facts.platform })],
  } as const;
}

function headlineOf(words: readonly ServerWords[]): string {
  switch (words[0]?.end.kind) {
    case 'no-agent':
      return 'the tunnel has no agent behind it';
    case 'no-tunnel-server':
      return 'the tunnel server does not take connections';
    case 'tunnel-dial':
    case 'tunnel':
      return 'the tunnel does not carry its connections';
    default:
      return 'no agent of the tunnel is ready';
  }
}

function wordClaim({ server, end, evidence }: ServerWords): Claim {
  return { text: `${server ?? 'the APIService condition'}: ${end.words}`, evidence };
}

function agentClaims(
  agents: readonly ControlPlanePod[],
  away: readonly ControlPlanePod[],
): Claim[] {
  const evidence = 'snapshot.controlPlanePods';
  if (agents.length === 0) return [{ text: 'no konnectivity-agent Pod is there', evidence }];
  const ready = agents.length - away.length;
  const address = agents.flatMap(({ flags }) => flags['proxy-server-host'] ?? [])[0];
  return [
    {
      text: `${ready} of ${count(agents.length, 'konnectivity-agent Pod')} ready${address === undefined ? '' : `; they connect to ${address}`}`,
      evidence,
    },
  ];
}
