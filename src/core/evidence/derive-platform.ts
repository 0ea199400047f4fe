import type { Evidence } from './evidence.ts';
import type { Platform } from './facts.ts';
import { known, missing, type Observed } from './observed.ts';
import type { NodeObject } from './snapshot.ts';

const PLATFORMS: readonly Platform[] = [
  'rke2',
  'k3s',
  'kubeadm',
  'eks',
  'gke',
  'aks',
  'talos',
  'k0s',
  'openshift',
];

interface Sign {
  readonly platform: Platform;
  readonly because: string;
  readonly holds: (node: NodeObject) => boolean;
}

/** In order: a sign further up decides. The kubelet's version carries the distribution's own suffix. */
const SIGNS: readonly Sign[] = [
  {
    platform: 'rke2',
    because: 'kubelet version ends in +rke2',
    holds: (n) => n.kubeletVersion.includes('+rke2'),
  },
  {
    platform: 'k3s',
    because: 'kubelet version ends in +k3s',
    holds: (n) => n.kubeletVersion.includes('+k3s'),
  },
  {
    platform: 'k0s',
    because: 'kubelet version ends in +k0s',
    holds: (n) => n.kubeletVersion.includes('+k0s'),
  },
  {
    platform: 'eks',
    because: 'kubelet version ends in -eks',
    holds: (n) => n.kubeletVersion.includes('-eks-') || hasLabel(n, 'eks.amazonaws.com/'),
  },
  {
    platform: 'gke',
    because: 'kubelet version ends in -gke',
    holds: (n) => n.kubeletVersion.includes('-gke.') || hasLabel(n, 'cloud.google.com/gke-'),
  },
  {
    platform: 'aks',
    because: 'node labels of AKS',
    holds: (n) => hasLabel(n, 'kubernetes.azure.com/'),
  },
  { platform: 'talos', because: 'the OS is Talos', holds: (n) => n.osImage.startsWith('Talos') },
  {
    platform: 'openshift',
    because: 'node labels of OpenShift',
    holds: (n) => hasLabel(n, 'node.openshift.io/'),
  },
  {
    platform: 'rke2',
    because: 'node annotations of RKE2',
    holds: (n) => Object.keys(n.annotations).some((key) => key.startsWith('rke2.io/')),
  },
  {
    platform: 'k3s',
    because: 'node annotations of k3s',
    holds: (n) => Object.keys(n.annotations).some((key) => key.startsWith('k3s.io/')),
  },
  {
    platform: 'kubeadm',
    because: 'node annotations of kubeadm',
    holds: (n) => 'kubeadm.alpha.kubernetes.io/cri-socket' in n.annotations,
  },
];

/** Which distribution runs the cluster: it decides how a packaged component is changed for good. */
export function derivePlatform(evidence: Evidence): Observed<Platform> {
  const hint = PLATFORMS.find((platform) => platform === evidence.hints.platform);
  if (hint !== undefined) return known(hint, "the cluster's configuration");
  const { nodes, serverVersion } = evidence.snapshot;
  if (nodes.state === 'known') {
    for (const sign of SIGNS) {
      if (nodes.value.some(sign.holds)) return known(sign.platform, sign.because);
    }
  }
  if (serverVersion.state === 'known') {
    const suffix = /\+(rke2|k3s|k0s)/.exec(serverVersion.value)?.[1];
    const found = PLATFORMS.find((platform) => platform === suffix);
    if (found !== undefined) return known(found, `server version ${serverVersion.value}`);
  }
  if (nodes.state === 'known' && nodes.value.length > 0) {
    return known('unknown', 'no sign of a known distribution on the nodes');
  }
  return nodes.state === 'missing'
    ? nodes
    : missing('failed', 'the cluster has no nodes to judge by');
}

function hasLabel(node: NodeObject, prefix: string): boolean {
  return Object.keys(node.labels).some((key) => key.startsWith(prefix));
}
