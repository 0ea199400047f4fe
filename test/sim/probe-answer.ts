import { known, missing, type Observed } from '../../src/core/evidence/observed.ts';
import type {
  CheckResult,
  ListenerAnswer,
  LocalApiAnswer,
  NodeFactsAnswer,
  PodAnswer,
  PodPlan,
} from '../../src/probes/plan.ts';
import { allUnavailable, proxied, serviceUnavailable } from './aggregation.ts';
import { networkFacts } from './node-facts.ts';
import type { Party } from './packets.ts';
import {
  burstAnswer,
  burstChecksumErrors,
  type RunningProbe,
  receivedBy,
  type WorldAt,
} from './probe-bursts.ts';
import { runCheckInModel } from './probe-checks.ts';
import { nodeNamed, type SimPod, type World } from './world.ts';

/** The Pods of a run that really run: what one of them sees depends on what the others send. */
export interface RunningPods {
  readonly probes: readonly RunningProbe[];
  readonly listeners: readonly {
    readonly plan: PodPlan;
    readonly pod: SimPod;
    readonly startedAt: number;
  }[];
}

/** A failed connect sends its SYN again after 1 s and 3 s: three within the probe's four seconds. */
const SYNS_PER_CHECK = 3;
const LOCAL_API_TIMEOUT_MS = 4_000;

/**
 * The whole answer of a node Pod. The world must hold the listeners as pods; checks see it as it was when they ran.
 *
 * @param endedAt - epoch milliseconds by the node's clock
 */
export function nodeAnswer(
  worldAt: WorldAt,
  probe: RunningProbe,
  run: RunningPods,
  endedAt: number,
): PodAnswer {
  const { plan, startedAt } = probe;
  const { runId, wave, node, batch } = plan;
  const world = worldAt(startedAt);
  const { clockOffsetMs } = nodeNamed(world, node);
  return {
    runId,
    wave,
    node,
    kind: 'node',
    batch,
    startedAt: startedAt + clockOffsetMs,
    endedAt: endedAt + clockOffsetMs,
    checks: checkAll(world, { kind: 'node', node }, plan),
    bursts: burstAnswer(worldAt, probe, sameWave(run, plan)),
    listener: ownListener(worldAt, probe, run),
    localApi: plan.localApi
      ? localApi(world, node)
      : missing('not-attempted', 'no token for the local API server'),
    facts: plan.nodeFacts
      ? known(nodeFacts(worldAt, probe, run), node)
      : missing('not-attempted', 'another Pod of this node reports them'),
    cut: [],
  };
}

function sameWave(run: RunningPods, plan: PodPlan): readonly RunningProbe[] {
  return run.probes.filter(({ plan: other }) => other.wave === plan.wave);
}

function checkAll(
  world: World,
  from: Party,
  plan: PodPlan,
): { readonly index: number; readonly result: CheckResult }[] {
  return plan.checks.map((planned, index) => ({
    index,
    result: runCheckInModel(world, from, planned),
  }));
}

function ownListener(
  worldAt: WorldAt,
  { plan, startedAt }: RunningProbe,
  run: RunningPods,
): Observed<ListenerAnswer> {
  if (plan.ownListener === null) return missing('not-attempted', 'no listener on this node');
  const listener = run.listeners.find(({ plan: each }) => each.node === plan.node);
  if (listener === undefined) return missing('timed-out', 'the listener gave no answer');
  const world = worldAt(startedAt);
  const asked = runCheckInModel(
    world,
    { kind: 'node', node: plan.node },
    {
      id: 'own-listener',
      from: { kind: 'node', node: plan.node },
      to: { kind: 'listener', node: plan.node, name: '', ...plan.ownListener },
      layer: 'same-node',
      check: 'tcp',
      timeoutMs: 1_500,
      path: null,
      sizeBytes: null,
    },
  );
  if (asked.state === 'missing' || asked.answer.outcome !== 'open') {
    return missing('timed-out', 'the listener gave no answer');
  }
  return known(
    {
      checks: checkAll(
        worldAt(listener.startedAt),
        { kind: 'pod', pod: listener.pod },
        listener.plan,
      ),
      received: receivedBy(worldAt, plan.node, run.probes),
      tcpInCsumErrors: tally(world, run, plan.node, 'podTcpInCsumErrors', listener.pod.ip),
    },
    `listener on ${plan.node}`,
  );
}

/** How far one counter of a node rose through the checks of all Pods (towards `address` alone when given). */
function tally(
  world: World,
  run: RunningPods,
  node: string,
  counter: 'podTcpInCsumErrors' | 'hostTcpInCsumErrors' | 'udpInCsumErrors',
  address: string | null,
): number {
  // Both counters asked for here move by wrong checksums alone; without those the walk is spared.
  if (world.nodes.every(({ badChecksum }) => badChecksum === 'none')) return 0;
  let total = 0;
  for (const { plan } of run.probes) {
    for (const planned of plan.checks) {
      if (address !== null && planned.to.address !== address) continue;
      runCheckInModel(world, { kind: 'node', node: plan.node }, planned, (at, moved) => {
        if (at === node && moved === counter) total += SYNS_PER_CHECK;
      });
    }
  }
  return total;
}

function localApi(world: World, node: string): Observed<LocalApiAnswer> {
  const { apiServer } = nodeNamed(world, node);
  if (apiServer === 'none' || apiServer === 'down') return missing('failed', 'ECONNREFUSED');
  if (apiServer === 'hanging')
    return missing('timed-out', `no answer in ${LOCAL_API_TIMEOUT_MS} ms`);
  if (!world.provider.apiServicePresent)
    return known({ status: 404, body: '404 page not found', ms: 2 }, node);
  const answer = allUnavailable(world)
    ? serviceUnavailable()
    : proxied(world, node, { path: '/apis/metrics.k8s.io/v1beta1/nodes', pooled: false });
  if (answer.kind === 'hung-body' || answer.afterMs > LOCAL_API_TIMEOUT_MS) {
    return missing('timed-out', `no answer in ${LOCAL_API_TIMEOUT_MS} ms`);
  }
  return known(
    { status: answer.status, body: answer.body.trim().slice(0, 300), ms: answer.afterMs },
    node,
  );
}

function nodeFacts(
  worldAt: WorldAt,
  { plan, startedAt }: RunningProbe,
  run: RunningPods,
): NodeFactsAnswer {
  const world = worldAt(startedAt);
  return {
    ...networkFacts(world, nodeNamed(world, plan.node)),
    udpInCsumErrors:
      burstChecksumErrors(worldAt, plan.node, sameWave(run, plan)) +
      tally(world, run, plan.node, 'udpInCsumErrors', null),
    tcpInCsumErrors: tally(world, run, plan.node, 'hostTcpInCsumErrors', null),
    cgroup: 2,
  };
}
