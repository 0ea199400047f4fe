import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { PodObject } from '../evidence/snapshot.ts';
import { flagValue } from '../fixes/metrics-server-flags.ts';
import { type AilingContainer, ailingContainers, lastEnd } from './provider-pods.ts';

/** EADDRINUSE of bind(2) or listen(2) in the words of Go and other runtimes. */
export const PORT_IN_USE = /\b(?:bind|listen)\b[^\n]{0,120}address already in use/;
const ADDRESS = /:(\d{2,5})(?:: bind|\s*$)/;

/** A metrics-server container that ended because its port was taken. */
export interface PortInUse extends AilingContainer {
  readonly line: string;
  readonly port: number | null;
}

/** Containers that are down, and whose log or last message says that their port was taken. */
export function portsInUse(
  pods: readonly PodObject[],
  { providerLogs }: Pick<Facts, 'providerLogs'>,
): readonly PortInUse[] {
  return ailingContainers(pods).flatMap(({ pod, status }) => {
    const logged = valueOr(providerLogs, [])
      .filter((log) => log.pod === pod.name && log.container === status.name)
      .flatMap(({ lines }) => lines);
    const words = [...logged, lastEnd(status)?.message ?? '', status.message ?? ''];
    const line = words
      .flatMap((each) => each.split('\n'))
      .findLast((each) => PORT_IN_USE.test(each));
    if (line === undefined) return [];
    const named = ADDRESS.exec(line)?.[1];
    const args = pod.containers.find(({ name }) => name === status.name)?.args ?? [];
    const port = Number(named ?? flagValue(args, 'secure-port') ?? Number.NaN);
    return [{ pod, status, line, port: Number.isInteger(port) ? port : null }];
  });
}
