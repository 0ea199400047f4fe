import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { callerComplaints, refusedApiServers } from '../evidence/refused-callers.ts';
import type { ApiServerView, ContainerLog } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import type { Claim, Judgement } from './define-cause.ts';

/** The facts by which front-proxy causes are told. */
export interface FrontProxyFacts extends Pick<Facts, 'apiService' | 'apiServiceLooks' | 'takenAt'> {
  readonly apiServers: readonly ApiServerView[];
  readonly providerLogs: readonly ContainerLog[];
}

/** What a front-proxy cause says of requests that metrics-server refuses with certain words. */
export interface FrontProxyCase {
  readonly words: RegExp;
  /** Words that make it another cause. */
  readonly not?: RegExp;
  /** Completes "no request …". */
  readonly kind: string;
  readonly headline: (apiServers: string) => string;
  readonly also: readonly Claim[];
  readonly fixes: readonly Fix[];
  /** Keeps it a suspicion. */
  readonly settle?: string | null;
}

/**
 * API servers come to metrics-server with the front proxy's certificate. That it refuses *them* is proven by their
 * 401 or 403 beside its own words; its words alone may be about anybody who dials the pod.
 */
export function blameFrontProxy(facts: FrontProxyFacts, each: FrontProxyCase): Judgement {
  const complaints = callerComplaints(facts.providerLogs, facts.takenAt);
  const mine = complaints.filter((text) => each.words.test(text) && each.not?.test(text) !== true);
  const quote = each.words.exec(mine.at(-1) ?? '')?.[0];
  if (quote === undefined) {
    return { kind: 'ruled-out', because: `metrics-server refused no request ${each.kind}` };
  }
  const refused = refusedApiServers(facts);
  if (refused?.length === 0) {
    return {
      kind: 'ruled-out',
      because: 'metrics-server lets the API servers in; whom it refuses is somebody else',
    };
  }
  const names = list((refused ?? []).map(({ name }) => name));
  const settle =
    each.settle ??
    (refused === null
      ? 'kubectl get apiservice v1beta1.metrics.k8s.io -o jsonpath={.status.conditions}   # "bad status … 401" or "403" proves it'
      : null);
  const first = refused?.[0];
  return {
    kind: settle === null ? 'confirmed' : 'suspected',
    headline: each.headline(names === '' ? 'the API servers' : names),
    where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
    because: [
      {
        text: `metrics-server: Unable to authenticate the request: ${quote}`,
        evidence: 'snapshot.providerLogs',
      },
      ...(first === undefined ? [] : [{ text: first.text, evidence: first.evidence }]),
      ...each.also,
    ],
    explains: metricsApiDown(),
    fixes: each.fixes,
    ...(settle === null ? {} : { settle }),
  };
}

/** A flag by which metrics-server was told something else than the ConfigMap says. */
export function ownRequestheaderFlags({
  providerPods,
}: Pick<Facts, 'providerPods'>): readonly string[] {
  return [
    ...new Set(
      valueOr(providerPods, []).flatMap(({ containers }) =>
        containers.flatMap(({ args }) => args.filter((arg) => /^--?requestheader-/.test(arg))),
      ),
    ),
  ];
}

/** Says which of those flags are set. */
export function flagClaims(flags: readonly string[]): readonly Claim[] {
  return flags.map((flag) => ({
    text: `metrics-server runs with ${flag} instead of asking the cluster`,
    evidence: 'snapshot.providerPods',
  }));
}
