import type { ControlPlane, KeyPair, LabNode } from '../types.ts';

/**
 * Which serving certificate a kubelet shows:
 * - `good`: from the cluster's CA, with the node's InternalIP among its names;
 * - `no-ip-san`: from the cluster's CA, with the host name only, as kubeadm's kubelets have it;
 * - `foreign-ca`: right names, from a CA that nobody in the cluster trusts (a kubelet's self-signed start certificate is like it).
 */
export type ServingCertificate = 'good' | 'no-ip-san' | 'foreign-ca';

/** Issues the wanted kind of serving certificate for a node. */
export async function issueServing(
  controlPlane: ControlPlane,
  node: LabNode,
  kind: ServingCertificate,
): Promise<KeyPair> {
  const { pki } = controlPlane;
  const names = { commonName: node.name, dnsNames: [node.name] };
  switch (kind) {
    case 'good': {
      const known = pki.kubelets.get(node.name);
      return (
        known?.serving ?? pki.issue({ name: `kubelet-${node.name}`, ...names, ips: [node.ip] })
      );
    }
    case 'no-ip-san':
      return pki.issue({ name: `kubelet-${node.name}-no-ip-san`, ...names });
    case 'foreign-ca': {
      const caName = `${node.name}-ca`;
      const signer = await pki.issue({
        name: `kubelet-${caName}`,
        commonName: caName,
        signer: 'self',
      });
      return pki.issue({ name: `kubelet-${node.name}-foreign`, ...names, ips: [node.ip], signer });
    }
  }
}
