export const DISTROS = ['rke2', 'k3s', 'kubeadm'] as const;
export type Distro = (typeof DISTROS)[number];

export const PORT_CNIS = ['canal', 'calico', 'flannel', 'cilium'] as const;
export type PortCni = (typeof PORT_CNIS)[number];

/** How pod traffic travels between nodes; `none` is plain routing. */
export const ENCAPSULATIONS = ['vxlan', 'ipip', 'wireguard', 'geneve', 'none'] as const;
export type Encapsulation = (typeof ENCAPSULATIONS)[number];

/** Who sends, or who listens. `nodes` are servers and agents alike; `pods` arrive with a pod's own address. */
export type PortRole = 'servers' | 'nodes' | 'pods';

/** One port that must be open between machines of a cluster. */
export interface PortRow {
  /** `ipip` and `esp` are IP protocols 4 and 50, without ports; `icmp-echo` is ping. */
  readonly protocol: 'tcp' | 'udp' | 'ipip' | 'esp' | 'icmp-echo';
  readonly port: number | null;
  /** Of a range; else null. */
  readonly lastPort: number | null;
  readonly from: PortRole;
  readonly to: Exclude<PortRole, 'pods'>;
  readonly why: string;
  /** Under which condition alone it is needed; null: always, with this distribution and CNI. */
  readonly onlyWhen: string | null;
  /** The page that says so. */
  readonly source: string;
}

export interface PortQuestion {
  readonly distro: Distro;
  readonly cni: PortCni;
  /** Null: what this distribution sets up by itself, or all that it may. */
  readonly encapsulation: Encapsulation | null;
  /** Whether there are two servers or more, so that k3s keeps its data in etcd between them; unknown when left out. */
  readonly severalServers?: boolean;
}

/** The CNI that a distribution installs when nobody chooses; kubeadm installs none. */
export const DEFAULT_CNI: Readonly<Record<Distro, PortCni | null>> = {
  rke2: 'canal',
  k3s: 'flannel',
  kubeadm: null,
};

/** `--cluster-cidr` when nobody sets it (docs of RKE2 and k3s, server configuration); kubeadm has no default. */
export const DEFAULT_POD_CIDR: Readonly<Record<Distro, string | null>> = {
  rke2: '10.42.0.0/16',
  k3s: '10.42.0.0/16',
  kubeadm: null,
};

export const SOURCES = {
  rke2: 'https://docs.rke2.io/install/requirements#inbound-network-rules',
  k3s: 'https://docs.k3s.io/installation/requirements#inbound-rules-for-k3s-nodes',
  kubeadm: 'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
  metricsServer: 'https://github.com/kubernetes-sigs/metrics-server#requirements',
  calico:
    'https://docs.tigera.io/calico/latest/getting-started/kubernetes/requirements#network-requirements',
  flannel: 'https://github.com/flannel-io/flannel/blob/master/Documentation/backends.md',
  cilium: 'https://docs.cilium.io/en/stable/operations/system_requirements/#firewall-rules',
} as const;

/** A TCP port that is always needed; spread over it what differs. */
export function tcpRow(
  port: number,
  row: Pick<PortRow, 'from' | 'to' | 'why' | 'source'>,
): PortRow {
  return { protocol: 'tcp', port, lastPort: null, onlyWhen: null, ...row };
}

export const HOST_TOOLS = ['firewalld', 'ufw', 'nftables', 'iptables'] as const;
export type HostTool = (typeof HOST_TOOLS)[number];
export const CLOUD_TOOLS = ['aws', 'azure', 'gcp', 'openstack'] as const;
export type CloudTool = (typeof CLOUD_TOOLS)[number];
export type RuleTool = HostTool | CloudTool;

/** What is typed on (or for) one kind of machine. */
export interface RuleSet {
  readonly on: 'servers' | 'agents';
  readonly addresses: readonly string[];
  readonly commands: readonly string[];
  readonly undo: readonly string[];
}

/** One row with the senders that may use it, as the tools take it. */
export interface Opening {
  readonly row: PortRow;
  readonly from: readonly string[];
}
