/**
 * What a cluster's API servers show of the Metrics API, read in the same way from the stand-in and from real
 * kube-apiservers: the aggregated answer, the gauge and the APIService's condition.
 */

/** Asks one API server of a cluster; a request that gets no answer rejects. */
export interface ApiEye {
  /** Names of the API servers, that of the metrics-server's own node first. */
  readonly servers: readonly string[];
  get(server: string, path: string): Promise<{ readonly status: number; readonly text: string }>;
}

/** What one kind of API server shows. */
export interface ServerWanted {
  readonly status: number;
  readonly body: RegExp;
  /** `aggregator_unavailable_apiservice`; null: no such series. */
  readonly gauge: 0 | 1 | null;
}

export interface ApiWanted {
  /** The API server on the metrics-server's node. */
  readonly near: ServerWanted;
  /** The others; as the near one when absent. */
  readonly far?: ServerWanted;
  /** Null: there is no APIService. `quarrel`: several API servers write it, so a look may see either. */
  readonly condition:
    | null
    | 'quarrel'
    | { readonly status: 'True' | 'False'; readonly reason: string; readonly message: RegExp };
}

const METRICS = '/apis/metrics.k8s.io/v1beta1/nodes';
const API_SERVICE = '/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io';
const GAUGE =
  /^aggregator_unavailable_apiservice\{[^}]*name="v1beta1\.metrics\.k8s\.io"[^}]*\} (\d)/m;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** One thing to look at, again and again. @returns what was seen instead; null when it was as wanted */
type Look = () => Promise<string | null>;

/** A real API server's /metrics are megabytes. */
const PAUSE_MS = 1_000;

/**
 * Looks at everything until each part was as wanted once, or the time is up: API servers notice a fault one after
 * another, and a healthy one is hit by the quarrel of the others now and then (docs/recorded-answers.md).
 *
 * @returns what was seen last of the parts that never were as wanted
 */
export async function untilAsWanted(
  eye: ApiEye,
  wanted: ApiWanted,
  withinMs: number,
): Promise<readonly string[]> {
  const deadline = performance.now() + withinMs;
  const differences = await Promise.all(
    looksAt(eye, wanted).map(async (look) => {
      for (;;) {
        // A request without an answer is a difference, too.
        const seen = await look().catch(String);
        if (seen === null || performance.now() > deadline) return seen;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }),
  );
  return differences.filter((seen) => seen !== null);
}

function looksAt(eye: ApiEye, wanted: ApiWanted): readonly Look[] {
  const [near = ''] = eye.servers;
  return [
    ...eye.servers.flatMap((server): readonly Look[] => {
      const want = server === near ? wanted.near : (wanted.far ?? wanted.near);
      return [
        async () => {
          const { status, text } = await eye.get(server, METRICS);
          const same = status === want.status && want.body.test(text);
          return same ? null : `${server}: ${status} ${text.trim().slice(0, 300)}`;
        },
        async () => {
          const { text } = await eye.get(server, '/metrics');
          const said = GAUGE.exec(text)?.[1];
          const gauge = said === undefined ? null : Number(said);
          return gauge === want.gauge ? null : `${server}: gauge ${String(gauge)}`;
        },
      ];
    }),
    async () => conditionDifference(await eye.get(near, API_SERVICE), wanted.condition),
  ];
}

function conditionDifference(
  { status, text }: { readonly status: number; readonly text: string },
  wanted: ApiWanted['condition'],
): string | null {
  if (wanted === null) return status === 404 ? null : `an APIService is there (${status})`;
  if (status !== 200) return `no APIService (${status})`;
  const { status: read } = JSON.parse(text) as {
    readonly status?: { readonly conditions?: readonly Condition[] };
  };
  const found = read?.conditions?.find(({ type }) => type === 'Available');
  if (found === undefined) return 'the APIService has no condition Available';
  const said = `${found.status} ${found.reason}: ${found.message}`;
  if (wanted === 'quarrel')
    return /^(?:True Passed|False FailedDiscoveryCheck):/.test(said) ? null : said;
  const same =
    found.status === wanted.status &&
    found.reason === wanted.reason &&
    wanted.message.test(found.message);
  return same ? null : said;
}
