import { connect } from './paths.ts';
import { apiServerMachines, type SimNode, type World } from './world.ts';

/** `node-monitor-grace-period` of kube-controller-manager before 1.32 (50 s since). */
const GRACE_MS = 40_000;
const DIAL_TIMEOUT_MS = 30_000;

const connected = new WeakMap<World, Map<string, boolean>>();

/** Whether a kubelet finds an API server: without one it hears of no new Pod, and nobody hears of it. */
export function kubeletConnected(world: World, node: SimNode): boolean {
  const known = connected.get(world) ?? new Map<string, boolean>();
  connected.set(world, known);
  const found = known.get(node.name) ?? reachesAny(world, node);
  known.set(node.name, found);
  return found;
}

function reachesAny(world: World, node: SimNode): boolean {
  if (!node.up || node.kubelet === 'stopped') return false;
  return apiServerMachines(world).some(
    ({ publishedIp, apiServer }) =>
      apiServer === 'serving' &&
      connect({
        world,
        flow: `kubelet ${node.name}`,
        from: { kind: 'node', node: node.name },
        target: { address: publishedIp, port: world.platform.apiServerPort },
        timeoutMs: DIAL_TIMEOUT_MS,
        count: () => undefined,
      }).outcome === 'open',
  );
}

/** The condition Ready as the cluster shows it. */
export function nodeCondition(world: World, node: SimNode): SimNode['ready'] {
  if (node.ready !== 'True') return node.ready;
  return !kubeletConnected(world, node) && world.faultAgeMs >= GRACE_MS ? 'Unknown' : 'True';
}
