import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiAnswer, ClusterClient } from '../clients/cluster-client.ts';
import { known, type Missing, missing, type Observed } from '../core/evidence/observed.ts';
import type { MetricsApiAnswer } from '../core/evidence/snapshot.ts';
import { array, at, metadata } from './readers/json-fields.ts';

/** The aggregated request that each API server is asked: small, and what `kubectl top nodes` sends. */
export const METRICS_PATH = '/apis/metrics.k8s.io/v1beta1/nodes';

/**
 * The instant 503 of an API server that reads `Available=False` in the shared condition. Another API server
 * may have written that, to be gone in milliseconds, so this answer alone is asked for again.
 */
const NOT_AVAILABLE = /^service unavailable\s*$/;
const MAX_REPEATS = 3;
const REPEAT_PAUSE_MS = 250;

const MAX_BODY = 500;

export interface MetricsOptions {
  /** How long the metrics request may take; above 45 s no fault has anything more to say. */
  readonly settleMs: number;
  readonly signal: AbortSignal;
  /** Whether RBAC lets us list nodes.metrics.k8s.io (null: not known); asked only after a 403. */
  readonly mayReadMetrics: () => Promise<boolean | null>;
  readonly onChange: () => void;
}

/** The aggregated request at one API server, under way or answered. */
export interface MetricsQuestion {
  current(): Observed<MetricsApiAnswer>;
  status(): number | null;
  replace(fact: Missing): void;
  readonly done: Promise<void>;
}

/** Sends the aggregated request; `current` says at any time how far it is. */
export function askMetrics(client: ClusterClient, options: MetricsOptions): MetricsQuestion {
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
