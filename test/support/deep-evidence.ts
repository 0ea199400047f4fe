import type {
  DeepFlow,
  DeepNodeFacts,
  DeepPeer,
  NamedRule,
  RuleProof,
} from '../../src/core/evidence/deep-results.ts';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { known } from '../../src/core/evidence/observed.ts';
import { withProbes } from './evidence-builder.ts';

/** Rules as the owners write them, for what a deep probe names. */
export const RULES = {
  ufw: {
    backend: 'iptables-nft',
    family: 'ip',
    table: 'filter',
    chain: 'INPUT',
    place: 'policy',
    text: 'policy drop',
    owner: 'ufw',
    does: 'drop',
  },
  firewalld: {
    backend: 'nft',
    family: 'inet',
    table: 'firewalld',
    chain: 'filter_IN_public',
    place: 'handle 72',
    text: 'reject with icmpx admin-prohibited',
    owner: 'firewalld',
    does: 'reject',
  },
  plain: {
    backend: 'iptables-nft',
    family: 'ip',
    table: 'filter',
    chain: 'INPUT',
    place: 'rule 3',
    text: '-A INPUT -p udp -m udp --dport 8472 -j DROP',
    owner: 'iptables',
    does: 'drop',
  },
  nft: {
    backend: 'nft',
    family: 'inet',
    table: 'f',
    chain: 'out',
    place: 'handle 12',
    text: 'udp dport 8472 drop',
    owner: 'nftables',
    does: 'drop',
  },
} as const satisfies Record<string, NamedRule>;

/** A node's deep facts, well unless told otherwise; entries for every other node as flannel writes them. */
export function deepRow(
  e: Evidence,
  node: string,
  change: Partial<DeepNodeFacts> = {},
): DeepNodeFacts {
  const nodes = e.snapshot.nodes.state === 'known' ? e.snapshot.nodes.value : [];
  const at = (name: string): number => nodes.findIndex((each) => each.name === name);
  return {
    node,
    flows: [],
    overlay: {
      name: 'flannel.1',
      mac: vtepMac(at(node)),
      addresses: [`10.42.${at(node)}.0`],
      driver: null,
      offloads: {},
    },
    underlay: {
      name: 'eth0',
      mac: '02:00:00:00:00:01',
      addresses: nodes[at(node)]?.internalIps ?? [],
      driver: 'virtio_net',
      offloads: {},
    },
    peers: nodes
      .filter(({ name }) => name !== node)
      .map(({ name, internalIps }): DeepPeer => {
        const index = at(name);
        return {
          node: name,
          tabled: true,
          route: { device: 'flannel.1', via: `10.42.${index}.0` },
          neighbour: { mac: vtepMac(index), state: 'PERMANENT' },
          vtep: internalIps[0] ?? null,
        };
      }),
    routingRules: [],
    ownPodDevice: 'cni0',
    conntrack: null,
    forwarding: true,
    rpFilter: 0,
    missing: [],
    ...change,
  };
}

function vtepMac(index: number): string {
  return `0e:00:00:00:00:0${index + 1}`;
}

/** The overlay's own packets between two nodes, as a rule of one end has them. */
export function outerFlow(
  node: string,
  pair: readonly [from: string, to: string],
  found: { readonly rule: NamedRule; readonly proof: RuleProof } | null,
): DeepFlow {
  const [from, to] = pair;
  return {
    id: `deep ${node}: outer ${from}>${to}`,
    node,
    leg: node === from ? 'out' : 'in',
    packet: 'outer',
    from: { kind: 'node', node: from },
    to: {
      kind: 'listener',
      node: to,
      address: '10.42.0.9',
      port: 19_472,
      name: `listener on ${to}`,
    },
    protocol: 'udp',
    aimed: 1_200,
    fate: found === null ? 'passes' : 'ends',
    by:
      found === null
        ? []
        : [
            {
              ...found,
              packets: found.proof === 'listed' ? null : found.proof === 'traced' ? 8 : 1_196,
            },
          ],
  };
}

/** A connection to a kubelet, as a rule has it. */
export function kubeletFlow(
  node: string,
  from: DeepFlow['from'],
  to: string,
  found: { readonly rule: NamedRule; readonly proof: RuleProof },
): DeepFlow {
  return {
    ...outerFlow(node, [from.node, to], found),
    id: `deep ${node}: tcp ${from.node}>kubelet@${to}`,
    leg: node === to ? 'in' : 'through',
    packet: 'plain',
    from,
    to: {
      kind: 'kubelet',
      node: to,
      address: '192.168.77.1',
      port: 10_250,
      name: `kubelet of ${to}`,
    },
    protocol: 'tcp',
    aimed: 8,
  };
}

export function withDeep(e: Evidence, rows: readonly DeepNodeFacts[]): Evidence {
  return withProbes(e, { deep: known(rows, 'deep probes') });
}
