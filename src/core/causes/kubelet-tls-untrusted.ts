import { kubeletTrustFixes } from '../fixes/kubelet-serving-certificate.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';
import { kubeletCertificate, skipsKubeletTls } from './kubelet-certificates.ts';

/** Go crypto/x509 UnknownAuthorityError. */
const UNKNOWN_AUTHORITY = /x509: certificate signed by unknown authority/;

/**
 * Kubelet serving certificates are self-signed or come from another CA than the one metrics-server trusts.
 *
 * Signature: a scrape error with the node's address and `unknown authority`, and the node lacks metrics now.
 * The same words under "Unable to authenticate the request" speak of the caller instead, so only scrape lines
 * (with a kubelet URL or a node field) count.
 */
export const kubeletTlsUntrusted = defineCause({
  id: 'kubelet-tls-untrusted',
  title: 'metrics-server does not trust the certificates of kubelets',
  needs: ['providerLogs'],
  wants: [
    'nodes',
    'nodeMetrics',
    'providerPods',
    'reach',
    'deployments',
    'platform',
    'helmChartConfigs',
    'takenAt',
  ],
  bears: [
    'node-added',
    'kubelet-version',
    'kubelet-certificate',
    'provider-args',
    'helm-chart-config',
  ],
  infer(facts) {
    if (skipsKubeletTls(facts.providerPods))
      return { kind: 'ruled-out', because: 'metrics-server runs with --kubelet-insecure-tls' };
    const failed = failedScrapes(
      facts,
      ({ text }) => UNKNOWN_AUTHORITY.test(text),
      'ended with an unknown authority',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    return blameScrapes(failed, {
      words: UNKNOWN_AUTHORITY,
      headline: `metrics-server does not trust the kubelet certificates of ${list(failed.nodes)} (signed by an unknown authority).`,
      also: failed.nodes.flatMap((node) => {
        const certificate = kubeletCertificate(facts.reach, node);
        if (certificate === null) return [];
        const { peer, evidence } = certificate;
        const issuer = peer.selfSigned ? 'itself' : peer.issuer;
        return [{ text: `${node} shows a certificate issued by ${issuer}`, evidence }];
      }),
      fixes: kubeletTrustFixes({ ...facts, nodes: failed.nodes }),
    });
  },
  fromWords: spokenBy('kubelet-tls-untrusted', ({ facts, nodes }) =>
    kubeletTrustFixes({
      ...facts,
      nodes: nodes.length > 0 ? nodes : ['every node named in the log'],
    }),
  ),
});
