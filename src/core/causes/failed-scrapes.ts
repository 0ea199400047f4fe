import type { Facts } from '../evidence/facts.ts';
import { type Observed, valueOr } from '../evidence/observed.ts';
import { type ScrapeComplaint, scrapeComplaints } from '../evidence/scrape-complaints.ts';
import type { ContainerLog, NodeObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import type { Claim, Judgement } from './define-cause.ts';

/** The facts by which a cause tells which scrapes fail now. */
export interface ScrapeFacts extends Pick<Facts, 'nodeMetrics' | 'providerPods' | 'takenAt'> {
  readonly providerLogs: readonly ContainerLog[];
  /** Where they could not be read the names in the log are all there is, and nothing is certain. */
  readonly nodes: Observed<readonly NodeObject[]>;
}

/** Scrapes that end in certain words, and whether the nodes lack metrics now. */
export type FailedScrapes =
  | { readonly state: 'none'; readonly because: string }
  | {
      readonly state: 'present';
      readonly complaints: readonly ScrapeComplaint[];
      readonly nodes: readonly string[];
      /** False when nobody can say whether these nodes lack metrics. */
      readonly certain: boolean;
      /** Symptoms that follow. */
      readonly explains: readonly string[];
    };

/**
 * Scrapes that fail now in the way that `matches` tells: the newest complaint about the node is of that kind and
 * young, and the node has no metrics. A node whose scrape failed is out of the Metrics API at once
 * (metrics-server keeps only what the last scrape brought), so one with metrics has healed.
 *
 * @param kind - completes "no scrape …", for what is ruled out
 */
export function failedScrapes(
  facts: ScrapeFacts,
  matches: (complaint: ScrapeComplaint) => boolean,
  kind: string,
): FailedScrapes {
  const all = scrapeComplaints({
    logs: facts.providerLogs,
    nodes: valueOr(facts.nodes, []),
    takenAt: facts.takenAt,
  }).filter(({ listed }) => listed || facts.nodes.state === 'missing');
  const said = all.filter(matches);
  if (said.length === 0) return { state: 'none', because: `no scrape ${kind}` };
  const named = [...new Set(all.map(({ node }) => node))];
  const without = nodesWithoutMetrics(
    facts,
    facts.nodes.state === 'missing' ? named : facts.nodes.value.map(({ name }) => name),
  );
  const complaints = said.filter(({ node }) => without?.has(node) !== false);
  if (complaints.length === 0)
    return { state: 'none', because: 'the log lines are old: those nodes have metrics by now' };
  const nodes = [...new Set(complaints.map(({ node }) => node))];
  return {
    state: 'present',
    complaints,
    nodes,
    certain: without !== null && facts.nodes.state === 'known',
    explains: scrapeSymptoms(nodes, noNodeLeft(all, facts)),
  };
}

/** What a cause adds to failed scrapes to make a judgement of them. */
export interface ScrapeCase {
  /** Words of the log that decide; the first match is quoted. */
  readonly words: RegExp;
  readonly headline: string;
  /** Further claims, put after the quoted words. */
  readonly also?: readonly Claim[];
  readonly fixes: readonly Fix[];
  /** What keeps the cause a suspicion although the words are there, and the test that would settle it. */
  readonly doubt?: { readonly settle: string; readonly contradicts?: readonly Claim[] } | null;
}

/** Quoted lines of a report; the rest is counted. */
const SHOWN = 4;

/** The judgement that follows from scrapes that fail in one way. */
export function blameScrapes(
  { complaints, nodes, certain, explains }: Extract<FailedScrapes, { state: 'present' }>,
  { words, headline, also = [], fixes, doubt = null }: ScrapeCase,
): Judgement {
  const quoted = nodes.slice(0, SHOWN).map((node) => {
    const text = complaints.find((each) => each.node === node)?.text ?? '';
    return {
      text: `${node}: ${words.exec(text)?.[0] ?? text}`,
      evidence: 'snapshot.providerLogs',
    };
  });
  const more = nodes.length - SHOWN;
  const settle = doubt?.settle ?? (certain ? null : STILL_WITHOUT);
  return {
    kind: settle === null ? 'confirmed' : 'suspected',
    headline,
    where: { nodes, from: [], to: nodes, layer: null, direction: null },
    because: [
      ...quoted,
      ...(more > 0
        ? [{ text: `the same of ${more} more nodes`, evidence: 'snapshot.providerLogs' }]
        : []),
      ...also,
    ],
    explains,
    fixes,
    ...(settle === null ? {} : { settle }),
    ...(doubt?.contradicts === undefined ? {} : { contradicts: doubt.contradicts }),
  };
}

const STILL_WITHOUT = 'kubectl top nodes   # do these nodes still lack numbers?';

/**
 * Nodes that lack metrics now: absent from NodeMetricsList, or all when no provider pod is Ready (it turns
 * Ready after its first good scrape). Null when neither is known: an old log line alone is not a present fault.
 */
function nodesWithoutMetrics(
  { nodeMetrics, providerPods }: Pick<ScrapeFacts, 'nodeMetrics' | 'providerPods'>,
  names: readonly string[],
): ReadonlySet<string> | null {
  if (nodeMetrics.state === 'known')
    return new Set(names.filter((name) => !nodeMetrics.value.includes(name)));
  return noneReady({ providerPods }) ? new Set(names) : null;
}

/** Symptoms that failed scrapes account for: the nodes, their HPAs and, where no node is left, the API itself. */
function scrapeSymptoms(nodes: readonly string[], nothingLeft: boolean): readonly string[] {
  return [
    ...nodes.map((node) => `node-metrics:${node}`),
    'hpa:*',
    ...(nothingLeft ? ['api-server:*', 'apiservice-condition', 'provider-path:*'] : []),
  ];
}

/** No replica is Ready, and each node that could be scraped has a complaint: one good scrape would make it Ready. */
function noNodeLeft(complaints: readonly ScrapeComplaint[], facts: ScrapeFacts): boolean {
  const named = new Set(complaints.map(({ node }) => node));
  return (
    noneReady(facts) &&
    valueOr(facts.nodes, []).every(
      ({ name, ready }) => named.has(name) || ready.state === 'missing' || !ready.value,
    )
  );
}

function noneReady({ providerPods }: Pick<Facts, 'providerPods'>): boolean {
  const pods = valueOr(providerPods, []);
  return pods.length > 0 && pods.every(({ ready }) => !ready);
}
