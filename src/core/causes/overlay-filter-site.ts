import type { BurstStage } from '../evidence/burst-stage.ts';
import type { Link } from '../evidence/overlay-links.ts';
import type { BurstResult } from '../evidence/probe-results.ts';
import { list } from '../report/words.ts';

/** Where a filter stands, by the stage at which bursts end. */
export const FILTERED: ReadonlySet<BurstStage> = new Set([
  'sender-filter',
  'not-encapsulated',
  'held-by-sender',
  'before-receiver',
  'receiver-before-ip',
  'receiver-filter',
]);

/** Stages at which no filter of the overlay port is at work. */
const OTHER_CAUSE: ReadonlySet<BurstStage> = new Set([
  'bad-checksum',
  'no-socket',
  'not-decapsulated',
  'wrong-vtep-mac',
  'after-decapsulation',
]);

/** Stages that are the doing of the sender's own machine. */
const BY_SENDER: ReadonlySet<BurstStage> = new Set([
  'sender-filter',
  'held-by-sender',
  'not-encapsulated',
]);

/** A dead link with the bursts on it that ended at a filter. */
export interface Decided {
  readonly link: Link;
  readonly filtered: Link['bursts'];
}

/** Whose filter it is and which way it cuts. */
export interface Site {
  readonly nodes: readonly string[];
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly direction: 'into' | 'out-of' | null;
  readonly stage: BurstStage | null;
  readonly bursts: readonly { readonly burst: BurstResult; readonly stage: BurstStage }[];
}

/** The bursts show that the overlay's packets pass every filter on this link, and end later or not at all. */
export function endsElsewhere({ bursts }: Link): boolean {
  const arrived = new Set(
    bursts.filter(({ stage }) => stage === 'arrives').map(({ burst }) => burst.from),
  ).size;
  return bursts.some(({ stage }) => OTHER_CAUSE.has(stage)) || arrived >= 2;
}

/**
 * Cut bursts that leave no other reading. A filter's own machine counts for itself. A burst that vanished
 * between the machines could as well have been sent to a wrong address by stale entries of its sender; bursts of
 * two senders could not.
 */
export function surely(cut: Link['bursts']): ReadonlySet<Link['bursts'][number]> {
  const own = cut.filter(({ stage }) => stage.startsWith('receiver') || stage === 'sender-filter');
  const between = cut.filter(
    ({ stage }) => stage === 'before-receiver' || stage === 'held-by-sender',
  );
  const senders = new Set(between.map(({ burst }) => burst.from));
  return new Set([...own, ...(senders.size >= 2 ? between : [])]);
}

/**
 * Whose filter it is and which way it cuts. "Into" holds when all that was sent into these nodes was cut and
 * something else arrived; likewise "out of".
 */
export function siteOf(decided: readonly Decided[]): Site {
  const cut = decided
    .flatMap(({ filtered }) => filtered)
    .toSorted((a, b) => (a.burst.id < b.burst.id ? -1 : 1));
  const arrived = decided
    .flatMap(({ link }) => link.bursts)
    .filter(({ stage }) => stage === 'arrives');
  const from = unique(cut.map(({ burst }) => burst.from));
  const to = unique(cut.map(({ burst }) => burst.to));
  const stages = unique(cut.map(({ stage }) => stage));
  const [stage = null] = stages.length === 1 ? stages : [];
  const atReceiver = stages.length > 0 && stages.every((s) => s.startsWith('receiver'));
  const everyone = unique(decided.flatMap(({ link }) => link.nodes));
  const into =
    (arrived.length > 0 && !arrived.some(({ burst }) => to.includes(burst.to))) ||
    (atReceiver && to.length < everyone.length);
  const outOf = arrived.length > 0 && !arrived.some(({ burst }) => from.includes(burst.from));
  const direction =
    into && (!outOf || !BY_SENDER.has(stage ?? 'unclear')) && (!outOf || to.length <= from.length)
      ? 'into'
      : outOf
        ? 'out-of'
        : null;
  const nodes = atReceiver || direction === 'into' ? to : direction === 'out-of' ? from : [];
  return { nodes, from, to, direction, stage, bursts: cut };
}

/** Where lost packets were going, for the middle of a sentence. */
export function lostWhere({ direction, nodes, from, to }: Site, where: string): string {
  if (from.length === 1 && to.length === 1) return `from ${list(from)} to ${list(to)}`;
  if (direction === null || nodes.length === 0) return where;
  return `${direction === 'into' ? 'into' : 'out of'} ${list(nodes)}`;
}

/** The one sentence: what is dropped, where, and by whom. */
export function headlineOf(
  { direction, nodes, stage, from, to }: Site,
  where: string,
  overlay: string,
): string {
  const by =
    stage === 'receiver-filter'
      ? direction === 'into'
        ? ' by its own filter'
        : ' by the nodes themselves'
      : stage === 'before-receiver'
        ? ' before they reach it'
        : stage === 'held-by-sender'
          ? ' on the way out'
          : '';
  const their =
    nodes.length > 1
      ? by.replace('its own filter', 'their own filters').replace('reach it', 'reach them')
      : by;
  if (direction === 'into' && from.length === 1 && to.length === 1) {
    return `Overlay packets from ${list(from)} to ${list(to)} are dropped${by.replace('reach it', `reach ${list(to)}`)} (${overlay}).`;
  }
  if (direction === 'into')
    return `Overlay packets into ${list(nodes)} are dropped${their} (${overlay}).`;
  if (direction === 'out-of') {
    return `Overlay packets out of ${list(nodes)} are dropped${stage === 'sender-filter' ? (nodes.length > 1 ? ' by their own filters' : ' by its own filter') : stage === 'held-by-sender' ? ' before they leave it' : ''} (${overlay}).`;
  }
  const both = stage === 'receiver-filter' ? by : '';
  return `Overlay packets ${where} are dropped${both} (${overlay}).`;
}

function unique<T extends string>(items: readonly T[]): T[] {
  return [...new Set(items)].toSorted();
}
