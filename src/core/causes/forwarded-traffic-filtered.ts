import { type BurstStage, stageOf, stageWords } from '../evidence/burst-stage.ts';
import type { Facts } from '../evidence/facts.ts';
import { nodesSharingAddress } from '../evidence/network-words.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { arrow, fails, isPodTarget, outcomeWords, works } from '../evidence/paths.ts';
import type { BurstResult, ReachResult } from '../evidence/probe-results.ts';
import { allowInbound } from '../fixes/firewall-rule.ts';
import type { Fix } from '../fixes/fix.ts';
import { switchForwardingOn } from '../fixes/ip-forward.ts';
import { showFilters } from '../fixes/show-filters.ts';
import { count, list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { rulesAgainst, withRules } from './deep-rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { hostSources } from './host-sources.ts';
import { nodesNotForwarding } from './ip-forwarding-disabled.ts';
import { filterSite, kubeletConsequences, kubeletViews } from './kubelet-view.ts';
import { consequencesOf } from './overlay-consequences.ts';
import { ingressVerdict } from './policy-verdict.ts';
import { type ProviderView, providerConsequences, providerViews } from './provider-view.ts';

/**
 * A packet filter other than a NetworkPolicy drops what a node forwards to its pods: all of it, or metrics-server's
 * port only.
 *
 * Signature, all pods: the overlay's packets arrive and are unpacked (a burst ends after decapsulation), or
 * the opposite direction works, which a dead overlay would not allow; yet no pod on the node answers others.
 * Signature, one port: the pod answers its own node, other pods beside it answer from everywhere, and no
 * NetworkPolicy that selects it shuts the port. The filter may be a FORWARD rule of the host, or a policy of
 * the CNI's own kind (Calico GlobalNetworkPolicy, CiliumNetworkPolicy), which are not read.
 */
export const forwardedTrafficFiltered = defineCause({
  id: 'forwarded-traffic-filtered',
  title: 'A packet filter on a node drops what it forwards to pods',
  needs: ['reach', 'links'],
  wants: ['deep', 'networkPolicies', 'network', 'nodeFacts', 'nodes', 'providerPods'],
  bears: ['node-added', 'kernel', 'os-image', 'cni-image', 'provider-node'],
  infer(facts): Judgement {
    const all = wholeNodes(facts);
    if (all !== null) return all;
    return oneProvider(facts);
  },
  fromWords: spokenBy('forwarded-traffic-filtered', ({ nodes }) => [
    showFilters({
      nodes: nodes.length > 0 ? nodes : ['that node'],
      what: 'forwarded traffic',
      port: null,
    }),
  ]),
});

type Handed = { readonly reach: readonly ReachResult[]; readonly links: readonly Link[] } & Pick<
  Facts,
  'deep' | 'networkPolicies' | 'network' | 'nodeFacts' | 'nodes' | 'providerPods'
>;

/** Nodes whose pods nobody else reaches although the overlay's packets get there. */
function wholeNodes(facts: Handed): Judgement | null {
  const rows = facts.nodeFacts.state === 'known' ? facts.nodeFacts.value : [];
  const checksumsRead = new Set(
    rows.flatMap(({ node, listenerTcpInCsumErrors: bad }) =>
      bad.state === 'known' && bad.value === 0 ? [node] : [],
    ),
  );
  // Without forwarding nothing gets that far: `ip-forwarding-disabled`.
  const still = new Set(nodesNotForwarding(facts.nodeFacts));
  // With a shared address the packets end at the other machine, which has no such pod: see duplicate-node-ip.
  const shared = nodesSharingAddress(facts.nodes.state === 'known' ? facts.nodes.value : []);
  const links = facts.links.filter(({ nodes }) => !nodes.some((node) => shared.has(node)));
  const hit = links.flatMap((link) =>
    link.nodes.flatMap((to) => {
      if (still.has(to)) return [];
      const into = link.results.filter(
        (r) => r.to.node === to && r.from.kind === 'node' && isPodTarget(r),
      );
      const dead = into.filter((r) => r.check === 'tcp' && fails(r));
      const backWorks = link.results.some((r) => r.to.node !== to && r.check === 'tcp' && works(r));
      const unpacked = link.bursts.filter(
        ({ burst, stage }) => burst.to === to && isForwarding(stage, burst, facts),
      );
      // A wrong inner checksum dies after decapsulation, too, but lets ping through.
      if (link.icmp !== 'dead' && !checksumsRead.has(to)) return [];
      const toListener = dead.some((r) => r.to.kind === 'listener');
      if (into.some((r) => r.check === 'tcp' && works(r)) || !toListener) return [];
      if (unpacked.length === 0 && !backWorks) return [];
      // What drops forwarded packets drops those of every sender: where another node gets in, the counts misled.
      if (othersGetIn(to, facts.links)) return [];
      return [{ link, to, dead, unpacked: unpacked.map(({ burst }) => burst) }];
    }),
  );
  if (hit.length === 0) return null;
  const nodes = unique(hit.map(({ to }) => to));
  const unpacked = hit.flatMap((h) => h.unpacked);
  const dead = hit.flatMap((h) => h.dead);
  const common = {
    headline: `Traffic from other nodes reaches ${list(nodes)} and is dropped on its way to the pods there.`,
    where: {
      nodes,
      from: unique(dead.map(({ from }) => from.node)),
      to: nodes,
      layer: 'overlay',
      direction: 'into',
    },
    because: [...burstClaims(unpacked), ...pathClaims(dead)],
    explains: [...consequencesOf([...new Set(hit.map(({ link }) => link))], facts)],
    fixes: [showFilters({ nodes, what: 'all forwarded traffic', port: null })],
  } as const;
  const closed = notForwarding(nodes, facts);
  if (closed !== null) {
    return {
      kind: 'confirmed',
      ...common,
      headline: `${list(nodes)} ${nodes.length === 1 ? 'does' : 'do'} not forward packets at all (net.ipv4.ip_forward is 0), so pods there are cut off from other nodes.`,
      because: [...closed, ...common.because],
      fixes: [switchForwardingOn(nodes)],
    };
  }
  const rules = rulesAgainst(
    facts,
    ({ node, leg, packet, to }) =>
      leg === 'through' && packet === 'plain' && nodes.includes(node) && to.node === node,
  );
  if (unpacked.length > 0) return withRules({ kind: 'confirmed', ...common }, rules, null);
  const suspected: Judgement = {
    kind: 'suspected',
    ...common,
    settle: `On ${nodes[0] ?? 'the node'}: iptables -L FORWARD -vn --line-numbers, and look for the rule whose counter rises during a run.`,
  };
  return withRules(suspected, rules, null);
}

function othersGetIn(to: string, links: readonly Link[]): boolean {
  return links
    .flatMap(({ results }) => results)
    .some(
      (r) =>
        r.to.node === to &&
        r.from.kind === 'node' &&
        r.from.node !== to &&
        isPodTarget(r) &&
        r.check === 'tcp' &&
        works(r),
    );
}

/** Each of these nodes says that it forwards nothing; null where one forwards, or none was read. */
function notForwarding(nodes: readonly string[], { deep }: Handed): readonly Claim[] | null {
  const rows = (deep.state === 'known' ? deep.value : []).filter(({ node }) =>
    nodes.includes(node),
  );
  if (rows.length < nodes.length || rows.some(({ forwarding }) => forwarding !== false))
    return null;
  return rows.map(({ node }) => ({
    text: `on ${node} net.ipv4.ip_forward is 0: the kernel drops what is not for itself`,
    evidence: `deep:${node}`,
  }));
}

/** The packet came to the node and was on its way to the pod: out of the tunnel, or where there is none, in its IP layer. */
function isForwarding(
  stage: BurstStage,
  { receiver }: BurstResult,
  { network }: Pick<Facts, 'network'>,
): boolean {
  if (stage === 'after-decapsulation') return true;
  const plain =
    network.state === 'known' &&
    network.value.encapsulation === 'none' &&
    receiver.state === 'known' &&
    receiver.value.overlayDevice === null;
  return plain && stage === 'receiver-filter';
}

/** A metrics-server pod that alone is shut, without a NetworkPolicy that shuts it. */
function oneProvider(facts: Handed): Judgement {
  const views = providerViews(facts.reach, facts);
  const shut = views.filter(({ singledOut, atHome }) => singledOut.length > 0 && atHome);
  if (shut.length === 0) return outOfPods(facts);
  const policies = facts.networkPolicies;
  const mine = shut.filter(({ pod, port, singledOut }) => {
    if (pod.hostNetwork || policies.state === 'missing') return true;
    return singledOut.some(({ dead }) => {
      const sources = hostSources(dead.from.node, facts);
      const { verdict } = ingressVerdict(policies.value, { pod, port, sources });
      return verdict === 'no-policy' || verdict === 'allowed';
    });
  });
  const first = mine[0];
  if (first === undefined) return { kind: 'ruled-out', because: 'a NetworkPolicy shuts the port' };
  const nodes = unique(mine.map(({ node }) => node));
  const dead = mine.flatMap(({ singledOut }) => singledOut.map((s) => s.dead));
  const beside = mine.flatMap(({ singledOut }) => singledOut.map((s) => s.beside));
  const callers = unique(dead.flatMap(({ from }) => hostSources(from.node, facts)));
  const known = policies.state === 'known' || first.pod.hostNetwork;
  const noPolicy = known ? ', and no NetworkPolicy does it' : '';
  const common = {
    headline: `Port ${first.port}/tcp of metrics-server on ${list(nodes)} is shut to other nodes${noPolicy}.`,
    where: {
      nodes,
      from: unique(dead.map(({ from }) => from.node)),
      to: nodes,
      layer: first.pod.hostNetwork ? 'underlay' : 'overlay',
      direction: null,
    },
    because: [
      ...pathClaims(dead),
      ...pathClaims(beside.slice(0, 1), 'so the network between the nodes carries it'),
      { text: `its own node ${first.node} reaches it`, evidence: 'reach' },
    ],
    explains: [...providerConsequences(dead, facts.reach), ...scrapesLost(nodes, facts)],
    fixes: first.pod.hostNetwork
      ? openHostPort(nodes, first.port, facts)
      : [
          showFilters({
            nodes,
            what: `${first.port}/tcp`,
            port: first.port,
            pass: { from: callers, to: unique(dead.map(({ to }) => to.address)) },
          }),
        ],
  } as const;
  const rules = rulesAgainst(
    facts,
    ({ node, leg, to }) => to.kind === 'provider' && leg !== 'out' && nodes.includes(node),
  );
  const opening = {
    protocol: 'tcp',
    port: first.port,
    peers: callers,
    side: 'from',
    verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
  } as const;
  const whole = mine.every(
    (view) => isShutToAll(view, facts.reach) && isAllThatFails(view, facts.reach),
  );
  if (known && whole) return withRules({ kind: 'confirmed', ...common }, rules, opening);
  const suspected: Judgement = {
    kind: 'suspected',
    ...common,
    settle: known
      ? `Not all connections to ${first.port}/tcp fail, or others do, too: run the diagnosis again, and on ${first.node} look for a rule with its own sources (iptables -L -vn --line-numbers).`
      : `kubectl -n ${first.pod.namespace} get networkpolicies: one that selects ${first.pod.name} would explain it, too.`,
  };
  return withRules(suspected, rules, opening);
}

/**
 * A filter of the port takes every connection from other machines. Where one gets through, be it another check of
 * the same pair, it has sources of its own, or comes and goes.
 */
function isShutToAll(
  { pod, node, reachable }: ProviderView,
  reach: readonly ReachResult[],
): boolean {
  return (
    reachable.length === 0 &&
    !reach.some(
      (r) =>
        r.to.kind === 'provider' &&
        pod.podIps.includes(r.to.address) &&
        r.from.node !== node &&
        (r.check === 'tls' || r.check === 'https') &&
        works(r),
    )
  );
}

/**
 * A filter of one port leaves the rest of the pair alone. Where other connections between the two machines died as
 * well, packets may be lost of all kinds, and this port's among them.
 */
function isAllThatFails({ singledOut }: ProviderView, reach: readonly ReachResult[]): boolean {
  const pairs = new Set(singledOut.map(({ dead: { from, to } }) => `${from.node}>${to.node}`));
  return !reach.some(
    (r) =>
      r.from.kind === 'node' &&
      r.to.kind !== 'provider' &&
      // Pods of somebody else may have a policy of their own.
      r.to.kind !== 'pod' &&
      r.check !== 'icmp' &&
      r.check !== 'icmp-full' &&
      fails(r) &&
      pairs.has(`${r.from.node}>${r.to.node}`),
  );
}

/** On the host network the port is the node's own: INPUT decides, and no policy of the cluster does. */
function openHostPort(nodes: readonly string[], port: number, facts: Handed): readonly Fix[] {
  const from = (facts.nodes.state === 'known' ? facts.nodes.value : []).flatMap(({ internalIps }) =>
    internalIps.slice(0, 1),
  );
  if (from.length === 0) return [showFilters({ nodes, what: `${port}/tcp`, port })];
  const verify = ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'];
  const notes = [
    'metrics-server asks every caller for credentials; still, open it to the nodes only.',
  ];
  return [allowInbound({ nodes, protocol: 'tcp', port, from, verify, notes })];
}

/** Pods whose connections to kubelets of other nodes die at home: their host, behind the same address, gets through. */
function outOfPods(facts: Handed): Judgement {
  const views = kubeletViews(facts.reach, facts);
  const lost = views.filter(
    (view) =>
      view.from !== view.to && fails(view.scrape) && filterSite(view, views, facts) === 'home',
  );
  const [first] = lost;
  if (first === undefined) {
    return { kind: 'ruled-out', because: 'no pod is cut off beside others that answer' };
  }
  const nodes = unique(lost.map(({ from }) => from));
  const hosts = lost.flatMap(({ fromHost }) => fromHost ?? []);
  const rules = rulesAgainst(
    facts,
    ({ node, leg, from, to }) =>
      leg === 'through' && from.kind === 'pod' && to.kind === 'kubelet' && nodes.includes(node),
  );
  const suspected: Judgement = {
    kind: 'suspected',
    headline: `${list(nodes)} ${nodes.length === 1 ? 'drops' : 'drop'} what its pods send to kubelets of other nodes (${first.port}/tcp).`,
    where: {
      nodes,
      from: nodes,
      to: unique(lost.map(({ to }) => to)),
      layer: 'underlay',
      direction: 'out-of',
    },
    because: [
      ...pathClaims(lost.map(({ scrape }) => scrape)),
      ...pathClaims(hosts.slice(0, 1), 'from the host itself'),
    ],
    explains: scrapesLost(nodes, facts),
    fixes: [showFilters({ nodes, what: `${first.port}/tcp`, port: first.port })],
    settle: `On ${nodes[0] ?? 'the node'}: iptables -L FORWARD -vn --line-numbers, and look for the rule whose counter rises during a run.`,
  };
  const opening = {
    protocol: 'tcp',
    port: first.port,
    peers: unique(lost.map(({ scrape }) => scrape.to.address)),
    side: 'to',
    verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
  } as const;
  return withRules(suspected, rules, opening);
}

function scrapesLost(nodes: readonly string[], facts: Handed): readonly string[] {
  const views = kubeletViews(facts.reach, facts);
  const lost = views.filter(
    (view) =>
      nodes.includes(view.from) &&
      view.from !== view.to &&
      fails(view.scrape) &&
      filterSite(view, views, facts) === 'home',
  );
  return lost.length === 0 ? [] : kubeletConsequences(lost, views, facts.reach, facts);
}

function burstClaims(bursts: readonly BurstResult[]): Claim[] {
  return bursts
    .slice(0, 2)
    .map((burst) => ({ text: stageWords(burst, stageOf(burst)), evidence: burst.id }));
}

function pathClaims(paths: readonly ReachResult[], so = ''): Claim[] {
  const shown = paths.slice(0, 2).map((r) => ({
    text: `${r.check} from ${arrow(r)}: ${r.result.state === 'known' ? outcomeWords(r.result.value) : ''}${so === '' ? '' : `, ${so}`}`,
    evidence: r.id,
  }));
  const more = paths.length - shown.length;
  return more > 0
    ? [...shown, { text: `${count(more, 'more path')} the same`, evidence: paths[2]?.id ?? '' }]
    : shown;
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].toSorted();
}
