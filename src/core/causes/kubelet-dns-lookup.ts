import { DEADLINE, isDialledByName, isLate } from '../evidence/scrape-complaints.ts';
import type { Fix } from '../fixes/fix.ts';
import { changeFlags, type FlagFacts } from '../fixes/metrics-server-flags.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';

/** Go net.DNSError: `lookup worker-4 on 10.43.0.10:53: no such host`. */
const NO_SUCH_NAME = /\blookup \S+(?: on \S+)?: no such host/;
/** The resolver itself did not answer, or not well: the name may be fine. */
const NO_ANSWER =
  /\blookup \S+(?: on \S+)?: (?:server misbehaving|Temporary failure in name resolution|(?:read|write|dial) [^"]*(?:i\/o timeout|connection refused|no route to host|network is unreachable)|i\/o timeout)/;
const LOOKUP = new RegExp(`${NO_SUCH_NAME.source}|${NO_ANSWER.source}`);
const QUOTED = new RegExp(`${LOOKUP.source}|${DEADLINE.source}`);

/**
 * metrics-server dials kubelets by host names that the cluster's DNS does not know.
 *
 * Signature: the scrape ends in the lookup, `no such host`. A lookup that times out, or a deadline on a URL with a
 * name, shows only that metrics-server depends on DNS: DNS, the way to it or the kubelet may be slow, so that stays a
 * suspicion.
 * Source: https://github.com/kubernetes-sigs/metrics-server/blob/master/FAQ.md (preferred address types).
 */
export const kubeletDnsLookup = defineCause({
  id: 'kubelet-dns-lookup',
  title: 'metrics-server looks kubelets up by names that DNS does not know',
  needs: ['providerLogs'],
  wants: [
    'nodes',
    'nodeMetrics',
    'providerPods',
    'takenAt',
    'deployments',
    'platform',
    'helmChartConfigs',
  ],
  bears: ['node-added', 'provider-args', 'helm-chart-config'],
  infer(facts) {
    const failed = failedScrapes(
      facts,
      (complaint) =>
        LOOKUP.test(complaint.text) || (isDialledByName(complaint) && isLate(complaint.text)),
      'ended in a DNS lookup',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    const unknownNames = failed.complaints.some(({ text }) => NO_SUCH_NAME.test(text));
    return blameScrapes(failed, {
      words: QUOTED,
      headline: unknownNames
        ? `metrics-server dials the kubelets of ${list(failed.nodes)} by host names that DNS does not know.`
        : `metrics-server dials the kubelets of ${list(failed.nodes)} by host names, and DNS does not answer it.`,
      fixes: [dialAddresses(facts)],
      doubt: unknownNames
        ? null
        : {
            settle: `kubectl run dns-test --rm -it --restart=Never --image=busybox -- nslookup ${failed.nodes[0] ?? 'NODE'}   # no answer at all: mend DNS first; NXDOMAIN: dial addresses instead`,
          },
    });
  },
  fromWords: spokenBy('kubelet-dns-lookup', ({ facts }) => [dialAddresses(facts)]),
});

function dialAddresses(facts: FlagFacts): Fix {
  return changeFlags(
    {
      title: 'Let metrics-server dial the InternalIP of nodes',
      set: { 'kubelet-preferred-address-types': 'InternalIP,ExternalIP,Hostname' },
      risk: 'kubelet certificates must then carry the IP address (x509 SAN), or the scrape ends there',
      notes: [
        'k3s, RKE2 and the upstream manifest since 0.4 set InternalIP first.',
        'The other way is to make the node names resolvable inside the cluster.',
      ],
    },
    facts,
  );
}
