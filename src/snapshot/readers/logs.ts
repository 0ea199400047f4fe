import { known, type Missing, type Observed } from '../../core/evidence/observed.ts';
import type { ContainerLog, PodObject } from '../../core/evidence/snapshot.ts';
import { type ReadContext, refusal, timeLeftMs } from './reads.ts';

/**
 * Logs go from the API server to the kubelet on 10250, so in the very faults that we look for they may
 * hang: they have a limit of their own, below the first look's.
 */
const LOG_LIMIT_MS = 1_500;
const TAIL_LINES = 200;
const MAX_LOG_BYTES = 256 * 1024;
const MAX_LINE = 1_000;
const MAX_PODS = 4;

/** Last lines of each container of the provider's pods; of the previous run too where it restarted. */
export async function readProviderLogs(
  context: ReadContext,
  pods: Observed<readonly PodObject[]>,
): Promise<Observed<readonly ContainerLog[]>> {
  if (pods.state === 'missing') return pods;
  const reads = pods.value.slice(0, MAX_PODS).flatMap((pod) =>
    pod.containers.flatMap(({ name }) => {
      const status = pod.statuses.find((item) => item.name === name);
      if (pod.nodeName === null) return []; // never ran anywhere
      const current = readLog(context, pod, name, false);
      const restarted = status !== undefined && (status.restarts > 0 || status.last !== null);
      return restarted ? [current, readLog(context, pod, name, true)] : [current];
    }),
  );
  return gather(await Promise.all(reads));
}

/** Error-like words in the log lines of CNI agents. */
const ERROR_LIKE =
  /\b(error|errors|fail(ed|ure|ing)?|fatal|panic|unable|cannot|denied|refused|timed? ?out|already using|missing|not supported|conflict)\b|^[EF]\d{4} |level=(error|fatal|warn)/i;
const MAX_CNI_PODS = 3;
const MAX_CNI_LINES = 20;

/** Error-like lines of CNI agent containers that are not ready; ready agents' logs are not read. */
export async function readCniLogs(
  context: ReadContext,
  pods: Observed<readonly PodObject[]>,
): Promise<Observed<readonly ContainerLog[]>> {
  if (pods.state === 'missing') return pods;
  const broken = pods.value.filter((pod) => !pod.ready && !pod.deleting && pod.nodeName !== null);
  const reads = broken.slice(0, MAX_CNI_PODS).flatMap((pod) =>
    pod.statuses
      .filter(({ ready, reason }) => !ready && reason !== 'Completed')
      .map(async ({ name, state, restarts }) => {
        const log = await readLog(context, pod, name, state === 'waiting' && restarts > 0);
        return log.state === 'missing' || log.value === null
          ? log
          : known({ ...log.value, lines: errorLines(log.value.lines) }, log.source);
      }),
  );
  return gather(await Promise.all(reads));
}

function errorLines(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => ERROR_LIKE.test(line)).slice(-MAX_CNI_LINES);
}

/** One container's last lines; `null` when it has none yet (not started, no previous run). */
async function readLog(
  context: ReadContext,
  pod: PodObject,
  container: string,
  previous: boolean,
): Promise<Observed<ContainerLog | null>> {
  const query = new URLSearchParams({
    container,
    tailLines: String(TAIL_LINES),
    limitBytes: String(MAX_LOG_BYTES),
    ...(previous ? { previous: 'true' } : {}),
  });
  const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log`;
  const answer = await context.client.get(`${path}?${query.toString()}`, {
    timeoutMs: timeLeftMs(context, LOG_LIMIT_MS),
    signal: context.signal,
    maxBytes: MAX_LOG_BYTES,
    accept: 'text/plain, */*',
  });
  // 400: the container waits to start, or has no previous run. 404: the pod is gone. Both: no log.
  if (answer.kind === 'answered' && (answer.status === 400 || answer.status === 404)) {
    return known(null, `GET ${path} (${answer.status})`);
  }
  if (
    answer.kind === 'answered' &&
    answer.status === 200 &&
    (answer.complete || answer.text !== '')
  ) {
    const lines = answer.text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.slice(0, MAX_LINE));
    const { namespace, name } = pod;
    return known({ namespace, pod: name, container, previous, lines }, `GET ${path}`);
  }
  return refusal(answer, `get pods/log ${pod.namespace}/${pod.name}`);
}

function gather(
  reads: readonly Observed<ContainerLog | null>[],
): Observed<readonly ContainerLog[]> {
  const logs: ContainerLog[] = [];
  const gaps: Missing[] = [];
  for (const read of reads) {
    if (read.state === 'missing') gaps.push(read);
    else if (read.value !== null) logs.push(read.value);
  }
  const [gap] = gaps;
  // A log that could not be read is not a quiet log.
  if (logs.length === 0 && gap !== undefined) return gap;
  return known(logs, `GET pods/log${gap === undefined ? '' : `; not read: ${gap.detail}`}`);
}
