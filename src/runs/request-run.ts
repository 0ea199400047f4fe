import { randomBytes } from 'node:crypto';
import { ExternalError } from '../errors.ts';
import type { OnlyPaths } from '../probes/only-paths.ts';
import type { Trigger } from './jobs.ts';
import type { Queues } from './queues.ts';
import type { RunStore, Subscription } from './run-store.ts';

/** A run that no worker has taken after this time is said to wait, with when a worker was last seen. */
export const NO_WORKER_CHECK_MS = 10_000;
/** Nobody waits for a scheduled run: a worker that is just restarted is not worth a message. */
const NO_WORKER_CHECK_SCHEDULED_MS = 5 * 60_000;
/** 4 random bytes: readable in a thread, and unique enough for the week that a run's records live. */
const RUN_ID_BYTES = 4;

export interface RequestRunDeps {
  readonly queues: Queues;
  readonly store: RunStore;
  readonly now?: () => Date;
  /** For tests. */
  readonly noWorkerCheckMs?: number;
}

/** What is asked for. */
export interface RunRequest {
  readonly cluster: string;
  readonly trigger: Trigger;
  /** Deep mode; the worker's configuration must allow it, too. */
  readonly deep?: { readonly trace: boolean };
  /** Nodes that must be among those probed, where they exist. */
  readonly nodes?: readonly string[];
  /** The id of the run, should one have to be made (`newRunId`): whoever asks again for the same makes no second. */
  readonly runId?: string;
  /** Try these paths again and nothing else; only for a trigger of kind `verify`. */
  readonly only?: OnlyPaths;
}

export interface RequestedRun {
  readonly runId: string;
  /** True when a run of this cluster was already under way: the caller gets that one's answer. */
  readonly joined: boolean;
  readonly subscription: Subscription | null;
  /** False when this channel (or alert group) follows that run already: nothing new will be posted. */
  readonly added: boolean;
  /** Whether the run goes deep; one that was joined may not, though it was asked for. */
  readonly deep: boolean;
}

/** An id for a run. A letter first: BullMQ refuses integer ids. */
export function newRunId(): string {
  return `r${randomBytes(RUN_ID_BYTES).toString('hex')}`;
}

/** Where the answer to a trigger goes, or null for a caller that waits itself. */
export function subscriptionIdOf(trigger: Trigger): string | null {
  switch (trigger.kind) {
    case 'slash-command':
    case 'button':
    case 'mention':
    case 'shortcut':
    case 'modal':
      return trigger.threadTs === null
        ? `channel-${trigger.channel}`
        : `thread-${trigger.channel}-${trigger.threadTs}`;
    case 'alert': {
      const own = `alert-${trigger.groupKeyHash}`;
      return trigger.lastCheckOf === undefined ? own : `${own}-last-check`;
    }
    case 'verify':
      return `verify-${trigger.channel}-${trigger.threadTs}`;
    case 'schedule':
      return `schedule-${trigger.channel}`;
    case 'cli':
      return null;
  }
}

/**
 * Asks for a run of a cluster. Resolves when it is stored. While one is under way (until its verdict) the
 * same run is returned, and the caller's channel is subscribed to it.
 *
 * @throws ExternalError `redis-unavailable` at once when Redis is away
 */
export async function requestRun(deps: RequestRunDeps, request: RunRequest): Promise<RequestedRun> {
  try {
    return await store(deps, request);
  } catch (cause) {
    throw new ExternalError(
      'redis-unavailable',
      'The request could not be stored: Redis does not answer. Try again in a minute.',
      { retryable: true, cause },
    );
  }
}

async function store(
  {
    queues,
    store: records,
    now = () => new Date(),
    noWorkerCheckMs = NO_WORKER_CHECK_MS,
  }: RequestRunDeps,
  { cluster, trigger, deep, nodes = [], only, runId: newId = newRunId() }: RunRequest,
): Promise<RequestedRun> {
  const requestedAt = now().toISOString();
  await records.openRun({ runId: newId, cluster, requestedAt, trigger, deep: deep !== undefined });
  const how = {
    ...(deep === undefined ? {} : { deep }),
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(only === undefined ? {} : { only }),
  };
  const job = await queues
    .runs(cluster)
    .add(
      'run',
      { runId: newId, cluster, requestedAt, trigger, ...how },
      { jobId: newId, deduplication: { id: oneAtATime(cluster, trigger) } },
    );
  const runId = job.id ?? newId;
  const joined = runId !== newId;
  const subscribed = await subscribe(records, { runId, cluster, trigger, joined, requestedAt });
  const event = { runId, cluster, seq: 0 } as const;
  // A place that follows the run already shows it: fifty askers are one thread, and one event.
  if (!joined || subscribed.added) {
    await queues.reports.add('opened', { kind: 'opened', ...event });
  }
  if (!joined) {
    await queues.reports.add(
      'no-worker-check',
      { kind: 'no-worker-check', ...event },
      {
        jobId: `${runId}-no-worker-check`,
        delay: trigger.kind === 'schedule' ? NO_WORKER_CHECK_SCHEDULED_MS : noWorkerCheckMs,
      },
    );
  }
  const isDeep = joined ? (await records.run(runId))?.deep === true : deep !== undefined;
  return { runId, joined, deep: isDeep, ...subscribed };
}

/** Shows a run that is there, under way or ended, to one more place. */
export async function followRun(
  { queues, store: records, now = () => new Date() }: RequestRunDeps,
  { runId, cluster, trigger }: Pick<Subscription, 'runId' | 'cluster' | 'trigger'>,
): Promise<void> {
  const requestedAt = now().toISOString();
  await subscribe(records, { runId, cluster, trigger, joined: true, requestedAt });
  await queues.reports.add('opened', { kind: 'opened', runId, cluster, seq: 0 });
}

/** One run of a cluster at a time, and one that verifies it; nobody may take the one for the other. */
function oneAtATime(cluster: string, trigger: Trigger): string {
  return trigger.kind === 'verify' ? `verify-${trigger.of}` : cluster;
}

async function subscribe(
  records: RunStore,
  asked: {
    readonly runId: string;
    readonly cluster: string;
    readonly trigger: Trigger;
    readonly joined: boolean;
    readonly requestedAt: string;
  },
): Promise<{ readonly subscription: Subscription | null; readonly added: boolean }> {
  const { trigger, requestedAt, ...rest } = asked;
  const id = subscriptionIdOf(trigger);
  if (id === null || trigger.kind === 'cli') return { subscription: null, added: false };
  return records.subscribe({
    ...rest,
    id,
    trigger,
    channel: trigger.channel,
    threadTs: 'threadTs' in trigger ? trigger.threadTs : null,
    createdAt: requestedAt,
  });
}
