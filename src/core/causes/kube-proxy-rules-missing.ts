import { hostOf } from '../evidence/addresses.ts';
import type { Facts } from '../evidence/facts.ts';
import { known, valueOr } from '../evidence/observed.ts';
import { arrow, fails } from '../evidence/paths.ts';
import { type ServerWords, serverWords, wordsOf } from '../evidence/server-words.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import { routeToPods } from '../fixes/service-routing.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { apiServerConsequences, failingServers, ownPath } from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/**
 * The host of an API server does not turn the Service's address into that of a pod: kube-proxy (or what stands in for it)
 * is not at work there, or its rules are wrong.
 *
 * Signature: the API server dials the ClusterIP in vain, and its own node reaches the pod behind it.
 * Look-alikes: the pod's address is dialled (then the network, a tunnel or a proxy); the node does not reach the pod
 * either (network); no pod is ready (kube-proxy itself refuses then).
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/ (`--enable-aggregator-routing`)
 */
export const kubeProxyRulesMissing = defineCause({
  id: 'kube-proxy-rules-missing',
  title: 'The host of an API server does not lead Service addresses to pods',
  needs: ['apiServers', 'service'],
  wants: ['apiService', 'apiServiceLooks', 'bursts', 'providerPods', 'reach'],
  bears: ['kernel', 'os-image', 'kubelet-version', 'provider-node'],
  infer(facts): Judgement {
    const { service } = facts;
    const said = wordsOf(
      serverWords({ ...facts, apiServers: known(facts.apiServers, '') }),
      'direct',
    ).filter(({ end }) => service?.clusterIps.includes(hostOf(end.target)) === true);
    if (service === null || said.length === 0) {
      return { kind: 'ruled-out', because: "no API server dials the Service's address in vain" };
    }
    const ready = valueOr(facts.providerPods, []).some((pod) => pod.ready && !pod.deleting);
    const servers = speakers(said, facts).map((each) => ({
      ...each,
      path: ownPath(each.name, facts),
    }));
    const working = servers.filter(({ path }) => ready && path.state === 'works');
    const proven = working.filter(({ name }) => !losesSome(name, facts));
    if (proven.length > 0) return { kind: 'confirmed', ...conclude(proven, service.name) };
    const open = [...working, ...servers.filter(({ path }) => path.state === 'unknown')];
    if (open.length === 0 || !ready) {
      return {
        kind: 'ruled-out',
        because: ready
          ? 'the nodes of these API servers do not reach the pod itself either'
          : 'no pod behind the Service is ready',
      };
    }
    return {
      kind: 'suspected',
      ...conclude(open, service.name),
      settle: `On the host of ${open[0]?.name ?? 'the API server'}: curl -k --max-time 5 https://${said[0]?.end.target ?? ''}/livez beside the same to the pod's own address. Only the pod answers: it is kube-proxy's rules.`,
    };
  },
  fromWords: spokenBy('kube-proxy-rules-missing', ({ nodes }) => [
    routeToPods(nodes.length > 0 ? nodes : ['that server']),
  ]),
});

/** A burst of which more than this is lost did not go through whole. */
const WHOLE_SHARE = 0.9;

/**
 * Between this node and one with a metrics-server pod some connections die or datagrams are lost, beside those that
 * work: the API server's own dial may have been one of them.
 */
function losesSome(
  node: string,
  { reach, bursts, providerPods }: Pick<Facts, 'bursts' | 'providerPods' | 'reach'>,
): boolean {
  const homes = new Set(valueOr(providerPods, []).map(({ nodeName }) => nodeName));
  const isPair = (from: string, to: string): boolean =>
    from !== to && ((from === node && homes.has(to)) || (to === node && homes.has(from)));
  return (
    valueOr(reach, []).some(
      (r) =>
        isPair(r.from.node, r.to.node) && r.check !== 'icmp' && r.check !== 'icmp-full' && fails(r),
    ) ||
    valueOr(bursts, []).some(
      ({ from, to, sent, receivedByListener }) =>
        isPair(from, to) &&
        receivedByListener.state === 'known' &&
        receivedByListener.value < sent * WHOLE_SHARE,
    )
  );
}

type DialWords = ServerWords & { readonly end: Extract<ServerWords['end'], { kind: 'direct' }> };
interface Speaker {
  readonly name: string;
  readonly words: DialWords;
  readonly path: ReturnType<typeof ownPath>;
}

/** By its own words, or by the shared condition's where a server fails and says nothing else. */
function speakers(
  said: readonly DialWords[],
  facts: { readonly apiServers: readonly ApiServerView[] } & Pick<Facts, 'reach' | 'providerPods'>,
): readonly Omit<Speaker, 'path'>[] {
  const named = said.flatMap((words) =>
    words.server === null ? [] : [{ name: words.server, words }],
  );
  const shared = said.find(({ server }) => server === null);
  if (shared === undefined) return named;
  const mute = failingServers(facts.apiServers, facts).filter(({ end }) => end === null);
  return [...named, ...mute.map(({ view }) => ({ name: view.name, words: shared }))];
}

function conclude(servers: readonly Speaker[], service: string) {
  const names = [...new Set(servers.map(({ name }) => name))].toSorted();
  return {
    headline: `${list(names)} ${names.length === 1 ? 'does' : 'do'} not lead the address of Service ${service} to its pod, which ${names.length === 1 ? 'its host' : 'their hosts'} can reach: kube-proxy's rules are missing or wrong there.`,
    where: { nodes: names, from: names, to: [], layer: 'api', direction: null },
    because: servers.flatMap(claims),
    explains: apiServerConsequences(names),
    fixes: [routeToPods(names)],
  } as const;
}

function claims({ name, words, path }: Speaker): Claim[] {
  const way = path.state === 'works' ? path.results[0] : undefined;
  return [
    {
      text: `${words.server ?? 'the APIService condition'}: ${words.end.words}`,
      evidence: words.evidence,
    },
    ...(way === undefined
      ? []
      : [{ text: `${way.check} from ${arrow(way)} works on ${name}`, evidence: way.id }]),
  ];
}
