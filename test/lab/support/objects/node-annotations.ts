import type { LabNetwork, LabNode } from '../types.ts';

/** What the CNI's agent and RKE2 write on a Node of this flavour. */
export function nodeAnnotations(
  network: Pick<LabNetwork, 'flavour'>,
  node: LabNode,
): Readonly<Record<string, string>> {
  const rke2 = {
    'rke2.io/hostname': node.name,
    'rke2.io/internal-ip': node.ip,
    'rke2.io/node-args': JSON.stringify([
      node.role,
      '--cni',
      network.flavour,
      ...(node.role === 'agent' ? ['--server', 'https://prod.example.internal:9345'] : []),
    ]),
  };
  const flannel = {
    'flannel.alpha.coreos.com/backend-data': JSON.stringify({
      VNI: node.overlay.vni,
      VtepMAC: node.overlay.mac,
    }),
    'flannel.alpha.coreos.com/backend-type': 'vxlan',
    'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
    'flannel.alpha.coreos.com/public-ip': node.ip,
  };
  switch (network.flavour) {
    case 'canal':
      return {
        ...rke2,
        ...flannel,
        'projectcalico.org/IPv4Address': `${node.ip}/24`,
        'projectcalico.org/IPv4IPIPTunnelAddr': node.podGateway,
      };
    case 'flannel':
      return { ...rke2, ...flannel };
    case 'calico':
      return {
        ...rke2,
        'projectcalico.org/IPv4Address': `${node.ip}/24`,
        'projectcalico.org/IPv4VXLANTunnelAddr': node.overlay.ip,
      };
    case 'cilium':
      return {
        ...rke2,
        'network.cilium.io/ipv4-pod-cidr': node.podBlock,
        'network.cilium.io/ipv4-cilium-host': node.overlay.ip,
      };
  }
}
