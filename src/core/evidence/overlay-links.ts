import { type BurstStage, stageOf } from './burst-stage.ts';
import type { Facts } from './facts.ts';
import { fails, isPodTarget, isRefused, isSilent, outcomeOf, works } from './paths.ts';
import type { BurstResult, ReachCheck, ReachResult } from './probe-results.ts';

/** `dead` needs evidence of its own; what was not tried is `unknown`. */
export type LinkState = 'works' | 'dead' | 'unknown';

/** The pod network between two nodes, both ways together: a round trip cannot tell its directions apart. */
export interface Link {
  /** The two nodes, in the order of their names. */
  readonly nodes: readonly [string, string];
  readonly results: readonly ReachResult[];
  /** Packets of up to some hundred bytes: TCP connect, ping. */
  readonly small: LinkState;
  readonly tcp: LinkState;
  readonly icmp: LinkState;
  /** Full-size TCP segments, TLS hellos. */
  readonly full: LinkState;
  readonly icmpFull: LinkState;
  /** The same two machines at their host addresses, any protocol. */
  readonly underlay: LinkState;
  /**
   * Whether `small: dead` rests on pods that were shown alive and that no policy is likely to guard:
   * our own listeners, or pods of two namespaces.
   */
  readonly strong: boolean;
  /** One-way bursts between the two. */
  readonly bursts: readonly { readonly burst: BurstResult; readonly stage: BurstStage }[];
}

type LinkFacts = Pick<Facts, 'bursts' | 'providerPods' | 'referencePods'>;

/** Every pair of nodes between which a pod address was tried. */
export function linksOf(reach: readonly ReachResult[], facts: LinkFacts): readonly Link[] {
  const alive = aliveTargets(reach, facts);
  const overlay = new Map<string, ReachResult[]>();
  const underlay = new Map<string, ReachResult[]>();
  for (const r of reach) {
    if (r.from.node === r.to.node || outcomeOf(r) === null) continue;
    if (r.layer === 'overlay' && isPodTarget(r)) push(overlay, r);
    if (r.layer === 'underlay') push(underlay, r);
  }
  const bursts = new Map<string, Link['bursts'][number][]>();
  for (const burst of facts.bursts.state === 'known' ? facts.bursts.value : []) {
    const key = pairKey(burst.from, burst.to);
    bursts.set(key, [...(bursts.get(key) ?? []), { burst, stage: stageOf(burst) }]);
  }
  return [...overlay]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, results]) =>
      toLink(results, underlay.get(key) ?? [], bursts.get(key) ?? [], alive),
    );
}

/** Same key for both directions. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a}\n${b}` : `${b}\n${a}`;
}

function push(into: Map<string, ReachResult[]>, r: ReachResult): void {
  const key = pairKey(r.from.node, r.to.node);
  const list = into.get(key);
  if (list === undefined) into.set(key, [r]);
  else list.push(r);
}

function toLink(
  results: readonly ReachResult[],
  underlay: readonly ReachResult[],
  bursts: Link['bursts'],
  alive: ReadonlySet<string>,
): Link {
  const first = results[0];
  const [a, b] = [first?.from.node ?? '', first?.to.node ?? ''].toSorted();
  const counted = results.filter((r) => works(r) || isRefused(r) || alive.has(targetKey(r)));
  const state = (...checks: readonly ReachCheck[]): LinkState =>
    stateOf(counted.filter((r) => checks.includes(r.check)));
  const silentSmall = counted.filter(
    (r) => isSilent(r) && (r.check === 'tcp' || r.check === 'icmp'),
  );
  return {
    nodes: [a ?? '', b ?? ''],
    results,
    small: state('tcp', 'icmp', 'https'),
    tcp: state('tcp'),
    icmp: state('icmp'),
    full: fullState(counted),
    icmpFull: state('icmp-full'),
    underlay: stateOf(underlay),
    strong: isStrong(silentSmall),
    bursts,
  };
}

/** One success is enough for `works`: whoever answers once is connected. A refusal is an answer, too. */
function stateOf(results: readonly ReachResult[]): LinkState {
  if (results.some((r) => works(r) || isRefused(r) || outcomeOf(r) === 'closed')) return 'works';
  return results.some(isSilent) ? 'dead' : 'unknown';
}

/** Only a stall after a connect speaks of size; where a small connect to the same pod died, too, it is about something else. */
function fullState(results: readonly ReachResult[]): LinkState {
  const hop = (r: ReachResult): string => `${r.from.kind} ${r.from.node} ${targetKey(r)}`;
  const shut = new Set(results.filter((r) => r.check === 'tcp' && isSilent(r)).map(hop));
  const full = results.filter(
    (r) =>
      (r.check === 'tcp-full' || r.check === 'tls') &&
      (outcomeOf(r) === 'stalled' || !shut.has(hop(r))),
  );
  const toListener = full.filter((r) => r.check === 'tcp-full');
  const judged = toListener.length > 0 ? toListener : full;
  if (judged.some(works)) return judged.every((r) => !fails(r)) ? 'works' : 'unknown';
  return judged.some((r) => outcomeOf(r) === 'stalled' || outcomeOf(r) === 'timeout')
    ? 'dead'
    : 'unknown';
}

function isStrong(silent: readonly ReachResult[]): boolean {
  if (silent.some((r) => r.to.kind === 'listener')) return true;
  const namespaces = new Set(silent.map((r) => r.to.name.split('/', 1)[0]));
  return namespaces.size >= 2;
}

function targetKey(r: ReachResult): string {
  return `${r.to.kind} ${r.to.address}`;
}

/** Targets that answered somebody, or that the kubelet beside them calls ready. Silence of others proves nothing. */
function aliveTargets(reach: readonly ReachResult[], facts: LinkFacts): ReadonlySet<string> {
  const alive = new Set(reach.filter(works).map(targetKey));
  const ready = [facts.providerPods, facts.referencePods].flatMap((pods) =>
    pods.state === 'known' ? pods.value.filter((pod) => pod.ready) : [],
  );
  const addresses = new Set(ready.flatMap(({ podIps }) => podIps));
  for (const r of reach) if (addresses.has(r.to.address)) alive.add(targetKey(r));
  return alive;
}
