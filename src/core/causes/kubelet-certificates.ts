import type { Observed } from '../evidence/observed.ts';
import { valueOr } from '../evidence/observed.ts';
import type { PeerCertificate, ReachResult } from '../evidence/probe-results.ts';
import type { ContainerLog, NodeObject, PodObject } from '../evidence/snapshot.ts';

/** One scrape that ended at the kubelet's certificate, as metrics-server logged it. */
export interface ScrapeRefusal {
  readonly node: string;
  readonly line: string;
}

/** klog's `node="worker-4"` of `scraper.go`, "Failed to scrape node". */
const NODE_FIELD = /\bnode="?([^"\s]+)"?/;
/** The address of the scrape: `Get "https://192.168.77.2:10250/metrics/resource": x509: …`. */
const SCRAPE_URL = /https:\/\/(\[[^\]]+\]|[^:/"\s]+):\d+\/(?:metrics\/resource|stats\/summary)/;

/** Lines of a provider's present log that match `words`, by the node they speak of; the newest line of each node. */
export function scrapeRefusals(
  logs: readonly ContainerLog[],
  nodes: readonly NodeObject[],
  words: RegExp,
): readonly ScrapeRefusal[] {
  const byNode = new Map<string, string>();
  for (const line of logs.filter(({ previous }) => !previous).flatMap(({ lines }) => lines)) {
    if (!words.test(line)) continue;
    const node =
      NODE_FIELD.exec(line)?.[1] ?? nodeOfAddress(SCRAPE_URL.exec(line)?.[1] ?? '', nodes);
    if (node !== null && nodes.some(({ name }) => name === node)) byNode.set(node, line);
  }
  return [...byNode]
    .map(([node, line]) => ({ node, line }))
    .sort((a, b) => a.node.localeCompare(b.node));
}

function nodeOfAddress(host: string, nodes: readonly NodeObject[]): string | null {
  const address = host.replace(/^\[|\]$/g, '');
  return (
    nodes.find(
      ({ name, internalIps, externalIps }) =>
        name === address || internalIps.includes(address) || externalIps.includes(address),
    )?.name ?? null
  );
}

/** The certificate that a node's kubelet shows now, if a probe saw it. */
export function kubeletCertificate(
  reach: Observed<readonly ReachResult[]>,
  node: string,
): { readonly peer: PeerCertificate; readonly evidence: string } | null {
  for (const { id, to, result } of valueOr(reach, [])) {
    if (
      to.kind === 'kubelet' &&
      to.node === node &&
      result.state === 'known' &&
      result.value.peer !== null
    ) {
      return { peer: result.value.peer, evidence: id };
    }
  }
  return null;
}

/**
 * Nodes that lack metrics now: absent from NodeMetricsList, or all when no provider pod is Ready (it turns
 * Ready after its first good scrape). Null when neither is known: an old log line alone is not a present fault.
 */
export function nodesWithoutMetrics(
  nodes: readonly NodeObject[],
  nodeMetrics: Observed<readonly string[]>,
  providerPods: Observed<readonly PodObject[]>,
): ReadonlySet<string> | null {
  const names = nodes.map(({ name }) => name);
  if (nodeMetrics.state === 'known')
    return new Set(names.filter((name) => !nodeMetrics.value.includes(name)));
  if (
    providerPods.state === 'known' &&
    providerPods.value.length > 0 &&
    providerPods.value.every(({ ready }) => !ready)
  )
    return new Set(names);
  return null;
}

/** True when a provider container was told not to verify kubelet certificates. */
export function skipsKubeletTls(pods: Observed<readonly PodObject[]>): boolean {
  return valueOr(pods, []).some(({ containers }) =>
    containers.some(({ args }) => args.some((arg) => /^--kubelet-insecure-tls(=true)?$/.test(arg))),
  );
}

/** Symptoms that refused scrapes account for: the nodes, their HPAs and, when no replica gets Ready, the API itself. */
export function scrapeSymptoms(
  nodes: readonly string[],
  providerPods: Observed<readonly PodObject[]>,
): readonly string[] {
  const pods = valueOr(providerPods, []);
  const noneReady = pods.length > 0 && pods.every(({ ready }) => !ready);
  return [
    ...nodes.map((node) => `node-metrics:${node}`),
    'hpa:*',
    ...(noneReady ? ['api-server:*', 'apiservice-condition', 'provider-path:*'] : []),
  ];
}
