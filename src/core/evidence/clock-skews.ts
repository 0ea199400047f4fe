import type { Facts } from './facts.ts';
import type { NodeObject } from './snapshot.ts';

/** How far a node's clock is from that of the API server that was read from. */
export interface ClockSkew {
  readonly node: string;
  /** At least this many; negative when the node's clock is behind. */
  readonly seconds: number;
}

/** The `Date` header has whole seconds, and the answer was under way for some. */
const AHEAD_SECONDS = 10;
/**
 * A Ready node whose Lease looks this old is alive and writes an old time: the node controller goes by when it sees a
 * renewal, not by what is written in it, and gives a silent kubelet up after 40 to 50 s (`--node-monitor-grace-period`).
 */
const BEHIND_SECONDS = 300;
const SECOND_MS = 1_000;

/**
 * Nodes whose clock differs, by what their kubelets write into their Leases. A renewal in the future proves a clock
 * ahead; one behind shows only where the node is Ready all the same.
 */
export function clockSkews(
  nodes: readonly NodeObject[],
  { nodeHeartbeats }: Pick<Facts, 'nodeHeartbeats'>,
): readonly ClockSkew[] {
  if (nodeHeartbeats.state === 'missing' || nodeHeartbeats.value.serverDate === null) return [];
  const now = Date.parse(nodeHeartbeats.value.serverDate);
  const ready = new Set(
    nodes.flatMap(({ name, ready: state }) =>
      state.state === 'known' && state.value ? [name] : [],
    ),
  );
  return nodeHeartbeats.value.leases.flatMap(({ node, renewTime }) => {
    const seconds = Math.round((Date.parse(renewTime ?? '') - now) / SECOND_MS);
    const off = seconds > AHEAD_SECONDS || (seconds < -BEHIND_SECONDS && ready.has(node));
    return off ? [{ node, seconds }] : [];
  });
}
