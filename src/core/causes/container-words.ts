import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { ContainerLog, PodObject } from '../evidence/snapshot.ts';
import type { AilingContainer } from './provider-pods.ts';
import { ailingContainers, lastEnd, presentEnd } from './provider-pods.ts';

/** Words of a process that gave up because it could not reach the API server: not its own fault. */
export const NO_API_SERVER =
  /(?:dial tcp|Get "https:\/\/)[^\n]*(?:i\/o timeout|connection refused|no route to host|context deadline exceeded|network is unreachable)/;
const LAST_LINES = 30;

/** The log of the run that ended: the previous one when there was a restart, else the present one. */
export function logOf(
  logs: readonly ContainerLog[],
  { pod, status }: AilingContainer,
): readonly string[] {
  const own = logs.filter((log) => log.pod === pod.name && log.container === status.name);
  return (own.find(({ previous, lines }) => previous && lines.length > 0) ?? own[0])?.lines ?? [];
}

/** A container that is down, and the line in which it says that it found no API server; null when none says so. */
export function lostApiServer(
  pods: readonly PodObject[],
  facts: Pick<Facts, 'providerLogs' | 'takenAt'>,
): { readonly container: AilingContainer; readonly line: string } | null {
  for (const container of ailingContainers(pods)) {
    if (presentEnd(container.status, facts.takenAt) === null) continue;
    const words = [
      ...logOf(valueOr(facts.providerLogs, []), container),
      ...(lastEnd(container.status)?.message ?? '').split('\n'),
    ];
    const line = words.slice(-LAST_LINES).findLast((each) => NO_API_SERVER.test(each));
    if (line !== undefined) return { container, line };
  }
  return null;
}
