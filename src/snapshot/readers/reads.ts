import type { ApiAnswer, ClusterClient, ListAnswer } from '../../clients/cluster-client.ts';
import { known, type Missing, missing, type Observed } from '../../core/evidence/observed.ts';
import { at, text } from './json-fields.ts';

/** What a reader works with: the API server chosen for reads, and when all reads must be done. */
export interface ReadContext {
  readonly client: ClusterClient;
  readonly signal: AbortSignal;
  /** `performance.now()` at which every read is given up. */
  readonly deadlineAt: number;
}

/** The same, ahead of the other reads: for what these, or the probes, wait for. */
export function urgently(context: ReadContext): ReadContext {
  const { client } = context;
  return {
    ...context,
    client: {
      ...client,
      get: (path, options) => client.get(path, { ...options, urgent: true }),
      list: (path, options) => client.list(path, { ...options, urgent: true }),
    },
  };
}

/**
 * One read. An API server that serves at all answers in milliseconds; this is room for a cold start, a slow
 * line and a busy machine, where a shorter limit would turn facts into gaps for nothing.
 */
const READ_LIMIT_MS = 4_000;

/** The time a read may take: its own limit, never beyond the end of all reads. */
export function timeLeftMs(context: ReadContext, ownLimitMs = READ_LIMIT_MS): number {
  return Math.max(1, Math.min(ownLimitMs, Math.round(context.deadlineAt - performance.now())));
}

/** Above this many objects of one kind a list is cut: bounded memory matters more than the last one. */
const MAX_ITEMS = 10_000;

/** Reads a list; `what` is the verb and resource as RBAC spells it, for the sentence about a refusal. */
export async function readList(
  context: ReadContext,
  path: string,
  what: string,
  options: {
    readonly query?: Readonly<Record<string, string>>;
    readonly maxItems?: number;
    readonly limitMs?: number;
  } = {},
): Promise<Observed<readonly unknown[]>> {
  const answer = await context.client.list(path, {
    timeoutMs: timeLeftMs(context, options.limitMs),
    signal: context.signal,
    maxItems: options.maxItems ?? MAX_ITEMS,
    ...(options.query === undefined ? {} : { query: options.query }),
  });
  return listed(answer, path, what);
}

function listed(answer: ListAnswer, path: string, what: string): Observed<readonly unknown[]> {
  if (answer.kind === 'refused') return refusal(answer.answer, what);
  const cut = answer.truncated ? ` (only the first ${answer.items.length})` : '';
  return known(answer.items, `GET ${path}${cut}`);
}

/** Reads one object; `null` when it does not exist. */
export async function readObject(
  context: ReadContext,
  path: string,
  what: string,
  limitMs?: number,
): Promise<Observed<unknown>> {
  const answer = await context.client.get(path, {
    timeoutMs: timeLeftMs(context, limitMs),
    signal: context.signal,
  });
  if (isNoSuchObject(answer)) return known(null, `GET ${path} (404)`);
  if (answer.kind === 'answered' && answer.status === 200 && answer.json !== undefined) {
    return known(answer.json, `GET ${path}`);
  }
  return refusal(answer, what);
}

/**
 * A 404 for an object of a kind that is served: its Status names the object. For a kind that is not served
 * the body is the plain text "404 page not found", or a Status without a name.
 */
function isNoSuchObject(answer: ApiAnswer): boolean {
  if (answer.kind !== 'answered' || answer.status !== 404) return false;
  const status = at(answer.json);
  return text(status['reason']) === 'NotFound' && text(at(status, 'details')['name']) !== '';
}

/** Why a read failed, as a fact. */
export function refusal(answer: ApiAnswer, what: string): Missing {
  if (answer.kind === 'failed') {
    return answer.timedOut || answer.message === 'cancelled'
      ? missing('timed-out', `${what}: ${answer.message}`)
      : missing('failed', `${what}: ${answer.message}`);
  }
  switch (answer.status) {
    case 401:
      return missing('forbidden', `${what}: the API server does not accept our credentials (401)`);
    case 403:
      return missing('forbidden', `not allowed to ${what}`);
    case 404:
      return missing('absent-api', `${what}: the API server does not serve this API (404)`);
    default:
      return answer.complete
        ? missing('failed', `${what}: HTTP ${answer.status}`)
        : missing('timed-out', `${what}: HTTP ${answer.status}, then the body stalled`);
  }
}

/** Tries versions of one API until one is served. */
export async function firstServed<T>(
  attempts: readonly (() => Promise<Observed<T>>)[],
): Promise<Observed<T>> {
  let last: Observed<T> = missing('not-attempted', 'no version of this API to try');
  for (const attempt of attempts) {
    last = await attempt();
    if (last.state === 'known' || last.reason !== 'absent-api') return last;
  }
  return last;
}

/**
 * Joins several reads of one fact. Some known: their values, and the source says what was left out; none
 * known: the first reason.
 */
export function joinReads<T>(reads: readonly Observed<readonly T[]>[]): Observed<readonly T[]> {
  const values: T[] = [];
  const sources: string[] = [];
  const gaps: Missing[] = [];
  for (const read of reads) {
    if (read.state === 'known') {
      values.push(...read.value);
      sources.push(read.source);
    } else gaps.push(read);
  }
  const [gap] = gaps;
  if (sources.length === 0 && gap !== undefined) return gap;
  const lacking = gaps.map(({ detail }) => `; not read: ${detail}`).join('');
  return known(values, [...new Set(sources)].join(', ') + lacking);
}

/** Settles a fact by the end of all reads, come what may. */
export async function within<T>(
  context: ReadContext,
  what: string,
  read: Promise<Observed<T>>,
): Promise<Observed<T>> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Observed<T>>((resolve) => {
    timer = setTimeout(
      () => resolve(missing('timed-out', `${what}: not read in time`)),
      timeLeftMs(context, Number.POSITIVE_INFINITY) + GRACE_MS,
    );
  });
  try {
    return await Promise.race([read, late]);
  } catch (error) {
    // A bug in one reader must not cost the run its other facts; it is told as what it is.
    const name = error instanceof Error ? error.name : 'error';
    return missing('failed', `${what}: internal ${name} while reading`);
  } finally {
    clearTimeout(timer);
  }
}

/** The last reads' own deadlines fall at the end of all reads; this is what their answers need to get here. */
const GRACE_MS = 150;
