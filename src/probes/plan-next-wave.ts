import { stageOf } from '../core/evidence/burst-stage.ts';
import type { BurstResult, ReachResult } from '../core/evidence/probe-results.ts';
import type { NodeObject } from '../core/evidence/snapshot.ts';
import type { PlannedCheck, PodPlan } from './plan.ts';
import { planBursts } from './plan-bursts.ts';
import { type ListenerTarget, listenerChecks, underlayChecks } from './plan-checks.ts';
import {
  basePlan,
  type FirstWaveInput,
  providerTargets,
  splitPlan,
  waveDeadlineMs,
} from './plan-probes.ts';
import { blindKubelets, widenSample } from './widen-sample.ts';

export interface NextWaveInput extends FirstWaveInput {
  /** Number of the wave to plan, from 2. */
  readonly wave: number;
  /** All that is known so far. */
  readonly reach: readonly ReachResult[];
  readonly bursts: readonly BurstResult[];
  /** Nodes that the Metrics API leaves out. */
  readonly blindNodes: readonly string[];
}

/** After this wave the run gives its verdict with what it has. */
const LAST_WAVE = 2;
/** Nodes whose row and column are completed. */
const MAX_RED_NODES = 6;
/** Other nodes that each of them is tried with. */
const MAX_PEERS_PER_RED_NODE = 20;
/** More patient than the first time, where nothing is known of how late Pods start. */
const BURST_LEAD_MS = 3_500;
const MAX_BURST_NODES = 8;

/**
 * Drill-down: completes the rows and columns of nodes that a sample showed red over the overlay and asks nodes that
 * the sample left out, so that the report can name the pattern; repeats bursts for red pairs whose counters decided
 * nothing; tries the kubelets of nodes without metrics. Empty when there is nothing to learn.
 */
export function planNextWave(input: NextWaveInput): readonly PodPlan[] {
  if (input.wave > LAST_WAVE) return [];
  const red = redPairs(input.reach);
  const checks = joined([
    ...(red.length === 0
      ? []
      : [missingChecks(input, red), widenSample(input.nodes, input.reach, input.listeners)]),
    blindKubelets(
      providerTargets(input),
      input.nodes.filter(({ name }) => input.blindNodes.includes(name)),
      input.reach,
    ),
  ]);
  const burstNodes = nodesToBurst(input, red);
  const bursts = planBursts(
    burstNodes,
    input.now + (input.burstLeadMs ?? BURST_LEAD_MS),
    input.wave,
  );
  return input.nodes.flatMap((node) => {
    const own = input.listeners.find((listener) => listener.node === node.name);
    const plan = bursts.get(node.name) ?? null;
    const mine = checks.get(node.name) ?? [];
    if (mine.length === 0 && plan === null) return [];
    return splitPlan(
      {
        ...basePlan(node, { runId: input.runId, wave: input.wave }),
        kind: 'node',
        deadlineMs: waveDeadlineMs(plan, input.now),
        bursts: plan,
        ownListener:
          own === undefined || plan === null ? null : { address: own.address, port: own.port },
        nodeFacts: false,
      },
      mine,
    );
  });
}

function joined(
  parts: readonly ReadonlyMap<string, readonly PlannedCheck[]>[],
): ReadonlyMap<string, readonly PlannedCheck[]> {
  const all = new Map<string, readonly PlannedCheck[]>();
  for (const [node, checks] of parts.flatMap((part) => [...part])) {
    all.set(node, [...(all.get(node) ?? []), ...checks]);
  }
  return all;
}

interface Pair {
  readonly from: string;
  readonly to: string;
}

/** Pairs on which small TCP to a listener failed: the first sign of every overlay fault but MTU. */
function redPairs(reach: readonly ReachResult[]): readonly Pair[] {
  return reach
    .filter(
      ({ layer, check, to, result }) =>
        layer === 'overlay' &&
        to.kind === 'listener' &&
        (check === 'tcp' || check === 'tcp-full') &&
        result.state === 'known' &&
        result.value.outcome !== 'open',
    )
    .map(({ from, to }) => ({ from: from.node, to: to.node }));
}

/** Pairs of a red node that no listener check has covered yet, both ways. */
function missingChecks(
  input: NextWaveInput,
  red: readonly Pair[],
): ReadonlyMap<string, readonly PlannedCheck[]> {
  const known = new Set(input.reach.map(({ id }) => id));
  const byName = new Map(input.nodes.map((node) => [node.name, node]));
  const checks = new Map<string, readonly PlannedCheck[]>();
  const add = (from: string, to: string): void => {
    const source = byName.get(from);
    const target = byName.get(to);
    const listener = input.listeners.find(({ node }) => node === to);
    if (source === undefined || target === undefined || listener === undefined) return;
    const fresh = pairChecks(source, target, listener).filter(({ id }) => !known.has(id));
    for (const { id } of fresh) known.add(id);
    checks.set(from, [...(checks.get(from) ?? []), ...fresh]);
  };
  const peers = input.listeners.slice(0, MAX_PEERS_PER_RED_NODE).map(({ node }) => node);
  for (const node of reddest(red).slice(0, MAX_RED_NODES)) {
    for (const peer of peers.filter((name) => name !== node)) {
      add(node, peer);
      add(peer, node);
    }
  }
  return checks;
}

function pairChecks(
  from: NodeObject,
  to: NodeObject,
  listener: ListenerTarget,
): readonly PlannedCheck[] {
  return [...listenerChecks(from, listener), ...underlayChecks(from, to, ['tcp'])];
}

/** Nodes by how many red pairs they take part in. */
function reddest(red: readonly Pair[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of red.flatMap(({ from, to }) => [from, to]))
    counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
}

/** The ends of red pairs without usable counters; a ring of them gives each pair its turn. */
function nodesToBurst(input: NextWaveInput, red: readonly Pair[]): readonly ListenerTarget[] {
  const decided = new Set(
    input.bursts.flatMap((burst) => (isOpen(burst) ? [] : [`${burst.from}>${burst.to}`])),
  );
  const undecided = red.filter(({ from, to }) => !decided.has(`${from}>${to}`));
  const names = new Set(reddest(undecided).slice(0, MAX_BURST_NODES));
  return input.listeners.filter(({ node }) => names.has(node));
}

/** Noise or a late Pod left open where the datagrams ended, or whether a filter of the sender took them. */
function isOpen(burst: BurstResult): boolean {
  const stage = stageOf(burst);
  if (stage !== 'not-encapsulated') return stage === 'unclear';
  return burst.sender.state === 'known' && burst.sender.value.ipOutRequests === null;
}
