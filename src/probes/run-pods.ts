import type { ApiAnswer, ClusterClient } from '../clients/cluster-client.ts';
import { type Missing, missing, type Observed } from '../core/evidence/observed.ts';
import type { ProbePodOutcome } from '../core/evidence/probe-results.ts';
import { decodeAnswer } from './decode-answer.ts';
import { followAnswers } from './follow-answers.ts';
import type { PodAnswer, PodPlan } from './plan.ts';
import { type PodLook, readPod, unfinishedOutcome } from './pod-status.ts';
import {
  ATTEMPT_LABEL,
  labelValue,
  PROBE_NAME,
  PROBE_NAME_LABEL,
  type ProbePodOptions,
  podName,
  probePod,
  RUN_ID_LABEL,
} from './probe-pod.ts';
import { watchPods } from './watch-pods.ts';

export interface RunPodsOptions extends ProbePodOptions {
  /** The worker's clock, epoch milliseconds. */
  readonly now: () => number;
  /** On top of a plan's own deadline: image pull, sandbox, status on its way. */
  readonly startAllowanceMs?: number;
  readonly signal?: AbortSignal;
}

/** One Pod's plan with what became of it. */
export interface PodRun {
  readonly plan: PodPlan;
  readonly outcome: ProbePodOutcome;
  readonly answer: Observed<PodAnswer>;
}

const DEFAULT_START_ALLOWANCE_MS = 6_000;
const CREATE_AT_ONCE = 16;
const WRITE_TIMEOUT_MS = 5_000;

/**
 * Creates the Pods of one wave, waits for their termination messages and deletes them. Never throws for what
 * the cluster does: each Pod that did not answer has an outcome that says why.
 *
 * @returns the runs in the order of the plans, as soon as the last Pod ended or the deadline passed; `cleaned`
 *   settles when the Pods are gone
 */
export async function runPods(
  client: ClusterClient,
  plans: readonly PodPlan[],
  options: RunPodsOptions,
): Promise<{ readonly runs: readonly PodRun[]; readonly cleaned: Promise<void> }> {
  const first = plans[0];
  if (first === undefined) return { runs: [], cleaned: Promise.resolve() };
  const path = podsPath(options.namespace);
  const nameOf = (plan: PodPlan): string => podName(plan, options.attempt);
  const waitMs =
    Math.max(...plans.map((plan) => plan.deadlineMs)) +
    (options.startAllowanceMs ?? DEFAULT_START_ALLOWANCE_MS);
  const over = new AbortController();
  const own = new Set(plans.map(nameOf));
  const logs = followAnswers(client, path, {
    timeoutMs: waitMs,
    signal: over.signal,
    onAnswer: (look, message) => watch.note({ ...look, state: endedWith(message) }),
  });
  const watch = watchPods(client, {
    path,
    selector: runSelector(first.runId, options.attempt),
    signal: options.signal,
    onLook: (look) => own.has(look.name) && logs.see(look),
  });
  try {
    const refused = await createAll(client, plans, options);
    const awaited = plans.filter((plan) => !refused.has(plan)).map(nameOf);
    const looks = await watch.until(
      (seen) => awaited.every((name) => isOver(seen.get(name))),
      waitMs,
    );
    const runs = plans.map((plan) =>
      podRun(plan, looks.get(nameOf(plan)) ?? null, refused.get(plan) ?? null),
    );
    // Nobody has to wait for it, and what stays is swept later: its failure is no one's error.
    const cleaned = deletePods(client, options.namespace, awaited).catch(() => undefined);
    return { runs, cleaned };
  } catch (error) {
    // Only a bug or an abort ends here; Pods must not outlive it.
    await deletePods(client, options.namespace, plans.map(nameOf));
    throw error;
  } finally {
    watch.stop();
    over.abort();
  }
}

/** Creates the Pods with bounded concurrency; those refused, with the refusal. One that exists already counts as created. */
export async function createAll(
  client: ClusterClient,
  plans: readonly PodPlan[],
  options: RunPodsOptions,
): Promise<ReadonlyMap<PodPlan, Pick<ProbePodOutcome, 'outcome' | 'detail'>>> {
  const refused = new Map<PodPlan, Pick<ProbePodOutcome, 'outcome' | 'detail'>>();
  const path = podsPath(options.namespace);
  await inBatches(plans, async (plan) => {
    const answer = await client.write('POST', path, probePod(plan, options, options.now()), {
      timeoutMs: WRITE_TIMEOUT_MS,
    });
    const refusal = refusalOf(answer);
    if (refusal !== null) refused.set(plan, refusal);
  });
  return refused;
}

/** Deletes Pods at once and by force: one that no kubelet ever took up would stay for ever otherwise. */
export async function deletePods(
  client: ClusterClient,
  namespace: string,
  names: readonly string[],
): Promise<void> {
  await inBatches(names, async (name) => {
    await client.write(
      'DELETE',
      `${podsPath(namespace)}/${name}`,
      {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        gracePeriodSeconds: 0,
        propagationPolicy: 'Background',
      },
      { timeoutMs: WRITE_TIMEOUT_MS },
    );
  });
}

/** Deletes whatever Pods a run has left, of all waves; of all attempts when `attempt` is null. */
export async function deleteRunPods(
  client: ClusterClient,
  namespace: string,
  run: { readonly runId: string; readonly attempt: number | null },
): Promise<void> {
  const labelSelector = runSelector(run.runId, run.attempt);
  const listed = await client.list(podsPath(namespace), { query: { labelSelector } });
  if (listed.kind === 'refused') return;
  await deletePods(
    client,
    namespace,
    listed.items.flatMap((item) => readPod(item)?.name ?? []),
  );
}

export function podsPath(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

/** Selects the probe Pods of one run. */
export function runSelector(runId: string, attempt: number | null): string {
  const run = `${PROBE_NAME_LABEL}=${PROBE_NAME},${RUN_ID_LABEL}=${labelValue(runId)}`;
  return attempt === null ? run : `${run},${ATTEMPT_LABEL}=${attempt}`;
}

/** The exit code is not known yet, and does not matter beside an answer. */
function endedWith(message: string): PodLook['state'] {
  return { kind: 'ended', exitCode: null, message, detail: '' };
}

function isOver(look: PodLook | undefined): boolean {
  return look !== undefined && (look.state.kind === 'ended' || look.state.kind === 'stuck');
}

function podRun(
  plan: PodPlan,
  look: PodLook | null,
  refusal: Pick<ProbePodOutcome, 'outcome' | 'detail'> | null,
): PodRun {
  const base = { node: plan.node, kind: plan.kind, podIp: look?.podIp ?? null };
  if (refusal !== null)
    return { plan, outcome: { ...base, ...refusal }, answer: noAnswerFrom(plan, refusal) };
  if (look?.state.kind !== 'ended') {
    const unfinished = unfinishedOutcome(look);
    return { plan, outcome: { ...base, ...unfinished }, answer: noAnswerFrom(plan, unfinished) };
  }
  const answer = readAnswer(plan, look.state.message);
  if (answer.state === 'known')
    return { plan, outcome: { ...base, outcome: 'ok', detail: '' }, answer };
  const failed = { outcome: 'failed', detail: failureOf(look.state, answer) } as const;
  return { plan, outcome: { ...base, ...failed }, answer: noAnswerFrom(plan, failed) };
}

/** An answer of another run or node would be worse than none. */
function readAnswer(plan: PodPlan, message: string): Observed<PodAnswer> {
  const answer = decodeAnswer(message);
  if (answer.state === 'missing') return answer;
  const { runId, wave, node, batch } = answer.value;
  const own =
    runId === plan.runId && wave === plan.wave && node === plan.node && batch === plan.batch;
  return own ? answer : missing('failed', "the probe's answer belongs to another plan");
}

function failureOf(
  state: { readonly exitCode: number | null; readonly detail: string },
  answer: Missing,
): string {
  const exit =
    state.exitCode === null || state.exitCode === 0 ? '' : ` (exit code ${state.exitCode})`;
  return [`${answer.detail}${exit}`, state.detail].filter(Boolean).join('; ');
}

function noAnswerFrom(
  plan: PodPlan,
  { outcome, detail }: Pick<ProbePodOutcome, 'outcome' | 'detail'>,
): Missing {
  const reason =
    outcome === 'forbidden' ? 'forbidden' : outcome === 'timed-out' ? 'timed-out' : 'failed';
  return missing(reason, `probe Pod on ${plan.node}: ${detail}`);
}

const MAX_REFUSAL_CHARS = 240;

function refusalOf(answer: ApiAnswer): Pick<ProbePodOutcome, 'outcome' | 'detail'> | null {
  if (answer.kind === 'failed') {
    // Also a time-out: the Pod may exist, and is deleted with the others by the run's label.
    return {
      outcome: 'failed',
      detail: `the API server did not take the Pod: ${answer.errno ?? answer.message}`,
    };
  }
  if (answer.status < 300 || answer.status === 409) return null;
  const detail = statusMessage(answer.json) ?? `HTTP ${answer.status}`;
  return {
    outcome: answer.status === 403 ? 'forbidden' : 'failed',
    detail: detail.slice(0, MAX_REFUSAL_CHARS),
  };
}

/** The words of a `Status` object. */
function statusMessage(json: unknown): string | null {
  return typeof json === 'object' &&
    json !== null &&
    'message' in json &&
    typeof json.message === 'string'
    ? json.message
    : null;
}

async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(CREATE_AT_ONCE, items.length) }, lane));
}
