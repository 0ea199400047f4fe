import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix } from './fix.ts';

/** Leaves one iptables on the node, for host and pods alike. */
export function oneIptables(scope: {
  readonly nodes: readonly string[];
  readonly platform: Observed<Platform>;
}): Fix {
  const k3s = scope.platform.state === 'known' && scope.platform.value === 'k3s';
  return {
    title: 'Let host and CNI use one variant of iptables',
    where: scope.nodes,
    variants: [
      ...(k3s
        ? [
            {
              tool: 'k3s config',
              commands: [
                "echo 'prefer-bundled-bin: true' >> /etc/rancher/k3s/config.yaml",
                'systemctl restart k3s   # k3s-agent on a worker',
              ],
            },
          ]
        : []),
      {
        tool: 'update-alternatives (Debian, Ubuntu)',
        commands: [
          'iptables --version; iptables-legacy-save | grep -c ^-A; iptables-nft-save | grep -c ^-A   # which one holds rules',
          'update-alternatives --set iptables /usr/sbin/iptables-nft   # or iptables-legacy: the one that the CNI uses',
          'update-alternatives --set ip6tables /usr/sbin/ip6tables-nft',
        ],
      },
      {
        tool: 'Felix (Calico)',
        commands: [
          'kubectl patch felixconfiguration default --type=merge -p \'{"spec":{"iptablesBackend":"Auto"}}\'',
        ],
      },
    ],
    risk: 'rules in the other variant stay in the kernel until a reboot: drain the node and reboot it',
    undo: ['update-alternatives --auto iptables; update-alternatives --auto ip6tables'],
    verify: ['The agent becomes Ready.', 'Run the diagnosis again: it tries these paths again.'],
    notes: [
      'iptables 1.8.0 to 1.8.4 doubles rules in nft mode: upgrade it (docs.k3s.io/known-issues).',
    ],
  };
}
