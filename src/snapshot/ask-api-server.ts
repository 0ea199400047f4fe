import type { ApiAnswer, ClusterClient } from '../clients/cluster-client.ts';
import { known, missing, type Observed } from '../core/evidence/observed.ts';
import type { ApiServerView } from '../core/evidence/snapshot.ts';
import { askMetrics, type MetricsOptions } from './ask-metrics.ts';
import { refusal } from './readers/reads.ts';

/** As long as other reads: a busy machine is no silent API server. */
const READY_LIMIT_MS = 4_000;
/** `/metrics` of a busy API server takes a second to gather. */
const GAUGE_LIMIT_MS = 5_000;
/** Series come sorted by name and `aggregator_…` stands first; the rest (megabytes) is not fetched. */
const GAUGE_MAX_BYTES = 256 * 1024;
const GAUGE =
  /^aggregator_unavailable_apiservice\{[^}]*name="v1beta1\.metrics\.k8s\.io"[^}]*\} (\d+)/m;

export interface AskOptions extends MetricsOptions {
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
  let ready: Observed<boolean> = missing('failed', 'get /readyz: no answer yet');
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

function readiness(answer: ApiAnswer): Observed<boolean> {
  if (answer.kind === 'answered' && answer.status === 200) return known(true, 'GET /readyz');
  if (answer.kind === 'answered' && answer.status >= 500) {
    return known(false, `GET /readyz: HTTP ${answer.status}`);
  }
  // Only a question that was sent and stayed without an answer speaks of the API server: a wait for a connection, or
  // one that we broke off, speaks of the way there.
  if (answer.kind === 'failed' && (answer.stage === 'connect' || !answer.timedOut)) {
    return missing('failed', `get /readyz: ${answer.message}`);
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
