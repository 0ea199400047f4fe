import type { Facts } from '../evidence/facts.ts';
import { known, valueOr } from '../evidence/observed.ts';
import { arrow, fails, isFull, outcomeWords, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import { DEADLINE, isLate, type ScrapeComplaint } from '../evidence/scrape-complaints.ts';
import { changeFlags, flagValue } from '../fixes/metrics-server-flags.ts';
import { scrapePaths } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';

/**
 * A kubelet takes connections and does not answer the scrape in time.
 *
 * Signature: the scrape ends in a deadline and not in the dial, while TCP and TLS from metrics-server to that
 * kubelet work now: the time went into the answer. One late scrape may be a kubelet that was just started or a moment's
 * pause, and whatever is really wrong has not been said yet: two in a row are asked for. Without these paths tried the same words may come from packets
 * that are dropped (`kubelet-port-blocked`); where full-size packets of the pair are lost, from `mtu-blackhole`;
 * where metrics-server dials a host name, from a lookup that hangs (`kubelet-dns-lookup`): an open path to the
 * node's address says nothing about that.
 */
export const scrapeTimeoutSlowNode = defineCause({
  id: 'scrape-timeout-slow-node',
  title: 'A kubelet answers scrapes too slowly',
  needs: ['providerLogs', 'nodes'],
  wants: [
    'nodeMetrics',
    'providerPods',
    'takenAt',
    'reach',
    'deployments',
    'platform',
    'helmChartConfigs',
  ],
  bears: ['provider-args', 'helm-chart-config'],
  infer(facts) {
    const paths = scrapePaths(valueOr(facts.reach, []), facts);
    const shut = new Set(paths.filter(fails).map(({ to }) => to.node));
    const failed = failedScrapes(
      { ...facts, nodes: known(facts.nodes, '') },
      ({ text, node }) => isLate(text) && !shut.has(node),
      'ended in a deadline on an open path',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    const open = failed.nodes.map((node) => openPath(node, asked(node, failed.complaints, paths)));
    const lossy = failed.nodes.some((node) => losesFullSize(node, facts));
    const lasting = failed.nodes.every((node) =>
      failed.complaints.some(({ node: of, before }) => of === node && isLate(before ?? '')),
    );
    const proven = lasting && !lossy && open.every((path) => path !== null);
    const [first = 'NODE'] = failed.nodes;
    return blameScrapes(failed, {
      words: DEADLINE,
      headline: `The kubelets of ${list(failed.nodes)} take connections and do not answer metrics-server in time.`,
      also: open.flatMap((path) =>
        path === null || path.result.state === 'missing'
          ? []
          : [
              {
                text: `${path.check} from ${arrow(path)}: ${outcomeWords(path.result.value)}`,
                evidence: path.id,
              },
            ],
      ),
      fixes: [slowFix(facts)],
      doubt: proven
        ? null
        : {
            settle: `kubectl get --raw /api/v1/nodes/${first}/proxy/metrics/resource   # more than 10 s: the node is slow; at once: the path from metrics-server is not what it should be`,
          },
    });
  },
  fromWords: spokenBy('scrape-timeout-slow-node', ({ facts }) => [slowFix(facts)]),
});

/** The tried paths to the very address that metrics-server asked. */
function asked(
  node: string,
  complaints: readonly ScrapeComplaint[],
  paths: readonly ReachResult[],
): readonly ReachResult[] {
  const hosts = complaints.flatMap((each) =>
    each.node === node && each.host !== null ? [each.host] : [],
  );
  return hosts.length === 0 ? paths : paths.filter(({ to }) => hosts.includes(to.address));
}

/** The last step before the answer that is known to work: TLS, as metrics-server comes. */
function openPath(node: string, paths: readonly ReachResult[]): ReachResult | null {
  const own = paths.filter(({ to }) => to.node === node);
  return own.some((r) => r.check === 'tcp' && works(r))
    ? (own.find((r) => r.check === 'tls' && works(r)) ?? null)
    : null;
}

/** Full-size packets between metrics-server's node and this one fail: a large answer would hang the same way. */
function losesFullSize(
  node: string,
  { reach, providerPods }: Pick<Facts, 'reach' | 'providerPods'>,
): boolean {
  const homes = new Set(valueOr(providerPods, []).map(({ nodeName }) => nodeName));
  return valueOr(reach, []).some(
    (r) =>
      isFull(r) &&
      fails(r) &&
      ((homes.has(r.from.node) && r.to.node === node) ||
        (r.from.node === node && homes.has(r.to.node))),
  );
}

/** What metrics-server sets when no flag is given. */
const DEFAULT_RESOLUTION = '60s';
const MINOR = /:v?0\.(\d+)\./;

function slowFix(facts: Pick<Facts, 'deployments' | 'platform' | 'helmChartConfigs'>) {
  const containers = valueOr(facts.deployments, []).flatMap((each) => each.containers);
  const args = containers.flatMap((container) => container.args);
  const resolution = flagValue(args, 'metric-resolution') ?? DEFAULT_RESOLUTION;
  const knowsTimeout = containers.some(({ image }) => Number(MINOR.exec(image)?.[1] ?? 0) >= 7);
  return changeFlags(
    {
      title: 'Give the kubelets more time, and the nodes some air',
      set: {
        'metric-resolution': '60s',
        ...(knowsTimeout ? { 'kubelet-request-timeout': '30s' } : {}),
      },
      risk: `numbers get up to a minute old (they are taken every ${resolution} now), and so do decisions of autoscalers`,
      notes: [
        '--kubelet-request-timeout exists since metrics-server 0.7 and may be 90 % of --metric-resolution at most; before, every scrape had that much time.',
        'The other half of the cure is on the node: CPU and disk pressure, many exited containers, a slow container runtime (crictl stats takes as long).',
      ],
    },
    facts,
  );
}
