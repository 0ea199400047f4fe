import type { Facts } from './facts.ts';
import { type Observed, valueOr } from './observed.ts';
import { loggedAtMs } from './scrape-complaints.ts';
import type { ApiServerView, ContainerLog } from './snapshot.ts';

/** Each API server asks at least every 30 s for its own availability check, whoever else asks. */
const FRESH_MS = 120_000;
/** k8s.io/apiserver's WithAuthentication: `…: x509: …` before 1.20, `"…" err="x509: …"` since. */
const NOT_AUTHENTICATED =
  /Unable to authenticate the request(?: due to an error:|" err=|","err":)?/;

/** What metrics-server says of callers that it does not know: the words after its complaint, young ones only. */
export function callerComplaints(
  logs: readonly ContainerLog[],
  takenAt: Observed<string>,
): readonly string[] {
  const now = valueOr(takenAt, null);
  return logs
    .filter(({ previous }) => !previous)
    .flatMap(({ lines }) => lines)
    .filter((line) => NOT_AUTHENTICATED.test(line) && !isOld(line, now))
    .map((line) => line.slice(line.search(NOT_AUTHENTICATED)));
}

function isOld(line: string, now: string | null): boolean {
  const at = now === null ? null : loggedAtMs(line, now);
  return now !== null && at !== null && Date.parse(now) - at > FRESH_MS;
}

/** An API server whose request metrics-server refused, and how that is known. */
export interface RefusedApiServer {
  readonly name: string;
  readonly status: string;
  readonly text: string;
  readonly evidence: string;
}

/** The availability check writes the status that it was given into the shared condition (kube-aggregator). */
const BAD_STATUS = /bad status from \S+: (401|403)/;

/**
 * API servers that reach metrics-server and are turned away (401, 403). While the condition is False for such a
 * reason, all answer an instant 503 to everybody. Null when nothing is known of any API server.
 */
export function refusedApiServers({
  apiServers,
  apiService,
  apiServiceLooks,
}: Pick<Facts, 'apiService' | 'apiServiceLooks'> & {
  readonly apiServers: readonly ApiServerView[];
}): readonly RefusedApiServer[] | null {
  const messages = [
    ...valueOr(apiServiceLooks, []).map(({ message }) => message),
    valueOr(apiService, null)?.available?.message ?? '',
  ];
  const condition = messages.findLast((message) => BAD_STATUS.test(message));
  const asked = apiServers.flatMap(({ name, metricsApi, ready }) => {
    if (metricsApi.state === 'missing') return [];
    const { status, body, outcome } = metricsApi.value;
    const own = (status === 401 && ready.state === 'known') || status === 403;
    if (outcome === 'http-error' && own) {
      const text = `API server ${name} passes on ${status ?? ''}: ${body.split('\n', 1)[0] ?? ''}`;
      return [{ name, status: String(status), text, evidence: 'snapshot.apiServers' }];
    }
    if (condition === undefined || status !== 503) return [];
    return [
      {
        name,
        status: BAD_STATUS.exec(condition)?.[1] ?? '',
        text: `the APIService says: ${condition}`,
        evidence: 'snapshot.apiService',
      },
    ];
  });
  const known = apiServers.some(({ metricsApi }) => metricsApi.state === 'known');
  return known ? asked : null;
}
