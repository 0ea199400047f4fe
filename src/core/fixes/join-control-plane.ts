import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix, FixVariant } from './fix.ts';
import { VERIFY_METRICS_API } from './metrics-server-values.ts';

/** Gives the hosts of the API servers a way to pods: by a tunnel, by membership, or around the pod network. */
export function joinControlPlane({ platform }: { readonly platform: Observed<Platform> }): Fix {
  const distro = platform.state === 'known' ? platform.value : 'unknown';
  return {
    title: 'Give the control plane a way to pods',
    where: ['cluster'],
    variants: [...variantsOf(distro), hostNetwork()],
    risk: 'a restart of the API servers, one after the other; hostNetwork puts metrics-server on a port of its node',
    undo: ['Take the setting back and restart the same way.'],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'Webhooks and other aggregated APIs need the same way.',
      'With hostNetwork use another port than the kubelet: --secure-port=4443.',
    ],
  };
}

function variantsOf(distro: Platform): readonly FixVariant[] {
  if (distro === 'k3s' || distro === 'rke2') {
    const unit = distro === 'k3s' ? 'k3s' : 'rke2-server';
    return [
      {
        tool: `${distro} config`,
        commands: [
          `echo 'egress-selector-mode: cluster' >> /etc/rancher/${distro}/config.yaml   # on each server; or start it with an agent (without --disable-agent)`,
          `systemctl restart ${unit}   # then the agents, so that they allow the tunnel`,
        ],
      },
    ];
  }
  if (distro === 'k0s') {
    return [
      {
        tool: 'k0s',
        commands: [
          '# konnectivity is on by default: start controllers without --disable-components=konnectivity-server',
        ],
      },
    ];
  }
  if (distro === 'eks') return [];
  return [
    {
      tool: 'kubeadm and clusters built by hand',
      commands: [
        '# run kubelet, CNI and kube-proxy on the API server hosts (kubeadm join --control-plane), tainted against workloads',
        '# or set up konnectivity: https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/',
      ],
    },
  ];
}

function hostNetwork(): FixVariant {
  return {
    tool: 'helm (around the pod network)',
    commands: [
      'helm upgrade metrics-server metrics-server/metrics-server -n kube-system --reuse-values --set hostNetwork.enabled=true --set containerPort=4443',
    ],
  };
}
