import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix } from './fix.ts';

/** Gives each node its own, reachable address. */
export function correctNodeIp(scope: {
  readonly nodes: readonly string[];
  readonly platform: Observed<Platform>;
}): Fix {
  const distro = scope.platform.state === 'known' ? scope.platform.value : 'unknown';
  const rancher = distro === 'rke2' || distro === 'k3s';
  const unit =
    distro === 'rke2' ? 'rke2-server   # rke2-agent on a worker' : 'k3s   # k3s-agent on a worker';
  return {
    title: 'Give each node an address of its own that the others reach',
    where: scope.nodes,
    variants: [
      rancher
        ? {
            tool: `${distro} config`,
            commands: [
              "ip -br address   # which address is this node's own?",
              `grep -n 'node-ip' /etc/rancher/${distro}/config.yaml /etc/rancher/${distro}/config.yaml.d/* 2>/dev/null`,
              `sed -i 's/^node-ip:.*/node-ip: <own address>/' /etc/rancher/${distro}/config.yaml`,
              `systemctl restart ${unit}`,
            ],
          }
        : {
            tool: 'kubelet',
            commands: [
              "ip -br address   # which address is this node's own?",
              '# set --node-ip=<own address> in /etc/default/kubelet or /var/lib/kubelet/kubeadm-flags.env, then',
              'systemctl restart kubelet',
            ],
          },
      {
        tool: 'kubectl (Calico address detection)',
        commands: [
          'kubectl -n kube-system set env daemonset/calico-node -c calico-node IP_AUTODETECTION_METHOD=kubernetes-internal-ip',
        ],
      },
    ],
    risk: "the restart takes the node's agent down for some seconds; pods keep running",
    undo: ['Put the old value back and restart again.'],
    verify: ['kubectl get nodes -o wide', 'Run the diagnosis again: it tries these paths again.'],
    notes: [
      'A cloned virtual machine often carries the address, the machine-id and the CNI state of its template.',
    ],
  };
}
