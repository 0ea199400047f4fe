import type { Party } from './packets.ts';
import type { PathAnswer } from './paths.ts';
import { connectFull } from './paths.ts';
import type { SimNode, SimPod, World } from './world.ts';
import { KUBELET_PORT, nodeNamed, providerPods, registeredNodes } from './world.ts';

/** How a scrape of one kubelet ended; `error` is metrics-server's own words, without the address. */
export interface Scrape {
  readonly node: string;
  readonly ip: string;
  readonly ok: boolean;
  readonly error: string | null;
}

/** A kubelet that gives no answer: the scrape's own limit (10 s) ends before a dial's (30 s). */
const SCRAPE_TIMEOUT_MS = 10_000;

/** A world never changes, so its scrapes are walked once. */
const seen = new WeakMap<World, Map<string, readonly Scrape[]>>();

/** One metrics-server pod's look at every kubelet; empty while it does not run. */
export function scrapesBy(world: World, pod: SimPod): readonly Scrape[] {
  const known = seen.get(world) ?? new Map<string, readonly Scrape[]>();
  seen.set(world, known);
  const walked = known.get(pod.name) ?? walk(world, pod);
  known.set(pod.name, walked);
  return walked;
}

/** Where a pod's packets come from. */
export function partyOf(pod: SimPod): Party {
  return pod.hostNetwork ? { kind: 'node', node: pod.node } : { kind: 'pod', pod };
}

function walk(world: World, pod: SimPod): readonly Scrape[] {
  if (world.provider.state !== 'running') return [];
  return registeredNodes(world).map((node) => {
    const path = connectFull({
      world,
      flow: `scrape ${pod.name} ${node.name}`,
      from: partyOf(pod),
      target: { address: node.publishedIp, port: KUBELET_PORT },
      timeoutMs: SCRAPE_TIMEOUT_MS,
      count: () => undefined,
    });
    const error = scrapeError(world, node, path);
    return { node: node.name, ip: node.publishedIp, ok: error === null, error };
  });
}

/** Whether any metrics-server pod gets numbers from some kubelet. */
export function scrapesAnything(world: World): boolean {
  return providerPods(world).some((pod) => scrapesBy(world, pod).some(({ ok }) => ok));
}

/** The words of Go's `net/http` and `crypto/x509` (Go 1.22). */
function scrapeError(world: World, node: SimNode, path: PathAnswer): string | null {
  switch (path.outcome) {
    case 'timeout':
      return 'context deadline exceeded';
    case 'stalled':
      return 'net/http: TLS handshake timeout';
    case 'refused':
      return `dial tcp ${node.publishedIp}:${KUBELET_PORT}: connect: connection refused`;
    case 'unreachable':
      return `dial tcp ${node.publishedIp}:${KUBELET_PORT}: connect: no route to host`;
    case 'too-big':
    case 'closed':
    case 'partial':
      return 'EOF';
    case 'open':
      break;
  }
  // With a doubled address the machine that answers is not the one that was meant.
  const peer = path.peer?.kind === 'node' ? nodeNamed(world, path.peer.node) : node;
  if (world.provider.insecureKubeletTls) return null;
  if (peer.kubeletCertificate === 'no-ip-san') {
    return `tls: failed to verify certificate: x509: cannot validate certificate for ${node.publishedIp} because it doesn't contain any IP SANs`;
  }
  if (peer.kubeletCertificate === 'self-signed') {
    return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  }
  return null;
}
