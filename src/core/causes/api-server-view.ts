import { type WayEnd, wayEnd } from '../evidence/aggregator-words.ts';
import type { Facts } from '../evidence/facts.ts';
import { fails, outcomeOf, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import { serviceOf } from '../report/symptoms.ts';

type Paths = Pick<Facts, 'reach' | 'providerPods'>;

/** How a node itself reaches the metrics-server pods in service, apart from what its kube-apiserver does. */
export type OwnPath =
  | { readonly state: 'works' | 'dead'; readonly results: readonly ReachResult[] }
  | { readonly state: 'unknown' };

/**
 * `works`: every check that a shell on that node could make (TCP, TLS) passed. `dead`: to each pod in service some
 * check failed. In between, or not tried: `unknown`.
 */
export function ownPath(node: string, { reach, providerPods }: Paths): OwnPath {
  if (reach.state === 'missing') return { state: 'unknown' };
  const serving = new Set(
    (providerPods.state === 'known' ? providerPods.value : [])
      .filter(({ ready, deleting }) => ready && !deleting)
      .flatMap(({ podIps }) => podIps),
  );
  const results = reach.value.filter(
    (r) =>
      r.from.kind === 'node' &&
      r.from.node === node &&
      r.to.kind === 'provider' &&
      (r.check === 'tcp' || r.check === 'tls' || r.check === 'https') &&
      (serving.size === 0 || serving.has(r.to.address)) &&
      outcomeOf(r) !== null,
  );
  if (results.length === 0) return { state: 'unknown' };
  if (results.every(works)) return { state: 'works', results };
  const pods = new Set(results.map(({ to }) => to.address));
  const dead = new Set(results.filter(fails).map(({ to }) => to.address));
  return dead.size === pods.size ? { state: 'dead', results } : { state: 'unknown' };
}

/** An API server that fails by its own answer (or silence), with what its words say of the way. */
export interface FailingServer {
  readonly view: ApiServerView;
  readonly end: WayEnd | null;
  /** First 500 characters of the body; empty when none came. */
  readonly body: string;
}

/** API servers whose own answer shows that they cannot serve; one cut off only by its node's path is not among them. */
export function failingServers(
  views: readonly ApiServerView[],
  paths: Paths,
): readonly FailingServer[] {
  return views.flatMap((view) => {
    const answer = view.metricsApi;
    if (answer.state === 'missing' || serviceOf(view, paths).state !== 'cannot') return [];
    const { outcome, body } = answer.value;
    if (outcome === 'ok' || outcome === 'unreachable') return [];
    return [{ view, end: outcome === 'http-error' ? wayEnd(body) : null, body }];
  });
}

/** What follows when these API servers cannot reach the provider: they themselves, and what hangs on them. */
export function apiServerConsequences(names: readonly string[]): readonly string[] {
  return [...names.map((name) => `api-server:${name}`), 'hpa:*', 'apiservice-condition'];
}
