import { healthyWorld } from '../healthy-world.ts';
import type { OverlayName } from '../overlays.ts';
import type { PlatformName } from '../platforms.ts';
import type { World } from '../world.ts';
import type { Random } from './random.ts';

/** Which CNIs each distribution is commonly run with. */
const OVERLAYS_OF: Readonly<Record<PlatformName, readonly [OverlayName, ...OverlayName[]]>> = {
  rke2: ['canal', 'canal', 'calico', 'flannel', 'cilium', 'cilium-native', 'calico-ipip'],
  k3s: ['flannel-k3s', 'flannel-k3s', 'flannel-host-gw', 'flannel-wireguard', 'calico', 'cilium'],
  kubeadm: [
    'calico',
    'calico-ipip',
    'flannel-k3s',
    'cilium',
    'cilium-geneve',
    'cilium-native',
    'canal',
  ],
  talos: ['flannel-k3s', 'cilium', 'cilium-geneve', 'calico'],
  k0s: ['calico', 'flannel-k3s'],
  eks: ['aws-vpc'],
  gke: ['cilium-native'],
  aks: ['cilium-native', 'flannel-host-gw'],
};

const MANAGED: ReadonlySet<PlatformName> = new Set(['k0s', 'eks', 'gke', 'aks']);
/** Their API servers dial from the cloud's own network, which routes pods. The others' from a tunnel's agent. */
const DIALS_DIRECTLY: ReadonlySet<PlatformName> = new Set(['eks']);

/** A fixed moment: the same seed gives the same world on any day. */
const NOW_MS = Date.parse('2026-11-22T14:02:00Z');
const NAME_PREFIXES = ['prod', 'node', 'n', 'ip-10-0-1-', 'k8s-worker', 'srv'] as const;
const UNDERLAYS = ['192.168.77', '10.9.8', '172.20.3', '10.0.1', '192.168.1'] as const;
const MINUTE_MS = 60_000;

/** A cluster in which nothing is wrong. */
export function drawCluster(random: Random, seed: number, largest: number): World {
  const platform = random.weighed<PlatformName>([
    [5, 'rke2'],
    [3, 'k3s'],
    [4, 'kubeadm'],
    [1, 'talos'],
    [1, 'k0s'],
    [2, 'eks'],
    [1, 'gke'],
    [1, 'aks'],
  ]);
  const nodes = Math.min(largest, drawSize(random));
  const managed = MANAGED.has(platform);
  const servers = random.weighed([
    [3, 1],
    [1, 2],
    [5, 3],
    [1, 5],
  ] as const);
  const controlPlaneNodes = managed ? 0 : Math.min(nodes, servers);
  const tainted = platform === 'kubeadm' || platform === 'talos';
  const firstHome = tainted && nodes > controlPlaneNodes ? controlPlaneNodes : 0;
  const world = healthyWorld({
    name: `world ${seed}`,
    seed,
    platform,
    cni: random.pick(OVERLAYS_OF[platform]),
    nodes,
    controlPlaneNodes,
    ...(managed ? { outsideApiServers: random.int(1, 3) } : {}),
    providerNode: random.int(firstHome, nodes - 1),
    replicas: random.weighed([
      [7, 1],
      [3, Math.min(2, nodes)],
      [1, Math.min(3, nodes)],
    ]),
    hostNetwork: random.chance(0.12),
    aggregatorRouting: platform === 'rke2' || random.chance(0.3),
    underlayPrefix: random.pick(UNDERLAYS),
    podPrefix: random.pick(['10.42', '10.244', '100.96']),
    nodeNamePrefix: random.pick(NAME_PREFIXES),
    apiProfile: platform === 'kubeadm' && random.chance(0.1) ? '1.20' : '1.32',
    faultAgeMs: random.pick([2_000, 20_000, 60_000, 10 * MINUTE_MS, 24 * 60 * MINUTE_MS]),
    backgroundPps: random.pick([0, 6, 40, 200]),
    nowMs: NOW_MS,
  });
  return managed && !DIALS_DIRECTLY.has(platform) ? withTunnel(world) : world;
}

function drawSize(random: Random): number {
  return random.weighed([
    [4, random.int(1, 3)],
    [4, random.int(3, 6)],
    [3, random.int(7, 12)],
    [1, random.int(13, 40)],
    [0.3, random.int(41, 200)],
  ]);
}

/** Every API server dials through an agent on the first node. */
function withTunnel(world: World): World {
  const agent = world.nodes.find(({ registered }) => registered)?.name ?? null;
  return {
    ...world,
    nodes: world.nodes.map((node) => (node.registered ? node : { ...node, dialsFrom: agent })),
  };
}
