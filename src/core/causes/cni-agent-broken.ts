import type { Facts } from '../evidence/facts.ts';
import { patternOfLinks, patternWords } from '../evidence/link-pattern.ts';
import { networkSentence, nodesSharingAddress } from '../evidence/network-words.ts';
import { valueOr } from '../evidence/observed.ts';
import { knowledgeOf } from '../evidence/pair-views.ts';
import type { ContainerLog, PodObject } from '../evidence/snapshot.ts';
import { restartAgents } from '../fixes/cni-agent.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { agentComplaints } from './agent-complaints.ts';
import { isAiling } from './agent-pods.ts';
import { judgeLink, muteNodes, oddNodes, routesDecide } from './cni-link-state.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { lostRoutes } from './lost-routes.ts';
import { consequencesOf, podsAskingConsequences } from './overlay-consequences.ts';

/**
 * The CNI's agent left a node without a working dataplane: no route, no forwarding or neighbour entry, another
 * VNI or port than its peers.
 *
 * Signature: over the overlay nothing passes with that node, and the kernel says why: the packets were never
 * encapsulated for want of a route, or were unpacked and belonged to nobody. An agent that is not ready on
 * just the nodes that are cut off is a suspicion; old errors of an agent that is ready are litter.
 * Look-alikes: a filter (packets sent and not delivered), which has the same dead paths.
 */
export const cniAgentBroken = defineCause({
  id: 'cni-agent-broken',
  title: "The CNI's state on a node is broken or stale",
  needs: ['links'],
  wants: [
    'deep',
    'nodes',
    'cniPods',
    'cniLogs',
    'nodeFacts',
    'network',
    'platform',
    'providerPods',
    'reach',
  ],
  bears: [
    'node-added',
    'node-address',
    'kernel',
    'os-image',
    'container-runtime',
    'cni-image',
    'helm-chart-config',
    'provider-node',
    'cni-config',
  ],
  infer(facts): Judgement {
    const { links } = facts;
    const shared = nodesSharingAddress(valueOr(facts.nodes, []));
    const spoken = new Set(
      agentComplaints({ ...facts, cniPods: valueOr(facts.cniPods, []) }).flatMap(
        ({ node, newest }) => (newest ? [node] : []),
      ),
    );
    const silent = links.filter(
      ({ small, underlay, nodes }) =>
        small === 'dead' && underlay !== 'dead' && !nodes.some((node) => shared.has(node)),
    );
    const dead = silent.filter(({ nodes }) => !nodes.some((node) => spoken.has(node)));
    const agents = valueOr(facts.cniPods, []).filter(({ deleting }) => !deleting);
    const ailing = agents.filter(isAiling);
    const oneWay = lostRoutes(links, facts).filter(
      ({ nodes }) => !nodes.some((node) => shared.has(node) || spoken.has(node)),
    );
    if (dead.length === 0 && oneWay.length === 0) {
      if (silent.length > 0) {
        return {
          kind: 'ruled-out',
          because:
            'its agents say what they lack: see kernel-module-missing, iptables-incompatible',
        };
      }
      if (shared.size > 0)
        return { kind: 'ruled-out', because: 'nodes share an address: see duplicate-node-ip' };
      return links.some(({ small }) => small === 'works')
        ? { kind: 'ruled-out', because: 'pods reach each other between all nodes tried' }
        : { kind: 'unknown', missing: ['paths between pods on different nodes'] };
    }
    const picture = {
      ailing,
      mute: muteNodes(links, agents),
      odd: oddNodes(links),
      routed: routesDecide(links, facts),
    };
    const judged = [
      ...oneWay,
      ...dead.map((link) => ({ link, ...judgeLink(link, facts, picture) })),
    ];
    const proven = judged.filter(({ state }) => state === 'proven');
    const possible = judged.filter(({ state }) => state === 'possible');
    const mine = proven.length > 0 ? proven : possible;
    if (mine.length === 0) {
      return {
        kind: 'ruled-out',
        because:
          agents.length > 0 && ailing.length === 0
            ? `${agents.length} of ${agents.length} agents ready, and the packets end at a filter or unseen`
            : 'the packets end at a filter',
      };
    }
    const mineLinks = mine.map(({ link }) => link);
    const pattern = patternOfLinks(
      { links, broken: mineLinks, alive: (l) => l.small === 'works' && !mineLinks.includes(l) },
      knowledgeOf(facts),
    );
    const nodes = unique(mine.flatMap((m) => m.nodes));
    const common = {
      where: { nodes, from: [], to: [], layer: 'overlay', direction: null },
      because: [
        ...dedupe(mine.flatMap(({ claims }) => claims)).slice(0, MAX_CLAIMS),
        ...logClaims(
          valueOr(facts.cniLogs, []),
          ailing.filter(({ nodeName }) => nodes.includes(nodeName ?? '')),
        ),
        { text: networkSentence(facts.network), evidence: 'network' },
      ],
      explains: [
        ...consequencesOf(mineLinks, facts),
        ...(facts.network.state === 'known' && facts.network.value.encapsulation === 'none'
          ? podsAskingConsequences(mineLinks, facts)
          : []),
      ],
      fixes: [restartAgents({ ...facts, nodes, agents })],
    } as const;
    const where = nodes.length > 0 ? `on ${list(nodes)}` : patternWords(pattern);
    if (proven.length > 0) {
      return {
        kind: 'confirmed',
        headline: `The CNI's state ${where} is wrong: ${mine[0]?.words ?? ''}.`,
        ...common,
      };
    }
    return {
      kind: 'suspected',
      headline: `Pods do not reach each other ${patternWords(pattern)}, and the CNI's state ${where} may be why: ${mine[0]?.words ?? ''}.`,
      ...common,
      settle: settleWords(facts, nodes),
    };
  },
  fromWords: spokenBy('cni-agent-broken', ({ facts, nodes }) => [
    restartAgents({
      ...facts,
      nodes: nodes.length > 0 ? nodes : ['the node that is cut off'],
      agents: [],
    }),
  ]),
});

const MAX_CLAIMS = 6;

function logClaims(logs: readonly ContainerLog[], ailing: readonly PodObject[]): Claim[] {
  const names = new Set(ailing.map(({ name }) => name));
  return logs
    .filter(({ pod, lines }) => names.has(pod) && lines.length > 0)
    .slice(0, 2)
    .map(({ pod, lines }) => ({
      text: `${pod} logs: ${lines.at(-1) ?? ''}`,
      evidence: 'snapshot.cniLogs',
    }));
}

function settleWords({ network }: Pick<Facts, 'network'>, nodes: readonly string[]): string {
  const device = (network.state === 'known' ? network.value.device : null) ?? '<overlay device>';
  return `On ${nodes.length > 0 ? list(nodes) : 'both nodes'}: ip route, bridge fdb show dev ${device}, ip neigh show dev ${device}: each other node needs one entry. All there: look at iptables -L OUTPUT -vn.`;
}

function dedupe(claims: readonly Claim[]): Claim[] {
  return [...new Map(claims.map((claim) => [claim.text, claim])).values()];
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].toSorted();
}
