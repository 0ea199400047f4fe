import { chance } from './chance.ts';
import type { Party } from './packets.ts';
import type { PathAnswer } from './paths.ts';
import { connectFull, reachesApiServer } from './paths.ts';
import { timestamp } from './time.ts';
import type { SimNode, SimPod, World } from './world.ts';
import { KUBELET_PORT, nodeNamed, registeredNodes } from './world.ts';

/** How a scrape of one kubelet ended. */
export interface Scrape {
  readonly node: string;
  readonly ok: boolean;
  /** False when the answer held no CPU and memory of the node itself. */
  readonly nodeNumbers: boolean;
  /** What metrics-server logs as `err=`, in its own words; null when it logs nothing. */
  readonly error: string | null;
}

/** A kubelet that gives no answer: the scrape's own limit (10 s) ends before a dial's (30 s). */
const SCRAPE_TIMEOUT_MS = 10_000;
/** The kubelet's read-only port, which old manifests ask. */
const READ_ONLY_PORT = 10_255;

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
  if (world.provider.state !== 'running' || !reachesApiServer(world, pod)) return [];
  const port = world.provider.scrapeProblem === 'wrong-port' ? READ_ONLY_PORT : KUBELET_PORT;
  return registeredNodes(world).map((node): Scrape => {
    const path = connectFull({
      world,
      flow: `scrape ${pod.name} ${node.name}`,
      from: partyOf(pod),
      target: { address: node.publishedIp, port },
      timeoutMs: SCRAPE_TIMEOUT_MS,
      count: () => undefined,
    });
    const words = failureOf(world, node, path);
    if (words !== null) return { node: node.name, ok: false, nodeNumbers: false, error: words };
    const nodeNumbers = peerOf(world, node, path).kubelet !== 'no-node-numbers';
    return { node: node.name, ok: true, nodeNumbers, error: null };
  });
}

/** With a doubled address the machine that answers is not the one that was meant. */
function peerOf(world: World, node: SimNode, { peer }: PathAnswer): SimNode {
  return peer?.kind === 'node' ? nodeNamed(world, peer.node) : node;
}

/** The words of metrics-server 0.7 and of Go's `net/http` and `crypto` (Go 1.22). */
function failureOf(world: World, node: SimNode, path: PathAnswer): string | null {
  const { scrapeProblem } = world.provider;
  const port = scrapeProblem === 'wrong-port' ? READ_ONLY_PORT : KUBELET_PORT;
  const host = scrapeProblem === 'by-name' ? node.name : node.publishedIp;
  const get = (words: string): string => `Get "https://${host}:${port}/metrics/resource": ${words}`;
  const dial = (words: string): string => get(`dial tcp ${node.publishedIp}:${port}: ${words}`);
  if (scrapeProblem === 'by-name') {
    return get(`dial tcp: lookup ${node.name} on 10.43.0.10:53: no such host`);
  }
  switch (path.outcome) {
    case 'timeout':
      // Whichever limit is noticed first: the request's or the dial's.
      return chance(world.seed, 'spelling', node.name) < 0.5
        ? get('context deadline exceeded')
        : dial('i/o timeout');
    case 'stalled':
      return get('net/http: TLS handshake timeout');
    case 'refused':
      return dial('connect: connection refused');
    case 'unreachable':
      return dial('connect: no route to host');
    case 'too-big':
    case 'closed':
    case 'partial':
    case 'tls-error':
      return get('EOF');
    case 'open':
      break;
  }
  const answerer = peerOf(world, node, path);
  const refused = world.provider.insecureKubeletTls
    ? null
    : certificateWords(world, node, answerer);
  if (answerer.kubelet === 'no-certificate') return get('remote error: tls: internal error');
  if (refused !== null) return get(`tls: failed to verify certificate: x509: ${refused}`);
  return answerWords(world, answerer, get);
}

/** What Go says of the certificate that a kubelet shows; null when it trusts it. */
function certificateWords(world: World, node: SimNode, answerer: SimNode): string | null {
  if (answerer.kubelet === 'expired-certificate') {
    const now = timestamp(world.nowMs);
    return `certificate has expired or is not yet valid: current time ${now} is after ${EXPIRED_AT}`;
  }
  if (answerer.kubeletCertificate === 'no-ip-san') {
    return `cannot validate certificate for ${node.publishedIp} because it doesn't contain any IP SANs`;
  }
  return answerer.kubeletCertificate === 'self-signed'
    ? 'certificate signed by unknown authority'
    : null;
}

/** When the certificates of `expired-certificate` ran out. */
export const EXPIRED_AT = '2026-05-01T10:00:00Z';

function answerWords(
  world: World,
  answerer: SimNode,
  get: (words: string) => string,
): string | null {
  if (answerer.kubelet === 'unauthorized') return 'request failed, status: "401 Unauthorized"';
  if (world.provider.scrapeProblem === 'forbidden')
    return 'request failed, status: "403 Forbidden"';
  if (answerer.kubelet === 'stats-error') {
    return 'request failed, status: "500 Internal Server Error"';
  }
  return answerer.kubelet === 'slow' ? get('context deadline exceeded') : null;
}
