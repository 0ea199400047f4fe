import type { Facts } from '../evidence/facts.ts';
import { tunnelEndpoint } from '../evidence/network-words.ts';
import { fails } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { NodeObject } from '../evidence/snapshot.ts';
import { correctNodeIp } from '../fixes/node-ip.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';

/**
 * Two nodes publish the same address, so what is meant for one ends at the other.
 *
 * Signature: two Ready Node objects with the same first InternalIP, flannel `public-ip` or Calico address. A Node
 * that is not Ready beside a new one with its address is the leftover of a rename, not this fault.
 */
export const duplicateNodeIp = defineCause({
  id: 'duplicate-node-ip',
  title: 'Two nodes publish the same address',
  needs: ['nodes'],
  wants: ['reach', 'apiServers', 'providerPods', 'platform'],
  bears: ['node-added', 'node-address'],
  infer(facts): Judgement {
    const shared = sharedAddresses(facts.nodes);
    if (shared.length === 0) {
      return {
        kind: 'ruled-out',
        because: `all ${facts.nodes.length} nodes publish addresses of their own`,
      };
    }
    const live = shared.filter(({ nodes }) => nodes.filter(isReady).length >= 2);
    const mine = live.length > 0 ? live : shared;
    const names = [
      ...new Set(mine.flatMap(({ nodes }) => nodes.map(({ name }) => name))),
    ].toSorted();
    const words = mine.map(
      ({ address, nodes }) => `${list(nodes.map(({ name }) => name))} publish ${address}`,
    );
    const common = {
      headline: `${words.join('; ')}: packets for one end at the other.`,
      where: { nodes: names, from: [], to: names, layer: null, direction: null },
      because: mine.map(({ address, nodes, field }) => ({
        text: `${field} ${address} stands on ${list(nodes.map(({ name }) => name))}`,
        evidence: 'snapshot.nodes',
      })),
      explains: consequences(new Set(names), facts),
      fixes: [correctNodeIp({ nodes: names, platform: facts.platform })],
    } as const;
    if (live.length > 0) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle:
        'kubectl get nodes -o wide: if the node that is not Ready is gone for good, delete its Node object.',
    };
  },
  fromWords: spokenBy('duplicate-node-ip', ({ facts, nodes }) => [
    correctNodeIp({
      nodes: nodes.length > 0 ? nodes : ['the nodes that share it'],
      platform: facts.platform,
    }),
  ]),
});

interface Shared {
  readonly address: string;
  readonly field: string;
  readonly nodes: readonly NodeObject[];
}

function sharedAddresses(nodes: readonly NodeObject[]): readonly Shared[] {
  const byAddress = (field: string, of: (node: NodeObject) => string | null): Shared[] => {
    const groups = new Map<string, NodeObject[]>();
    for (const node of nodes) {
      const address = of(node);
      if (address === null) continue;
      groups.set(address, [...(groups.get(address) ?? []), node]);
    }
    return [...groups]
      .filter(([, group]) => group.length > 1)
      .map(([address, group]) => ({ address, field, nodes: group }));
  };
  const internal = byAddress('InternalIP', (node) => node.internalIps[0] ?? null);
  const known = new Set(internal.map(({ address }) => address));
  const tunnel = byAddress('the tunnel address', tunnelEndpoint).filter(
    ({ address }) => !known.has(address),
  );
  return [...internal, ...tunnel];
}

function isReady({ ready }: NodeObject): boolean {
  return ready.state === 'missing' || ready.value;
}

function consequences(
  names: ReadonlySet<string>,
  { reach, apiServers, providerPods }: Pick<Facts, 'reach' | 'apiServers' | 'providerPods'>,
): readonly string[] {
  const touches = (r: ReachResult): boolean =>
    r.from.node !== r.to.node && (names.has(r.from.node) || names.has(r.to.node));
  const paths = (reach.state === 'known' ? reach.value : [])
    .filter((r) => fails(r) && touches(r))
    .map((r) => `${r.to.kind === 'provider' ? 'provider-path' : 'path'}:${r.id}`);
  const providers = (providerPods.state === 'known' ? providerPods.value : [])
    .filter(({ deleting }) => !deleting)
    .map(({ nodeName }) => nodeName);
  const hosted = providers.some((node) => node !== null && names.has(node));
  const servers = (apiServers.state === 'known' ? apiServers.value : [])
    .filter(({ name }) => (hosted ? !providers.includes(name) : names.has(name)))
    .map(({ name }) => `api-server:${name}`);
  const shared = servers.length > 0 ? ['hpa:*', 'apiservice-condition'] : [];
  return [...paths, ...servers, ...shared, ...[...names].map((name) => `node-metrics:${name}`)];
}
