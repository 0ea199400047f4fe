import type { SimNode } from './world.ts';

/** What a distribution writes on its nodes, and how it ships metrics-server. */
export type PlatformName = 'rke2' | 'k3s' | 'kubeadm' | 'talos' | 'k0s' | 'eks' | 'gke' | 'aks';

export interface Platform {
  readonly name: PlatformName;
  readonly kubeletVersion: string;
  readonly osImage: string;
  readonly containerRuntime: string;
  readonly nodeLabels: Readonly<Record<string, string>>;
  readonly controlPlaneLabels: Readonly<Record<string, string>>;
  readonly annotations: (node: SimNode) => Readonly<Record<string, string>>;
  readonly providerId: (node: SimNode) => string | null;
  readonly apiServerPort: number;
  /** Control-plane nodes take no ordinary pods. */
  readonly taintsControlPlane: boolean;
  /** API servers read logs through a tunnel from the node's agent, so 10250/tcp between nodes is not needed for it. */
  readonly tunnelsToKubelets: boolean;
  /** The CNI's agent runs within the distribution's own process: no agent pods, no ConfigMap. */
  readonly cniWithinProcess: boolean;
  readonly provider: {
    readonly name: string;
    readonly deployment: string;
    readonly image: string;
    readonly selector: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
    readonly port: number;
    readonly args: readonly string[];
  };
}

const UPSTREAM_ARGS = [
  '--cert-dir=/tmp',
  '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
  '--kubelet-use-node-status-port',
  '--metric-resolution=15s',
];
const UPSTREAM_SELECTOR = { 'k8s-app': 'metrics-server' };
const UPSTREAM_IMAGE = 'registry.k8s.io/metrics-server/metrics-server:v0.7.2';
const HELM_SELECTOR = {
  'app.kubernetes.io/instance': 'metrics-server',
  'app.kubernetes.io/name': 'metrics-server',
};

const NODE_ROLE = 'node-role.kubernetes.io';

/** Versions, labels and flags as each distribution's releases of 2025 have them. */
export const PLATFORMS: Readonly<Record<PlatformName, Platform>> = {
  rke2: {
    name: 'rke2',
    kubeletVersion: 'v1.32.5+rke2r1',
    osImage: 'Ubuntu 22.04.5 LTS',
    containerRuntime: 'containerd://2.0.5-k3s1',
    nodeLabels: {
      'beta.kubernetes.io/instance-type': 'rke2',
      'node.kubernetes.io/instance-type': 'rke2',
    },
    controlPlaneLabels: {
      [`${NODE_ROLE}/control-plane`]: 'true',
      [`${NODE_ROLE}/etcd`]: 'true',
      [`${NODE_ROLE}/master`]: 'true',
    },
    annotations: (node) => ({
      'rke2.io/hostname': node.name,
      'rke2.io/internal-ip': node.publishedIp,
    }),
    providerId: (node) => `rke2://${node.name}`,
    apiServerPort: 6443,
    taintsControlPlane: false,
    tunnelsToKubelets: true,
    cniWithinProcess: false,
    provider: {
      name: 'rke2-metrics-server',
      deployment: 'rke2-metrics-server',
      image: 'rancher/hardened-k8s-metrics-server:v0.7.2-build20250110',
      selector: { 'app.kubernetes.io/name': 'rke2-metrics-server' },
      labels: {
        app: 'rke2-metrics-server',
        'app.kubernetes.io/instance': 'rke2-metrics-server',
        'app.kubernetes.io/name': 'rke2-metrics-server',
      },
      port: 10_250,
      args: [
        '--cert-dir=/tmp',
        '--kubelet-preferred-address-types=InternalIP',
        '--kubelet-use-node-status-port',
        '--metric-resolution=15s',
      ],
    },
  },
  k3s: {
    name: 'k3s',
    kubeletVersion: 'v1.32.5+k3s1',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    containerRuntime: 'containerd://2.0.5-k3s1.32',
    nodeLabels: {
      'beta.kubernetes.io/instance-type': 'k3s',
      'node.kubernetes.io/instance-type': 'k3s',
    },
    controlPlaneLabels: {
      [`${NODE_ROLE}/control-plane`]: 'true',
      [`${NODE_ROLE}/etcd`]: 'true',
      [`${NODE_ROLE}/master`]: 'true',
    },
    annotations: (node) => ({
      'k3s.io/hostname': node.name,
      'k3s.io/internal-ip': node.publishedIp,
    }),
    providerId: (node) => `k3s://${node.name}`,
    apiServerPort: 6443,
    taintsControlPlane: false,
    tunnelsToKubelets: true,
    cniWithinProcess: true,
    provider: {
      name: 'metrics-server',
      deployment: 'metrics-server',
      image: 'rancher/mirrored-metrics-server:v0.7.2',
      selector: UPSTREAM_SELECTOR,
      labels: UPSTREAM_SELECTOR,
      port: 10_250,
      args: UPSTREAM_ARGS,
    },
  },
  kubeadm: {
    name: 'kubeadm',
    kubeletVersion: 'v1.31.9',
    osImage: 'Rocky Linux 9.5 (Blue Onyx)',
    containerRuntime: 'containerd://1.7.27',
    nodeLabels: {},
    controlPlaneLabels: {
      [`${NODE_ROLE}/control-plane`]: '',
      'node.kubernetes.io/exclude-from-external-load-balancers': '',
    },
    annotations: () => ({
      'kubeadm.alpha.kubernetes.io/cri-socket': 'unix:///var/run/containerd/containerd.sock',
    }),
    providerId: () => null,
    apiServerPort: 6443,
    taintsControlPlane: true,
    tunnelsToKubelets: false,
    cniWithinProcess: false,
    provider: {
      name: 'metrics-server',
      deployment: 'metrics-server',
      image: UPSTREAM_IMAGE,
      selector: HELM_SELECTOR,
      labels: HELM_SELECTOR,
      port: 10_250,
      args: UPSTREAM_ARGS,
    },
  },
  talos: {
    name: 'talos',
    kubeletVersion: 'v1.32.4',
    osImage: 'Talos (v1.9.6)',
    containerRuntime: 'containerd://2.0.5',
    nodeLabels: { 'extensions.talos.dev/schematic': '376567988ad370138ad8b2698212367b' },
    controlPlaneLabels: {
      [`${NODE_ROLE}/control-plane`]: '',
      'node.kubernetes.io/exclude-from-external-load-balancers': '',
    },
    annotations: () => ({}),
    providerId: () => null,
    apiServerPort: 6443,
    taintsControlPlane: true,
    tunnelsToKubelets: false,
    cniWithinProcess: false,
    provider: {
      name: 'metrics-server',
      deployment: 'metrics-server',
      image: UPSTREAM_IMAGE,
      selector: HELM_SELECTOR,
      labels: HELM_SELECTOR,
      port: 10_250,
      args: UPSTREAM_ARGS,
    },
  },
  k0s: {
    name: 'k0s',
    kubeletVersion: 'v1.32.4+k0s',
    osImage: 'openSUSE Leap 15.6',
    containerRuntime: 'containerd://1.7.27',
    nodeLabels: {},
    controlPlaneLabels: {},
    annotations: () => ({}),
    providerId: () => null,
    apiServerPort: 6443,
    taintsControlPlane: false,
    tunnelsToKubelets: true,
    cniWithinProcess: false,
    provider: {
      name: 'metrics-server',
      deployment: 'metrics-server',
      image: 'quay.io/k0sproject/metrics-server:v0.7.2-0',
      selector: UPSTREAM_SELECTOR,
      labels: UPSTREAM_SELECTOR,
      port: 10_250,
      args: UPSTREAM_ARGS,
    },
  },
  eks: {
    name: 'eks',
    kubeletVersion: 'v1.32.3-eks-473151a',
    osImage: 'Amazon Linux 2023.7.20250512',
    containerRuntime: 'containerd://1.7.27',
    nodeLabels: {
      'eks.amazonaws.com/nodegroup': 'general',
      'topology.kubernetes.io/zone': 'eu-west-1a',
    },
    controlPlaneLabels: {},
    annotations: () => ({ 'alpha.kubernetes.io/provided-node-ip': '' }),
    providerId: (node) => `aws:///eu-west-1a/i-${node.name}`,
    apiServerPort: 443,
    taintsControlPlane: false,
    tunnelsToKubelets: false,
    cniWithinProcess: false,
    provider: {
      name: 'metrics-server',
      deployment: 'metrics-server',
      image: '602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/metrics-server:v0.7.2-eksbuild.3',
      selector: HELM_SELECTOR,
      labels: HELM_SELECTOR,
      port: 10_251,
      args: UPSTREAM_ARGS,
    },
  },
  gke: {
    name: 'gke',
    kubeletVersion: 'v1.32.3-gke.1785003',
    osImage: 'Container-Optimized OS from Google',
    containerRuntime: 'containerd://1.7.27',
    nodeLabels: { 'cloud.google.com/gke-nodepool': 'default-pool' },
    controlPlaneLabels: {},
    annotations: () => ({ 'node.gke.io/last-applied-node-labels': '' }),
    providerId: (node) => `gce://example/europe-west1-b/${node.name}`,
    apiServerPort: 443,
    taintsControlPlane: false,
    tunnelsToKubelets: true,
    cniWithinProcess: false,
    provider: {
      name: 'metrics-server',
      deployment: 'metrics-server-v1.32.0',
      image: 'gke.gcr.io/metrics-server:v0.7.2-gke.3',
      selector: UPSTREAM_SELECTOR,
      labels: { ...UPSTREAM_SELECTOR, version: 'v1.32.0' },
      port: 10_250,
      args: [...UPSTREAM_ARGS, '--kubelet-insecure-tls=false'],
    },
  },
  aks: {
    name: 'aks',
    kubeletVersion: 'v1.32.4',
    osImage: 'Ubuntu 22.04.5 LTS',
    containerRuntime: 'containerd://1.7.27-1',
    nodeLabels: { 'kubernetes.azure.com/cluster': 'MC_example', agentpool: 'nodepool1' },
    controlPlaneLabels: {},
    annotations: () => ({}),
    providerId: (node) => `azure:///subscriptions/0/${node.name}`,
    apiServerPort: 443,
    taintsControlPlane: false,
    tunnelsToKubelets: true,
    cniWithinProcess: false,
    provider: {
      name: 'metrics-server',
      deployment: 'metrics-server',
      image: 'mcr.microsoft.com/oss/v2/kubernetes/metrics-server:v0.7.2-7',
      selector: UPSTREAM_SELECTOR,
      labels: { ...UPSTREAM_SELECTOR, 'kubernetes.azure.com/managedby': 'aks' },
      port: 4443,
      args: UPSTREAM_ARGS,
    },
  },
};
