import type { NetworkFacts } from '../core/evidence/facts.ts';
import { tunnelEndpoint } from '../core/evidence/network-words.ts';
import { fails } from '../core/evidence/paths.ts';
import type { NodeProbeFacts, ReachResult } from '../core/evidence/probe-results.ts';
import type { NodeObject } from '../core/evidence/snapshot.ts';
import type { BurstPlan, DeepPlan, PlannedFlow, PlannedTry, PodPlan } from './plan.ts';
import { planBursts } from './plan-bursts.ts';
import type { ListenerTarget } from './plan-checks.ts';
import { basePlan, waveDeadlineMs } from './plan-probes.ts';
import type { ListenerState } from './start-listeners.ts';

export interface DeepWaveInput {
  readonly runId: string;
  readonly wave: number;
  readonly now: number;
  readonly nodes: readonly NodeObject[];
  readonly listeners: readonly ListenerState[];
  readonly reach: readonly ReachResult[];
  readonly nodeFacts: readonly NodeProbeFacts[];
  readonly network: NetworkFacts | null;
  readonly trace: boolean;
  readonly burstLeadMs?: number;
}

/** Both ends of what fails, worst first: deep Pods carry privileges, so there are few of them. */
const MAX_DEEP_NODES = 8;
/** What a message holds beside the rest. */
const MAX_FLOWS = 24;
const MAX_TRIES = 6;
/** Rules are read once before: some tenth of a second, seconds where kube-proxy has written ten thousand. */
const LEAD_MS = 4_500;
/** Between the bursts and the tries: the rules are read once more. */
const BETWEEN_MS = 1_500;
/** A SYN, its first repetition after one second, and the rules once more. */
const TRIES_MS = 4_000;

/**
 * The deep wave: on both ends of failing paths, who drops their packets? Bursts repeat what the overlay lost, and
 * failed connections are tried again; all the while the rules' counters are watched. Empty when nothing failed.
 */
export function planDeepWave(input: DeepWaveInput): readonly PodPlan[] {
  const failing = input.reach.filter(
    (r) => WATCHED.has(r.check) && fails(r) && r.to.address !== '',
  );
  const chosen = worstNodes(failing, input.nodes);
  if (chosen.length === 0) return [];
  const names = new Set(chosen.map(({ name }) => name));
  const targets = input.listeners.flatMap(({ target }) => target ?? []);
  const bursting = targets.filter(({ node }) => names.has(node));
  const overlayFails = failing.some(({ layer }) => layer === 'overlay');
  const startAt = input.now + (input.burstLeadMs ?? LEAD_MS);
  const bursts = overlayFails
    ? planBursts(bursting, startAt, input.wave)
    : new Map<string, BurstPlan>();
  const [some] = bursts.values();
  const burstsMs = some === undefined ? 0 : some.rounds * some.periodMs + BETWEEN_MS;
  const scene: Scene = { ...input, names, targets, failing, triesAt: startAt + burstsMs };
  return chosen.map((node): PodPlan => {
    const own = targets.find((target) => target.node === node.name) ?? null;
    const plan = bursts.get(node.name) ?? null;
    return {
      ...basePlan(node, { runId: input.runId, wave: input.wave }),
      kind: 'node',
      deadlineMs: Math.max(
        waveDeadlineMs(plan, input.now),
        scene.triesAt + TRIES_MS - input.now + AFTER_TRIES_MS,
      ),
      bursts: plan,
      ownListener: own === null ? null : { address: own.address, port: own.port },
      deep: deepPlanFor(node, scene),
    };
  });
}

/** The last reading of the rules, the listener's answer and the message. */
const AFTER_TRIES_MS = 3_000;

const WATCHED: ReadonlySet<string> = new Set(['tcp', 'tcp-full', 'tls', 'https']);

interface Scene extends DeepWaveInput {
  readonly names: ReadonlySet<string>;
  readonly targets: readonly ListenerTarget[];
  readonly failing: readonly ReachResult[];
  readonly triesAt: number;
}

/** Nodes by how many failing paths they take part in. */
function worstNodes(
  failing: readonly ReachResult[],
  nodes: readonly NodeObject[],
): readonly NodeObject[] {
  const counts = new Map<string, number>();
  for (const { from, to } of failing) {
    for (const name of new Set([from.node, to.node])) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return nodes
    .filter(({ name, os }) => counts.has(name) && os !== 'windows')
    .toSorted(
      (a, b) => (counts.get(b.name) ?? 0) - (counts.get(a.name) ?? 0) || (a.name < b.name ? -1 : 1),
    )
    .slice(0, MAX_DEEP_NODES);
}

function deepPlanFor(node: NodeObject, scene: Scene): DeepPlan {
  const flows = [...overlayFlows(node, scene), ...connectionFlows(node, scene)];
  return {
    flows: flows.slice(0, MAX_FLOWS),
    peers: scene.targets
      .filter((target) => target.node !== node.name && scene.names.has(target.node))
      .map((target) => ({ node: target.node, address: target.address })),
    tries: triesOf(node, scene),
    triesAt: scene.triesAt,
    trace: scene.trace,
  };
}

/** The legs of red overlay pairs at this node: the packet around, and the packet inside. */
function overlayFlows(node: NodeObject, scene: Scene): readonly PlannedFlow[] {
  const pairs = new Map<string, { readonly from: string; readonly to: string }>();
  for (const { layer, from, to } of scene.failing) {
    if (layer !== 'overlay' || !scene.names.has(from.node) || !scene.names.has(to.node)) continue;
    // A filter on one end kills answers, too: both ways are watched.
    for (const [a, b] of [[from.node, to.node] as const, [to.node, from.node] as const]) {
      if (a === node.name || b === node.name) pairs.set(`${a}>${b}`, { from: a, to: b });
    }
  }
  return [...pairs.values()].flatMap(({ from, to }) => burstFlows(node, { from, to }, scene));
}

function burstFlows(
  node: NodeObject,
  pair: { readonly from: string; readonly to: string },
  scene: Scene,
): readonly PlannedFlow[] {
  const target = scene.targets.find((each) => each.node === pair.to);
  if (target === undefined) return [];
  const sends = pair.from === node.name;
  const common = {
    from: { kind: 'node', node: pair.from },
    to: { kind: 'listener', ...target, name: `listener on ${pair.to}` },
    window: 'bursts',
  } as const;
  const plain: PlannedFlow = {
    ...common,
    id: `deep ${node.name}: burst ${pair.from}>${pair.to}`,
    leg: sends ? 'out' : 'through',
    packet: 'plain',
    protocol: 'udp',
    sources: sends ? [] : overlaySources(pair.from, scene),
    destination: target.address,
    port: target.port,
  };
  const outer = outerOf(scene, pair);
  if (outer === null) return [plain];
  return [
    {
      ...common,
      ...outer,
      id: `deep ${node.name}: outer ${pair.from}>${pair.to}`,
      leg: sends ? 'out' : 'in',
      packet: 'outer',
    },
    plain,
  ];
}

/** The packet that the overlay puts around another: between the addresses that the CNI publishes. */
function outerOf(
  { network, nodes }: Scene,
  pair: { readonly from: string; readonly to: string },
): Pick<PlannedFlow, 'protocol' | 'sources' | 'destination' | 'port'> | null {
  if (network === null) return null;
  const { encapsulation, port } = network;
  const carries = encapsulation === 'ipip' || (encapsulation !== 'none' && port !== null);
  const endpoint = (name: string): string | null => {
    const object = nodes.find((each) => each.name === name);
    return object === undefined ? null : tunnelEndpoint(object);
  };
  const [source, destination] = [endpoint(pair.from), endpoint(pair.to)];
  if (!carries || source === null || destination === null) return null;
  return encapsulation === 'ipip'
    ? { protocol: 'ipip', sources: [source], destination, port: null }
    : { protocol: 'udp', sources: [source], destination, port };
}

/** A host shows up at pods of other nodes with its overlay device's address, or its own where there is none. */
function overlaySources(name: string, { nodeFacts, network, nodes }: Scene): readonly string[] {
  const row = nodeFacts.find(({ node }) => node === name);
  const device = row?.devices.find((each) => each.name === network?.device);
  const own = nodes.find((each) => each.name === name)?.internalIps ?? [];
  return device === undefined || device.addresses.length === 0 ? own : device.addresses;
}

/** The legs of failing connections at this node. */
function connectionFlows(node: NodeObject, scene: Scene): readonly PlannedFlow[] {
  return connections(scene).flatMap((r): readonly PlannedFlow[] => {
    const { from, to, id } = r;
    if (to.port === null) return [];
    const starts = from.node === node.name;
    const ends = to.node === node.name;
    if (!starts && !ends) return [];
    const onHost = to.kind !== 'listener' && to.kind !== 'provider' && to.kind !== 'pod';
    const host = r.layer === 'underlay' || onHost;
    const leg = ends && host ? 'in' : ends || (starts && from.kind === 'pod') ? 'through' : 'out';
    return [
      {
        id: `deep ${node.name}: ${id}`,
        leg: starts && ends && from.kind === 'node' ? 'out' : leg,
        packet: 'plain',
        from,
        to,
        protocol: 'tcp',
        sources: sourcesOf(r, { starts, host }, scene),
        destination: to.address,
        port: to.port,
        window: 'tries',
      },
    ];
  });
}

/** Failed connections that are no overlay pair of its own: kubelets, API servers, metrics-server, a node's own pods. */
function connections({ failing, names }: Scene): readonly ReachResult[] {
  return failing.filter(
    (r) =>
      r.check === 'tcp' &&
      names.has(r.from.node) &&
      !(r.layer === 'overlay' && r.to.kind === 'listener'),
  );
}

function sourcesOf(
  { from }: ReachResult,
  at: { readonly starts: boolean; readonly host: boolean },
  scene: Scene,
): readonly string[] {
  const addresses = scene.nodes.find(({ name }) => name === from.node)?.internalIps ?? [];
  const listener = scene.targets.find(({ node }) => node === from.node)?.address;
  if (from.kind === 'pod') {
    const own = listener === undefined ? [] : [listener];
    // On other nodes it may show up behind its node's address.
    return at.starts ? own : [...addresses, ...own];
  }
  if (at.starts) return [];
  return at.host ? addresses : overlaySources(from.node, scene);
}

/** What this node sets going again: by itself, or through its listener. */
function triesOf(node: NodeObject, scene: Scene): readonly PlannedTry[] {
  const state = scene.listeners.find(({ plan }) => plan.node === node.name);
  return connections(scene)
    .flatMap((r): readonly PlannedTry[] => {
      if (r.from.node !== node.name || r.to.port === null) return [];
      if (r.from.kind === 'node') {
        return [{ by: 'host', path: r.id, address: r.to.address, port: r.to.port }];
      }
      const index = state?.plan.checks.findIndex(({ id }) => id === r.id) ?? -1;
      return index < 0 ? [] : [{ by: 'listener', path: r.id, index }];
    })
    .slice(0, MAX_TRIES);
}
