import type { NetworkFacts, Platform } from '../evidence/facts.ts';
import { tunnelEndpoint } from '../evidence/network-words.ts';
import type { Observed } from '../evidence/observed.ts';
import type { NodeObject } from '../evidence/snapshot.ts';
import { allowInbound } from './firewall-rule.ts';
import type { Fix } from './fix.ts';

export interface OverlayOpening {
  readonly network: Observed<NetworkFacts>;
  readonly platform: Observed<Platform>;
  readonly nodes: readonly NodeObject[];
  /** Nodes that drop, and who must get through to each. */
  readonly into: readonly { readonly node: string; readonly from: readonly string[] }[];
  readonly verify: readonly string[];
}

const NEVER_TO_THE_WORLD =
  'Never open it to the world: anyone who reaches it can inject packets into the pod network.';

/** Lets the overlay of this CNI in, from the tunnel endpoints of the peers only. */
export function openOverlay(opening: OverlayOpening): readonly Fix[] {
  const { network } = opening;
  if (network.state === 'missing') return [];
  const { encapsulation, port } = network.value;
  const protocol = encapsulation === 'ipip' ? 'ipip' : 'udp';
  if (protocol === 'udp' && port === null) return [];
  const byName = new Map(opening.nodes.map((node) => [node.name, node]));
  const address = (name: string): string[] => {
    const node = byName.get(name);
    const endpoint = node === undefined ? null : tunnelEndpoint(node);
    return endpoint === null ? [] : [endpoint];
  };
  const grouped = new Map<string, { nodes: string[]; from: string[] }>();
  for (const { node, from } of opening.into) {
    const sources = from.flatMap(address).toSorted();
    if (sources.length === 0) continue;
    const key = sources.join(' ');
    const group = grouped.get(key) ?? { nodes: [], from: sources };
    group.nodes.push(node);
    grouped.set(key, group);
  }
  return [...grouped.values()].map(({ nodes, from }) =>
    allowInbound({
      nodes,
      protocol,
      port: protocol === 'ipip' ? null : port,
      from,
      verify: opening.verify,
      notes: notesFor(opening),
    }),
  );
}

function notesFor({ network, platform }: OverlayOpening): readonly string[] {
  const notes = [NEVER_TO_THE_WORLD];
  if (network.state === 'missing') return notes;
  const { cni, encapsulation, port } = network.value;
  const distro = platform.state === 'known' ? platform.value : 'unknown';
  if (distro === 'rke2') {
    if (cni === 'canal') {
      notes.push(
        'RKE2 advises against firewalld together with Canal: https://docs.rke2.io/known_issues',
      );
    }
    notes.push('Ports that RKE2 needs between nodes: https://docs.rke2.io/install/requirements');
  }
  if (distro === 'k3s') {
    notes.push(
      'k3s advises to disable firewalld and ufw, or to open what it lists: https://docs.k3s.io/installation/requirements',
    );
  }
  if (encapsulation === 'ipip') {
    notes.push(
      'OpenStack: give the rule the protocol number 4; its name "ipip" becomes 94. Azure does not carry IPIP: use VXLAN.',
    );
  }
  if (encapsulation === 'vxlan') {
    notes.push(
      port === 8472
        ? 'VMware NSX may swallow 8472/udp: https://github.com/flannel-io/flannel/issues/2388'
        : 'Under VMware with NSX, VXLAN inside VXLAN on the same port is lost: https://github.com/projectcalico/calico/issues/4727',
    );
  }
  return notes;
}
