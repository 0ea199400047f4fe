import type { Facts } from '../evidence/facts.ts';
import type { NodeObject } from '../evidence/snapshot.ts';

/**
 * A kubelet renews its Lease every 10 s (a quarter of its duration, `pkg/kubelet/nodelease`): after two renewals
 * missed and a margin, part of the duration, it is silent.
 */
const SILENT_PART = 0.55;
const SECOND_MS = 1_000;

/** How long a node's kubelet has been silent, in seconds; null when it is heard of, or when that is not known. */
export function silentSeconds(
  node: NodeObject,
  { nodeHeartbeats }: Pick<Facts, 'nodeHeartbeats'>,
): number | null {
  if (nodeHeartbeats.state === 'missing' || nodeHeartbeats.value.serverDate === null) return null;
  const lease = nodeHeartbeats.value.leases.find((each) => each.node === node.name);
  if (lease?.renewTime == null) return null;
  const age =
    (Date.parse(nodeHeartbeats.value.serverDate) - Date.parse(lease.renewTime)) / SECOND_MS;
  return age > lease.durationSeconds * SILENT_PART ? Math.round(age) : null;
}

/** The node controller has not heard from the kubelet either: condition Ready is Unknown. */
export function isUnheard({ conditions }: NodeObject): boolean {
  return conditions.some(({ type, status }) => type === 'Ready' && status === 'Unknown');
}
