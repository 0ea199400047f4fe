import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { known, missing } from '../../../../src/core/evidence/observed.ts';
import { evidence, nodeName, withSnapshot } from '../../../support/evidence-builder.ts';
import { withLog, withProviderPod } from './provider-world.ts';

/** The address of a node of the builder. */
export function addressOf(node: string): string {
  return `192.168.77.${Number(node.slice('prod'.length))}`;
}

/** Fresh beside the builder's `takenAt`, 14:03:00; and one scrape before. */
const AT = '1122 14:02:51.000000';
const BEFORE = '1122 14:02:36.000000';
const JSON_AT = Date.parse('2026-11-22T14:02:51Z');
const JSON_BEFORE = JSON_AT - 15_000;

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
      ts: JSON_AT,
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

/** metrics-server complained of these nodes at its last two scrapes, and the Metrics API leaves them out. */
export function complaining(
  nodes: readonly string[],
  words: string,
  spelling: Spelling = '0.7',
  base: Evidence = evidence(),
): Evidence {
  const all = [1, 2, 3].map(nodeName);
  const lines = nodes.map((node) => SPELLINGS[spelling](node, words));
  return withLog(
    withSnapshot(base, {
      nodeMetrics: known(
        all.filter((node) => !nodes.includes(node)),
        'GET nodes',
      ),
    }),
    [
      ...lines.map((line) => line.replace(AT, BEFORE).replace(`${JSON_AT}`, `${JSON_BEFORE}`)),
      ...lines,
    ],
  );
}

/** As {@link complaining} of every node: no replica gets Ready and no API server serves. */
export function complainingOfAll(words: string, spelling: Spelling = '0.7'): Evidence {
  const all = [1, 2, 3].map(nodeName);
  return withSnapshot(complaining(all, words, spelling, withProviderPod({})), {
    nodeMetrics: missing('failed', 'no API server answered'),
  });
}

/** Only the last of the two complaints. */
export function onceOnly(e: Evidence): Evidence {
  const logs = e.snapshot.providerLogs;
  if (logs.state === 'missing') return e;
  return withSnapshot(e, {
    providerLogs: known(
      logs.value.map((log) => ({
        ...log,
        lines: log.lines.filter(
          (line) => !line.includes(BEFORE) && !line.includes(`${JSON_BEFORE}`),
        ),
      })),
      logs.source,
    ),
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
        lines: log.lines.map((line) =>
          line.replace(AT, '1122 13:57:00.000000').replace(BEFORE, '1122 13:56:45.000000'),
        ),
      })),
      logs.source,
    ),
  });
}
