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

/** metrics-server scrapes at least this often (`--metric-resolution`, 60 s by default), and logs each failure. */
const LONGEST_RESOLUTION_MS = 60_000;
/** klog's header, `E1122 14:02:01.000000`: no year and no zone; containers run in UTC. */
const KLOG_TIME = /^[IWEF](\d{2})(\d{2}) (\d{2}:\d{2}:\d{2})/;

/**
 * Scrapes that end in `words` now: the newest complaint about each node in the provider's present log. One
 * that was followed by another complaint, or is older than two scrapes, speaks of a fault that is gone.
 */
export function scrapeRefusals(seen: {
  readonly logs: readonly ContainerLog[];
  readonly nodes: readonly NodeObject[];
  readonly words: RegExp;
  readonly takenAt: Observed<string>;
}): readonly ScrapeRefusal[] {
  const { logs, nodes, words, takenAt } = seen;
  const newest = new Map<string, string>();
  for (const line of logs.filter(({ previous }) => !previous).flatMap(({ lines }) => lines)) {
    const url = SCRAPE_URL.exec(line);
    if (url === null && !line.includes('Failed to scrape node')) continue;
    const node = NODE_FIELD.exec(line)?.[1] ?? nodeOfAddress(url?.[1] ?? '', nodes);
    if (node !== null && nodes.some(({ name }) => name === node)) newest.set(node, line);
  }
  return [...newest]
    .filter(([, line]) => words.test(line) && !isOld(line, takenAt))
    .map(([node, line]) => ({ node, line }))
    .sort((a, b) => a.node.localeCompare(b.node));
}

function isOld(line: string, takenAt: Observed<string>): boolean {
  const [, month, day, time] = KLOG_TIME.exec(line) ?? [];
  if (takenAt.state === 'missing' || time === undefined) return false;
  const loggedAt = Date.parse(`${takenAt.value.slice(0, 4)}-${month}-${day}T${time}Z`);
  return Date.parse(takenAt.value) - loggedAt > 2 * LONGEST_RESOLUTION_MS;
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
