import { known, valueOr } from '../core/evidence/observed.ts';
import type { NodeObject, Snapshot } from '../core/evidence/snapshot.ts';
import { nodesWithoutMetrics } from '../core/report/symptoms.ts';
import { joinResults } from '../probes/join-results.ts';
import type { ApiServerTarget } from '../probes/plan-checks.ts';
import { planNextWave } from '../probes/plan-next-wave.ts';
import { type FirstWaveInput, type Planned, planFirstWave } from '../probes/plan-probes.ts';
import type { EarlyFacts } from '../snapshot/read-snapshot.ts';
import type { RunTarget, RunWork } from './run-stages.ts';
import type { StageCluster } from './stage-cluster.ts';

const HTTPS_PORT = 443;

/** What a wave is planned from. */
export type WaveFacts = Pick<RunWork, 'listeners'> & {
  readonly snapshot: EarlyFacts;
};

/** Wave 1, while the first look goes on. */
export function planFirst({ probe }: StageCluster, target: RunTarget, seen: WaveFacts): Planned {
  const localApi = !('state' in probe) && probe.localApiServiceAccount !== null;
  return planFirstWave(waveInput(target, seen, localApi));
}

/** Wave 2: rows and columns of nodes that wave 1 showed red. */
export function planNext(target: RunTarget, work: RunWork): Planned {
  const { reach, bursts } = joinResults({
    listeners: work.listeners,
    runs: work.waves.flatMap(({ runs }) => runs),
    notProbed: [],
  });
  const wave = work.waves.length + 1;
  const plans = planNextWave({
    ...waveInput(target, work, false),
    wave,
    reach,
    bursts,
    blindNodes: blindNodes(work.snapshot),
  });
  return { plans, notProbed: [] };
}

function blindNodes({ nodes, nodeMetrics, takenAt }: Snapshot): readonly string[] {
  return nodesWithoutMetrics({ nodes, nodeMetrics, takenAt: known(takenAt, 'snapshot') });
}

function waveInput(target: RunTarget, seen: WaveFacts, localApi: boolean): FirstWaveInput {
  const { snapshot, listeners } = seen;
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
