import type { PathAnswer } from './paths.ts';
import { connectFull } from './paths.ts';
import type { SimNode, World } from './world.ts';
import { KUBELET_PORT, nodeNamed, providerPod } from './world.ts';

/** How metrics-server's scrape of one kubelet ended; `error` is its own words, without the address. */
export interface Scrape {
  readonly node: string;
  readonly ip: string;
  readonly ok: boolean;
  readonly error: string | null;
}

/** A kubelet that gives no answer: the scrape's own limit (10 s) ends before a dial's (30 s). */
const SCRAPE_TIMEOUT_MS = 10_000;

/** A world never changes, so its scrapes are walked once. */
const seen = new WeakMap<World, readonly Scrape[]>();

/** metrics-server's look at every kubelet; empty while it does not run. */
export function scrapes(world: World): readonly Scrape[] {
  const known = seen.get(world);
  if (known !== undefined) return known;
  const walked = walk(world);
  seen.set(world, walked);
  return walked;
}

function walk(world: World): readonly Scrape[] {
  const pod = providerPod(world);
  if (pod === null || world.provider.state !== 'running') return [];
  return world.nodes.map((node) => {
    const path = connectFull({
      world,
      from: { kind: 'pod', pod },
      target: { address: node.ip, port: KUBELET_PORT },
      timeoutMs: SCRAPE_TIMEOUT_MS,
      count: () => undefined,
    });
    const error = scrapeError(world, node, path);
    return { node: node.name, ip: node.ip, ok: error === null, error };
  });
}

/** The words of Go's `net/http` and `crypto/x509` (Go 1.22). */
function scrapeError(world: World, node: SimNode, path: PathAnswer): string | null {
  switch (path.outcome) {
    case 'timeout':
      return 'context deadline exceeded';
    case 'stalled':
      return 'net/http: TLS handshake timeout';
    case 'refused':
      return `dial tcp ${node.ip}:${KUBELET_PORT}: connect: connection refused`;
    case 'unreachable':
      return `dial tcp ${node.ip}:${KUBELET_PORT}: connect: no route to host`;
    case 'too-big':
    case 'closed':
      return 'EOF';
    case 'open':
      break;
  }
  // With a doubled address the machine that answers is not the one that was meant.
  const peer = path.peer?.kind === 'node' ? nodeNamed(world, path.peer.node) : node;
  if (peer.kubeletCertificate === 'no-ip-san') {
    return `tls: failed to verify certificate: x509: cannot validate certificate for ${node.ip} because it doesn't contain any IP SANs`;
  }
  if (peer.kubeletCertificate === 'self-signed') {
    return 'tls: failed to verify certificate: x509: certificate signed by unknown authority';
  }
  return null;
}
