import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterClient } from '../clients/cluster-client.ts';
import { known, missing, type Observed } from '../core/evidence/observed.ts';
import type { ApiServerView, NodeObject } from '../core/evidence/snapshot.ts';
import { type AskedApiServer, askApiServer } from './ask-api-server.ts';
import {
  type ApiServerOverride,
  type ApiServerTarget,
  addressOf,
  apiServerName,
  findApiServers,
} from './readers/api-servers.ts';
import { at } from './readers/json-fields.ts';
import type { ReadContext } from './readers/reads.ts';

export interface ApiServersRead {
  /** Resolves when all have said all, or when each had its time for a first answer; never rejects. */
  readonly firstLook: Promise<void>;
  /** The views as they are now. */
  views(): Observed<readonly ApiServerView[]>;
  /** Names of nodes with metrics, from an API server that has answered 200 by now. */
  nodeMetrics(): Observed<readonly string[]>;
  /** The views when no answer is outstanding any more. */
  readonly settled: Promise<Observed<readonly ApiServerView[]>>;
}

interface Options {
  readonly nodes: Promise<Observed<readonly NodeObject[]>>;
  readonly override: readonly ApiServerOverride[];
  readonly firstLookMs: number;
  readonly settleMs: number;
  readonly onChange: (views: readonly ApiServerView[]) => void;
}

interface Asked {
  readonly target: ApiServerTarget;
  readonly asked: AskedApiServer;
}

/**
 * Asks every API server the aggregated request on its own: behind a load balancer, or by the APIService's
 * shared condition, an API server that fails is hidden by those that do not.
 *
 * The usual address is asked at once, too. Its answer counts only where none of the API servers can be
 * reached from here (a kubeconfig that knows a load balancer alone, a managed control plane); it is then asked
 * several times over connections of their own, since one lucky answer of a healthy API server proves nothing.
 */
export function readApiServers(context: ReadContext, options: Options): ApiServersRead {
  const state: State = { nodes: [], targets: null, found: [], usual: [], context };
  void options.nodes.then((read) => {
    if (read.state === 'known') state.nodes = read.value;
  });
  const mayReadMetrics = once(() => mayListNodeMetrics(context));
  const ask = (client: ClusterClient, metricsOnly = false): AskedApiServer =>
    askApiServer(client, {
      metricsOnly,
      settleMs: options.settleMs,
      signal: context.signal,
      mayReadMetrics,
      onChange: () => {
        if (state.found.length > 0) options.onChange(views(state));
      },
    });
  const startedAt = performance.now();
  const usual = ask(context.client);
  state.usual = [usual];
  const asked = findApiServers(context, options.nodes, options.override).then((targets) => {
    state.targets = targets;
    if (targets.state === 'missing') return;
    state.found = targets.value.map((target) => ({
      target,
      asked: isSameServer(target.url, context.client.server)
        ? usual
        : ask(clientFor(context, target)),
    }));
  });
  const direct = asked.then(() => Promise.all(state.found.map((each) => each.asked.complete)));
  const complete = asked.then(async () => {
    await atMost(direct, REACH_MS);
    if (!directViews(state).some(isReached) && !isCovered(state)) {
      const more = Array.from({ length: MORE_TRIES }, () => ask(context.client, true));
      state.usual = [usual, ...more];
    }
    await direct;
    if (!directViews(state).some(isReached)) {
      await Promise.all(state.usual.map((each) => each.complete));
    }
  });
  return {
    firstLook: asked.then(() => {
      // With none found, only the usual address is waited for, and that was asked at the start.
      const spentMs = state.found.length === 0 ? performance.now() - startedAt : 0;
      return atMost(complete, Math.max(0, options.firstLookMs - spentMs));
    }),
    settled: atMost(complete, options.settleMs + SETTLE_GRACE_MS).then(() => collect(state)),
    views: () => collect(state),
    nodeMetrics: () => nodeMetrics([...state.found.map((each) => each.asked), ...state.usual]),
  };
}

/** An API server that can be reached at all has taken a connection by then. */
const REACH_MS = 700;
/** With two of three API servers failing, six tries miss the fault once in some 700 runs. */
const MORE_TRIES = 5;
/** Between the last request's deadline and the moment its outcome is here. */
const SETTLE_GRACE_MS = 500;

interface State {
  nodes: readonly NodeObject[];
  targets: Observed<readonly ApiServerTarget[]> | null;
  found: readonly Asked[];
  usual: readonly AskedApiServer[];
  readonly context: ReadContext;
}

function clientFor(context: ReadContext, target: ApiServerTarget): ClusterClient {
  const { url, tlsServerName } = target;
  return context.client.at(url, tlsServerName === null ? {} : { tlsServerName });
}

function collect(state: State): Observed<readonly ApiServerView[]> {
  const { targets, context } = state;
  if (targets?.state === 'known') return known(views(state), targets.source);
  const usual = usualViews(state).filter(isReached);
  if (usual.length > 0) {
    return known(usual, `only the usual address ${context.client.server} is known`);
  }
  return targets ?? missing('timed-out', 'the API servers were not found in time');
}

function directViews({ found, nodes }: State): readonly ApiServerView[] {
  return found.map(({ target, asked }) =>
    asked.view(apiServerName(target, nodes), addressOf(target.url)),
  );
}

/** Whether the usual address is that of one of the API servers found. */
function isCovered({ found, usual }: State): boolean {
  return found.some(({ asked }) => asked === usual[0]);
}

/** The API servers' own views; the usual address's beside them while none of them was reached. */
function views(state: State): readonly ApiServerView[] {
  const direct = directViews(state);
  if (direct.some(isReached) || isCovered(state)) return direct;
  return [...direct, ...usualViews(state)];
}

/** What the tries at the usual address said; equal answers are one view. */
function usualViews({ usual, context }: State): readonly ApiServerView[] {
  const address = addressOf(context.client.server);
  const distinct = new Map<string, ApiServerView>();
  for (const [index, asked] of usual.entries()) {
    const view = asked.view(
      index === 0 ? 'usual address' : `usual address, try ${index + 1}`,
      address,
    );
    const key = answerKey(view);
    if (!distinct.has(key)) distinct.set(key, view);
  }
  return [...distinct.values()];
}

function answerKey({ metricsApi }: ApiServerView): string {
  if (metricsApi.state === 'missing') return metricsApi.reason;
  const { outcome, status, body } = metricsApi.value;
  return outcome === 'ok' ? 'ok' : `${outcome} ${status ?? ''} ${body}`;
}

/** A refusal (401, 403) is an answer, too. */
function isReached({ metricsApi }: ApiServerView): boolean {
  return metricsApi.state === 'missing' || metricsApi.value.outcome !== 'unreachable';
}

function isSameServer(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin;
}

function nodeMetrics(asked: readonly AskedApiServer[]): Observed<readonly string[]> {
  for (const server of asked) {
    const { metricsApi } = server.view('', '');
    if (metricsApi.state === 'known' && metricsApi.value.outcome === 'ok') {
      return known(metricsApi.value.nodes, metricsApi.source);
    }
  }
  const [refused] = asked
    .map((server) => server.view('', '').metricsApi)
    .filter((answer) => answer.state === 'missing');
  return (
    refused ?? missing('failed', 'no API server answered the request for node metrics with 200 yet')
  );
}

/** A virtual object that every user may create; it changes nothing. */
const ACCESS_REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const ACCESS_REVIEW_LIMIT_MS = 1_000;

async function mayListNodeMetrics(context: ReadContext): Promise<boolean | null> {
  const answer = await context.client.write(
    'POST',
    ACCESS_REVIEWS,
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { group: 'metrics.k8s.io', resource: 'nodes', verb: 'list' } },
    },
    { timeoutMs: ACCESS_REVIEW_LIMIT_MS, signal: context.signal },
  );
  const allowed = answer.kind === 'answered' ? at(answer.json, 'status')['allowed'] : null;
  return typeof allowed === 'boolean' ? allowed : null;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

async function atMost(promise: Promise<unknown>, limitMs: number): Promise<void> {
  const giveUp = new AbortController();
  const limit = sleep(limitMs, undefined, { signal: giveUp.signal }).catch(() => undefined);
  await Promise.race([promise, limit]);
  giveUp.abort();
}
