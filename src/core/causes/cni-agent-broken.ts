import { type BurstStage, stageWords } from '../evidence/burst-stage.ts';
import { knowledgeOf } from '../evidence/describe-pairs.ts';
import type { Facts } from '../evidence/facts.ts';
import { patternOfLinks, patternWords } from '../evidence/link-pattern.ts';
import { networkSentence, nodesSharingAddress } from '../evidence/network-words.ts';
import { valueOr } from '../evidence/observed.ts';
import { overlayEntries } from '../evidence/overlay-entries.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { isPodTarget, outcomeOf } from '../evidence/paths.ts';
import type { NodeProbeFacts, ReachResult } from '../evidence/probe-results.ts';
import type { ContainerLog, PodObject } from '../evidence/snapshot.ts';
import { restartAgents } from '../fixes/cni-agent.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf } from './overlay-consequences.ts';
import { routeTo } from './pod-routes.ts';

/** Ends of a burst that no packet filter makes: the overlay's own state is wrong. */
const OWN_STATE: ReadonlySet<BurstStage> = new Set([
  'no-socket',
  'not-decapsulated',
  'wrong-vtep-mac',
]);
/** `EHOSTUNREACH` after about 3.1 s is a neighbour that was asked for three times and never answered. */
const NEIGHBOUR_FAILED_MS = 2_500;

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
  ],
  infer(facts): Judgement {
    const { links } = facts;
    const shared = nodesSharingAddress(valueOr(facts.nodes, []));
    const dead = links.filter(
      ({ small, underlay, nodes }) =>
        small === 'dead' && underlay !== 'dead' && !nodes.some((node) => shared.has(node)),
    );
    const agents = valueOr(facts.cniPods, []).filter(({ deleting }) => !deleting);
    const ailing = agents.filter(isAiling);
    if (dead.length === 0) {
      if (shared.size > 0)
        return { kind: 'ruled-out', because: 'nodes share an address: see duplicate-node-ip' };
      return links.some(({ small }) => small === 'works')
        ? { kind: 'ruled-out', because: 'pods reach each other between all nodes tried' }
        : { kind: 'unknown', missing: ['paths between pods on different nodes'] };
    }
    const mute = muteNodes(links, agents);
    const judged = dead.map((link) => ({ link, ...judgeLink(link, facts, { ailing, mute }) }));
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
      { links, broken: mineLinks, alive: (l) => l.small === 'works' },
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
      explains: consequencesOf(mineLinks, facts),
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

interface LinkVerdict {
  readonly state: 'proven' | 'possible' | 'no';
  readonly nodes: readonly string[];
  readonly words: string;
  readonly claims: readonly Claim[];
}

type Handed = Pick<Facts, 'deep' | 'nodes' | 'nodeFacts' | 'network'>;

function judgeLink(
  link: Link,
  facts: Handed,
  { ailing, mute }: { readonly ailing: readonly PodObject[]; readonly mute: ReadonlySet<string> },
): LinkVerdict {
  const wrong = link.bursts.filter(({ stage }) => OWN_STATE.has(stage));
  if (wrong.length > 0) {
    return {
      state: link.strong ? 'proven' : 'possible',
      nodes: unique(
        wrong.map(({ burst, stage }) => (stage === 'wrong-vtep-mac' ? burst.from : burst.to)),
      ),
      words: STAGE_WORDS[wrong[0]?.stage ?? 'no-socket'] ?? '',
      claims: wrong.map(({ burst, stage }) => ({
        text: stageWords(burst, stage),
        evidence: burst.id,
      })),
    };
  }
  const entries = overlayEntries(facts).filter(
    ({ from, to }) => link.nodes.includes(from) && link.nodes.includes(to),
  );
  const stale = entries.filter((entry) => entry.wrong !== null);
  if (stale.length > 0) {
    return {
      state: link.strong ? 'proven' : 'possible',
      nodes: unique(stale.map(({ from }) => from)),
      words: stale[0]?.wrong ?? '',
      claims: stale.map(({ from, wrong }) => ({
        text: `on ${from} ${wrong ?? ''}`,
        evidence: `deep:${from}`,
      })),
    };
  }
  // A filter that the counters show is a better reason than an agent that looks unwell.
  if (link.bursts.some(({ stage }) => BY_A_FILTER.has(stage))) return NO;
  const routeless = withoutRoute(link, facts);
  const notSent = link.bursts.filter(
    ({ burst, stage }) =>
      ((stage === 'not-encapsulated' && !mute.has(burst.from)) || stage === 'held-by-sender') &&
      // Deep mode found its entries for the other node in order: then a filter held them back.
      !entries.some(({ from, to }) => from === burst.from && to === burst.to),
  );
  if (routeless.length > 0) {
    const claims = routeless.map(({ node, target }) => ({
      text: `${node} has no route over the overlay to ${target.to.address} on ${target.to.node}`,
      evidence: target.id,
    }));
    return {
      state: link.strong && isRouteTheReason(link, routeless, facts) ? 'proven' : 'possible',
      nodes: unique(routeless.map(({ node }) => node)),
      words: "the route to the other node's pods is missing",
      claims,
    };
  }
  const lost = link.results.filter(
    (r) =>
      outcomeOf(r) === 'unreachable' &&
      r.result.state === 'known' &&
      r.result.value.errno === 'EHOSTUNREACH' &&
      r.result.value.ms >= NEIGHBOUR_FAILED_MS,
  );
  const unwell = ailing.filter(
    ({ nodeName }) => nodeName !== null && link.nodes.includes(nodeName),
  );
  const sentClaims = notSent.map(({ burst, stage }) => ({
    text: stageWords(burst, stage),
    evidence: burst.id,
  }));
  const agentClaims = unwell.map((pod) => ({
    text: `agent ${pod.name} on ${pod.nodeName ?? ''} is not ready${stateWords(pod)}`,
    evidence: 'snapshot.cniPods',
  }));
  const neighbourClaims = lost.slice(0, 1).map((r) => ({
    text: `${r.from.node} finds no neighbour for ${r.to.address} (EHOSTUNREACH after ${r.result.state === 'known' ? r.result.value.ms : 0} ms)`,
    evidence: r.id,
  }));
  if (notSent.length > 0) {
    const senders = unique(notSent.map(({ burst }) => burst.from));
    const sure = lost.some((r) => senders.includes(r.from.node));
    return {
      state: sure && link.strong ? 'proven' : 'possible',
      nodes: senders,
      words: 'it has no usable forwarding entry for the other node, or a filter on the way out',
      claims: [...sentClaims, ...neighbourClaims, ...agentClaims],
    };
  }
  if (unwell.length > 0 || lost.length > 0) {
    return {
      state: 'possible',
      nodes: unique([
        ...unwell.flatMap(({ nodeName }) => nodeName ?? []),
        ...lost.map((r) => r.from.node),
      ]),
      words: unwell.length > 0 ? 'its agent is not ready' : 'a neighbour entry is missing',
      claims: [...agentClaims, ...neighbourClaims],
    };
  }
  return NO;
}

/** Stages at which a filter, or a checksum, is shown to be the reason. */
const BY_A_FILTER: ReadonlySet<BurstStage> = new Set([
  'sender-filter',
  'receiver-before-ip',
  'receiver-filter',
  'bad-checksum',
]);

/**
 * Nodes that send nothing to any of several peers although their agent is ready: losing every entry under a
 * ready agent is less likely than a filter on the way out, which `overlay-port-blocked` tells.
 */
function muteNodes(links: readonly Link[], agents: readonly PodObject[]): ReadonlySet<string> {
  const ready = new Set(agents.filter((pod) => !isAiling(pod)).map(({ nodeName }) => nodeName));
  const stages = new Map<string, BurstStage[]>();
  for (const { burst, stage } of links.flatMap(({ bursts }) => bursts)) {
    stages.set(burst.from, [...(stages.get(burst.from) ?? []), stage]);
  }
  return new Set(
    [...stages]
      .filter(
        ([node, sent]) =>
          ready.has(node) && sent.length >= 2 && sent.every((s) => s === 'not-encapsulated'),
      )
      .map(([node]) => node),
  );
}

const NO: LinkVerdict = { state: 'no', nodes: [], words: '', claims: [] };

const STAGE_WORDS: Partial<Record<BurstStage, string>> = {
  'no-socket': "nothing listens there on the overlay's UDP port",
  'not-decapsulated': 'it takes packets of another VNI only',
  'wrong-vtep-mac': "it sends to a MAC that is not the other node's overlay device",
};

/** Senders whose routes were read and lead to none of the pods that they tried. */
function withoutRoute(
  link: Link,
  { nodeFacts }: Pick<Facts, 'nodeFacts'>,
): readonly { readonly node: string; readonly target: ReachResult }[] {
  const rows = new Map<string, NodeProbeFacts>(
    valueOr(nodeFacts, []).map((row) => [row.node, row]),
  );
  return link.nodes.flatMap((node) => {
    const row = rows.get(node);
    const target = link.results.find(
      (r) =>
        r.from.kind === 'node' && r.from.node === node && isPodTarget(r) && r.to.address !== '',
    );
    if (row === undefined || target === undefined || row.routes.length === 0) return [];
    return routeTo(row.routes, target.to.address) === 'none' ? [{ node, target }] : [];
  });
}

/**
 * Some CNIs keep their routes in a table of their own, so a missing route alone is no proof. It is when the other
 * end has the route that this one lacks, and the kernel said so or nothing was put into the overlay.
 */
function isRouteTheReason(
  link: Link,
  routeless: ReturnType<typeof withoutRoute>,
  { nodeFacts }: Pick<Facts, 'nodeFacts'>,
): boolean {
  const names = routeless.map(({ node }) => node);
  const otherHasRoute = link.results.some((r) => {
    const row = valueOr(nodeFacts, []).find(({ node }) => node === r.from.node);
    return (
      r.from.kind === 'node' &&
      isPodTarget(r) &&
      !names.includes(r.from.node) &&
      row !== undefined &&
      routeTo(row.routes, r.to.address) === 'route'
    );
  });
  const unreachable = link.results.some(
    (r) =>
      r.from.kind === 'node' &&
      names.includes(r.from.node) &&
      r.result.state === 'known' &&
      r.result.value.errno === 'ENETUNREACH',
  );
  const unsent = link.bursts.some(
    ({ burst, stage }) => names.includes(burst.from) && stage === 'not-encapsulated',
  );
  return otherHasRoute && (unreachable || unsent);
}

function isAiling(pod: PodObject): boolean {
  return !pod.ready && pod.phase !== 'Succeeded';
}

function stateWords({ statuses }: PodObject): string {
  const bad = statuses.find(({ ready }) => !ready);
  return bad === undefined
    ? ''
    : ` (${bad.name}: ${bad.reason ?? bad.state}, ${bad.restarts} restarts)`;
}

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
