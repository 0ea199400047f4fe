import type { PodObject } from '../evidence/snapshot.ts';

/** A CNI agent that should serve and does not. */
export function isAiling(pod: PodObject): boolean {
  return !pod.ready && pod.phase !== 'Succeeded';
}

/** ` (calico-node: CrashLoopBackOff, 7 restarts)`; empty when no container says so. */
export function stateWords({ statuses }: PodObject): string {
  const bad = statuses.find(({ ready }) => !ready);
  return bad === undefined
    ? ''
    : ` (${bad.name}: ${bad.reason ?? bad.state}, ${bad.restarts} restarts)`;
}
