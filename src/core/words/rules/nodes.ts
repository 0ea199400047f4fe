import { list } from '../../report/words.ts';
import { type SpokenRule, said } from '../word-rule.ts';
import { NOT_READY, PATH_LOST, PROVIDER_TO_KUBELET, UNREACHED, UNSCRAPED } from './common.ts';

/** Addresses, CNI, kernel and network managers of the nodes. */
export const nodesWords = {
  'duplicate-node-ip': {
    proves: ['address-already-used', said('address-shared', undefined, { value: /\d/ })],
    suggests: ['address-shared'],
    fits: PATH_LOST,
    explains: [
      ...UNREACHED,
      'address-shared',
      'address-already-used',
      'ping-fails',
      'remote-nodes-missing',
    ],
    headline: ({ value }) =>
      `Two nodes publish the same address${value === null ? '' : ` (${value})`}: packets for one end at the other.`,
    settle:
      'kubectl get nodes -o wide, and the annotations flannel.alpha.coreos.com/public-ip and projectcalico.org/IPv4Address: does an address stand there twice?',
  },
  'wrong-node-ip': {
    suggests: ['node-address-wrong'],
    explains: [
      ...UNREACHED,
      ...UNSCRAPED,
      said('timed-out', PROVIDER_TO_KUBELET),
      said('no-route', PROVIDER_TO_KUBELET),
      said('connection-refused', PROVIDER_TO_KUBELET),
      'nodes-unreachable',
    ],
    headline: ({ value }) =>
      `A node is registered with an address that the others cannot use${value === null ? '' : ` (${value})`}.`,
    settle:
      'kubectl get nodes -o wide, then from another node: curl -k --max-time 5 https://<InternalIP>:10250/healthz. Any answer, 401 too, proves the address good.',
  },
  'pod-cidr-overlaps-node-network': {
    proves: ['ranges-overlap'],
    explains: [
      ...UNREACHED,
      ...UNSCRAPED,
      said('timed-out', PROVIDER_TO_KUBELET),
      'own-node-missing',
    ],
    headline: ({ value }) =>
      `The pod range${value === null ? '' : ` ${value}`} covers addresses of the nodes, so replies to them go into the overlay.`,
    settle:
      'Compare kubectl get nodes -o wide with the cluster CIDR or IPPools: no node address may lie inside.',
  },
  'cni-agent-broken': {
    proves: [['cni-agent-not-ready', 'cni-agent-error']],
    suggests: ['cni-agent-error', 'cni-agent-not-ready'],
    fits: PATH_LOST,
    explains: [...UNREACHED, 'cni-agent-error', 'cni-agent-not-ready', 'ping-fails', 'crash-loop'],
    headline: ({ nodes }) =>
      `The CNI agent${nodes.length > 0 ? ` on ${list(nodes)}` : ' of a node'} does not work, so its part of the pod network is stale.`,
    settle:
      'kubectl get pods -A -o wide | grep -E "canal|calico|flannel|cilium", and the log of the one that is not ready: does it stand on the node that is cut off?',
  },
  'kernel-module-missing': {
    proves: ['kernel-module-missing'],
    fits: ['iptables-table-missing'],
    explains: [
      ...UNREACHED,
      ...NOT_READY,
      'cni-agent-error',
      'cni-agent-not-ready',
      'kernel-module-missing',
      'iptables-rules-wrong',
    ],
    headline: 'The kernel lacks a module that the CNI or kube-proxy needs.',
    settle:
      'On the node: modprobe -a br_netfilter vxlan ip_set xt_comment xt_conntrack xt_set. What fails is missing.',
  },
  'iptables-incompatible': {
    suggests: [
      'iptables-table-missing',
      'iptables-modes-mixed',
      'iptables-rules-wrong',
      ['iptables-old-version', 'iptables-rules-wrong'],
    ],
    fits: ['iptables-old-version'],
    against: ['kernel-module-missing'],
    explains: [
      ...UNREACHED,
      ...NOT_READY,
      'cni-agent-error',
      'iptables-table-missing',
      'iptables-rules-wrong',
      'iptables-modes-mixed',
    ],
    headline: ({ value }) =>
      `iptables on the host and in the components do not agree${value === null || !/^\d/.test(value) ? '' : ` (${value})`}, so rules are missing or doubled.`,
    settle:
      'On the node: iptables --version; iptables-nft-save | wc -l; iptables-legacy-save | wc -l. Rules in both, or 1.8.0 to 1.8.4, are the fault.',
  },
  'networkmanager-interferes': {
    suggests: ['cni-device-managed'],
    explains: [...UNREACHED, 'cni-device-managed', 'ping-fails'],
    headline: ({ value }) =>
      `NetworkManager manages devices of the CNI${value === null ? '' : ` (${value})`}.`,
    settle:
      'On the node: nmcli device. A cali*, flannel* or tunl* device that is not "unmanaged" is the fault.',
  },
  'nm-cloud-setup-routing': {
    proves: [['nm-cloud-setup-active', 'extra-routing-table']],
    suggests: [
      ['nm-cloud-setup-active', 'own-pods-unreachable'],
      'nm-cloud-setup-active',
      'extra-routing-table',
    ],
    explains: [...UNREACHED, 'own-pods-unreachable', ...NOT_READY],
    headline:
      'nm-cloud-setup adds a routing table of its own, so nodes do not reach their own pods.',
    settle:
      'On the node: systemctl is-enabled nm-cloud-setup.service nm-cloud-setup.timer; ip rule. Enabled with a rule 30400 is the fault.',
  },
} as const satisfies Readonly<Record<string, SpokenRule>>;
