import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import { evidence, nodeName, withSnapshot } from '../../../support/evidence-builder.ts';
import { withLog, withProviderPod } from './provider-world.ts';

/** The address of a node of the builder. */
export function addressOf(node: string): string {
  return `192.168.77.${Number(node.slice('prod'.length))}`;
}

/** Fresh beside the builder's `takenAt`, 14:03:00. */
const AT = '1122 14:02:51.000000';

/**
 * One complaint in the spelling of several releases: 0.3, 0.4, 0.5 (klog structured), 0.7 and later for a deadline,
 * and klog's JSON. `words` may hold `{ip}` and `{node}`.
 */
export const SPELLINGS = {
  '0.3': (node: string, words: string): string =>
    `E${AT}       1 manager.go:111] unable to fully collect metrics: unable to fully scrape metrics from source kubelet_summary:${node}: unable to fetch metrics from Kubelet ${node} (${addressOf(node)}): ${filled(words, node)}`,
  '0.4': (node: string, words: string): string =>
    `E${AT}       1 server.go:132] unable to fully scrape metrics: unable to fully scrape metrics from node ${node}: unable to fetch metrics from node ${node}: ${filled(words, node)}`,
  '0.7': (node: string, words: string): string =>
    `E${AT}       1 scraper.go:149] "Failed to scrape node" err="${filled(words, node).replaceAll('"', '\\"')}" node="${node}"`,
  json: (node: string, words: string): string =>
    JSON.stringify({
      ts: Date.parse('2026-11-22T14:02:51Z'),
      caller: 'scraper/scraper.go:149',
      msg: 'Failed to scrape node',
      node: { name: node },
      err: filled(words, node),
    }),
} as const;

export type Spelling = keyof typeof SPELLINGS;

function filled(words: string, node: string): string {
  return words.replaceAll('{ip}', addressOf(node)).replaceAll('{node}', node);
}

/** metrics-server complains of these nodes, and the Metrics API leaves them out. */
export function complaining(
  nodes: readonly string[],
  words: string,
  spelling: Spelling = '0.7',
  base: Evidence = evidence(),
): Evidence {
  const all = [1, 2, 3].map(nodeName);
  return withLog(
    withSnapshot(base, {
      nodeMetrics: known(
        all.filter((node) => !nodes.includes(node)),
        'GET nodes',
      ),
    }),
    nodes.map((node) => SPELLINGS[spelling](node, words)),
  );
}

/** As {@link complaining} of every node: no replica gets Ready and no API server serves. */
export function complainingOfAll(words: string, spelling: Spelling = '0.7'): Evidence {
  const all = [1, 2, 3].map(nodeName);
  return withSnapshot(complaining(all, words, spelling, withProviderPod({})), {
    nodeMetrics: missing('failed', 'no API server answered'),
  });
}

/** The same complaint five minutes old. */
export function old(e: Evidence): Evidence {
  const logs = e.snapshot.providerLogs;
  if (logs.state === 'missing') return e;
  return withSnapshot(e, {
    providerLogs: known(
      logs.value.map((log) => ({
        ...log,
        lines: log.lines.map((line) => line.replace(AT, '1122 13:57:00.000000')),
      })),
      logs.source,
    ),
  });
}
