import type { Facts } from '../evidence/facts.ts';
import type { Fix } from './fix.ts';

/** Stands for an address that the evidence does not name. */
const PEER = '<InternalIP of each other node>';
/** What each CNI sends between nodes, where the encapsulation is not known. */
const PORTS_BY_CNI = [
  '# first find out which overlay it is; the ports are not interchangeable:',
  '#   Canal, k3s flannel, Cilium: 8472/udp',
  "#   Calico VXLAN, RKE2's flannel: 4789/udp",
  '#   Calico IPIP: IP protocol 4    WireGuard: 51820-51821/udp',
  "kubectl get nodes -o yaml | grep -E 'flannel.alpha|projectcalico|cilium'; ip -d link | grep -A2 -E 'vxlan|ipip|wireguard'",
] as const;

/** Lets the overlay in where neither the nodes' addresses nor always the CNI are known: commands with a gap to fill. */
export function openOverlayBetweenNodes(
  { network }: Pick<Facts, 'network'>,
  nodes: readonly string[],
): Fix {
  const known = network.state === 'known' ? network.value : null;
  if (known?.encapsulation === 'ipip') return openBetweenNodes({ protocol: 'ipip', nodes });
  if (known?.port != null) return openBetweenNodes({ protocol: 'udp', port: known.port, nodes });
  return {
    ...openBetweenNodes({ protocol: 'udp', port: '<overlay port>', nodes }),
    title: 'Allow the overlay of this CNI between the nodes',
    risk: 'opens one port to the nodes of the cluster, to nobody else',
    variants: [{ tool: 'find the port', commands: PORTS_BY_CNI }],
  };
}

interface Opening {
  readonly protocol: 'udp' | 'tcp' | 'ipip';
  readonly port?: number | string;
  readonly nodes: readonly string[];
}

/** A rule that lets the other nodes in, with a gap for their addresses: never one that opens a port to everyone. */
export function openBetweenNodes({ protocol, port = '', nodes }: Opening): Fix {
  const ipip = protocol === 'ipip';
  const what = ipip ? 'IP protocol 4 (IPIP)' : `${port}/${protocol}`;
  const element = ipip ? 'protocol value="ipip"' : `port port="${port}" protocol="${protocol}"`;
  const match = ipip ? '-p 4' : `-p ${protocol} --dport ${port}`;
  return {
    title: `Allow ${what} between the nodes`,
    where: nodes.length > 0 ? nodes : ['every node'],
    variants: [
      {
        tool: 'firewalld',
        commands: [
          `firewall-cmd --permanent --add-rich-rule='rule family="ipv4" source address="${PEER}" ${element} accept'`,
          'firewall-cmd --reload',
        ],
      },
      {
        tool: 'ufw',
        commands: ipip
          ? ['# in /etc/ufw/before.rules:', `-A ufw-before-input -p 4 -s ${PEER} -j ACCEPT`]
          : [`ufw prepend allow proto ${protocol} from ${PEER} to any port ${port}`],
      },
      { tool: 'iptables', commands: [`iptables -I INPUT 1 ${match} -s ${PEER} -j ACCEPT`] },
      {
        tool: 'cloud security group',
        commands: [
          `# inbound rule on the nodes' group: ${what}, source: the same group${ipip ? ' (OpenStack: by the number 4)' : ''}`,
        ],
      },
    ],
    risk: `opens ${what} to the nodes of the cluster, to nobody else`,
    undo: ['the same rule with --remove-rich-rule, ufw delete, or iptables -D'],
    verify: ['kubectl top nodes   # from every server'],
    notes: [
      'Never open it to the world.',
      'Ports that RKE2 needs: https://docs.rke2.io/install/requirements',
    ],
  };
}
