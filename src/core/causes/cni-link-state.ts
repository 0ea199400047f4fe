import { type BurstStage, FILTER_STAGES, stageWords } from '../evidence/burst-stage.ts';
import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { overlayEntries } from '../evidence/overlay-entries.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { isPodTarget, outcomeOf, works } from '../evidence/paths.ts';
import type { NodeProbeFacts, ReachResult } from '../evidence/probe-results.ts';
import type { PodObject } from '../evidence/snapshot.ts';
import { isAiling, stateWords } from './agent-pods.ts';
import type { Claim } from './define-cause.ts';
import { routeTo } from './pod-routes.ts';

/** Ends of a burst that no packet filter makes: the overlay's own state is wrong. */
const OWN_STATE: ReadonlySet<BurstStage> = new Set([
  'no-socket',
  'not-decapsulated',
  'wrong-vtep-mac',
]);
/** Both ends must agree on it, so the burst does not tell which of them is wrong. */
const DISAGREEMENT: ReadonlySet<BurstStage> = new Set(['no-socket', 'not-decapsulated']);
/** `EHOSTUNREACH` after about 3.1 s is a neighbour that was asked for three times and never answered. */
const NEIGHBOUR_FAILED_MS = 2_500;

/** What one dead link says of the CNI's state at its ends. */
export interface LinkVerdict {
  readonly state: 'proven' | 'possible' | 'no';
  readonly nodes: readonly string[];
  readonly words: string;
  readonly claims: readonly Claim[];
}

type Handed = Pick<Facts, 'deep' | 'nodes' | 'nodeFacts' | 'network'>;

/** What the whole picture adds to a single link. */
export interface Picture {
  readonly ailing: readonly PodObject[];
  readonly mute: ReadonlySet<string>;
  /** Nodes that disagree with all the others (`oddNodes`); empty when it cannot be told. */
  readonly odd: ReadonlySet<string>;
  /** Whether a missing route can be the reason: no node reaches pods of another without one (`routesDecide`). */
  readonly routed: boolean;
}

/** Reads the state of the overlay off one dead link. */
export function judgeLink(
  link: Link,
  facts: Handed,
  { ailing, mute, odd, routed }: Picture,
): LinkVerdict {
  const wrong = link.bursts.filter(({ stage }) => OWN_STATE.has(stage));
  if (wrong.length > 0) {
    return {
      state: link.strong ? 'proven' : 'possible',
      nodes: blamed(wrong, odd),
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
      claims: stale.map(({ from, wrong: words }) => ({
        text: `on ${from} ${words ?? ''}`,
        evidence: `deep:${from}`,
      })),
    };
  }
  // A filter that the counters show is a better reason than an agent that looks unwell.
  if (link.bursts.some(({ stage }) => FILTER_STAGES.has(stage))) return NO;
  const routeless = routed ? withoutRoute(link, facts) : [];
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

/**
 * Nodes that send nothing to any of several peers although their agent is ready: losing every entry under a
 * ready agent is less likely than a filter on the way out, which `overlay-port-blocked` tells.
 */
export function muteNodes(
  links: readonly Link[],
  agents: readonly PodObject[],
): ReadonlySet<string> {
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

/** A wrong inner address is its sender's doing; of two ends that disagree the odd one, else both. */
function blamed(wrong: Link['bursts'], odd: ReadonlySet<string>): string[] {
  return unique(
    wrong.flatMap(({ burst: { from, to }, stage }) => {
      if (stage === 'wrong-vtep-mac') return [from];
      const known = [from, to].filter((node) => odd.has(node));
      return known.length === 1 ? known : [from, to];
    }),
  );
}

/**
 * Nodes that disagree with the others on the overlay's port or VNI: the fewest that touch every burst which found no
 * taker. Empty when two sets are equally few (two nodes, or halves).
 */
export function oddNodes(links: readonly Link[]): ReadonlySet<string> {
  const open = links
    .flatMap(({ bursts }) => bursts)
    .filter(({ stage }) => DISAGREEMENT.has(stage))
    .map(({ burst }) => [burst.from, burst.to] as const);
  const odd = new Set<string>();
  let left = open;
  while (left.length > 0) {
    const touches = new Map<string, number>();
    for (const node of left.flat()) touches.set(node, (touches.get(node) ?? 0) + 1);
    const [first, second] = [...touches].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    if (first === undefined || first[1] === second?.[1]) return new Set();
    odd.add(first[0]);
    left = left.filter((pair) => !pair.includes(first[0]));
  }
  return odd;
}

/**
 * Whether this cluster's nodes reach pods of others by routes in their main table: one has such a route, and none gets
 * through without. Otherwise the cloud's network carries pod addresses, or the CNI keeps its routes elsewhere, and what
 * that table lacks says nothing.
 */
export function routesDecide(
  links: readonly Link[],
  { nodeFacts }: Pick<Facts, 'nodeFacts'>,
): boolean {
  const rows = new Map(valueOr(nodeFacts, []).map((row) => [row.node, row.routes]));
  const ways = links
    .flatMap(({ results }) => results)
    .filter((r) => r.from.kind === 'node' && isPodTarget(r) && r.to.address !== '')
    .flatMap((r) => {
      const routes = rows.get(r.from.node) ?? [];
      return routes.length === 0 ? [] : [{ way: routeTo(routes, r.to.address), through: works(r) }];
    });
  return (
    ways.some(({ way }) => way === 'route') &&
    !ways.some(({ way, through }) => through && way === 'none')
  );
}

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

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].toSorted();
}
