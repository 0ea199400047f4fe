import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ClusterClient } from '../clients/cluster-client.ts';
import { known, type Missing, missing, type Observed } from '../core/evidence/observed.ts';
import type { ApiServerView, MetricsApiAnswer } from '../core/evidence/snapshot.ts';
import { array, at, metadata } from './readers/json-fields.ts';
import { refusal } from './readers/reads.ts';

/** The aggregated request that each API server is asked: small, and what `kubectl top nodes` sends. */
export const METRICS_PATH = '/apis/metrics.k8s.io/v1beta1/nodes';

const READY_LIMIT_MS = 2_000;
/** `/metrics` of a busy API server takes a second to gather. */
const GAUGE_LIMIT_MS = 5_000;
/** Series come sorted by name and `aggregator_…` stands first; the rest (megabytes) is not fetched. */
const GAUGE_MAX_BYTES = 256 * 1024;
const GAUGE =
  /^aggregator_unavailable_apiservice\{[^}]*name="v1beta1\.metrics\.k8s\.io"[^}]*\} (\d+)/m;

/**
 * The instant 503 of an API server that reads `Available=False` in the shared condition. Another API server
 * may have written that, to be gone in milliseconds, so this answer alone is asked for again.
 */
const NOT_AVAILABLE = /^service unavailable\s*$/;
const MAX_REPEATS = 3;
const REPEAT_PAUSE_MS = 250;

const MAX_BODY = 500;

export interface AskOptions {
  /** How long the metrics request may take; above 45 s no fault has anything more to say. */
  readonly settleMs: number;
  readonly signal: AbortSignal;
  /** Whether RBAC lets us list nodes.metrics.k8s.io (null: not known); asked only after a 403. */
  readonly mayReadMetrics: () => Promise<boolean | null>;
  readonly onChange: () => void;
  /** Leave out the readiness and the gauge. */
  readonly metricsOnly?: boolean;
}

/** What one API server has said so far, and when it has said all. */
export interface AskedApiServer {
  view(name: string, address: string): ApiServerView;
  /** Resolves when the metrics answer will not change any more; never rejects. */
  readonly answered: Promise<void>;
  /** Resolves when the readiness and the gauge are in, too. */
  readonly complete: Promise<void>;
}

/** Asks one API server for node metrics, its readiness and its own gauge of the availability check. */
export function askApiServer(client: ClusterClient, options: AskOptions): AskedApiServer {
  const { signal, onChange } = options;
  if (options.metricsOnly === true) return askMetricsOnly(client, options);
  let ready: Observed<boolean> = missing('timed-out', 'get /readyz: no answer yet');
  let gauge: ApiServerView['unavailableGauge'] = missing(
    'timed-out',
    'get /metrics: no answer yet',
  );
  const metrics = askMetrics(client, options);

  const readyz = client.get('/readyz', { timeoutMs: READY_LIMIT_MS, signal, maxBytes: 64 * 1024 });
  const readyRead = readyz.then((answer) => {
    ready = readiness(answer);
    onChange();
  });
  const gaugeRead = client
    .get('/metrics', {
      timeoutMs: GAUGE_LIMIT_MS,
      signal,
      maxBytes: GAUGE_MAX_BYTES,
      accept: 'text/plain',
    })
    .then((answer) => {
      gauge = gaugeValue(answer);
      onChange();
    });
  const answered = metrics.done.then(async () => {
    // 401 for everything: these credentials mean nothing here (a proxy's token); not the Metrics API's doing.
    if (metrics.status() === 401) {
      const other = await readyz;
      if (other.kind === 'answered' && other.status === 401) {
        metrics.replace(
          missing('forbidden', 'this API server does not accept our credentials (401)'),
        );
      }
    }
    onChange();
  });
  return {
    answered,
    complete: Promise.all([answered, readyRead, gaugeRead]).then(() => undefined),
    view: (name, address) => ({
      name,
      address,
      metricsApi: metrics.current(),
      unavailableGauge: gauge,
      ready,
    }),
  };
}

function askMetricsOnly(client: ClusterClient, options: AskOptions): AskedApiServer {
  const metrics = askMetrics(client, options);
  const notAsked = missing('not-attempted', 'asked for node metrics alone');
  return {
    answered: metrics.done,
    complete: metrics.done,
    view: (name, address) => ({
      name,
      address,
      metricsApi: metrics.current(),
      unavailableGauge: notAsked,
      ready: notAsked,
    }),
  };
}

interface MetricsQuestion {
  current(): Observed<MetricsApiAnswer>;
  status(): number | null;
  replace(fact: Missing): void;
  readonly done: Promise<void>;
}

function askMetrics(client: ClusterClient, options: AskOptions): MetricsQuestion {
  const startedAt = performance.now();
  let stage: 'connecting' | 'sent' | 'headers' = 'connecting';
  let pendingStatus: number | null = null;
  let latest: Observed<MetricsApiAnswer> | null = null;
  let latestStatus: number | null = null;
  const source = `GET ${METRICS_PATH} at ${client.server}`;

  const ask = (): Promise<ApiAnswer> =>
    client.get(METRICS_PATH, {
      timeoutMs: Math.max(1, Math.round(options.settleMs - (performance.now() - startedAt))),
      signal: options.signal,
      onStage: (reached, status) => {
        stage = reached;
        pendingStatus = status ?? null;
        options.onChange();
      },
    });
  const conclude = async (answer: ApiAnswer, settled: boolean): Promise<void> => {
    latestStatus = answer.kind === 'answered' ? answer.status : null;
    const gap = latestStatus === 403 ? ownLackOfRights(await options.mayReadMetrics()) : null;
    latest = gap ?? known(metricsAnswer(answer, settled), source);
    options.onChange();
  };
  const run = async (): Promise<void> => {
    let answer = await ask();
    for (let repeats = 0; isNotAvailable(answer) && repeats < MAX_REPEATS; repeats += 1) {
      await conclude(answer, false);
      await sleep(REPEAT_PAUSE_MS, undefined, { signal: options.signal }).catch(() => undefined);
      if (options.signal.aborted) break;
      const again = await ask();
      // A cancelled or lost repeat says less than the answer we have.
      if (again.kind === 'failed' && again.stage === 'connect') break;
      answer = again;
    }
    await conclude(answer, true);
  };
  return {
    done: run(),
    status: () => latestStatus,
    replace: (fact) => {
      latest = fact;
    },
    current: () =>
      latest ?? known(pendingAnswer(stage, pendingStatus, performance.now() - startedAt), source),
  };
}

/**
 * metrics-server answers 403, too, when it mistrusts the front proxy; only our own lack of rights is a gap.
 */
function ownLackOfRights(allowed: boolean | null): Missing | null {
  if (allowed === true) return null;
  return allowed === false
    ? missing('forbidden', 'not allowed to list nodes.metrics.k8s.io')
    : missing('ambiguous', 'HTTP 403, and whether our own rights lack could not be asked');
}

function isNotAvailable(answer: ApiAnswer): boolean {
  return answer.kind === 'answered' && answer.status === 503 && NOT_AVAILABLE.test(answer.text);
}

function pendingAnswer(
  stage: 'connecting' | 'sent' | 'headers',
  status: number | null,
  elapsedMs: number,
): MetricsApiAnswer {
  const ms = Math.round(elapsedMs);
  const base = { status: null, body: '', ms, settled: false, nodes: [] };
  if (stage === 'connecting') {
    return { ...base, outcome: 'unreachable', body: `no connection within ${ms} ms` };
  }
  if (stage === 'headers' && isSuccess(status)) return { ...base, outcome: 'hung-body', status };
  return { ...base, outcome: 'no-answer', status };
}

function metricsAnswer(answer: ApiAnswer, settled: boolean): MetricsApiAnswer {
  const { ms } = answer;
  if (answer.kind === 'failed') {
    const outcome = answer.stage === 'connect' ? 'unreachable' : 'no-answer';
    return { outcome, status: null, body: answer.message, ms, settled, nodes: [] };
  }
  const { status } = answer;
  const body = answer.text.slice(0, MAX_BODY);
  if (!isSuccess(status)) return { outcome: 'http-error', status, body, ms, settled, nodes: [] };
  if (!answer.complete) return { outcome: 'hung-body', status, body, ms, settled, nodes: [] };
  const nodes = array(at(answer.json)['items']).map((item) => metadata(item).name);
  return { outcome: 'ok', status, body, ms, settled, nodes: nodes.filter((name) => name !== '') };
}

function isSuccess(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

function readiness(answer: ApiAnswer): Observed<boolean> {
  if (answer.kind === 'answered' && answer.status === 200) return known(true, 'GET /readyz');
  if (answer.kind === 'answered' && answer.status >= 500) {
    return known(false, `GET /readyz: HTTP ${answer.status}`);
  }
  return refusal(answer, 'get /readyz');
}

function gaugeValue(answer: ApiAnswer): ApiServerView['unavailableGauge'] {
  if (answer.kind !== 'answered' || answer.status !== 200) return refusal(answer, 'get /metrics');
  const found = GAUGE.exec(answer.text);
  if (found === null) {
    return missing(
      'failed',
      'get /metrics: no series aggregator_unavailable_apiservice for the Metrics API',
    );
  }
  return known(found[1] === '0' ? 0 : 1, 'GET /metrics');
}
