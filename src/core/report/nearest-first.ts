import type { Report } from './report.ts';

/**
 * Causes that look alike from above, in the order in which an engineer would ask about them. A reader wants to
 * know why the look-alikes of the verdict are out, not that some image could be pulled.
 */
const FAMILIES: readonly (readonly string[])[] = [
  [
    'overlay-port-blocked',
    'networkpolicy-denies',
    'vxlan-checksum-offload',
    'mtu-blackhole',
    'duplicate-node-ip',
    'cni-agent-broken',
    'kernel-module-missing',
    'iptables-incompatible',
    'networkmanager-interferes',
    'nm-cloud-setup-routing',
    'ip-forwarding-disabled',
    'pod-cidr-overlaps-node-network',
    'forwarded-traffic-filtered',
    'underlay-broken',
    'wrong-node-ip',
    'pod-network-not-routed',
  ],
  [
    'kubelet-port-blocked',
    'host-firewall-pod-to-node',
    'kubelet-not-listening',
    'kubelet-wrong-port',
    'kubelet-dns-lookup',
    'scrape-timeout-slow-node',
    'kubelet-tls-no-ip-san',
    'kubelet-tls-untrusted',
    'kubelet-tls-expired',
    'kubelet-csr-pending',
    'kubelet-unauthorized',
    'kubelet-forbidden',
    'kubelet-stats-error',
    'kubelet-zero-node-metrics',
    'kubelet-housekeeping-interval',
  ],
  [
    'metrics-server-not-installed',
    'metrics-server-scaled-to-zero',
    'metrics-server-pods-refused',
    'metrics-server-unschedulable',
    'image-pull-failed',
    'metrics-server-not-starting',
    'metrics-server-oom',
    'metrics-server-crashing',
    'port-conflict-hostnetwork',
    'pod-netns-lost',
    'probe-unauthorized',
    'readiness-probe-wrong',
    'pod-to-apiserver-blocked',
    'metrics-server-not-serving',
  ],
  [
    'apiservice-missing',
    'apiservice-conflict',
    'service-selects-no-pods',
    'service-port-mismatch',
    'apiservice-ca-mismatch',
  ],
  [
    'apiserver-http-proxy',
    'egress-selector-mode',
    'konnectivity-agent-missing',
    'controlplane-not-on-pod-network',
    'cloud-sg-apiserver-to-pod',
    'kube-proxy-rules-missing',
    'apiserver-stale-connection',
    'overlay-port-blocked',
    'networkpolicy-denies',
    'apiserver-not-answering',
  ],
];

/** The family of the first cause in its order, then all others by id. Without a cause: the network's first. */
export function nearestFirst(
  ruledOut: Report['ruledOut'],
  firstCause: string | undefined,
): Report['ruledOut'] {
  const family =
    FAMILIES.find((each) => firstCause !== undefined && each.includes(firstCause)) ?? FAMILIES[0];
  const place = (id: string): number => {
    const at = family?.indexOf(id) ?? -1;
    return at < 0 ? Number.MAX_SAFE_INTEGER : at;
  };
  return ruledOut.toSorted(
    (a, b) => place(a.id) - place(b.id) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
}
