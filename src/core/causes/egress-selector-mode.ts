import { hostOf, inRange } from '../evidence/addresses.ts';
import { egressModes } from '../evidence/distro-args.ts';
import type { Facts } from '../evidence/facts.ts';
import { known, valueOr } from '../evidence/observed.ts';
import { arrow } from '../evidence/paths.ts';
import { type ServerWords, serverWords, wordsOf } from '../evidence/server-words.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import { setEgressMode } from '../fixes/egress-mode.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { apiServerConsequences, failingServers, ownPath } from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/**
 * The tunnel server built into RKE2 and k3s refuses or misroutes what kube-apiserver sends to pods.
 *
 * Signature: `proxy error from 127.0.0.1:9345 while dialing POD` (k3s: its own port), while the very same host reaches
 * that pod. The same words with a pod that the host does not reach are the tunnel's report of a broken network: it
 * dialled by itself, as it does in its default mode. The status (500, 502, 503) does not tell the two apart.
 * Sources: k3s `pkg/daemons/control/tunnel.go`, https://github.com/rancher/rke2/issues/3016,
 * https://docs.k3s.io/networking/basic-network-options
 */
export const egressSelectorMode = defineCause({
  id: 'egress-selector-mode',
  title: 'The tunnel of RKE2 or k3s does not pass API servers on to pods',
  needs: ['apiServers'],
  wants: ['apiService', 'apiServiceLooks', 'nodes', 'platform', 'providerPods', 'reach'],
  bears: ['server-version', 'apiserver-flags'],
  infer(facts): Judgement {
    const said = wordsOf(
      serverWords({ ...facts, apiServers: known(facts.apiServers, '') }),
      'tunnel',
    ).filter(({ end }) => isLoopback(end.proxy));
    if (said.length === 0) {
      return { kind: 'ruled-out', because: 'no API server speaks of a tunnel on its own host' };
    }
    const servers = speakers(said, facts).map((server) => ({
      ...server,
      path: ownPath(server.name, facts),
    }));
    const refused = servers.filter(
      ({ path, words }) => path.state === 'works' && toPodInService(words.end.target, facts),
    );
    if (refused.length > 0) return conclude('confirmed', refused, facts);
    const open = servers.filter(({ path }) => path.state === 'unknown');
    if (open.length > 0) {
      return {
        ...conclude('suspected', open, facts),
        settle: `On ${open[0]?.name ?? 'the server'}: curl -k --max-time 5 https://${said[0]?.end.target ?? 'POD'}/livez. An answer (403 is one): the tunnel refuses; silence: the network does.`,
      };
    }
    return {
      kind: 'ruled-out',
      because: servers.some(({ path }) => path.state === 'dead')
        ? 'the tunnel passed it on: its host does not reach metrics-server either'
        : 'the tunnel was asked for an address that is no longer in service',
    };
  },
  fromWords: spokenBy('egress-selector-mode', ({ facts, value }) => [
    setEgressMode({
      nodes: ['every server'],
      present: value === null ? [] : [value],
      platform: facts.platform,
    }),
  ]),
});

type Wanted = Pick<Facts, 'nodes' | 'platform' | 'providerPods' | 'reach'> & {
  readonly apiServers: readonly ApiServerView[];
};
type TunnelWords = ServerWords & {
  readonly end: Extract<ServerWords['end'], { kind: 'tunnel' }>;
};
interface Speaker {
  readonly name: string;
  readonly words: TunnelWords;
}

function isLoopback(address: string): boolean {
  return /^(?:127\.|\[::1\]|localhost:)/.test(address);
}

/** Who said it. The shared condition may be anybody's who fails and says nothing else; not while one of them has a dead path. */
function speakers(said: readonly TunnelWords[], facts: Wanted): readonly Speaker[] {
  const named = said.flatMap((words) =>
    words.server === null ? [] : [{ name: words.server, words }],
  );
  const shared = said.find(({ server }) => server === null);
  if (shared === undefined) return named;
  const mute = failingServers(facts.apiServers, facts).filter(({ end }) => end === null);
  const others = mute.map(({ view }) => ({ name: view.name, words: shared }));
  const dead = others.filter(({ name }) => ownPath(name, facts).state === 'dead');
  return [...named, ...(dead.length > 0 ? dead : others)];
}

function toPodInService(target: string, { providerPods }: Pick<Facts, 'providerPods'>): boolean {
  return valueOr(providerPods, []).some(
    ({ podIps, ready, deleting }) => podIps.includes(hostOf(target)) && ready && !deleting,
  );
}

type Judged = Speaker & { readonly path: ReturnType<typeof ownPath> };

function conclude<K extends 'confirmed' | 'suspected'>(
  kind: K,
  servers: readonly Judged[],
  facts: Wanted,
) {
  const names = [...new Set(servers.map(({ name }) => name))].toSorted();
  const tunnel = servers[0]?.words.end.proxy ?? '';
  const modes = egressModes(valueOr(facts.nodes, []), names);
  const stated = modes.length === 0 ? '' : `, egress-selector-mode ${list(modes)}`;
  return {
    kind,
    headline: `The tunnel server on ${list(names)} (${tunnel}${stated}) does not pass API servers on to metrics-server${kind === 'confirmed' ? ', which the same hosts reach' : ''}.`,
    where: { nodes: names, from: names, to: [], layer: 'api', direction: null },
    because: [
      ...servers.flatMap(claims),
      ...outsideOfShare(modes, facts).map((text) => ({ text, evidence: 'snapshot.nodes' })),
    ],
    explains: apiServerConsequences(names),
    fixes: [setEgressMode({ nodes: names, present: modes, platform: facts.platform })],
  } as const;
}

function claims({ name, words, path }: Judged): Claim[] {
  const way = path.state === 'works' ? path.results[0] : undefined;
  return [
    {
      text: `${words.server ?? 'the APIService condition'}: ${words.end.words}`,
      evidence: words.evidence,
    },
    ...(way === undefined
      ? []
      : [
          {
            text: `${way.check} from ${arrow(way)} works on the same host ${name}`,
            evidence: way.id,
          },
        ]),
  ];
}

/** In mode `pod` the tunnel of older releases knows each node's pod range only; a CNI with ranges of its own is not in it. */
function outsideOfShare(
  modes: readonly string[],
  { nodes, providerPods }: Pick<Facts, 'nodes' | 'providerPods'>,
): readonly string[] {
  if (!modes.includes('pod')) return [];
  return valueOr(providerPods, []).flatMap(({ name, nodeName, podIps }) => {
    const node = valueOr(nodes, []).find((each) => each.name === nodeName);
    const [ip] = podIps;
    if (node === undefined || ip === undefined || node.podCidrs.length === 0) return [];
    return node.podCidrs.some((cidr) => inRange(ip, cidr))
      ? []
      : [
          `${name} has ${ip}, outside of ${list(node.podCidrs)} of its node: the CNI hands out ranges of its own`,
        ];
  });
}
