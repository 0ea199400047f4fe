import type { NetworkFacts } from '../core/evidence/facts.ts';
import { known, valueOr } from '../core/evidence/observed.ts';
import type { ProbeResults } from '../core/evidence/probe-results.ts';
import type { NodeObject, Snapshot } from '../core/evidence/snapshot.ts';
import { nodesWithoutMetrics } from '../core/report/symptoms.ts';
import type { ApiServerTarget } from '../probes/plan-checks.ts';
import { planDeepWave } from '../probes/plan-deep.ts';
import { planNextWave } from '../probes/plan-next-wave.ts';
import { type FirstWaveInput, type Planned, planFirstWave } from '../probes/plan-probes.ts';
import type { PodRun } from '../probes/run-pods.ts';
import type { EarlyFacts } from '../snapshot/read-snapshot.ts';
import type { RunTarget, RunWork } from './run-stages.ts';
import type { StageCluster } from './stage-cluster.ts';

const HTTPS_PORT = 443;
/** A Pod that starts so long before the first burst samples its background and sends in time. */
const EARLY_ENOUGH_MS = 1_000;
/** Of wave 2: the usual reason for a lost burst is a Pod that started late. */
const USUAL_LEAD_MS = 3_500;
const MAX_LEAD_MS = 10_000;

/** What a wave is planned from. */
export type WaveFacts = Pick<RunWork, 'listeners'> & {
  readonly snapshot: EarlyFacts;
  /** How long Pods take to start, as far as it is known. */
  readonly burstLeadMs?: number;
};

/** Wave 1, while the first look goes on. */
export function planFirst({ probe }: StageCluster, target: RunTarget, seen: WaveFacts): Planned {
  const localApi = !('state' in probe) && probe.localApiServiceAccount !== null;
  return planFirstWave(waveInput(target, seen, localApi));
}

/** Waves of drill-down, before deep mode. */
const LAST_PLAIN_WAVE = 2;

/**
 * Wave 2: rows and columns of nodes that wave 1 showed red. Then, where it is asked for, the deep one: both ends of
 * what fails, with the packet filter watched.
 */
export function planNext(
  target: RunTarget,
  work: RunWork,
  { probes, network }: { readonly probes: ProbeResults; readonly network: NetworkFacts | null },
): Planned {
  if (target.only !== undefined) return NOTHING;
  const { reach } = probes;
  const wave = work.waves.length + 1;
  const wentDeep = work.waves.some(({ runs }) => runs.some(({ plan }) => plan.deep !== undefined));
  if (wentDeep) return NOTHING;
  const drilled = wave > LAST_PLAIN_WAVE ? [] : drillDown(target, work, probes);
  if (drilled.length > 0 || target.deep === undefined) return { plans: drilled, notProbed: [] };
  const plans = planDeepWave({
    runId: target.runId,
    wave,
    now: Date.now(),
    nodes: valueOr(work.snapshot.nodes, []),
    listeners: work.listeners,
    reach,
    nodeFacts: probes.nodeFacts,
    network,
    trace: target.deep.trace,
  });
  return { plans, notProbed: [] };
}

const NOTHING: Planned = { plans: [], notProbed: [] };

function drillDown(
  target: RunTarget,
  work: RunWork,
  { reach, bursts }: Pick<ProbeResults, 'reach' | 'bursts'>,
): Planned['plans'] {
  const wave = work.waves.length + 1;
  return planNextWave({
    ...waveInput(target, work, false),
    ...leadAfter(work.waves.flatMap(({ runs }) => runs)),
    wave,
    reach,
    bursts,
    blindNodes: blindNodes(work.snapshot),
  });
}

/**
 * How long the next wave's bursts wait: as much longer as the last Pod of these was late, by its own node's clock,
 * which the bursts go by. Nothing where all were in time.
 */
export function leadAfter(runs: readonly PodRun[]): Pick<FirstWaveInput, 'burstLeadMs'> {
  const late = runs.flatMap(({ plan, answer }) =>
    plan.bursts === null || answer.state === 'missing'
      ? []
      : [answer.value.startedAt - plan.bursts.startAt],
  );
  const worst = Math.max(-Infinity, ...late);
  return worst <= -EARLY_ENOUGH_MS
    ? {}
    : { burstLeadMs: Math.min(USUAL_LEAD_MS + worst + EARLY_ENOUGH_MS, MAX_LEAD_MS) };
}

function blindNodes({ nodes, nodeMetrics, takenAt }: Snapshot): readonly string[] {
  return nodesWithoutMetrics({ nodes, nodeMetrics, takenAt: known(takenAt, 'snapshot') });
}

function waveInput(target: RunTarget, seen: WaveFacts, localApi: boolean): FirstWaveInput {
  const { snapshot, listeners, burstLeadMs } = seen;
  const nodes = valueOr(snapshot.nodes, []);
  return {
    runId: target.runId,
    now: Date.now(),
    nodes,
    apiServers: apiServerTargets(snapshot, nodes),
    providerPods: valueOr(snapshot.providerPods, []),
    providerPort: providerPort(snapshot),
    referencePods: valueOr(snapshot.referencePods, []),
    listeners: listeners.flatMap(({ target: at }) => at ?? []),
    localApi,
    wanted: target.nodes ?? [],
    ...(burstLeadMs === undefined ? {} : { burstLeadMs }),
    ...(target.only === undefined ? {} : { only: target.only }),
  };
}

/** The addresses that the cluster itself publishes for its API servers, where they are a node's own. */
export function apiServerTargets(
  snapshot: Pick<Snapshot, 'apiServers'>,
  nodes: readonly NodeObject[],
): readonly ApiServerTarget[] {
  return valueOr(snapshot.apiServers, []).flatMap(({ name, address }) => {
    const url = `https://${address.replace(/^\w+:\/\//, '')}`;
    if (!URL.canParse(url)) return [];
    const { hostname, port } = new URL(url);
    const ip = hostname.replace(/^\[|\]$/g, '');
    if (isLoopback(ip)) return []; // our end of a tunnel
    const node = nodes.find((each) => each.internalIps.includes(ip) || each.name === name);
    const own = node?.internalIps.includes(ip) === true;
    // An override (a tunnel, a load balancer) is our way in, not the cluster's: nodes do not dial it.
    if (node !== undefined && !own) return [];
    return [
      {
        name,
        node: node?.name ?? null,
        address: ip,
        port: port === '' ? HTTPS_PORT : Number(port),
      },
    ];
  });
}

function isLoopback(ip: string): boolean {
  return ip === 'localhost' || ip === '::1' || ip.startsWith('127.');
}

function providerPort({ endpoints }: EarlyFacts): number | null {
  return valueOr(endpoints, null)?.addresses[0]?.ports[0]?.port ?? null;
}
