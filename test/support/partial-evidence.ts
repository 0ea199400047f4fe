import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { missing, type Observed } from '../../src/core/evidence/observed.ts';
import type {
  BurstCounters,
  BurstResult,
  ProbeResults,
  ReachCheck,
  ReachResult,
  ReachTarget,
} from '../../src/core/evidence/probe-results.ts';
import type { ApiServerView, Snapshot } from '../../src/core/evidence/snapshot.ts';

/** A part of the evidence that a run may have to do without. */
export interface Removal {
  readonly name: string;
  from(evidence: Evidence): Evidence;
}

const FORBIDDEN = missing('forbidden', 'not allowed');
const LOST = missing('failed', 'the probe gave no answer');

/** Each fact that is read from the API in turn, as a reader leaves it that was answered 403. */
export function readerRemovals({ snapshot }: Evidence): readonly Removal[] {
  const fields = Object.entries(snapshot).flatMap(([key, value]) =>
    isFact(value) && value.state === 'known' ? [key as keyof Snapshot] : [],
  );
  return [
    ...fields.map((field) => ofSnapshot(field, () => ({ [field]: FORBIDDEN }))),
    ofApiServers('what API servers answer', { metricsApi: FORBIDDEN }),
    ofApiServers('the gauges', { unavailableGauge: FORBIDDEN }),
    ofApiServers('the readiness of API servers', { ready: FORBIDDEN }),
  ];
}

const CHECKS: readonly ReachCheck[] = ['tcp', 'tcp-full', 'tls', 'https', 'icmp', 'icmp-full'];
const TARGETS: readonly ReachTarget['kind'][] = [
  'listener',
  'provider',
  'pod',
  'kubelet',
  'api-server',
  'node',
];
const LAYERS: readonly ReachResult['layer'][] = ['overlay', 'underlay', 'same-node'];
const COUNTERS = [
  'overlayTx',
  'overlayTxErrors',
  'overlayRx',
  'underlayTx',
  'underlayRx',
  'ipOutRequests',
  'ipInReceives',
  'ipInDelivers',
  'udpInDatagrams',
  'udpNoPorts',
  'udpInErrors',
  'udpInCsumErrors',
] as const satisfies readonly (keyof BurstCounters)[];

/** Each kind of check in turn: never run, and run without an answer; then what one node's probe or listener told. */
export function probeRemovals({ probes }: Evidence): readonly Removal[] {
  const nodes = [...new Set(probes.pods.map(({ node }) => node))];
  return [
    ...CHECKS.flatMap((check) => ofReach(check, (each) => each.check === check)),
    ...TARGETS.flatMap((kind) => ofReach(`checks of ${kind}`, ({ to }) => to.kind === kind)),
    ...LAYERS.flatMap((layer) => ofReach(`the ${layer} layer`, (each) => each.layer === layer)),
    ofProbes('what pods see of the network', ({ reach }) => ({
      reach: reach.filter(({ from }) => from.kind !== 'pod'),
    })),
    ofProbes('bursts', () => ({ bursts: [] })),
    ofBursts("the listeners' own counts", { receivedByListener: LOST }),
    ofBursts("the senders' counters", { sender: LOST }),
    ofBursts("the receivers' counters", { receiver: LOST }),
    ...COUNTERS.map((counter) =>
      ofProbes(`counter ${counter}`, ({ bursts }) => ({
        bursts: bursts.map((burst) => withoutCounter(burst, counter)),
      })),
    ),
    ofProbes('facts of the nodes', () => ({ nodeFacts: [] })),
    ofProbes('checksum errors at the listeners', ({ nodeFacts }) => ({
      nodeFacts: nodeFacts.map((facts) => ({ ...facts, listenerTcpInCsumErrors: LOST })),
    })),
    ...nodes.flatMap((node) => [ofNodePod(node), ofListener(node)]),
  ];
}

function isFact(value: unknown): value is Observed<unknown> {
  return typeof value === 'object' && value !== null && 'state' in value;
}

function ofSnapshot(name: string, change: (snapshot: Snapshot) => Partial<Snapshot>): Removal {
  return {
    name,
    from: (evidence) => ({
      ...evidence,
      snapshot: { ...evidence.snapshot, ...change(evidence.snapshot) },
    }),
  };
}

function ofApiServers(name: string, change: Partial<ApiServerView>): Removal {
  return ofSnapshot(name, ({ apiServers }) => ({
    apiServers:
      apiServers.state === 'known'
        ? { ...apiServers, value: apiServers.value.map((view) => ({ ...view, ...change })) }
        : apiServers,
  }));
}

function ofProbes(name: string, change: (probes: ProbeResults) => Partial<ProbeResults>): Removal {
  return {
    name,
    from: (evidence) => ({
      ...evidence,
      probes: { ...evidence.probes, ...change(evidence.probes) },
    }),
  };
}

function ofReach(name: string, matches: (result: ReachResult) => boolean): readonly Removal[] {
  return [
    ofProbes(`${name}, not run`, ({ reach }) => ({
      reach: reach.filter((each) => !matches(each)),
    })),
    ofProbes(`${name}, without an answer`, ({ reach }) => ({
      reach: reach.map((each) => (matches(each) ? { ...each, result: LOST } : each)),
    })),
  ];
}

function ofBursts(name: string, change: Partial<BurstResult>): Removal {
  return ofProbes(name, ({ bursts }) => ({
    bursts: bursts.map((burst) => ({ ...burst, ...change })),
  }));
}

function withoutCounter(burst: BurstResult, counter: (typeof COUNTERS)[number]): BurstResult {
  const without = (side: BurstResult['sender']): BurstResult['sender'] =>
    side.state === 'known' ? { ...side, value: { ...side.value, [counter]: null } } : side;
  return { ...burst, sender: without(burst.sender), receiver: without(burst.receiver) };
}

/** All that the probe on one node told; its listener was asked by it and is silent, too. */
function ofNodePod(node: string): Removal {
  return ofProbes(`the probe on ${node}`, ({ pods, reach, bursts, nodeFacts, localApi }) => ({
    pods: pods.map((pod) =>
      pod.node === node && pod.kind === 'node' ? { ...pod, outcome: 'timed-out' } : pod,
    ),
    reach: reach.map((each) => (each.from.node === node ? { ...each, result: LOST } : each)),
    bursts: bursts
      .filter(({ from }) => from !== node)
      .map((burst) =>
        burst.to === node ? { ...burst, receiver: LOST, receivedByListener: LOST } : burst,
      ),
    nodeFacts: nodeFacts.filter((facts) => facts.node !== node),
    localApi: localApi.filter((local) => local.node !== node),
  }));
}

/** A listener that never started: nothing is sent to it. */
function ofListener(node: string): Removal {
  return ofProbes(`the listener on ${node}`, ({ pods, reach, bursts, nodeFacts }) => ({
    pods: pods.map((pod) =>
      pod.node === node && pod.kind === 'listener' ? { ...pod, outcome: 'never-started' } : pod,
    ),
    reach: reach.filter(
      ({ from, to }) =>
        !(to.kind === 'listener' && to.node === node) &&
        !(from.kind === 'pod' && from.node === node),
    ),
    bursts: bursts.filter(({ to }) => to !== node),
    nodeFacts: nodeFacts.map((facts) =>
      facts.node === node ? { ...facts, listenerTcpInCsumErrors: LOST } : facts,
    ),
  }));
}
