import type { AnyCause } from './causes/any-cause.ts';
import type { Judgement } from './causes/define-cause.ts';
import type { Facts } from './evidence/facts.ts';
import type { RankedCause, Report } from './report/report.ts';
import { covers, type Symptom } from './report/symptoms.ts';
import { list } from './report/words.ts';

/** What one cause made of the facts. */
export interface Judged {
  readonly cause: AnyCause;
  readonly judgement: Judgement;
}

/** Facts in words, for "this is missing". */
const FACT_WORDS: Partial<Record<keyof Facts, string>> = {
  apiServers: 'the answer of each API server',
  apiService: 'the APIService object',
  service: 'the Service of the Metrics API',
  endpoints: 'the endpoints of that Service',
  deployments: "Metrics Server's Deployment",
  metricsProviders: 'the pods that could serve the Metrics API',
  providerPods: "Metrics Server's pods",
  providerLogs: "Metrics Server's log",
  nodes: 'the nodes',
  reach: 'paths tried by probe Pods',
  links: 'paths between pods of different nodes',
  bursts: 'one-way bursts between nodes',
  nodeFacts: 'devices and ports of the nodes',
  deep: 'what deep mode reads on the nodes (--deep)',
  network: 'which overlay the CNI speaks',
  platform: 'which distribution it is',
  takenAt: 'when it was seen',
  networkPolicies: 'the NetworkPolicies',
  nodeMetrics: 'the nodes that the Metrics API reports',
  podMetrics: 'the pods that the Metrics API reports',
  cniPods: "the CNI's pods",
  hpas: 'the HPAs',
  events: 'the events',
  nodeHeartbeats: "the kubelets' heartbeats",
  frontProxyTrust: 'the trust in the front proxy',
  requester: 'who the API server takes us for',
};

/** Asks every cause. A cause whose `needs` are not all known answers `unknown` and is not run. */
export function judgeAll(facts: Facts, causes: readonly AnyCause[]): readonly Judged[] {
  return causes.map((cause) => ({ cause, judgement: judge(facts, cause) }));
}

function judge(facts: Facts, cause: AnyCause): Judgement {
  const handed: Record<string, unknown> = {};
  const gaps: string[] = [];
  for (const name of cause.needs) {
    const fact = facts[name];
    if (fact.state === 'missing') gaps.push(`${FACT_WORDS[name] ?? name}: ${fact.detail}`);
    else handed[name] = fact.value;
  }
  if (gaps.length > 0) return { kind: 'unknown', missing: gaps };
  for (const name of cause.wants) handed[name] = facts[name];
  // The cause was typed by exactly the facts handed over here; the compiler cannot follow that through a list.
  return cause.infer(handed as never);
}

/** The part of a report that follows from the judgements. */
export interface Diagnosis {
  readonly causes: readonly RankedCause[];
  readonly ruledOut: Report['ruledOut'];
  readonly unknown: Report['unknown'];
  /** Symptoms that no shown cause accounts for, in words. */
  readonly unexplained: readonly string[];
  /** Ids of the symptoms that a shown cause accounts for. */
  readonly explained: ReadonlySet<string>;
}

type Positive = Extract<Judgement, { kind: 'confirmed' | 'suspected' }>;

interface Candidate {
  readonly cause: AnyCause;
  readonly judgement: Positive;
  readonly covered: readonly string[];
}

/**
 * Chooses the smallest set of causes that accounts for what is broken. A confirmed cause always stays: it
 * stands on its own evidence. A suspected one stays only while it explains something that no confirmed cause
 * does; two suspicions about the same symptom both stay, for nothing decides between them.
 */
export function diagnose(judged: readonly Judged[], symptoms: readonly Symptom[]): Diagnosis {
  const candidates = judged.flatMap(({ cause, judgement }) =>
    judgement.kind === 'confirmed' || judgement.kind === 'suspected'
      ? [{ cause, judgement, covered: coveredBy(judgement, symptoms) }]
      : [],
  );
  const confirmed = candidates.filter(({ judgement }) => judgement.kind === 'confirmed');
  const settled = new Set(confirmed.flatMap(({ covered }) => covered));
  const suspected = candidates.filter(
    ({ judgement, covered }) =>
      judgement.kind === 'suspected' && covered.some((id) => !settled.has(id)),
  );
  const shown = [...rank(confirmed), ...rank(suspected)];
  const dropped = candidates.filter((candidate) => !shown.includes(candidate));
  const explained = new Set(shown.flatMap(({ covered }) => covered));
  return {
    causes: shown.map(toRanked),
    ruledOut: [
      ...judged.flatMap(({ cause, judgement }) =>
        judgement.kind === 'ruled-out' ? [{ id: cause.id, because: judgement.because }] : [],
      ),
      ...dropped.map(({ cause, covered }) => ({
        id: cause.id,
        because:
          covered.length === 0
            ? 'possible, but nothing that is broken would follow from it'
            : `possible, but ${list(namesOf(confirmed, covered))} already accounts for all of it`,
      })),
    ].toSorted(byId),
    unknown: judged
      .flatMap(({ cause, judgement }) =>
        judgement.kind === 'unknown'
          ? [{ id: cause.id, missing: judgement.missing, settle: judgement.settle ?? null }]
          : [],
      )
      .toSorted(byId),
    unexplained: inWords(symptoms.filter(({ id }) => !explained.has(id))),
    explained,
  };
}

/** Symptoms of one kind beyond this number become one line: the report lists each of them elsewhere. */
const SHOWN_OF_A_KIND = 3;
const KIND_WORDS: Readonly<Record<string, string>> = {
  'api-server': 'more API servers cannot serve',
  'node-metrics': 'more nodes have no metrics',
  'pod-metrics': 'more nodes have no pod with metrics',
  hpa: 'more HPAs get no resource metrics',
  path: 'more paths fail',
};

function inWords(symptoms: readonly Symptom[]): readonly string[] {
  const kinds = new Map<string, string[]>();
  for (const { id, text } of symptoms) {
    const kind = (id.split(':', 1)[0] ?? id).replace('provider-path', 'path');
    kinds.set(kind, [...(kinds.get(kind) ?? []), text]);
  }
  return [...kinds].flatMap(([kind, texts]) => {
    const more = texts.length - SHOWN_OF_A_KIND;
    return more > 0
      ? [...texts.slice(0, SHOWN_OF_A_KIND), `${more} ${KIND_WORDS[kind] ?? 'more of the same'}`]
      : texts;
  });
}

function coveredBy(judgement: Positive, symptoms: readonly Symptom[]): readonly string[] {
  const exact = new Set(judgement.explains);
  const patterns = judgement.explains.filter((pattern) => pattern.endsWith('*'));
  return symptoms
    .map(({ id }) => id)
    .filter((id) => exact.has(id) || patterns.some((pattern) => covers(pattern, id)));
}

function namesOf(confirmed: readonly Candidate[], covered: readonly string[]): readonly string[] {
  return confirmed
    .filter((candidate) => candidate.covered.some((id) => covered.includes(id)))
    .map(({ cause }) => cause.id)
    .toSorted();
}

/**
 * API servers weigh most: a cause that keeps them from serving stands above one that hides a node. Of those that
 * explain the API servers alike, one that only says what is the case stands last.
 */
function rank(candidates: readonly Candidate[]): readonly Candidate[] {
  const weight = ({ covered }: Candidate): number =>
    covered.filter((id) => id.startsWith('api-server:')).length * API_SERVER_WEIGHT +
    covered.length;
  const last = ({ cause }: Candidate): number => Number(cause.lastResort === true);
  const servers = (candidate: Candidate): number =>
    Math.floor(weight(candidate) / API_SERVER_WEIGHT);
  return candidates.toSorted(
    (a, b) =>
      servers(b) - servers(a) ||
      last(a) - last(b) ||
      weight(b) - weight(a) ||
      byId(a.cause, b.cause),
  );
}

const API_SERVER_WEIGHT = 1_000_000;

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function toRanked({ cause, judgement }: Candidate): RankedCause {
  return {
    id: cause.id,
    title: cause.title,
    verdict: judgement.kind,
    headline: judgement.headline,
    where: judgement.where,
    because: judgement.because,
    contradicts: judgement.contradicts ?? [],
    settle: judgement.settle ?? null,
    fixes: judgement.fixes,
  };
}
