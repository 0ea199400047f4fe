import type { BurstStage } from '../evidence/burst-stage.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Facts } from '../evidence/facts.ts';
import { type LinkPattern, patternOfLinks } from '../evidence/link-pattern.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { isRefused, isSilent, outcomeOf, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import { conditionSentence } from './condition.ts';
import { count, list } from './words.ts';

/** What is broken, in a few sentences: the shape of the dead paths, the direction, the ground below, the condition. */
export function patternOf(_evidence: Evidence, facts: Facts): readonly string[] {
  const links = facts.links.state === 'known' ? facts.links.value : [];
  const reach = facts.reach.state === 'known' ? facts.reach.value : [];
  const overlay = overlaySentences(links);
  const broken = links.some(isBroken);
  return [
    ...overlay,
    ...(broken ? directionSentences(links) : []),
    ...(broken ? underlaySentences(reach) : []),
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

function overlaySentences(links: readonly Link[]): readonly string[] {
  if (links.length === 0) return [];
  const told = LEVELS.flatMap(({ dead, alive, how }) => {
    const pattern = patternOfLinks(links, links.filter(dead), alive);
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
      const rest = pattern.others.length > 1 ? `; between ${list(pattern.others)} it works` : '';
      return `No pair with ${list(pattern.nodes)} works over the pod network, ${how}${rest}.`;
    }
    case 'groups':
      return `The nodes fall into ${pattern.groups.length} groups that do not reach each other's pods, ${how}: ${pattern.groups.map((group) => `{${list(group)}}`).join(', ')}.`;
    case 'pairs':
      return `Between ${list(pattern.pairs.map(([a, b]) => `${a} and ${b}`))} the pod network does not work, ${how}.`;
  }
}

const DIRECTION_WORDS: Partial<Record<BurstStage, (from: string, to: string) => string>> = {
  'receiver-filter': (_from, to) => `packets into ${to} reach the network card and die there`,
  'receiver-before-ip': (_from, to) =>
    `packets into ${to} reach the network card and not the IP layer`,
  'before-receiver': (_from, to) =>
    `packets into ${to} leave their senders and never reach the network card`,
  'held-by-sender': (from) => `packets out of ${from} never leave the network card`,
  'sender-filter': (from) => `packets out of ${from} die in its own filter`,
  'not-encapsulated': (from) => `${from} does not put packets into the overlay`,
  'bad-checksum': (_from, to) => `packets into ${to} arrive with bad checksums`,
  'no-socket': (_from, to) => `packets into ${to} find no socket for the overlay's port`,
  'not-decapsulated': (_from, to) =>
    `packets into ${to} arrive and belong to another virtual network`,
  'wrong-vtep-mac': (from) => `packets of ${from} are addressed to the wrong overlay device`,
  'after-decapsulation': (_from, to) =>
    `packets into ${to} are unpacked there and do not reach its pods`,
};

/** Stages that are the sender's doing. */
const BY_SENDER: ReadonlySet<BurstStage> = new Set([
  'held-by-sender',
  'not-encapsulated',
  'sender-filter',
  'wrong-vtep-mac',
]);

function directionSentences(links: readonly Link[]): readonly string[] {
  const ended = links.flatMap(({ bursts }) => bursts);
  const byStage = new Map<BurstStage, { from: Set<string>; to: Set<string> }>();
  for (const { burst, stage } of ended) {
    const entry = byStage.get(stage) ?? { from: new Set<string>(), to: new Set<string>() };
    entry.from.add(burst.from);
    entry.to.add(burst.to);
    byStage.set(stage, entry);
  }
  const parts = [...byStage].flatMap(([stage, { from, to }]) => {
    const words = DIRECTION_WORDS[stage];
    if (words === undefined) return [];
    const sorted = (nodes: ReadonlySet<string>): string => list([...nodes].toSorted());
    const who = BY_SENDER.has(stage) ? words(sorted(from), '') : words('', sorted(to));
    return [who];
  });
  return parts.length === 0
    ? []
    : [`Counters on both ends give the direction: ${list(parts.toSorted())}.`];
}

/** `The machines themselves see each other: 10250/tcp and 6443/tcp are open on all pairs.` */
function underlaySentences(reach: readonly ReachResult[]): readonly string[] {
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
  const where = [...new Set(shut.map((r) => `${r.to.node}:${r.to.port ?? ''}`))].toSorted();
  return [
    `Between the machines themselves ${shut.length} of ${count(tried.length, 'connection')} failed, to ${list(where)}.`,
  ];
}
