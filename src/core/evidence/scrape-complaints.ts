import type { Observed } from './observed.ts';
import type { ContainerLog, NodeObject } from './snapshot.ts';

/** A scrape that metrics-server says it could not do: the newest such line of one replica about one node. */
export interface ScrapeComplaint {
  /** The node's name; of a node that is no longer listed as the log has it. */
  readonly node: string;
  /** The replica that complains. */
  readonly pod: string;
  /** What the log says of this node; a line may speak of several. */
  readonly text: string;
  /** What the same replica said of this node just before, if that is young, too: the fault has lasted. */
  readonly before: string | null;
  /** Host of the URL that was asked, an address or a name; null when the text holds none. */
  readonly host: string | null;
  /** Port of the URL that was asked; null when the text holds none. */
  readonly port: number | null;
  /** False when no node of that name or address is listed. */
  readonly listed: boolean;
}

/** What complaints are read from. */
export interface ScrapeLogs {
  readonly logs: readonly ContainerLog[];
  readonly nodes: readonly NodeObject[];
  readonly takenAt: Observed<string>;
}

/**
 * Where what is said of one node begins. metrics-server 0.3 and 0.4 join all nodes into one line
 * (`unable to fully scrape metrics from source kubelet_summary:NODE: …` and `… from node NODE: …`).
 */
const JOINED = /unable to fully scrape metrics from (?:source kubelet_summary:|node )/g;
const JOINED_NODE = /^([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?): /;
/** 0.5 and later: `"Failed to scrape node" err="…" node="worker-4"`, as JSON `"node":{"name":"worker-4"}`. */
const SINGLE = /Failed to scrape node/;
const NODE_FIELD = /\bnode"?[=:]\s*(?:\{"name":)?"?([^"\s,}]+)/;
/** `Get "https://192.168.77.2:10250/metrics/resource": …`; 0.3 has `http`, too, and no quotes. */
const SCRAPE_URL =
  /https?:\/\/(\[[^\]]+\]|[^:/"\\\s]+):(\d+)\/(?:metrics\/resource|stats\/summary)/;

/** metrics-server scrapes at least this often (`--metric-resolution`, 60 s by default), and logs each failure. */
const LONGEST_RESOLUTION_MS = 60_000;
/** klog's header, `E1122 14:02:01.000000`: no year and no zone; containers run in UTC. */
const KLOG_TIME = /(?:^|\s)[IWEF](\d{2})(\d{2}) (\d{2}:\d{2}:\d{2})/;
/** klog's JSON format: `{"ts":1763820121000.123,…`, milliseconds. */
const JSON_TIME = /^\{"ts":(\d{13})/;

/**
 * What metrics-server cannot scrape now: the newest complaint of each replica about each node. One that was
 * followed by another complaint, or is older than two scrapes, speaks of a fault that is gone.
 */
export function scrapeComplaints(seen: ScrapeLogs): readonly ScrapeComplaint[] {
  const newest = new Map<string, { readonly line: string; readonly complaint: ScrapeComplaint }>();
  for (const { previous, pod, lines } of seen.logs) {
    if (previous) continue;
    for (const line of lines) {
      for (const complaint of complaintsIn(line, pod, seen.nodes)) {
        const key = `${pod} ${complaint.node}`;
        const last = newest.get(key);
        const before =
          last === undefined || isOld(last.line, seen.takenAt) ? null : last.complaint.text;
        newest.set(key, { line, complaint: { ...complaint, before } });
      }
    }
  }
  return [...newest.values()]
    .filter(({ line }) => !isOld(line, seen.takenAt))
    .map(({ complaint }) => complaint)
    .sort((a, b) => a.node.localeCompare(b.node) || a.pod.localeCompare(b.pod));
}

function complaintsIn(
  line: string,
  pod: string,
  nodes: readonly NodeObject[],
): readonly ScrapeComplaint[] {
  const joined = line.split(JOINED).slice(1);
  if (joined.length > 0) {
    return joined.flatMap((text) => {
      const name = JOINED_NODE.exec(text)?.[1];
      return name === undefined ? [] : [complaint(name, text, pod, nodes)];
    });
  }
  const url = SCRAPE_URL.exec(line);
  if (url === null && !SINGLE.test(line)) return [];
  const name = NODE_FIELD.exec(line)?.[1] ?? nodeOfAddress(url?.[1] ?? '', nodes);
  return name === null ? [] : [complaint(name, line, pod, nodes)];
}

function complaint(
  node: string,
  text: string,
  pod: string,
  nodes: readonly NodeObject[],
): ScrapeComplaint {
  const [, host, port] = SCRAPE_URL.exec(text) ?? [];
  return {
    node,
    pod,
    text,
    before: null,
    host: host === undefined ? null : withoutBrackets(host),
    port: port === undefined ? null : Number(port),
    listed: nodes.some(({ name }) => name === node),
  };
}

/** An IPv6 address stands in brackets in a URL. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function nodeOfAddress(host: string, nodes: readonly NodeObject[]): string | null {
  const address = withoutBrackets(host);
  return (
    nodes.find(
      ({ name, internalIps, externalIps }) =>
        name === address || internalIps.includes(address) || externalIps.includes(address),
    )?.name ?? null
  );
}

function isOld(line: string, takenAt: Observed<string>): boolean {
  if (takenAt.state === 'missing') return false;
  const loggedAt = loggedAtMs(line, takenAt.value);
  return loggedAt !== null && Date.parse(takenAt.value) - loggedAt > 2 * LONGEST_RESOLUTION_MS;
}

/** When a klog line was written, epoch milliseconds; klog writes no year, so that of `near` is taken. Null without a header. */
export function loggedAtMs(line: string, near: string): number | null {
  const json = JSON_TIME.exec(line)?.[1];
  if (json !== undefined) return Number(json);
  const [, month, day, time] = KLOG_TIME.exec(line) ?? [];
  if (time === undefined) return null;
  return Date.parse(`${near.slice(0, 4)}-${month}-${day}T${time}Z`);
}

/** True when kubelets are dialled by name: then DNS stands before every connection. */
export function isDialledByName({ host }: ScrapeComplaint): boolean {
  return host !== null && !host.includes(':') && !/^[\d.]+$/.test(host);
}

/** Go's words for whatever did not end in time; a dial that did not has its own words besides. */
export const DEADLINE =
  /timeout to access kubelet|context deadline exceeded|Client\.Timeout (?:or context cancellation )?(?:exceeded )?while (?:awaiting headers|reading body)|Client\.Timeout exceeded/;
const IN_THE_DIAL = /dial tcp|waiting for connection|TLS handshake timeout/;

/** A scrape that ended in a deadline without saying that it was still dialling. */
export function isLate(text: string): boolean {
  return DEADLINE.test(text) && !IN_THE_DIAL.test(text);
}
