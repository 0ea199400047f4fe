import type { Facts } from '../evidence/facts.ts';
import { kubeletTrustFixes } from '../fixes/kubelet-serving-certificate.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';
import { kubeletCertificate, skipsKubeletTls } from './kubelet-certificates.ts';

/** Go crypto/x509 CertificateInvalidError, Expired; "is before" is the other half, and speaks of clocks. */
const EXPIRED =
  /x509: certificate has expired(?: or is not yet valid(?:: current time \S+ is after \S+Z)?)?/;
const NOT_YET = /is before/;

/**
 * Kubelet serving certificates have expired.
 *
 * Signature: a scrape error with `certificate has expired` and a current time *after* its end, and the node lacks
 * metrics now. "is before" speaks of a clock (`clock-skew`), the same words under "Unable to authenticate the
 * request" of the front proxy (`frontproxy-cert-expired`).
 */
export const kubeletTlsExpired = defineCause({
  id: 'kubelet-tls-expired',
  title: 'Kubelet serving certificates have expired',
  needs: ['providerLogs'],
  wants: [
    'nodes',
    'nodeMetrics',
    'providerPods',
    'takenAt',
    'reach',
    'deployments',
    'platform',
    'helmChartConfigs',
  ],
  bears: ['kubelet-version', 'kubelet-certificate'],
  infer(facts) {
    if (skipsKubeletTls(facts.providerPods))
      return { kind: 'ruled-out', because: 'metrics-server runs with --kubelet-insecure-tls' };
    const failed = failedScrapes(
      facts,
      ({ text, node }) => EXPIRED.test(text) && !NOT_YET.test(text) && !isValid(node, facts),
      'ended with an expired certificate',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    return blameScrapes(failed, {
      words: EXPIRED,
      headline: `The kubelet serving certificates of ${list(failed.nodes)} have expired.`,
      also: failed.nodes.flatMap((node) => {
        const certificate = kubeletCertificate(facts.reach, node);
        return certificate === null
          ? []
          : [
              {
                text: `${node} shows a certificate that ended ${certificate.peer.notAfter}`,
                evidence: certificate.evidence,
              },
            ];
      }),
      fixes: kubeletTrustFixes({ ...facts, nodes: failed.nodes }),
    });
  },
  fromWords: spokenBy('kubelet-tls-expired', ({ facts, nodes }) =>
    kubeletTrustFixes({
      ...facts,
      nodes: nodes.length > 0 ? nodes : ['every node named in the log'],
    }),
  ),
});

/** A probe saw a certificate there that is good by our clock: it was renewed, or metrics-server's clock is wrong. */
function isValid(node: string, { reach, takenAt }: Pick<Facts, 'reach' | 'takenAt'>): boolean {
  const certificate = kubeletCertificate(reach, node);
  return (
    certificate !== null &&
    takenAt.state === 'known' &&
    Date.parse(certificate.peer.notAfter) > Date.parse(takenAt.value)
  );
}
