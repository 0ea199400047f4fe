import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix, FixVariant } from './fix.ts';
import { VERIFY_METRICS_API } from './metrics-server-values.ts';

export interface ProxyScope {
  /** Nodes of the API servers. */
  readonly nodes: readonly string[];
  /** Addresses and ranges that must not be proxied: pods, Services, nodes. */
  readonly ranges: readonly string[];
  readonly platform: Observed<Platform>;
}

/** Keeps the cluster's own addresses away from the proxy. */
export function exemptFromProxy({ nodes, ranges, platform }: ProxyScope): Fix {
  const distro = platform.state === 'known' ? platform.value : 'unknown';
  const list = [...ranges, '.svc', '.cluster.local', 'localhost', '127.0.0.1'].join(',');
  const rancher = distro === 'rke2' || distro === 'k3s';
  return {
    title: 'Take the pods, Services and nodes of the cluster out of the proxy',
    where: nodes,
    variants: rancher ? [rancherFile(distro, list), manifest(list)] : [manifest(list)],
    risk: 'the API server goes to these addresses directly; its restart is felt by the clients connected to it',
    undo: ['Put the old NO_PROXY back and restart the same way.'],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'Go reads addresses, ranges (10.0.0.0/8), domains and *; a glob such as 10.42.* matches nothing.',
      ...(rancher
        ? [
            'RKE2 and k3s add the pod and Service ranges by themselves; the addresses of the nodes are yours to add (docs.rke2.io/advanced).',
          ]
        : [
            'kubeadm copies the proxy variables of the shell that ran it into the manifests: an upgrade copies them again.',
          ]),
    ],
  };
}

function rancherFile(distro: 'rke2' | 'k3s', list: string): FixVariant {
  const unit = distro === 'rke2' ? 'rke2-server' : 'k3s';
  const files = `/etc/default/${unit} /etc/sysconfig/${unit} /etc/systemd/system/${unit}.service.env`;
  return {
    tool: `${distro} environment file`,
    commands: [
      `grep -n -i proxy ${files} 2>/dev/null   # the file that holds the variables`,
      `# in that file: NO_PROXY=${list}`,
      `systemctl restart ${unit}`,
    ],
  };
}

function manifest(list: string): FixVariant {
  return {
    tool: 'static Pod manifest',
    commands: [
      'grep -n -i -A1 proxy /etc/kubernetes/manifests/kube-apiserver.yaml',
      `# set NO_PROXY and no_proxy there to ${list}, or delete the proxy variables; the kubelet restarts the Pod by itself`,
      "tr '\\0' '\\n' < /proc/$(pgrep -o kube-apiserver)/environ | grep -i proxy   # what it runs with",
    ],
  };
}
