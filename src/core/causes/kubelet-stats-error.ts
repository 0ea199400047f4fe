import { valueOr } from '../evidence/observed.ts';
import type { Fix } from '../fixes/fix.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';
import { statusWords } from './kubelet-answers.ts';

const SERVER_ERROR = statusWords('5\\d\\d').source;
/** An answer that is no list of metrics: Prometheus text since 0.6, JSON before. */
const GARBAGE =
  'failed parsing metrics|failed to initialize Prometheus parser|failed to parse output|failed to read response body|parsing error|invalid character \\S+ looking for';
const BROKEN = new RegExp(`${SERVER_ERROR}|${GARBAGE}`);
/** The body broke off for want of time: that is `scrape-timeout-slow-node`. */
const LATE = /context deadline exceeded|Client\.Timeout/;

/**
 * The kubelet itself fails to gather its statistics: it answers 500, or something that is no metrics.
 *
 * Signature: the scrape ends in a 5xx status or in parsing. The reason stands in the kubelet's own log, most often
 * in what the container runtime told it; 4xx speaks of access (`kubelet-unauthorized`, `kubelet-forbidden`).
 */
export const kubeletStatsError = defineCause({
  id: 'kubelet-stats-error',
  title: 'A kubelet fails to gather its metrics',
  needs: ['providerLogs'],
  wants: ['nodes', 'nodeMetrics', 'providerPods', 'takenAt'],
  bears: ['kubelet-version', 'container-runtime'],
  infer(facts) {
    const failed = failedScrapes(
      facts,
      ({ text }) => BROKEN.test(text) && !LATE.test(text),
      'ended in a 5xx status or in garbage',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    const kinds = failed.nodes.flatMap((node) => {
      const found = valueOr(facts.nodes, []).find(({ name }) => name === node);
      return found === undefined
        ? []
        : [`${found.os}, ${found.containerRuntime}, kubelet ${found.kubeletVersion}`];
    });
    return blameScrapes(failed, {
      words: BROKEN,
      headline: `The kubelets of ${list(failed.nodes)} answer the scrape with an error of their own.`,
      also: [...new Set(kinds)].map((text) => ({ text, evidence: 'snapshot.nodes' })),
      fixes: [mendStatistics(failed.nodes)],
    });
  },
  fromWords: spokenBy('kubelet-stats-error', ({ nodes }) => [
    mendStatistics(nodes.length > 0 ? nodes : ['every node named in the log']),
  ]),
});

function mendStatistics(nodes: readonly string[]): Fix {
  return {
    title: 'Mend what the kubelet stumbles over',
    where: nodes,
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl get --raw /api/v1/nodes/${nodes[0] ?? 'NODE'}/proxy/metrics/resource | head   # the error in full`,
        ],
      },
      {
        tool: 'on the node',
        commands: [
          "journalctl -u kubelet --since '10 min ago' | grep -iE 'stats|cadvisor|cgroup'   # rke2-agent, k3s-agent there",
          'crictl stats --all   # does the container runtime answer?',
          'systemctl restart containerd kubelet   # then, if that did not last: upgrade both to releases that fit one another',
        ],
      },
    ],
    risk: 'a restart of the container runtime leaves containers running; pods cannot be started for some seconds',
    undo: ['nothing to undo'],
    verify: ['kubectl top nodes   # after one minute: every node has numbers'],
    notes: ['The first command only reads; it needs the right nodes/proxy.'],
  };
}
