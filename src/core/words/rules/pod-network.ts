import { overlayWords } from '../../evidence/network-words.ts';
import { type SpokenRule, said } from '../word-rule.ts';
import {
  API_TO_PROVIDER,
  deviceName,
  overlayFilter,
  PATH_LOST,
  PROVIDER_TO_KUBELET,
  UNREACHED,
} from './common.ts';

/** The pod network between nodes. */
export const podNetworkWords = {
  'overlay-port-blocked': {
    proves: ['overlay-port-dropped'],
    suggests: [
      ['encapsulated-lost'],
      'overlay-port-closed',
      ['pods-unreachable', 'ping-fails'],
      ['pods-unreachable', 'nodes-reachable'],
      ['ping-fails', 'nodes-reachable'],
      ['own-node-only', 'pods-unreachable'],
      ['pods-unreachable', 'firewall-active'],
    ],
    fits: [...PATH_LOST, 'pods-unreachable', 'ping-fails'],
    against: [
      'ping-works',
      'other-pods-reachable',
      'tcp-connects',
      'encapsulated-arrives',
      'offload-off-helps',
      // Captured where they arrive: nothing on the way dropped them.
      said('bad-udp-checksum', undefined, { value: /^(?!sender)/ }),
    ],
    explains: [...UNREACHED, 'ping-fails', 'encapsulated-lost', 'overlay-port-closed'],
    headline: ({ facts }) =>
      `Packets of the pod overlay are dropped between nodes (${overlayWords(facts.network)}).`,
    settle: ({ facts }) =>
      `On both nodes at once: tcpdump -ni any '${overlayFilter(facts)}'. Leaving one and not arriving at the other is a filter between them; arriving with a bad checksum is offload; never leaving is routes or the CNI agent.`,
  },
  'vxlan-checksum-offload': {
    proves: [said('bad-udp-checksum', undefined, { value: /receiver/ })],
    suggests: [
      ['ping-works', 'tcp-fails'],
      'offload-off-helps',
      ['offload-prone', 'ping-works'],
      ['bad-udp-checksum', 'tcp-fails'],
      said('bad-udp-checksum', undefined, { value: /^(?!sender)/ }),
    ],
    fits: [['offload-prone', 'pods-unreachable'], ...PATH_LOST],
    against: ['ping-fails', 'offload-off-is-no-help', 'tcp-connects'],
    explains: [...UNREACHED, 'bad-udp-checksum', 'encapsulated-lost', 'overlay-port-closed'],
    headline: 'Overlay packets arrive with wrong checksums and are thrown away: checksum offload.',
    settle: ({ facts }) =>
      `On both nodes: ethtool -K ${deviceName(facts)} tx-checksum-ip-generic off. If TCP works then, it was the offload; a bad checksum seen on the sender alone is normal.`,
  },
  'mtu-blackhole': {
    proves: [['large-packets-lost', 'small-packets-pass']],
    suggests: [
      said('tls-handshake-timeout', API_TO_PROVIDER),
      ['tls-handshake-timeout', 'tcp-connects'],
      ['large-packets-lost', 'tcp-connects'],
      'large-packets-lost',
      ['tls-handshake-timeout', 'mtu-differs'],
      ['tls-handshake-timeout', 'tunnelled-underlay'],
    ],
    fits: ['tls-handshake-timeout', ['mtu-differs', said('timed-out', API_TO_PROVIDER)]],
    against: ['large-packets-pass'],
    explains: [...UNREACHED, 'large-packets-lost', 'tls-handshake-timeout'],
    headline:
      'Large packets are lost between nodes while small ones pass: the MTU of the pod network is larger than the path carries.',
    settle:
      'From one node to a pod on the other: ping -M do -c 3 -s 1400, then -s 500. Only the small one answering proves it.',
  },
  'networkpolicy-denies': {
    suggests: [
      ['policy-denies', 'only-provider-unreachable'],
      ['policy-denies', 'other-pods-reachable'],
      ['other-pods-reachable', 'only-provider-unreachable'],
      ['policy-denies', said('timed-out', API_TO_PROVIDER)],
      'policy-denies',
    ],
    fits: [...PATH_LOST, 'only-provider-unreachable'],
    against: ['policy-absent', 'pods-unreachable'],
    explains: [...UNREACHED],
    headline: 'A NetworkPolicy keeps API servers on other nodes from metrics-server.',
    settle:
      'From another node try a pod on the same node in a namespace without policies: if it answers, the policy is it; if not, the overlay is.',
  },
  'forwarded-traffic-filtered': {
    suggests: [['forwarding-dropped', 'encapsulated-arrives'], 'forwarding-dropped'],
    fits: ['only-provider-unreachable'],
    explains: [...UNREACHED, 'forwarding-dropped', 'encapsulated-lost'],
    headline: 'A packet filter on a node drops what it forwards to its pods.',
    settle:
      'On that node: iptables -L FORWARD -vn --line-numbers, and look for the rule whose counter rises.',
  },
  'pod-network-not-routed': {
    suggests: ['pod-range-not-routed', ['no-encapsulation', 'pods-unreachable']],
    explains: [...UNREACHED, 'pod-range-not-routed', 'ping-fails'],
    headline: 'The network between nodes does not carry pod addresses.',
    settle:
      'On one node: ip route get <address of a pod on the other>; and the route table of the network between them.',
  },
  'underlay-broken': {
    suggests: ['nodes-unreachable'],
    explains: [
      ...UNREACHED,
      'nodes-unreachable',
      'ping-fails',
      said('timed-out', PROVIDER_TO_KUBELET),
    ],
    headline: 'The machines do not reach each other at their own addresses.',
    settle: 'From one node: ping the InternalIP of the other, and try its port 6443 or 22.',
  },
} as const satisfies Readonly<Record<string, SpokenRule>>;
