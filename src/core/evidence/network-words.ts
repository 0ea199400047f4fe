import type { NetworkFacts } from './facts.ts';
import type { Observed } from './observed.ts';
import type { NodeObject } from './snapshot.ts';

const ENCAPSULATION_WORDS: Record<NetworkFacts['encapsulation'], string> = {
  vxlan: 'VXLAN',
  ipip: 'IPIP',
  wireguard: 'WireGuard',
  geneve: 'Geneve',
  none: 'no encapsulation',
  unknown: 'encapsulation not known',
};

const CNI_WORDS: Record<NetworkFacts['cni'], string> = {
  canal: 'Canal',
  calico: 'Calico',
  flannel: 'flannel',
  cilium: 'Cilium',
  other: 'a CNI of another kind',
  unknown: 'a CNI that could not be told',
};

/** `VXLAN, 8472/udp`, `IPIP, IP protocol 4`. */
export function overlayWords(network: Observed<NetworkFacts>): string {
  if (network.state === 'missing') return 'port not known';
  const { encapsulation, port } = network.value;
  const name = ENCAPSULATION_WORDS[encapsulation];
  if (encapsulation === 'ipip') return `${name}, IP protocol 4`;
  return port === null ? name : `${name}, ${port}/udp`;
}

/** One sentence on what the cluster runs and how that is known. */
export function networkSentence(network: Observed<NetworkFacts>): string {
  if (network.state === 'missing')
    return `Which overlay this is could not be told: ${network.detail}.`;
  const { cni, vni, basis } = network.value;
  const withVni = vni === null ? '' : `, VNI ${vni}`;
  return `This cluster runs ${CNI_WORDS[cni]} (${overlayWords(network)}${withVni}): ${basis.join('; ')}.`;
}

/**
 * Nodes whose first InternalIP or tunnel address another node publishes, too. What happens between them and
 * anybody is `duplicate-node-ip`'s to tell: packets for one end at the other, and every counter misleads.
 */
export function nodesSharingAddress(nodes: readonly NodeObject[]): ReadonlySet<string> {
  const holders = new Map<string, Set<string>>();
  for (const node of nodes) {
    if (node.ready.state === 'known' && !node.ready.value) continue;
    for (const address of [node.internalIps[0], tunnelEndpoint(node)]) {
      if (address === undefined || address === null) continue;
      holders.set(address, (holders.get(address) ?? new Set()).add(node.name));
    }
  }
  return new Set(
    [...holders.values()].filter((names) => names.size > 1).flatMap((names) => [...names]),
  );
}

/**
 * The address at which other nodes send this node's overlay packets: what the CNI published, else the
 * InternalIP. On machines with several networks the two differ, and a firewall must know the CNI's.
 */
export function tunnelEndpoint(node: NodeObject): string | null {
  const published =
    node.annotations['flannel.alpha.coreos.com/public-ip-overwrite'] ??
    node.annotations['flannel.alpha.coreos.com/public-ip'] ??
    node.annotations['projectcalico.org/IPv4Address'];
  const [address] = (published ?? '').split('/', 1);
  if (address !== undefined && address !== '') return address;
  return node.internalIps[0] ?? null;
}
