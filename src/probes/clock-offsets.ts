import type { PodRun } from './run-pods.ts';

/** How much later than `from`'s clock `to`'s clock reads, in milliseconds; null where nothing connects the two. */
export type ClockOffset = (from: string, to: string) => number | null;

/**
 * Clock differences between nodes, from bursts that a listener received: the sender wrote down when it sent, the
 * listener (which shares its node's clock) when the first and the last arrived. Known for a pair in one
 * direction it holds for the other, and chains of pairs add up; so one open direction is enough.
 */
export function clockOffsets(runs: readonly PodRun[]): ClockOffset {
  const edges = new Map<string, Map<string, number>>();
  const note = (from: string, to: string, offset: number): void => {
    const targets = edges.get(from) ?? new Map<string, number>();
    targets.set(to, offset);
    edges.set(from, targets);
  };
  for (const { from, to, offset } of observed(runs)) {
    note(from, to, offset);
    note(to, from, -offset);
  }
  return (from, to) => search(edges, from, to);
}

function observed(
  runs: readonly PodRun[],
): readonly { from: string; to: string; offset: number }[] {
  return runs.flatMap(({ plan, answer }) => {
    if (plan.bursts === null || answer.state === 'missing' || answer.value.bursts === null)
      return [];
    return answer.value.bursts.sends.flatMap((send) => {
      const toNode = plan.bursts?.sends.find(({ round }) => round === send.round)?.toNode;
      const row =
        toNode === undefined
          ? null
          : receivedRow(runs, toNode, plan.bursts?.senderTag ?? -1, send.round);
      // A few stragglers do not show the middle of the burst.
      if (toNode === undefined || row === null || row.datagrams < send.sent / 2) return [];
      const offset = (row.firstAt + row.lastAt) / 2 - (send.startedAt + send.endedAt) / 2;
      return [{ from: plan.node, to: toNode, offset }];
    });
  });
}

/** What `node`'s listener counted of a sender's burst; null when it counted none or gave no answer. */
export function receivedRow(
  runs: readonly PodRun[],
  node: string,
  senderTag: number,
  round: number,
): { readonly datagrams: number; readonly firstAt: number; readonly lastAt: number } | null {
  for (const { plan, answer } of runs) {
    if (
      plan.node !== node ||
      answer.state === 'missing' ||
      answer.value.listener.state === 'missing'
    )
      continue;
    const row = answer.value.listener.value.received.find(
      (candidate) => candidate.senderTag === senderTag && candidate.round === round,
    );
    if (row !== undefined) return row;
  }
  return null;
}

/** Breadth first: the fewest hops add the least error. */
function search(
  edges: ReadonlyMap<string, ReadonlyMap<string, number>>,
  from: string,
  to: string,
): number | null {
  const offsets = new Map([[from, 0]]);
  const queue = [from];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    if (node === to) return offsets.get(node) ?? null;
    for (const [next, offset] of edges.get(node) ?? []) {
      if (offsets.has(next)) continue;
      offsets.set(next, (offsets.get(node) ?? 0) + offset);
      queue.push(next);
    }
  }
  return null;
}
