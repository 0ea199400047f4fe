import type {
  DeepFlow,
  DeepNodeFacts,
  NamedRule,
  RuleProof,
  SwallowingRule,
} from '../core/evidence/deep-results.ts';
import { known, missing, type Observed } from '../core/evidence/observed.ts';
import type { DeepAnswer, PlannedFlow } from './plan.ts';
import type { PodRun } from './run-pods.ts';

/** A rule has the packets when its counter rose by at least this share of them, above its usual rate. */
const RISEN_SHARE = 0.5;
/** Less says nothing, however few were sent. */
const FEWEST_PACKETS = 3;
/** A try that is dropped sends its SYN and, a second later, once more; one that is rejected sends one. */
const PACKETS_PER_TRY = 1;

/** What the deep Pods saw, joined with what was sent meanwhile. Missing, with the reason, where none answered. */
export function joinDeep(runs: readonly PodRun[]): Observed<readonly DeepNodeFacts[]> {
  const deep = runs.filter(({ plan }) => plan.deep !== undefined);
  if (deep.length === 0)
    return missing('not-attempted', 'nothing failed that deep mode could explain');
  const rows = deep.flatMap((run): readonly DeepNodeFacts[] => {
    const told = run.answer.state === 'known' ? run.answer.value.deep : undefined;
    return told?.state === 'known' ? [nodeRow(run, told.value, deep)] : [];
  });
  if (rows.length > 0) return known(rows, 'deep probes');
  const [first] = deep;
  const why =
    first === undefined
      ? undefined
      : first.answer.state === 'missing'
        ? first.answer
        : first.answer.value.deep;
  return why?.state === 'missing' ? why : missing('failed', 'no deep probe gave an answer');
}

function nodeRow({ plan }: PodRun, answer: DeepAnswer, all: readonly PodRun[]): DeepNodeFacts {
  const flows = plan.deep?.flows ?? [];
  return {
    node: plan.node,
    flows: answer.flows.flatMap(({ index, ...seen }): readonly DeepFlow[] => {
      const flow = flows[index];
      if (flow === undefined) return [];
      const aimed = aimedAt(flow, all);
      const { id, leg, packet, from, to, protocol } = flow;
      const by = swallowedBy(flow, { ...seen, aimed }, answer);
      return [{ id, node: plan.node, leg, packet, from, to, protocol, aimed, fate: seen.fate, by }];
    }),
    overlay: answer.overlay,
    underlay: answer.underlay,
    peers: answer.peers.flatMap(({ index, ...peer }) => {
      const node = plan.deep?.peers[index]?.node;
      return node === undefined ? [] : [{ node, ...peer }];
    }),
    routingRules: answer.routingRules,
    ownPodDevice: answer.ownPodDevice,
    conntrack: answer.conntrack,
    forwarding: answer.forwarding,
    rpFilter: answer.rpFilter,
    missing: answer.missing,
  };
}

/** Packets of this flow that its sender let go in the window. */
function aimedAt(flow: PlannedFlow, all: readonly PodRun[]): number {
  const sender = all.find(({ plan }) => plan.node === flow.from.node);
  const told = sender?.answer.state === 'known' ? sender.answer.value : null;
  if (sender === undefined || told === null) return 0;
  if (flow.window === 'bursts') {
    const rounds = new Set(
      (sender.plan.bursts?.sends ?? [])
        .filter(({ toNode }) => toNode === flow.to.node)
        .map(({ round }) => round),
    );
    return (told.bursts?.sends ?? [])
      .filter(({ round }) => rounds.has(round))
      .reduce((sum, { sent }) => sum + sent, 0);
  }
  const path = flow.id.slice(flow.id.indexOf(': ') + 2);
  const attempts = told.deep?.state === 'known' ? told.deep.value.attempts : [];
  return (sender.plan.deep?.tries ?? []).reduce(
    (sum, each, index) =>
      each.path === path ? sum + (attempts[index] ?? 0) * PACKETS_PER_TRY : sum,
    0,
  );
}

interface Seen {
  readonly fate: DeepFlow['fate'];
  readonly ends: readonly number[];
  readonly traced: DeepAnswer['flows'][number]['traced'];
  readonly aimed: number;
}

const STRENGTH: Readonly<Record<RuleProof, number>> = {
  traced: 0,
  counted: 1,
  listed: 2,
  possible: 3,
};

function swallowedBy(flow: PlannedFlow, seen: Seen, answer: DeepAnswer): readonly SwallowingRule[] {
  const rose = new Map(answer.risen.map((row) => [row.rule, row]));
  const found = new Map<number, SwallowingRule>();
  const add = (index: number, proof: RuleProof, packets: number | null): void => {
    const rule: NamedRule | undefined = answer.rules[index];
    const before = found.get(index);
    if (rule === undefined || (before !== undefined && STRENGTH[before.proof] <= STRENGTH[proof]))
      return;
    found.set(index, { rule, proof, packets });
  };
  for (const { rule, packets } of seen.traced) add(rule, 'traced', packets);
  for (const index of seen.ends) {
    const row = rose.get(index);
    const packets = row === undefined ? 0 : riseOf(row, flow.window, answer.windowsMs);
    if (seen.aimed > 0 && packets >= Math.max(FEWEST_PACKETS, seen.aimed * RISEN_SHARE)) {
      add(index, 'counted', Math.round(packets));
    } else if (!countsPackets(index, answer)) {
      add(index, seen.fate === 'ends' ? 'listed' : 'possible', null);
    }
  }
  return [...found.values()].toSorted((a, b) => STRENGTH[a.proof] - STRENGTH[b.proof]);
}

/** What rose in the window above what rises in a quiet one of the same length. */
function riseOf(
  row: DeepAnswer['risen'][number],
  window: PlannedFlow['window'],
  windowsMs: DeepAnswer['windowsMs'],
): number {
  const quietRate = windowsMs.quiet > 0 ? row.quiet / windowsMs.quiet : 0;
  return row[window] - quietRate * windowsMs[window];
}

/** A rule that counts and did not rise has swallowed nothing. */
function countsPackets(index: number, { counting }: DeepAnswer): boolean {
  return counting.includes(index);
}
