import { connectFull } from './paths.ts';
import { KUBELET_PORT, nodeNamed, type World } from './world.ts';

/** Go's net.Dialer as the API server sets it up (docs/recorded-answers.md f1). */
const DIAL_TIMEOUT_MS = 30_000;

/** How an API server gets through to a kubelet, for logs: straight, or by the tunnel that the kubelet's node opened. */
export function dialKubelet(
  world: World,
  apiServer: string,
  node: string,
): { readonly outcome: string; readonly ms: number } {
  const { publishedIp, kubelet } = nodeNamed(world, node);
  const from = world.platform.tunnelsToKubelets ? node : apiServer;
  // The tunnel's end on the node dials the loopback address.
  if (world.platform.tunnelsToKubelets && kubelet === 'loopback') return { outcome: 'open', ms: 1 };
  return connectFull({
    world,
    flow: `log ${apiServer} ${node}`,
    from: { kind: 'node', node: from },
    target: { address: publishedIp, port: KUBELET_PORT },
    timeoutMs: DIAL_TIMEOUT_MS,
    count: () => undefined,
  });
}
