import { access, constants, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { PAUSE_IMAGE } from '../images/definitions.ts';
import type { KeyPair, LabNode } from '../types.ts';

/** CAP_SYS_RESOURCE, capability(7): without it nobody may lower an oom_score_adj. */
const CAP_SYS_RESOURCE = 24n;

/** Where Debian's containernetworking-plugins puts the CNI plugins. */
const CNI_BIN_DIR = '/usr/lib/cni';

/**
 * Paths inside a node. containerd and the kubelet of a node share a mount namespace of their own, in which
 * /var/lib, /var/log and /run are the node's: so every path is the one a real node has, three nodes do not
 * meet in /var/log/pods, and no mount survives the last process of the node.
 */
export const NODE_PATHS = {
  containerdRoot: '/var/lib/containerd',
  containerdState: '/run/containerd',
  kubeletRoot: '/var/lib/kubelet',
} as const;

/** Files of one node on the machine's own disk, below the lab's folder. */
export interface NodeFolder {
  readonly folder: string;
  /** Mount point of the node's tmpfs; empty outside of the node's mount namespace. */
  readonly mnt: string;
  readonly containerdSocket: string;
  readonly containerdConfig: string;
  readonly cniFolder: string;
  readonly kubeletConfig: string;
}

export function nodeFolder(labDir: string, node: LabNode): NodeFolder {
  const folder = join(labDir, 'nodes', node.name);
  return {
    folder,
    mnt: join(folder, 'mnt'),
    // In the lab's folder, so that a shim's command line (`-address SOCKET`) tells which lab it belongs to.
    containerdSocket: join(folder, 'containerd.sock'),
    containerdConfig: join(folder, 'containerd.toml'),
    cniFolder: join(folder, 'cni'),
    kubeletConfig: join(folder, 'kubelet.yaml'),
  };
}

/** What this machine has or allows, as far as the configuration depends on it. */
export interface MachineAbilities {
  /** Without CAP_SYS_RESOURCE runc fails (`can't get final child's PID from pipe: EOF`) unless containerd is told. */
  readonly mayLowerOomScore: boolean;
  /** crun where it is installed: it starts a container with a fraction of runc's CPU time. Null: runc. */
  readonly crun: string | null;
}

export async function machineAbilities(): Promise<MachineAbilities> {
  const status = await readFile('/proc/self/status', 'utf8');
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  const folders = (process.env['PATH'] ?? '').split(':');
  const candidates = folders.map((folder) => join(folder, 'crun'));
  const usable = await Promise.all(
    candidates.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return {
    mayLowerOomScore: ((BigInt(`0x${mask}`) >> CAP_SYS_RESOURCE) & 1n) === 1n,
    crun: candidates.find((_, i) => usable[i]) ?? null,
  };
}

export function containerdConfig(files: NodeFolder, machine: MachineAbilities): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  return `version = 2
root = "${NODE_PATHS.containerdRoot}"
state = "${NODE_PATHS.containerdState}"
disabled_plugins = [
  "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.native", "io.containerd.snapshotter.v1.zfs",
]
[grpc]
  address = "${files.containerdSocket}"
[${cri}]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = ${!machine.mayLowerOomScore}
  disable_apparmor = true
  netns_mounts_under_state_dir = true
  [${cri}.cni]
    bin_dir = "${CNI_BIN_DIR}"
    conf_dir = "${files.cniFolder}"
  [${cri}.containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [${cri}.containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
${
  machine.crun === null
    ? ''
    : `      [${cri}.containerd.runtimes.runc.options]
        BinaryName = "${machine.crun}"
`
}`;
}

/** The CNI bridge plugin on the bridge that the network layer made; addresses from the node's own block. */
export function cniConfig(node: LabNode): string {
  const [rangeStart, rangeEnd] = node.podRange;
  return JSON.stringify({
    cniVersion: '0.4.0',
    name: 'lab',
    plugins: [
      {
        type: 'bridge',
        bridge: node.cniDevice,
        isGateway: true,
        forceAddress: false,
        ipMasq: false,
        mtu: node.podMtuBytes,
        ipam: {
          type: 'host-local',
          ranges: [[{ subnet: node.podBlock, rangeStart, rangeEnd, gateway: node.podGateway }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  });
}

/**
 * The kubelet's configuration. Everything not named has its default, so that the lab keeps a real
 * kubelet's pace: Pods are looked at once a second, node status goes out every 10 s.
 */
export function kubeletConfig(clientCaFile: string, serving: KeyPair): string {
  return stringify({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    // No systemd here, and the machine's cgroups stay as they are.
    cgroupDriver: 'cgroupfs',
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    failSwapOn: false,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: clientCaFile },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: serving.cert,
    tlsPrivateKeyFile: serving.key,
    clusterDomain: 'cluster.local',
    clusterDNS: ['10.43.0.10'],
    // The machine's disk and memory are shared with everything else that runs on it: never evict.
    evictionHard: {
      'nodefs.available': '0%',
      'imagefs.available': '0%',
      'memory.available': '1Mi',
    },
    imageGCHighThresholdPercent: 100,
    resolvConf: '',
    makeIPTablesUtilChains: false,
    // Client-side throttling (5 requests and events a second by default) shows when a run starts many Pods at once.
    kubeAPIQPS: 50,
    kubeAPIBurst: 100,
    eventRecordQPS: 50,
    eventBurst: 100,
    serializeImagePulls: false,
    // A kubelet that starts again says NotReady first, and metrics-server is silent about such nodes: 10 s by default.
    nodeStatusUpdateFrequency: '2s',
  });
}
