import { type Observed, valueOr } from '../evidence/observed.ts';
import type { EventObject, NodeObject, PodObject } from '../evidence/snapshot.ts';
import { lastEnd, securePorts } from './provider-pods.ts';

/** The kubelet's event (pkg/kubelet/prober, pkg/probe/http): `Readiness probe failed: HTTP probe failed with statuscode: 403`. */
const FAILED = /(Readiness|Liveness|Startup) probe failed: ([^\n]{1,500})/;
const STATUS = /statuscode: (\d{3})/;
/** The kubelet's event recorder tells of a repeat within 5 minutes, however often a probe fails. */
const FRESH_MS = 600_000;

/** A probe of the kubelet that failed, as the newest event about its pod says. */
export interface FailedProbe {
  readonly probe: string;
  /** The status that the container answered with; null where it answered none. */
  readonly status: number | null;
  /** What the kubelet says went wrong. */
  readonly words: string;
  readonly event: EventObject;
}

/** What is known beside the pod. */
export interface ProbeFacts {
  readonly events: readonly EventObject[];
  /** When, RFC 3339. */
  readonly takenAt: string;
  readonly nodes: Observed<readonly NodeObject[]>;
}

/**
 * Null when the newest probe event about the pod is old, or there is none; also when the answer may be another
 * process's: in the machine's own network the kubelet's probe meets whoever holds the port.
 */
export function failedProbe(
  pod: PodObject,
  { events, takenAt, nodes }: ProbeFacts,
): FailedProbe | null {
  const newest = events
    .filter(
      ({ kind, name, reason, message }) =>
        kind === 'Pod' && name === pod.name && reason === 'Unhealthy' && FAILED.test(message),
    )
    .toSorted((a, b) => (b.lastSeen ?? '').localeCompare(a.lastSeen ?? ''))
    .at(0);
  const [, probe, words] = FAILED.exec(newest?.message ?? '') ?? [];
  if (newest === undefined || probe === undefined || words === undefined) return null;
  const age = Date.parse(takenAt) - Date.parse(newest.lastSeen ?? '');
  if (age > FRESH_MS) return null;
  const status = STATUS.exec(words)?.[1];
  if (status !== undefined && sharesTheMachine(pod, nodes) && couldNotRun(pod)) return null;
  return { probe, status: status === undefined ? null : Number(status), words, event: newest };
}

function sharesTheMachine(pod: PodObject, nodes: ProbeFacts['nodes']): boolean {
  const addresses = valueOr(nodes, []).flatMap(({ internalIps }) => internalIps);
  return pod.hostNetwork || pod.podIps.some((ip) => addresses.includes(ip));
}

/** Ends that the kubelet brings about itself: SIGKILL and SIGTERM (128 plus their number), or an orderly exit after it. */
const TOLD_TO_END = new Set([0, 137, 143]);

/** It is down, or ended by itself before: then it may never have had the port. */
function couldNotRun({ statuses }: PodObject): boolean {
  return statuses.some((status) => {
    const code = lastEnd(status)?.exitCode ?? null;
    return status.state !== 'running' || (code !== null && !TOLD_TO_END.has(code));
  });
}

/** A probe that the container refused: who asks may not. */
export function refusedProbe(pod: PodObject, facts: ProbeFacts): FailedProbe | null {
  const failed = failedProbe(pod, facts);
  const refused = failed?.status === 401 || failed?.status === 403;
  return refused && misaskedProbe(failed, pod) === null ? failed : null;
}

/** What every Kubernetes API server library answers to everybody (k8s.io/apiserver, `AlwaysAllowPaths`). */
const HEALTH_PATHS = new Set(['/livez', '/readyz', '/healthz', '/']);
const SCHEME = /server gave HTTP response to HTTPS client|malformed HTTP (?:response|status)/i;
const REFUSED_AT = /:\/\/[^\s"]{0,100}?:(\d{1,5})[/"][^\n]{0,300}connection refused/i;

/** What is wrong with a probe that asks in the wrong way, or null: a failure that tells of the container itself. */
export function misaskedProbe(
  { probe, status, words }: FailedProbe,
  pod: PodObject,
): string | null {
  if (status === 400 || SCHEME.test(words))
    return 'speaks plain HTTP where TLS is served, or TLS where it is not';
  const path = pod.containers.flatMap(({ probePaths }) => probePaths?.[probe] ?? [])[0];
  const elsewhere =
    path !== undefined && !HEALTH_PATHS.has(path.replace(/[?#].*$/, '').replace(/(.)\/$/, '$1'));
  // Paths that it does not serve are refused to strangers before it says that they are not there.
  if ((status === 401 || status === 403) && elsewhere)
    return `asks for ${path}, which metrics-server does not serve (status ${status})`;
  // 401 and 403 are about who asks, 408 and 429 about load, 5xx about the container itself.
  if (status !== null && status >= 300 && status < 500 && ![401, 403, 408, 429].includes(status))
    return `asks for ${path ?? 'a path'}, which is not there (status ${status})`;
  const port = Number(REFUSED_AT.exec(words)?.[1]);
  const listensAt = securePorts(pod);
  if (Number.isInteger(port) && listensAt.length > 0 && !listensAt.includes(port))
    return `asks at port ${port}, and metrics-server was told to listen on ${listensAt.join(', ')}`;
  return null;
}
