import { describePairs } from '../core/evidence/describe-pairs.ts';
import type { ReachResult } from '../core/evidence/probe-results.ts';
import type { NodeObject } from '../core/evidence/snapshot.ts';
import { eligibleNodes, hash } from './eligible-nodes.ts';
import type { PlannedCheck } from './plan.ts';
import {
  kubeletChecks,
  type ListenerTarget,
  listenerChecks,
  nodeSource,
  type ProviderTarget,
} from './plan-checks.ts';

/** As many again as a sample holds. */
const MAX_WIDENED_NODES = 24;
/** One connect each, from one Pod: bounded by what fits its answer. */
const MAX_KUBELETS = 40;
/** A node that reaches one sound listener is not cut off; two guard against one that dies meanwhile. */
const LISTENERS_PER_NODE = 2;

type Checks = ReadonlyMap<string, readonly PlannedCheck[]>;

/**
 * Nodes that the sample left out, each tried with a sound listener and a red one: whether they fail, too, tells
 * what the failing nodes have in common. Half of them are like the red nodes as far as that is known by now.
 */
export function widenSample(
  nodes: readonly NodeObject[],
  reach: readonly ReachResult[],
  listeners: readonly ListenerTarget[],
): Checks {
  const seen = new Set(reach.map(({ from }) => from.node));
  const left = eligibleNodes(nodes).chosen.filter(({ name }) => !seen.has(name));
  if (left.length === 0) return new Map();
  const tried = reach
    .filter(
      ({ layer, check, to }) => layer === 'overlay' && check === 'tcp' && to.kind === 'listener',
    )
    .flatMap(({ from, to, result }) =>
      result.state === 'known'
        ? [{ from: from.node, to: to.node, fails: result.value.outcome !== 'open' }]
        : [],
    );
  const red = describePairs(tried, { nodes }, { ordered: false });
  const lost = (name: string): number =>
    tried.filter(({ from, to, fails }) => fails && (from === name || to === name)).length;
  const byHealth = listeners.toSorted((a, b) => lost(a.node) - lost(b.node));
  const targets = [...byHealth.slice(0, LISTENERS_PER_NODE), ...byHealth.slice(-1)];
  const [sound] = byHealth;
  // A description is a statement on nodes that were not tried yet: the first thing to test.
  const alike = left.filter(({ name }) => sound !== undefined && red.holds(name, sound.node));
  const unlike = left.filter((node) => !alike.includes(node));
  return new Map(
    halfOfEach(alike, unlike).map((node) => [
      node.name,
      [...new Set(targets)].flatMap((listener) =>
        listenerChecks(node, listener).filter(({ check }) => check === 'tcp' || check === 'icmp'),
      ),
    ]),
  );
}

function halfOfEach(
  alike: readonly NodeObject[],
  unlike: readonly NodeObject[],
): readonly NodeObject[] {
  const spread = (nodes: readonly NodeObject[]): readonly NodeObject[] =>
    nodes.toSorted((a, b) => hash(a.name) - hash(b.name));
  const half = MAX_WIDENED_NODES / 2;
  const few = Math.min(half, unlike.length);
  const some = spread(alike).slice(0, MAX_WIDENED_NODES - few);
  return [...some, ...spread(unlike).slice(0, MAX_WIDENED_NODES - some.length)];
}

/** Kubelets that lack metrics and that nobody tried, from where metrics-server runs. */
export function blindKubelets(
  providers: readonly ProviderTarget[],
  blind: readonly NodeObject[],
  reach: readonly ReachResult[],
): Checks {
  const known = new Set(reach.map(({ id }) => id));
  return new Map(
    [...new Set(providers.map(({ node }) => node))].map((from) => [
      from,
      blind
        .filter(({ name }) => name !== from)
        .flatMap((node) => kubeletChecks(nodeSource({ name: from }), node, ['tcp']))
        .filter(({ id }) => !known.has(id))
        .slice(0, MAX_KUBELETS),
    ]),
  );
}
