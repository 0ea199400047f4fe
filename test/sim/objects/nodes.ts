import { nodeCondition } from '../node-condition.ts';
import type { SimNode, World } from '../world.ts';
import { KUBELET_PORT, registeredNodes } from '../world.ts';
import { condition, type KubeObject, metadata, timestamp } from './kube-object.ts';

/** Node objects as the platform registers them, with the annotations of the CNI in use, and their leases. */
export function nodeObjects(world: World): KubeObject[] {
  return registeredNodes(world).flatMap((node) => [nodeObject(world, node), lease(world, node)]);
}

const PRESSURES = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const;
const HEARTBEAT_AGO_MS = 60_000;
/** A node that fell silent did so this long ago. */
const SILENT_SINCE_MS = 900_000;

function nodeObject(world: World, node: SimNode): KubeObject {
  const { platform } = world;
  const created = world.nowMs - node.ageMs;
  const version = kubeletVersion(world);
  const providerId = platform.providerId(node);
  const taints = taintsOf(world, node);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: metadata(node.name, created, {
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': node.os,
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': node.os,
        ...platform.nodeLabels,
        ...(node.controlPlane ? platform.controlPlaneLabels : {}),
      },
      annotations: {
        ...platform.annotations(node),
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        ...cniAnnotations(world, node),
      },
    }),
    spec: {
      podCIDR: node.podCidr,
      podCIDRs: [node.podCidr],
      ...(providerId === null ? {} : { providerID: providerId }),
      ...(node.cordoned ? { unschedulable: true } : {}),
      ...(taints.length === 0 ? {} : { taints }),
    },
    status: {
      addresses: [
        { type: 'InternalIP', address: node.publishedIp },
        { type: 'Hostname', address: node.name },
      ],
      capacity: { cpu: '8', memory: '16384000Ki', pods: '110' },
      allocatable: { cpu: '8', memory: '16384000Ki', pods: '110' },
      conditions: conditionsOf(world, node, created),
      daemonEndpoints: { kubeletEndpoint: { Port: KUBELET_PORT } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: '',
        containerRuntimeVersion: platform.containerRuntime,
        kernelVersion: node.kernel,
        kubeProxyVersion: version,
        kubeletVersion: version,
        machineID: '',
        operatingSystem: node.os,
        osImage: node.os === 'windows' ? 'Windows Server 2022 Datacenter' : platform.osImage,
        systemUUID: '',
      },
    },
  };
}

function taintsOf(world: World, node: SimNode): readonly Readonly<Record<string, string>>[] {
  const effect = 'NoSchedule';
  const ready = nodeCondition(world, node);
  return [
    ...(node.controlPlane && world.platform.taintsControlPlane
      ? [{ key: 'node-role.kubernetes.io/control-plane', effect }]
      : []),
    ...(node.cordoned ? [{ key: 'node.kubernetes.io/unschedulable', effect }] : []),
    ...(ready === 'False' ? [{ key: 'node.kubernetes.io/not-ready', effect }] : []),
    ...(ready === 'Unknown' ? [{ key: 'node.kubernetes.io/unreachable', effect }] : []),
  ];
}

function conditionsOf(
  world: World,
  node: SimNode,
  created: number,
): readonly Readonly<Record<string, unknown>>[] {
  const state = nodeCondition(world, node);
  const silent = state === 'Unknown';
  const lastHeartbeatTime = timestamp(
    world.nowMs - (silent ? SILENT_SINCE_MS + HEARTBEAT_AGO_MS : HEARTBEAT_AGO_MS),
  );
  const unknown = {
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  };
  const since = world.nowMs - SILENT_SINCE_MS;
  const ready =
    state === 'True'
      ? condition('Ready', 'True', created, {
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
        })
      : condition(
          'Ready',
          state,
          since,
          silent
            ? unknown
            : {
                reason: 'KubeletNotReady',
                message: 'container runtime network not ready: NetworkReady=false',
              },
        );
  return [
    ...PRESSURES.map(([type, reason, message]) => ({
      ...(silent
        ? condition(type, 'Unknown', since, unknown)
        : condition(type, 'False', created, { reason, message })),
      lastHeartbeatTime,
    })),
    { ...ready, lastHeartbeatTime },
  ];
}

/** `gitVersion` of every component. */
export function kubeletVersion(world: World): string {
  return world.apiProfile === '1.20' ? 'v1.20.2' : world.platform.kubeletVersion;
}

function cniAnnotations(world: World, node: SimNode): Readonly<Record<string, string>> {
  const { flavour } = world.overlay;
  switch (flavour) {
    case 'canal':
      // Felix runs as the policy engine; it names the address, no tunnel of its own.
      return {
        ...flannelAnnotations(world, node),
        'projectcalico.org/IPv4Address': `${node.ip}/24`,
      };
    case 'flannel':
      return flannelAnnotations(world, node);
    case 'calico':
      return {
        'projectcalico.org/IPv4Address': `${node.tunnelEndpoint}/24`,
        [world.overlay.encapsulation === 'ipip'
          ? 'projectcalico.org/IPv4IPIPTunnelAddr'
          : 'projectcalico.org/IPv4VXLANTunnelAddr']: node.tunnelIp,
      };
    case 'cilium':
      return {
        'network.cilium.io/ipv4-cilium-host': node.podRange.replace(/\d+\/\d+$/, '1'),
        'network.cilium.io/ipv4-pod-cidr': node.podRange,
      };
    case 'aws':
      return {};
  }
}

const FLANNEL_BACKENDS = {
  vxlan: 'vxlan',
  wireguard: 'wireguard',
  none: 'host-gw',
  geneve: 'vxlan',
  ipip: 'ipip',
} as const;

function flannelAnnotations(world: World, node: SimNode): Readonly<Record<string, string>> {
  const { encapsulation, vni } = world.overlay;
  const data =
    encapsulation === 'vxlan'
      ? JSON.stringify({ VNI: vni, VtepMAC: node.tunnelMac })
      : encapsulation === 'wireguard'
        ? JSON.stringify({ PublicKey: `${node.tunnelMac}=` })
        : 'null';
  return {
    'flannel.alpha.coreos.com/backend-data': data,
    'flannel.alpha.coreos.com/backend-type': FLANNEL_BACKENDS[encapsulation],
    'flannel.alpha.coreos.com/kube-subnet-manager': 'true',
    'flannel.alpha.coreos.com/public-ip': node.tunnelEndpoint,
  };
}

function lease(world: World, node: SimNode): KubeObject {
  const agoMs =
    nodeCondition(world, node) === 'Unknown' ? SILENT_SINCE_MS + HEARTBEAT_AGO_MS : 4_000;
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: metadata(node.name, world.nowMs - node.ageMs, { namespace: 'kube-node-lease' }),
    spec: {
      holderIdentity: node.name,
      leaseDurationSeconds: 40,
      renewTime: new Date(world.nowMs - agoMs + node.clockOffsetMs)
        .toISOString()
        .replace('Z', '000Z'),
    },
  };
}
