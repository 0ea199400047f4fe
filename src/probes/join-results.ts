import { known, type Missing, missing, type Observed } from '../core/evidence/observed.ts';
import type {
  NodeProbeFacts,
  ProbeResults,
  ReachAnswer,
  ReachResult,
} from '../core/evidence/probe-results.ts';
import { joinBursts } from './join-bursts.ts';
import { joinDeep } from './join-deep.ts';
import type { CheckResult, ListenerAnswer, NodeFactsAnswer, PlannedCheck } from './plan.ts';
import type { PodRun } from './run-pods.ts';
import type { ListenerState } from './start-listeners.ts';

export interface JoinInput {
  readonly listeners: readonly ListenerState[];
  /** Node Pods of all waves so far, in the order of the waves. */
  readonly runs: readonly PodRun[];
  /** Whether deep mode was asked for; missing where it may not run. */
  readonly deep?: Missing | 'asked' | null;
  /** What planning left out, from every planner call. */
  readonly notProbed: readonly string[];
}

/** Plans and answers, put together: what the core reads. */
export function joinResults(input: JoinInput): ProbeResults {
  const { listeners, runs, notProbed } = input;
  return {
    ran: ranOf(input),
    pods: [...listeners.map(({ outcome }) => outcome), ...runs.map(({ outcome }) => outcome)],
    reach: latestOnly([
      ...listeners.flatMap((listener) => listenerReach(listener, runs)),
      ...runs.flatMap(nodeReach),
    ]),
    bursts: joinBurstsOfWaves(runs),
    nodeFacts: nodeFactsOf(runs),
    ...deepOf(input),
    localApi: runs.flatMap(({ plan, answer }) =>
      plan.localApi
        ? [{ node: plan.node, answer: answer.state === 'known' ? answer.value.localApi : answer }]
        : [],
    ),
    notProbed: [...new Set([...notProbed, ...cutOf(runs)])],
  };
}

function deepOf({ deep, runs }: JoinInput): Pick<ProbeResults, 'deep'> {
  if (deep === undefined || deep === null) return {};
  return { deep: deep === 'asked' ? joinDeep(runs) : deep };
}

/** Probes that were not run at all, and why. */
export function noProbes(why: Missing): ProbeResults {
  return { ran: why, pods: [], reach: [], bursts: [], nodeFacts: [], localApi: [], notProbed: [] };
}

function ranOf({ listeners, runs }: JoinInput): ProbeResults['ran'] {
  const answered = runs.filter(({ answer }) => answer.state === 'known');
  const all = [...listeners.map(({ outcome }) => outcome), ...runs.map(({ outcome }) => outcome)];
  if (answered.length > 0) {
    const waves = new Set(runs.map(({ plan }) => plan.wave)).size;
    return known(
      { waves, pods: all.filter(({ outcome }) => outcome === 'ok').length },
      'probe Pods',
    );
  }
  const first = all.find(({ outcome }) => outcome !== 'ok');
  if (first === undefined) return missing('no-node-to-run-on', 'no node could run a probe Pod');
  const reason = all.every(({ outcome }) => outcome === 'forbidden') ? 'forbidden' : 'failed';
  return missing(reason, `no probe Pod answered; on ${first.node}: ${first.detail}`);
}

function nodeReach({ plan, answer }: PodRun): readonly ReachResult[] {
  const results = answer.state === 'known' ? answer.value.checks : [];
  return plan.checks.map((check, index) =>
    toReach(check, answer.state === 'known' ? resultAt(results, index) : answer, {
      wave: plan.wave,
      source: `probe on ${plan.node}`,
    }),
  );
}

/** A listener's results come home in the message of its own node's Pod; the last wave's are the fullest. */
function listenerReach(
  { plan, outcome }: ListenerState,
  runs: readonly PodRun[],
): readonly ReachResult[] {
  const told = toldByListener(plan.node, runs);
  const absent =
    outcome.outcome === 'ok'
      ? told
      : missing('failed', `listener on ${plan.node}: ${outcome.detail || outcome.outcome}`);
  return plan.checks.map((check, index) =>
    toReach(
      check,
      told.state === 'known' ? resultAt(told.value.checks, index) : (absent as Missing),
      { wave: 1, source: `listener on ${plan.node}` },
    ),
  );
}

function toldByListener(node: string, runs: readonly PodRun[]): Observed<ListenerAnswer> {
  const answers = runs
    .filter(({ plan }) => plan.node === node && plan.ownListener !== null)
    .map(({ answer }) => (answer.state === 'known' ? answer.value.listener : answer));
  return (
    answers.findLast(({ state }) => state === 'known') ??
    answers.at(-1) ??
    missing('not-attempted', `no probe Pod on ${node} asked its listener`)
  );
}

function resultAt(
  results: readonly { readonly index: number; readonly result: CheckResult }[],
  index: number,
): CheckResult {
  return (
    results.find((candidate) => candidate.index === index)?.result ?? {
      state: 'missing',
      reason: 'timed-out',
      detail: 'the probe ran out of time or space',
    }
  );
}

function toReach(
  check: PlannedCheck,
  result: CheckResult | Missing,
  { wave, source }: { readonly wave: number; readonly source: string },
): ReachResult {
  const { id, from, to, layer } = check;
  const observed: Observed<ReachAnswer> =
    result.state === 'answered'
      ? known(result.answer, source)
      : missing(result.reason, result.detail);
  return { id, from, to, layer, check: check.check, result: observed, wave };
}

/** A later wave may repeat a check: an answer replaces an absence, and a newer answer an older one. */
function latestOnly(results: readonly ReachResult[]): readonly ReachResult[] {
  const byId = new Map<string, ReachResult>();
  for (const result of results) {
    const before = byId.get(result.id);
    if (
      before === undefined ||
      result.result.state === 'known' ||
      before.result.state === 'missing'
    ) {
      byId.set(result.id, result);
    }
  }
  return [...byId.values()];
}

/** Each wave is joined on its own (its rounds share a clock reading); a later usable result replaces an earlier one. */
function joinBurstsOfWaves(runs: readonly PodRun[]): ProbeResults['bursts'] {
  const waves = [...new Set(runs.map(({ plan }) => plan.wave))].sort((a, b) => a - b);
  const byId = new Map<string, ProbeResults['bursts'][number]>();
  for (const wave of waves) {
    for (const burst of joinBursts(runs.filter(({ plan }) => plan.wave === wave))) {
      const before = byId.get(burst.id);
      const usable = burst.receiver.state === 'known' && burst.receiver.value.ipInReceives !== null;
      if (before === undefined || usable) byId.set(burst.id, burst);
    }
  }
  return [...byId.values()];
}

function nodeFactsOf(runs: readonly PodRun[]): readonly NodeProbeFacts[] {
  const byNode = new Map<string, NodeFactsAnswer[]>();
  for (const { plan, answer } of runs) {
    if (answer.state === 'missing' || answer.value.facts.state === 'missing') continue;
    byNode.set(plan.node, [...(byNode.get(plan.node) ?? []), answer.value.facts.value]);
  }
  return [...byNode].flatMap(([node, waves]) => {
    const last = waves.at(-1);
    if (last === undefined) return [];
    const { devices, udpPorts, routes, cgroup, kernel } = last;
    return [
      {
        node,
        devices,
        udpPorts,
        routes,
        udpInCsumErrors: total(waves.map(({ udpInCsumErrors }) => udpInCsumErrors)),
        tcpInCsumErrors: total(waves.map(({ tcpInCsumErrors }) => tcpInCsumErrors)),
        cgroup,
        ...(kernel === undefined ? {} : { kernel }),
        listenerTcpInCsumErrors: listenerChecksumErrors(node, runs),
      },
    ];
  });
}

function listenerChecksumErrors(node: string, runs: readonly PodRun[]): Observed<number> {
  const told = toldByListener(node, runs);
  if (told.state === 'missing') return told;
  const { tcpInCsumErrors } = told.value;
  return tcpInCsumErrors === null
    ? missing('failed', `the listener on ${node} cannot read its counters`)
    : known(tcpInCsumErrors, `listener on ${node}`);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Only cuts that cost evidence are worth a sentence. */
const HARMLESS_CUTS = new Set([
  'details',
  'every second sample',
  'certificate names',
  'local API body',
  'routes',
  'udp ports',
  'devices without address',
]);

function cutOf(runs: readonly PodRun[]): readonly string[] {
  return runs.flatMap(({ plan, answer }) =>
    answer.state === 'missing'
      ? []
      : answer.value.cut
          .filter((what) => !HARMLESS_CUTS.has(what))
          .map((what) => `${what} of ${plan.node}: did not fit the probe's 4,096 bytes`),
  );
}
