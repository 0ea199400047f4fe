import type { SimNode, World } from '../world.ts';
import { KUBELET_PORT } from '../world.ts';
import { CLUSTER_AGE_MS, condition, type KubeObject, metadata, timestamp } from './kube-object.ts';

/** Node objects as RKE2 v1.32.5 registers them, with the annotations of the CNI in use, and their leases. */
export function nodeObjects(world: World): KubeObject[] {
  return world.nodes.flatMap((node) => [nodeObject(world, node), lease(world, node)]);
}

const READY_CONDITIONS = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const;

function nodeObject(world: World, node: SimNode): KubeObject {
  const created = world.nowMs - CLUSTER_AGE_MS;
  const version = kubeletVersion(world);
  const roles = node.controlPlane
    ? {
        'node-role.kubernetes.io/control-plane': 'true',
        'node-role.kubernetes.io/etcd': 'true',
        'node-role.kubernetes.io/master': 'true',
      }
    : {};
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadata(node.name, created, {
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/instance-type': 'rke2',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        'node.kubernetes.io/instance-type': 'rke2',
        ...roles,
      },
      annotations: {
        'rke2.io/hostname': node.name,
        'rke2.io/internal-ip': node.ip,
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        ...cniAnnotations(world, node),
      },
    }),
    spec: {
      podCIDR: node.podCidr,
      podCIDRs: [node.podCidr],
      providerID: `rke2://${node.name}`,
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: node.ip },
        { type: 'Hostname', address: node.name },
      ],
      capacity: { cpu: '8', memory: '16384000Ki', pods: '110' },
      allocatable: { cpu: '8', memory: '16384000Ki', pods: '110' },
      conditions: [
        ...READY_CONDITIONS.map(([type, reason, message]) => ({
          ...condition(type, 'False', created, { reason, message }),
          lastHeartbeatTime: timestamp(world.nowMs - 60_000),
        })),
        {
          ...condition('Ready', 'True', created, {
            reason: 'KubeletReady',
            message: 'kubelet is posting ready status',
          }),
          lastHeartbeatTime: timestamp(world.nowMs - 60_000),
        },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: 'containerd://2.0.5-k3s1',
        kernelVersion: node.kernel,
        kubeProxyVersion: version,
        kubeletVersion: version,
        machineID: '',
        operatingSystem: 'linux',
        osImage: 'Ubuntu 22.04.5 LTS',
        systemUUID: '',
      },
    },
  };
}

/** `gitVersion` of every component. */
export function kubeletVersion(world: World): string {
  return world.apiProfile === '1.20' ? 'v1.20.2' : 'v1.32.5+rke2r1';
}

function cniAnnotations(world: World, node: SimNode): Readonly<Record<string, string>> {
  const { flavour, vni } = world.overlay;
  const flannel = {
    'flannel.alpha.coreos.com/backend-data': JSON.stringify({ VNI: vni, VtepMAC: node.tunnelMac }),
    'flannel.alpha.coreos.com/backend-type': 'vxlan',
    'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
    'flannel.alpha.coreos.com/public-ip': node.ip,
  };
  switch (flavour) {
    case 'canal':
      // Felix runs as the policy engine; it names the address, no tunnel of its own.
      return { ...flannel, 'projectcalico.org/IPv4Address': `${node.ip}/24` };
    case 'flannel':
      return flannel;
    case 'calico':
      return {
        'projectcalico.org/IPv4Address': `${node.ip}/24`,
        'projectcalico.org/IPv4VXLANTunnelAddr': node.tunnelIp,
      };
    case 'cilium':
      return {
        'network.cilium.io/ipv4-cilium-host': node.tunnelIp,
        'network.cilium.io/ipv4-pod-cidr': node.podRange,
      };
  }
}

function lease(world: World, node: SimNode): KubeObject {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: metadata(node.name, world.nowMs - CLUSTER_AGE_MS, { namespace: 'kube-node-lease' }),
    spec: {
      holderIdentity: node.name,
      leaseDurationSeconds: 40,
      renewTime: new Date(world.nowMs - 4_000).toISOString().replace('Z', '000Z'),
    },
  };
}
