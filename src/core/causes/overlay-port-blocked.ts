import { stageWords } from '../evidence/burst-stage.ts';
import type { Facts } from '../evidence/facts.ts';
import { type LinkPattern, patternOfLinks, patternWords } from '../evidence/link-pattern.ts';
import {
  networkSentence,
  nodesSharingAddress,
  overlayWords,
  tunnelEndpoint,
} from '../evidence/network-words.ts';
import { valueOr } from '../evidence/observed.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { fails, outcomeOf } from '../evidence/paths.ts';
import { openOverlayBetweenNodes } from '../fixes/open-between-nodes.ts';
import { openOverlay } from '../fixes/open-overlay.ts';
import { count } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { isSeen, withRules } from './deep-rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf } from './overlay-consequences.ts';
import {
  type Decided,
  endsElsewhere,
  FILTERED,
  headlineOf,
  lostWhere,
  type Site,
  siteOf,
  surely,
} from './overlay-filter-site.ts';
import { openingFor, overlayRules, siteByRules, VERIFY } from './overlay-rules.ts';

/**
 * Packets of the pod overlay are dropped between nodes: by a node's own filter, or by what is in between.
 *
 * Signature: between two nodes no pod address answers, for any protocol or size, in either direction, while
 * the machines reach each other at their own addresses; and a one-way burst ends at a filter: encapsulated
 * by the sender, not delivered by the receiver's IP layer. Without the burst it stays a suspicion, because a
 * dead agent, a missing route and a wrong tunnel end look alike from outside.
 * Look-alikes: ping passes (checksum, MTU); one pod only (policy); host addresses dead too (underlay).
 * Source: CAUSES of the founding incident, https://github.com/rancher/rke2/issues/8429
 */
export const overlayPortBlocked = defineCause({
  id: 'overlay-port-blocked',
  title: 'A packet filter drops the pod overlay between nodes',
  needs: ['links', 'nodes'],
  wants: ['deep', 'network', 'nodeFacts', 'platform', 'providerPods'],
  bears: [
    'node-added',
    'node-address',
    'kernel',
    'os-image',
    'cni-image',
    'helm-chart-config',
    'provider-node',
    'cni-config',
  ],
  infer(facts): Judgement {
    const { network } = facts;
    if (network.state === 'known' && network.value.encapsulation === 'none') {
      return { kind: 'ruled-out', because: 'this CNI sends pod packets without encapsulation' };
    }
    const { links } = facts;
    if (links.length === 0) {
      return { kind: 'unknown', missing: ['a path between two nodes over the pod network'] };
    }
    const silent = links.filter((link) => link.small === 'dead');
    if (silent.length === 0) {
      const worked = links.filter((link) => link.small === 'works').length;
      return worked === 0
        ? { kind: 'unknown', missing: ['an answer from a pod that is known to be alive'] }
        : {
            kind: 'ruled-out',
            because: `small packets pass between pods on all ${count(worked, 'pair')} of nodes tried`,
          };
    }
    const shared = nodesSharingAddress(facts.nodes);
    const own = silent.filter(({ nodes }) => !nodes.some((node) => shared.has(node)));
    if (own.length === 0) {
      return { kind: 'ruled-out', because: 'nodes share an address: see duplicate-node-ip' };
    }
    const dead = own.filter((link) => link.underlay !== 'dead');
    if (dead.length === 0) {
      return {
        kind: 'ruled-out',
        because: 'where pods do not answer, the machines do not reach each other either',
      };
    }
    return judgeDead(facts, links, dead);
  },
  fromWords: spokenBy('overlay-port-blocked', ({ facts, nodes }) => [
    openOverlayBetweenNodes(facts, nodes),
  ]),
});

type Handed = { readonly nodes: Extract<Facts['nodes'], { state: 'known' }>['value'] } & Pick<
  Facts,
  'deep' | 'network' | 'nodeFacts' | 'platform' | 'providerPods'
>;

function judgeDead(facts: Handed, links: readonly Link[], dead: readonly Link[]): Judgement {
  const rules = overlayRules(facts, dead);
  const isRuled = ({ nodes }: Link): boolean =>
    rules.some(
      (found) =>
        isSeen(found) && nodes.includes(found.flow.from.node) && nodes.includes(found.flow.to.node),
    );
  const decided = dead.map((link) => ({
    link,
    filtered: link.bursts.filter(({ stage }) => FILTERED.has(stage)),
    otherwise: endsElsewhere(link) && !isRuled(link),
  }));
  const filtered = decided.filter((d) => d.filtered.length > 0);
  const open = decided.filter((d) => d.filtered.length === 0 && !d.otherwise);
  const pattern = patternOfLinks(
    { links, broken: dead, alive: (link) => link.small === 'works' },
    { nodes: facts.nodes, nodeFacts: valueOr(facts.nodeFacts, []) },
  );
  if (filtered.length === 0 && open.length === 0) {
    return {
      kind: 'ruled-out',
      because: 'one-way bursts pass every filter and end later: see the other causes',
    };
  }
  const sure = surely(filtered.flatMap((d) => d.filtered));
  const proven = filtered.filter(
    (d) =>
      d.link.strong &&
      d.link.underlay === 'works' &&
      d.filtered.some((b) => sure.has(b)) &&
      publishesOwnAddress(d.link, facts.nodes),
  );
  // A rule that was seen to swallow the overlay's packets needs no other witness.
  proven.push(
    ...[...filtered, ...open].filter(
      (d) => d.link.strong && isRuled(d.link) && !proven.includes(d),
    ),
  );
  const confirmed = proven.length > 0;
  const cutters = new Set(siteOf(proven).nodes);
  // What is proven for some links of a node is the likeliest reason for its unproven rest.
  const rest = [...filtered, ...open].filter((d) => !proven.includes(d));
  const mine = confirmed
    ? [
        ...proven,
        ...rest.filter(({ link }) => cutters.size === 0 || link.nodes.some((n) => cutters.has(n))),
      ]
    : [...filtered, ...open];
  const site = siteByRules(siteOf(confirmed ? proven : filtered), rules);
  const overlay = overlayWords(facts.network);
  const because: Claim[] = [
    ...pathClaims(mine.map(({ link }) => link)),
    ...burstClaims(site.bursts),
    ...aliveClaims(mine.map(({ link }) => link)),
    { text: networkSentence(facts.network), evidence: 'network' },
  ];
  const common = {
    where: {
      nodes:
        site.nodes.length > 0
          ? site.nodes
          : pattern.kind === 'nodes'
            ? pattern.nodes
            : nodesOf(mine),
      from: site.from,
      to: site.to,
      layer: 'overlay',
      direction: site.direction,
    },
    because,
    explains: consequencesOf(
      mine.map(({ link }) => link),
      facts,
    ),
    fixes: openOverlay({
      ...facts,
      into: openings(
        site,
        mine.map(({ link }) => link),
        pattern,
        facts.nodes,
      ),
      verify: VERIFY,
    }),
  } as const;
  const opening = openingFor(site, rules, facts);
  if (confirmed) {
    const headline = headlineOf(withUnproven(site, mine), patternWords(pattern), overlay);
    return withRules({ kind: 'confirmed', headline, ...common }, rules, opening);
  }
  const suspected: Judgement = {
    kind: 'suspected',
    headline: `Overlay packets ${lostWhere(site, patternWords(pattern))} are lost (${overlay}).`,
    ...common,
    settle: settleOf(
      mine.map(({ link }) => link),
      facts,
    ),
  };
  return withRules(suspected, rules, opening);
}

/** For the sentence: a node into which one burst was proven cut, and to which no other pair works, is cut for all of them. */
function withUnproven(site: Site, mine: readonly Decided[]): Site {
  if (site.direction !== 'into') return site;
  const ends = mine
    .flatMap(({ link }) => (link.nodes.some((node) => site.to.includes(node)) ? link.nodes : []))
    .filter((node) => !site.to.includes(node));
  return { ...site, from: [...new Set([...site.from, ...ends])].toSorted() };
}

/** Overlay packets go where the CNI published; only then do the probes of host addresses speak for that path. */
function publishesOwnAddress({ nodes }: Link, objects: Handed['nodes']): boolean {
  return objects
    .filter(({ name }) => nodes.includes(name))
    .every((node) => {
      const endpoint = tunnelEndpoint(node);
      return endpoint === null || node.internalIps.includes(endpoint);
    });
}

/**
 * Which node must let whom in. Where a node is cut off as a whole, that is every node of the cluster, not just
 * those that were probed; for single pairs it is the other end.
 */
function openings(
  site: Site,
  links: readonly Link[],
  pattern: LinkPattern,
  nodes: Handed['nodes'],
): { node: string; from: string[] }[] {
  const peers = new Map<string, Set<string>>();
  const add = (node: string, peer: string): void => {
    peers.set(node, (peers.get(node) ?? new Set()).add(peer));
  };
  for (const { burst } of site.bursts) add(burst.to, burst.from);
  if (peers.size === 0) {
    for (const {
      nodes: [a, b],
    } of links) {
      add(a, b);
      add(b, a);
    }
  }
  const whole = pattern.kind === 'nodes' || pattern.kind === 'every';
  const all = nodes.filter(({ os }) => os !== 'windows').map(({ name }) => name);
  return [...peers]
    .map(([node, from]) => ({
      node,
      from: (whole ? all.filter((name) => name !== node) : [...from]).toSorted(),
    }))
    .toSorted((a, b) => (a.node < b.node ? -1 : 1));
}

function pathClaims(links: readonly Link[]): Claim[] {
  const dead = links.flatMap(({ results }) => results.filter(fails));
  const checks = unique(dead.map(({ check }) => check));
  const pods = new Set(dead.map(({ to }) => to.address)).size;
  const outcomes = unique(dead.map((r) => outcomeOf(r) ?? ''));
  const first = dead[0];
  if (first === undefined) return [];
  return [
    {
      text: `${count(dead.length, 'path')} to ${count(pods, 'pod')} on other nodes dead for every protocol and size tried (${checks.join(', ')}): ${outcomes.join(', ')}`,
      evidence: first.id,
    },
  ];
}

/** Claims for so many bursts; the others are said in numbers by the pattern. */
const SHOWN_BURSTS = 4;

function burstClaims(bursts: Site['bursts']): Claim[] {
  return bursts
    .slice(0, SHOWN_BURSTS)
    .map(({ burst, stage }) => ({ text: stageWords(burst, stage), evidence: burst.id }));
}

function aliveClaims(links: readonly Link[]): Claim[] {
  const sound = links.filter(({ underlay }) => underlay === 'works').length;
  if (sound === 0) return [];
  return [
    {
      text: `the machines themselves reach each other on ${sound === links.length ? 'all' : sound} of these ${count(links.length, 'pair')}`,
      evidence: 'reach',
    },
  ];
}

function settleOf(links: readonly Link[], { network }: Handed): string {
  const [a = 'one node', b = 'the other'] = links[0]?.nodes ?? [];
  const filter =
    network.state === 'known' && network.value.port !== null
      ? `udp port ${network.value.port}`
      : network.state === 'known' && network.value.encapsulation === 'ipip'
        ? 'ip proto 4'
        : 'udp';
  return `On ${a} and ${b} at once: tcpdump -ni any '${filter}'. Leaving one and not arriving at the other is a filter between them; arriving without an answer, the filter of the receiver (iptables -L INPUT -vn); leaving for a wrong address, or not at all, the sender's own state (bridge fdb show) or filter (iptables -L OUTPUT -vn).`;
}

function nodesOf(decided: readonly { readonly link: Link }[]): string[] {
  return unique(decided.flatMap(({ link }) => link.nodes));
}

function unique<T extends string>(items: readonly T[]): T[] {
  return [...new Set(items)].toSorted();
}
