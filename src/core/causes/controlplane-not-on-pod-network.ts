import { hostOf } from '../evidence/addresses.ts';
import type { Facts } from '../evidence/facts.ts';
import { overlayWords } from '../evidence/network-words.ts';
import { valueOr } from '../evidence/observed.ts';
import { arrow } from '../evidence/paths.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import { joinControlPlane } from '../fixes/join-control-plane.ts';
import { count, list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { apiServerConsequences, type FailingServer } from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import {
  foreignServers,
  nobodyToDial,
  nodesToProvider,
  saysNothingOfTheWay,
} from './foreign-api-servers.ts';

/** Managed control planes that reach pods by the cloud's own network; EKS does not join an overlay of the cluster's. */
const CLOUD = new Set(['gke', 'aks']);

/**
 * The host of kube-apiserver is no node: it has neither the CNI nor kube-proxy, and no tunnel stands in for them.
 *
 * Signature: API servers that fail at an address that no node has, while the nodes reach metrics-server, and a kernel
 * that knows no way (`network is unreachable`, `no route to host`), or a server of k3s without an agent in a mode that
 * makes it dial pods itself. Silence alone could be a firewall as well: then it is a suspicion.
 * Look-alikes: cloud-sg-apiserver-to-pod (the cloud's network carries pod addresses, a security group does not);
 * konnectivity-agent-missing (a tunnel is meant to be there); a dead overlay (nodes fail, too).
 * Sources: https://docs.k3s.io/advanced (agentless servers), https://github.com/k3s-io/k3s/issues/5330
 */
export const controlplaneNotOnPodNetwork = defineCause({
  id: 'controlplane-not-on-pod-network',
  title: 'The host of kube-apiserver is not on the pod network',
  needs: ['apiServers', 'nodes'],
  wants: [
    'controlPlanePods',
    'network',
    'nodeFacts',
    'platform',
    'providerPods',
    'reach',
    'service',
  ],
  bears: ['node-added', 'node-removed', 'server-version', 'provider-node'],
  infer(facts): Judgement {
    const observed = {
      ...facts,
      nodes: { state: 'known', value: facts.nodes, source: '' },
    } as const;
    const foreign = foreignServers(facts.apiServers, observed).filter(mayBeAway);
    if (foreign.length === 0) {
      return { kind: 'ruled-out', because: 'no API server fails whose host is not a node' };
    }
    const pods = valueOr(facts.providerPods, []).filter(({ deleting }) => !deleting);
    if (pods.length > 0 && pods.every(({ hostNetwork }) => hostNetwork)) {
      return { kind: 'ruled-out', because: 'metrics-server is in the host network' };
    }
    if (nobodyToDial(facts.providerPods)) {
      return {
        kind: 'ruled-out',
        because: 'no metrics-server pod is ready, so API servers have nobody to dial',
      };
    }
    if (hasTunnel(facts)) {
      return { kind: 'ruled-out', because: 'konnectivity agents are there: a tunnel stands in' };
    }
    const platform = valueOr(facts.platform, 'unknown');
    const overlay = isOverlay(facts.network);
    if (CLOUD.has(platform) || (platform === 'eks' && !overlay)) {
      return {
        kind: 'ruled-out',
        because: 'the cloud gives pods addresses that its control plane reaches',
      };
    }
    const paths = nodesToProvider(facts);
    if (paths.tried > 0 && paths.working.length === 0) {
      return { kind: 'ruled-out', because: 'other nodes do not reach metrics-server either' };
    }
    const wayless = foreign.filter((server) => isWayless(server, facts));
    const proven = paths.working.length > 0 ? wayless : [];
    const mine = proven.length > 0 ? proven : foreign;
    const common = conclude(mine, facts, paths);
    if (proven.length > 0) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle: `On the host of ${mine[0]?.view.name ?? 'the API server'}: ip route get ${pods[0]?.podIps[0] ?? '<pod address>'}, and ip -br link | grep -E 'flannel|cali|cilium|vxlan'. No device of the CNI, and a way over the default route: it is not on the pod network.`,
    };
  },
  fromWords: spokenBy('controlplane-not-on-pod-network', ({ facts }) => [
    joinControlPlane({ platform: facts.platform }),
  ]),
});

type Wanted = {
  readonly apiServers: readonly ApiServerView[];
  readonly nodes: Extract<Facts['nodes'], { state: 'known' }>['value'];
} & Pick<Facts, 'controlPlanePods' | 'network' | 'platform' | 'providerPods' | 'reach' | 'service'>;

/** Ends that a host without the pod network leaves: no way, silence, or its own tunnel's word for both. */
function mayBeAway(server: FailingServer): boolean {
  const { end, body } = server;
  if (end === null)
    return saysNothingOfTheWay(server) && !/x509:|TLS handshake|bad status/.test(body);
  if (end.kind === 'tunnel') return /^(?:127\.|\[::1\])/.test(end.proxy);
  return end.kind === 'direct' && end.end !== 'refused';
}

/** The host itself says that it knows no way, or it is a server of k3s or RKE2 that was told to go there by itself. */
function isWayless({ end, view }: FailingServer, facts: Wanted): boolean {
  if (end?.kind === 'direct') {
    return (
      (end.end === 'unreachable' || end.end === 'no-route') && isClusterAddress(end.target, facts)
    );
  }
  if (end?.kind !== 'tunnel') return false;
  // The label stands on agents while servers run in mode pod or cluster; without it the server dials by itself.
  const throughAgents = facts.nodes.some(({ labels }) =>
    Object.keys(labels).some((label) => /^egress\.(?:k3s|rke2)\.io\/cluster$/.test(label)),
  );
  return !throughAgents && view.name === view.address && isClusterAddress(end.target, facts);
}

/** A pod or the Service, not some host beyond. */
function isClusterAddress(target: string, { providerPods, service }: Wanted): boolean {
  const host = hostOf(target);
  return (
    valueOr(providerPods, []).some(({ podIps }) => podIps.includes(host)) ||
    (service.state === 'known' && service.value?.clusterIps.includes(host) === true)
  );
}

function hasTunnel({ controlPlanePods }: Pick<Facts, 'controlPlanePods'>): boolean {
  return valueOr(controlPlanePods, []).some(({ component }) => component === 'konnectivity-agent');
}

function isOverlay(network: Facts['network']): boolean {
  return network.state === 'known' && !['none', 'unknown'].includes(network.value.encapsulation);
}

function conclude(
  servers: readonly FailingServer[],
  facts: Wanted,
  paths: ReturnType<typeof nodesToProvider>,
) {
  const names = servers.map(({ view }) => view.name).toSorted();
  const overlay = isOverlay(facts.network) ? ` (${overlayWords(facts.network)})` : '';
  return {
    headline: `The ${names.length === 1 ? 'host' : 'hosts'} of API server ${list(names)} ${names.length === 1 ? 'is' : 'are'} not on the cluster's pod network${overlay}.`,
    where: { nodes: [], from: names, to: [], layer: 'api', direction: null },
    because: [...servers.map(serverClaim), ...pathClaims(paths)],
    explains: apiServerConsequences(names),
    fixes: [joinControlPlane({ platform: facts.platform })],
  } as const;
}

function serverClaim({ view, end, body }: FailingServer): Claim {
  const said = end?.words ?? (body.split('\n', 1)[0]?.trim() || 'no answer');
  return {
    text: `${view.name} (${view.address}) stands on no node, and says: ${said}`,
    evidence: `api-server:${view.name}`,
  };
}

function pathClaims({ working, tried }: ReturnType<typeof nodesToProvider>): Claim[] {
  const [first] = working;
  if (first === undefined) return [];
  return [
    {
      text: `${working.length} of ${count(tried, 'path')} from nodes to metrics-server work, as tcp from ${arrow(first)}`,
      evidence: first.id,
    },
  ];
}
