import { known, valueOr } from '../evidence/observed.ts';
import type { ScrapeComplaint } from '../evidence/scrape-complaints.ts';
import type { NodeObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { changeFlags, type FlagFacts, flagValue } from '../fixes/metrics-server-flags.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';

/** The URL, and what became of it: nobody there, a filter, or the read-only port, which speaks plain HTTP. */
const ASKED =
  /https?:\/\/[^/"\\\s]+:\d+\/[^\n]*?(?:connection refused|i\/o timeout|deadline exceeded|no route to host|Client\.Timeout exceeded|gave HTTP response to HTTPS client|EOF|first record does not look like a TLS handshake)/;

/**
 * metrics-server asks kubelets at a port other than the one that their nodes publish.
 *
 * Signature: the URL in the scrape error names a port, and `status.daemonEndpoints.kubeletEndpoint` of the node
 * names another. The read-only port 10255 of old manifests is the usual case.
 */
export const kubeletWrongPort = defineCause({
  id: 'kubelet-wrong-port',
  title: 'metrics-server asks kubelets at the wrong port',
  needs: ['providerLogs', 'nodes'],
  wants: ['nodeMetrics', 'providerPods', 'takenAt', 'deployments', 'platform', 'helmChartConfigs'],
  bears: ['kubelet-version', 'provider-image', 'provider-args', 'helm-chart-config'],
  infer(facts) {
    const failed = failedScrapes(
      { ...facts, nodes: known(facts.nodes, '') },
      (complaint) => isElsewhere(complaint, facts.nodes) && ASKED.test(complaint.text),
      'went to a port other than the one that the node publishes',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    const asked = [...new Set(failed.complaints.map(({ port }) => port))];
    const published = [
      ...new Set(
        failed.nodes.map((node) => facts.nodes.find(({ name }) => name === node)?.kubeletPort),
      ),
    ];
    const args = valueOr(facts.providerPods, []).flatMap(({ containers }) =>
      containers.flatMap((container) => container.args),
    );
    const port = flagValue(args, 'kubelet-port');
    return blameScrapes(failed, {
      words: ASKED,
      headline: `metrics-server asks the kubelets of ${list(failed.nodes)} at port ${asked.join(', ')}; they serve at ${published.join(', ')}.`,
      also: [
        {
          text: `the nodes publish kubelet port ${published.join(', ')}`,
          evidence: 'snapshot.nodes',
        },
        ...(port === null
          ? []
          : [
              {
                text: `metrics-server runs with --kubelet-port=${port}`,
                evidence: 'snapshot.providerPods',
              },
            ]),
      ],
      fixes: [followNodePort(facts)],
    });
  },
  fromWords: spokenBy('kubelet-wrong-port', ({ facts }) => [followNodePort(facts)]),
});

function isElsewhere({ port, node }: ScrapeComplaint, nodes: readonly NodeObject[]): boolean {
  const published = nodes.find(({ name }) => name === node)?.kubeletPort;
  return port !== null && published !== undefined && port !== published;
}

function followNodePort(facts: FlagFacts): Fix {
  return changeFlags(
    {
      title: 'Let metrics-server use the port that each node publishes',
      set: { 'kubelet-use-node-status-port': '' },
      drop: ['kubelet-port', 'source', 'deprecated-kubelet-completely-insecure'],
      risk: 'none beyond a restart of metrics-server',
      notes: [
        '10255 is the read-only port: plain HTTP, no login, off by default since Kubernetes 1.10 installers.',
      ],
    },
    facts,
  );
}
