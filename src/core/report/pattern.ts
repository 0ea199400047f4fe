import type { BurstStage } from '../evidence/burst-stage.ts';
import { describeNodes, describePairs } from '../evidence/describe-pairs.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Facts } from '../evidence/facts.ts';
import { type LinkPattern, patternOfLinks } from '../evidence/link-pattern.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { type PairDescription } from '../evidence/pair-candidates.ts';
import { knowledgeOf, type NodeKnowledge } from '../evidence/pair-views.ts';
import { isRefused, isSilent, outcomeOf, works } from '../evidence/paths.ts';
import type { BurstResult, ReachResult } from '../evidence/probe-results.ts';
import { conditionSentence } from './condition.ts';
import { nodesWithoutMetrics } from './symptoms.ts';
import { count, list } from './words.ts';

/** What is broken, in a few sentences: the shape of the dead paths, the direction, the ground below, the condition. */
export function patternOf(_evidence: Evidence, facts: Facts): readonly string[] {
  const links = facts.links.state === 'known' ? facts.links.value : [];
  const reach = facts.reach.state === 'known' ? facts.reach.value : [];
  const known = knowledgeOf(facts);
  const overlay = overlaySentences(links, known);
  const broken = links.some(isBroken);
  return [
    ...overlay,
    ...(broken ? directionSentences(links, known) : []),
    ...(broken ? underlaySentences(reach, known) : []),
    ...blindNodesSentences(facts, known),
    ...conditionSentence(facts),
  ];
}

function isBroken(link: Link): boolean {
  return link.small === 'dead' || link.tcp === 'dead' || link.full === 'dead';
}

interface Level {
  readonly dead: (link: Link) => boolean;
  readonly alive: (link: Link) => boolean;
  readonly how: string;
}

/** From the worst down; a link is told at the first level that it fits. */
const LEVELS: readonly Level[] = [
  {
    dead: (l) => l.small === 'dead',
    alive: (l) => l.small === 'works',
    how: 'for any protocol or size',
  },
  {
    dead: (l) => l.small !== 'dead' && l.tcp === 'dead',
    alive: (l) => l.tcp === 'works',
    how: 'for TCP, though ping passes',
  },
  {
    dead: (l) => l.tcp !== 'dead' && l.full === 'dead',
    alive: (l) => l.full === 'works',
    how: 'for full-size packets, though small ones pass',
  },
];

function overlaySentences(links: readonly Link[], known: NodeKnowledge): readonly string[] {
  if (links.length === 0) return [];
  const told = LEVELS.flatMap(({ dead, alive, how }) => {
    const pattern = patternOfLinks({ links, broken: links.filter(dead), alive }, known);
    const sentence = shapeSentence(pattern, how);
    return sentence === null ? [] : [sentence];
  });
  if (told.length > 0) return told;
  const working = links.filter(({ small }) => small === 'works').length;
  if (working === 0) return [];
  const full = links.filter((link) => link.full === 'works').length;
  const sizes = full === working ? ', for small and for full-size packets' : '';
  return [
    `${working === links.length ? `All ${count(working, 'pair')}` : `${working} of ${count(links.length, 'pair')}`} of nodes tried reach each other's pods${sizes}.`,
  ];
}

function shapeSentence(pattern: LinkPattern, how: string): string | null {
  switch (pattern.kind) {
    case 'none':
      return null;
    case 'every':
      return `No pair of the ${pattern.nodes.length} nodes probed works over the pod network, ${how}.`;
    case 'nodes': {
      if (!pattern.described.named) return traitSentence(pattern.described, how);
      const rest = pattern.others.length > 1 ? `; between ${list(pattern.others)} it works` : '';
      return `No pair with ${list(pattern.nodes)} works over the pod network, ${how}${rest}.`;
    }
    case 'shape':
      return traitSentence(pattern.described, how);
    case 'groups':
      return `The nodes fall into ${pattern.groups.length} groups that do not reach each other's pods, ${how}: ${pattern.groups.map((group) => `{${list(group)}}`).join(', ')}.`;
    case 'pairs':
      return `Between ${list(pattern.pairs.map(([a, b]) => `${a} and ${b}`))} the pod network does not work, ${how}.`;
  }
}

/** `Between zone a and zone b no pair works …: all 12 tried fail, the 30 others work.` */
function traitSentence(described: PairDescription, how: string): string {
  const { words, nodes, also, failed, worked } = described;
  const named = nodes.length === 0 ? '' : ` (${list(nodes)})`;
  const others =
    worked === 0 ? '' : `, the ${worked === 1 ? 'other one works' : `${worked} others work`}`;
  const tried = failed === 1 ? 'the one tried fails' : `all ${failed} tried fail`;
  const same = also.length === 0 ? '' : ` The same holds ${list(also)}: they are the same nodes.`;
  return `${capital(words)}${named} no pair works over the pod network, ${how}: ${tried}${others}.${same}`;
}

/** What became of packets that went this way: `into prod01`, `from prod02 to prod01`. */
const STAGE_ENDS: Partial<Record<BurstStage, string>> = {
  'receiver-filter': 'reach the network card and die there',
  'receiver-before-ip': 'reach the network card and not the IP layer',
  'before-receiver': 'leave their senders and never reach the network card',
  'held-by-sender': 'never leave the network card',
  'sender-filter': "die in the sender's own filter",
  'not-encapsulated': 'are not put into the overlay',
  'bad-checksum': 'arrive with bad checksums',
  'no-socket': "find no socket for the overlay's port",
  'not-decapsulated': 'arrive and belong to another virtual network',
  'wrong-vtep-mac': 'are addressed to the wrong overlay device',
  'after-decapsulation': 'are unpacked there and do not reach the pods',
};

/** Bursts are one-way: what ended at a stage, against all that arrived. */
function directionSentences(links: readonly Link[], known: NodeKnowledge): readonly string[] {
  const ended = links.flatMap(({ bursts }) => bursts);
  const pair = ({ from, to }: BurstResult, fails: boolean) => ({ from, to, fails });
  const arrived = ended
    .filter(({ stage }) => stage === 'arrives')
    .map(({ burst }) => pair(burst, false));
  const parts = [...new Set(ended.map(({ stage }) => stage))].flatMap((stage) => {
    const end = STAGE_ENDS[stage];
    if (end === undefined) return [];
    const lost = ended.filter((each) => each.stage === stage).map(({ burst }) => pair(burst, true));
    const described = describePairs([...lost, ...arrived], known, { ordered: true });
    return described.kind === 'none' ? [] : [`packets ${described.words} ${end}`];
  });
  return parts.length === 0
    ? []
    : [`Counters on both ends give the direction: ${list(parts.toSorted())}.`];
}

/** Said where the nodes without metrics are just those of one kernel, zone, role… */
function blindNodesSentences(facts: Facts, known: NodeKnowledge): readonly string[] {
  const blind = nodesWithoutMetrics(facts);
  if (blind.length < 2 || facts.nodeMetrics.state === 'missing') return [];
  const words = describeNodes(blind, facts.nodeMetrics.value, known);
  if (words === null) return [];
  return [`The ${blind.length} nodes without metrics are exactly the ${words}.`];
}

/** `The machines themselves see each other: 10250/tcp and 6443/tcp are open on all pairs.` */
function underlaySentences(reach: readonly ReachResult[], known: NodeKnowledge): readonly string[] {
  const tried = reach.filter(
    (r) =>
      r.layer === 'underlay' &&
      r.check === 'tcp' &&
      r.from.kind === 'node' &&
      outcomeOf(r) !== null,
  );
  if (tried.length === 0) return [];
  const ports = [...new Set(tried.map((r) => r.to.port))].toSorted((a, b) => (b ?? 0) - (a ?? 0));
  const open = ports.filter((port) => tried.every((r) => r.to.port !== port || works(r)));
  const words = (some: readonly (number | null)[]): string =>
    list(some.map((port) => `${port ?? 0}/tcp`));
  if (open.length === ports.length) {
    return [
      `The machines themselves see each other: ${words(open)} ${open.length === 1 ? 'is' : 'are'} open on all pairs tried.`,
    ];
  }
  const shut = tried.filter((r) => isSilent(r) || isRefused(r));
  const where = ports.flatMap((port) => {
    const pairs = tried
      .filter((r) => r.to.port === port && (works(r) || shut.includes(r)))
      .map((r) => ({ from: r.from.node, to: r.to.node, fails: shut.includes(r) }));
    const described = describePairs(pairs, known, { ordered: true });
    return described.kind === 'none' ? [] : [`${port ?? 0}/tcp ${described.words}`];
  });
  return [
    `Between the machines themselves ${shut.length} of ${count(tried.length, 'connection')} failed: ${list(where)}.`,
  ];
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
