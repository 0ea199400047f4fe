import type { NodeObject, PodObject } from '../core/evidence/snapshot.ts';
import { addressOf, FULL_MESH_NODES, hash, sampleNodes } from './eligible-nodes.ts';
import { type OnlyPaths, onlyThese } from './only-paths.ts';
import type { BurstPlan, PlannedCheck, PodPlan } from './plan.ts';
import { planBursts } from './plan-bursts.ts';
import {
  type ApiServerTarget,
  apiServerChecks,
  kubeletChecks,
  type ListenerTarget,
  listenerChecks,
  nodeSource,
  type ProviderTarget,
  providerChecks,
  referenceChecks,
  underlayChecks,
} from './plan-checks.ts';

/** Below Linux's ephemeral range (32768 on), above the privileged ports, in no registry. */
export const LISTENER_PORT = 19_472;
/** What fits a termination message with room for the counters. */
const MAX_CHECKS_PER_POD = 40;
/** A listener outlives all waves; `activeDeadlineSeconds` of its Pod is a little above. */
export const LISTENER_LIFE_MS = 60_000;
/** How many other kubelets a listener tries. */
const MAX_KUBELETS_PER_LISTENER = 16;
/** Two witnesses beside the provider are enough. */
const MAX_REFERENCE_PODS_PER_NODE = 2;
/** From the plan to the first burst, unless told otherwise: an image that is present starts in 0.9 to 1.5 s. */
const BURST_LEAD_MS = 2_000;
/** Connect and handshake time-outs of one check, and the start of a ping, are over by then. */
const CHECKS_MS = 5_500;
/** After the bursts: the listener's answer is fetched and the message written. */
const AFTER_BURSTS_MS = 2_200;
/** Neighbours on each side that a node tries in a sample. */
const SAMPLE_REACH = 2;
const DEFAULT_PROVIDER_PORT = 10_250;

export interface ListenerPlanInput {
  readonly runId: string;
  readonly nodes: readonly NodeObject[];
  /** Node names that must have one if they can (API servers, provider), as far as they are known. */
  readonly required: readonly string[];
  /** As far as they are known; control-plane nodes otherwise. */
  readonly apiServers: readonly ApiServerTarget[];
}

export interface Planned {
  readonly plans: readonly PodPlan[];
  readonly notProbed: readonly string[];
}

/** One listener per chosen node, made before the snapshot is in: it needs nothing but the nodes. */
export function planListeners(input: ListenerPlanInput): Planned {
  const { chosen, notProbed } = sampleNodes(input.nodes, input.required, input.runId);
  const apiServers = input.apiServers.length > 0 ? input.apiServers : controlPlane(input.nodes);
  return {
    plans: chosen.map((node) => listenerPlan(node, chosen, { ...input, apiServers })),
    notProbed,
  };
}

function listenerPlan(
  node: NodeObject,
  chosen: readonly NodeObject[],
  input: ListenerPlanInput,
): PodPlan {
  const from = { kind: 'pod', node: node.name } as const;
  const others = neighbours(chosen, node, MAX_KUBELETS_PER_LISTENER);
  const checks = [
    ...kubeletChecks(from, node, ['tcp', 'tls']),
    ...input.apiServers.flatMap((apiServer) => apiServerChecks(from, apiServer)),
    ...others.flatMap((other) => kubeletChecks(from, other, ['tcp', 'tls'])),
  ];
  return {
    ...basePlan(node, { runId: input.runId, wave: 0 }),
    kind: 'listener',
    deadlineMs: LISTENER_LIFE_MS,
    checks: checks.slice(0, MAX_CHECKS_PER_POD),
    listenPort: LISTENER_PORT,
    nodeFacts: false,
  };
}

export interface FirstWaveInput {
  readonly runId: string;
  /** The worker's clock, epoch milliseconds. */
  readonly now: number;
  readonly nodes: readonly NodeObject[];
  readonly apiServers: readonly ApiServerTarget[];
  readonly providerPods: readonly PodObject[];
  /** Port of the provider's endpoints; null takes the container's. */
  readonly providerPort: number | null;
  readonly referencePods: readonly PodObject[];
  /** Listeners that have an address by now. */
  readonly listeners: readonly ListenerTarget[];
  /** Whether node Pods carry the token for their own API server. */
  readonly localApi: boolean;
  /** Nodes that somebody asked for. */
  readonly wanted?: readonly string[];
  /** Try nothing but these paths. */
  readonly only?: OnlyPaths;
  /** How long Pods may take to start before the first burst; a Pod that comes later misses rounds. */
  readonly burstLeadMs?: number;
}

/** Wave 1: every question that some cause asks, on every chosen pair. */
export function planFirstWave(input: FirstWaveInput): Planned {
  return input.only === undefined ? planWhole(input) : planOnly(input, input.only);
}

function planOnly(input: FirstWaveInput, only: OnlyPaths): Planned {
  const providers = providerTargets(input);
  const nodes = input.nodes.filter(({ name }) => only.nodes.includes(name));
  const { chosen, notProbed } = sampleNodes(nodes, [], input.runId);
  const scene: Scene = { input, chosen, providers, apiServers: apiServersOf(input), mesh: true };
  const plans = chosen.flatMap((node) => nodePlans(node, scene, null));
  return { plans: onlyThese(plans, only), notProbed };
}

function apiServersOf({ apiServers, nodes }: FirstWaveInput): readonly ApiServerTarget[] {
  return apiServers.length > 0 ? apiServers : controlPlane(nodes);
}

function planWhole(input: FirstWaveInput): Planned {
  const providers = providerTargets(input);
  const apiServers = apiServersOf(input);
  const required = [
    ...apiServers.flatMap(({ node }) => node ?? []),
    ...providers.map(({ node }) => node),
    ...(input.wanted ?? []),
  ];
  const { chosen, notProbed } = sampleNodes(input.nodes, required, input.runId);
  const scene: Scene = {
    input,
    chosen,
    providers,
    apiServers,
    mesh: chosen.length <= FULL_MESH_NODES,
  };
  const listening = new Set(input.listeners.map(({ node }) => node));
  const bursts = planBursts(
    chosen.flatMap(({ name }) => input.listeners.filter(({ node }) => node === name)),
    input.now + (input.burstLeadMs ?? BURST_LEAD_MS),
    1,
  );
  return {
    plans: chosen.flatMap((node) => nodePlans(node, scene, bursts.get(node.name) ?? null)),
    notProbed: [
      ...notProbed,
      ...chosen
        .filter(({ name }) => !listening.has(name))
        .map(({ name }) => `pod network of ${name}: its listener did not start in time`),
    ],
  };
}

interface Scene {
  readonly input: FirstWaveInput;
  readonly chosen: readonly NodeObject[];
  readonly providers: readonly ProviderTarget[];
  readonly apiServers: readonly ApiServerTarget[];
  /** Every node tries every other. */
  readonly mesh: boolean;
}

function nodePlans(node: NodeObject, scene: Scene, bursts: BurstPlan | null): readonly PodPlan[] {
  const { input } = scene;
  const own = input.listeners.find((listener) => listener.node === node.name) ?? null;
  return splitPlan(
    {
      ...basePlan(node, { runId: input.runId, wave: 1 }),
      kind: 'node',
      deadlineMs: waveDeadlineMs(bursts, input.now),
      bursts,
      ownListener: own === null ? null : { address: own.address, port: own.port },
      localApi:
        input.localApi && scene.apiServers.some((apiServer) => apiServer.node === node.name),
      nodeFacts: true,
    },
    nodeChecks(node, scene),
  );
}

/** Most telling first: a message that is too full loses its tail. */
function nodeChecks(node: NodeObject, scene: Scene): readonly PlannedCheck[] {
  const { input, providers, apiServers } = scene;
  const runsApiServer = apiServers.some((apiServer) => apiServer.node === node.name);
  const hostsProvider = providers.some((provider) => provider.node === node.name);
  const peers = peersOf(node, scene);
  const from = nodeSource(node);
  return [
    ...providers.flatMap((provider) =>
      providerChecks(node, provider, runsApiServer || hostsProvider),
    ),
    ...[node, ...peers].flatMap((peer) =>
      input.listeners
        .filter((listener) => listener.node === peer.name)
        .flatMap((listener) => listenerChecks(node, listener)),
    ),
    ...kubeletChecks(from, node, ['tcp', 'tls', 'https']),
    // The provider scrapes from its node; the TLS facts of a kubelet come from its own node otherwise.
    ...peers.flatMap((peer) =>
      underlayChecks(node, peer, hostsProvider ? ['tcp', 'tls'] : ['tcp']),
    ),
    ...apiServers.flatMap((apiServer) => apiServerChecks(from, apiServer)),
    ...neutralPods(input, providers).flatMap((pod) => referenceChecks(node, pod)),
  ];
}

/** All others in a mesh; ring neighbours on both sides in a sample, and always the required ones at its head. */
function peersOf(node: NodeObject, { chosen, mesh }: Scene): readonly NodeObject[] {
  return mesh
    ? chosen.filter((other) => other.name !== node.name)
    : neighbours(chosen, node, 2 * SAMPLE_REACH);
}

function neighbours(
  ring: readonly NodeObject[],
  node: NodeObject,
  count: number,
): readonly NodeObject[] {
  const at = ring.findIndex(({ name }) => name === node.name);
  const picked = new Map<string, NodeObject>();
  for (let step = 1; step < ring.length && picked.size < count; step += 1) {
    for (const index of [at + step, at - step]) {
      const other = ring[(index + ring.length) % ring.length];
      if (other !== undefined && other.name !== node.name && picked.size < count)
        picked.set(other.name, other);
    }
  }
  return [...picked.values()];
}

/** Pods to compare the provider with: in the pod network of its node, in another namespace. */
function neutralPods(
  input: FirstWaveInput,
  providers: readonly ProviderTarget[],
): readonly PodObject[] {
  const hosts = [...new Set(providers.map(({ node }) => node))];
  const namespaces = new Set(input.providerPods.map(({ namespace }) => namespace));
  return hosts.flatMap((host) =>
    input.referencePods
      .filter(
        (pod) =>
          pod.nodeName === host &&
          !pod.hostNetwork &&
          !pod.deleting &&
          pod.phase === 'Running' &&
          pod.podIps.length > 0 &&
          !namespaces.has(pod.namespace),
      )
      .sort((a, b) => Number(b.ready) - Number(a.ready) || hash(a.uid) - hash(b.uid))
      .slice(0, MAX_REFERENCE_PODS_PER_NODE),
  );
}

/** The provider's pods as API servers dial them. */
export function providerTargets(input: FirstWaveInput): readonly ProviderTarget[] {
  return input.providerPods.flatMap((pod) => {
    const address = pod.podIps[0];
    if (address === undefined || pod.nodeName === null || pod.deleting || pod.phase !== 'Running')
      return [];
    const declared = pod.containers.flatMap(({ ports }) => ports)[0]?.containerPort;
    return [
      {
        name: pod.name,
        node: pod.nodeName,
        address,
        port: input.providerPort ?? declared ?? DEFAULT_PROVIDER_PORT,
        hostNetwork: pod.hostNetwork,
      },
    ];
  });
}

/** Where kubeadm, RKE2 and k3s put them when nothing better is known. */
const API_SERVER_PORT = 6_443;

function controlPlane(nodes: readonly NodeObject[]): readonly ApiServerTarget[] {
  return nodes.flatMap((node) => {
    const address = addressOf(node);
    if (!node.controlPlane || address === null) return [];
    return [{ name: node.name, node: node.name, address, port: API_SERVER_PORT }];
  });
}

/** Parts common to all Pods. */
export function basePlan(
  node: NodeObject,
  run: { readonly runId: string; readonly wave: number },
): Omit<PodPlan, 'kind' | 'deadlineMs'> {
  return {
    v: 1,
    ...run,
    node: node.name,
    nodeAddress: addressOf(node),
    batch: 0,
    checks: [],
    bursts: null,
    ownListener: null,
    listenPort: null,
    localApi: false,
    nodeFacts: false,
  };
}

/** Spreads a long list over several Pods of the node; only the first one sends bursts and reports facts. */
export function splitPlan(
  plan: Omit<PodPlan, 'checks'>,
  checks: readonly PlannedCheck[],
): readonly PodPlan[] {
  const plans: PodPlan[] = [{ ...plan, checks: checks.slice(0, MAX_CHECKS_PER_POD) }];
  for (let at = MAX_CHECKS_PER_POD; at < checks.length; at += MAX_CHECKS_PER_POD) {
    plans.push({
      ...plan,
      batch: plans.length,
      checks: checks.slice(at, at + MAX_CHECKS_PER_POD),
      bursts: null,
      ownListener: null,
      localApi: false,
      nodeFacts: false,
    });
  }
  return plans;
}

/** How long a Pod of the wave may take from its own start. */
export function waveDeadlineMs(bursts: BurstPlan | null, now: number): number {
  const burstsMs =
    bursts === null ? 0 : bursts.startAt - now + bursts.rounds * bursts.periodMs + AFTER_BURSTS_MS;
  return Math.max(CHECKS_MS, burstsMs);
}
