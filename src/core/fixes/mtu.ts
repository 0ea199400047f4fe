import type { NetworkFacts, Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix, FixVariant } from './fix.ts';

/** Bytes that an encapsulation adds to an IPv4 packet. WireGuard as Calico and flannel count it. */
const OVERHEAD_BYTES: Record<NetworkFacts['encapsulation'], number> = {
  vxlan: 50,
  geneve: 50,
  ipip: 20,
  wireguard: 60,
  none: 0,
  unknown: 50,
};

export function overheadBytes(network: Observed<NetworkFacts>): number {
  return OVERHEAD_BYTES[network.state === 'known' ? network.value.encapsulation : 'unknown'];
}

export interface MtuScope {
  readonly network: Observed<NetworkFacts>;
  readonly platform: Observed<Platform>;
  readonly nodes: readonly string[];
  /** Largest IP packet that the path between the machines carries; null when not measured. */
  readonly underlayBytes: number | null;
}

/** One MTU for the pod network that the path between the machines carries. */
export function lowerPodMtu({ network, platform, nodes, underlayBytes }: MtuScope): Fix {
  const overhead = overheadBytes(network);
  const mtu = underlayBytes === null ? '<N>' : String(underlayBytes - overhead);
  const cni = network.state === 'known' ? network.value.cni : 'unknown';
  const distro = platform.state === 'known' ? platform.value : 'unknown';
  const measure: FixVariant = {
    tool: 'measure first',
    commands: [
      '# the largest S that answers, plus 28, is what the path between two nodes carries',
      'ping -M do -c 2 -s 1472 <InternalIP of the other node>',
      `# N = that size - ${overhead}`,
    ],
  };
  return {
    title: `Lower the MTU of the pod network${underlayBytes === null ? '' : ` to ${mtu}`}, or let the path carry full packets`,
    where: ['cluster', ...nodes],
    variants: [...(underlayBytes === null ? [measure] : []), ...byCni(cni, distro, mtu)],
    risk: 'pods take the new MTU when they are made again; connections of running pods keep failing until then',
    undo: ['Put the old value back the same way and restart the CNI agents.'],
    verify: [
      'Run the diagnosis again: it sends full-size packets over these paths again.',
      'kubectl top nodes',
    ],
    notes: [
      `The overlay adds ${overhead} bytes to each packet: its MTU must be that much below the smallest MTU between the nodes.`,
      'If the underlay should carry full packets (jumbo frames, a tunnel in between, a cloud network with 1450 or 1460), mend it there instead.',
    ],
  };
}

function byCni(cni: NetworkFacts['cni'], distro: Platform, mtu: string): FixVariant[] {
  if (distro === 'rke2' && (cni === 'canal' || cni === 'calico')) {
    const chart = cni === 'canal' ? 'rke2-canal' : 'rke2-calico';
    const values =
      cni === 'canal'
        ? ['    calico:', `      vethuMTU: ${mtu}`]
        : ['    installation:', '      calicoNetwork:', `        mtu: ${mtu}`];
    return [
      {
        tool: 'HelmChartConfig',
        commands: [
          "kubectl apply -f - <<'EOF'",
          'apiVersion: helm.cattle.io/v1',
          'kind: HelmChartConfig',
          `metadata: {name: ${chart}, namespace: kube-system}`,
          'spec:',
          '  valuesContent: |-',
          ...values,
          'EOF',
        ],
      },
    ];
  }
  if (cni === 'calico') {
    return [
      {
        tool: 'kubectl (Installation)',
        commands: [
          `kubectl patch installation default --type=merge -p '{"spec":{"calicoNetwork":{"mtu":${mtu}}}}'`,
        ],
      },
    ];
  }
  if (cni === 'cilium') {
    return [
      {
        tool: 'kubectl (cilium-config)',
        commands: [
          `kubectl -n kube-system patch configmap cilium-config --type=merge -p '{"data":{"mtu":"${mtu}"}}'`,
          'kubectl -n kube-system rollout restart daemonset/cilium',
        ],
      },
    ];
  }
  return [
    {
      tool: 'ip (network card)',
      commands: [
        '# flannel takes its MTU from the card: give every node the same one, then restart the CNI agent',
        'ip link set dev <card> mtu <size that the path carries>   # for good: in the network configuration of the OS',
        distro === 'k3s'
          ? 'systemctl restart k3s   # k3s-agent on a worker'
          : 'kubectl -n kube-flannel rollout restart daemonset/kube-flannel-ds',
      ],
    },
  ];
}
