import { kubeletTrustFixes } from '../fixes/kubelet-serving-certificate.ts';
import { defineCause } from './define-cause.ts';
import {
  kubeletCertificate,
  nodesWithoutMetrics,
  scrapeRefusals,
  scrapeSymptoms,
  skipsKubeletTls,
} from './kubelet-certificates.ts';

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
  needs: ['providerLogs', 'nodes'],
  wants: [
    'nodeMetrics',
    'providerPods',
    'reach',
    'deployments',
    'platform',
    'helmChartConfigs',
    'takenAt',
  ],
  infer({
    providerLogs,
    nodes,
    nodeMetrics,
    providerPods,
    reach,
    deployments,
    platform,
    helmChartConfigs,
    takenAt,
  }) {
    if (skipsKubeletTls(providerPods))
      return { kind: 'ruled-out', because: 'metrics-server runs with --kubelet-insecure-tls' };
    const refused = scrapeRefusals({
      logs: providerLogs,
      nodes,
      words: UNKNOWN_AUTHORITY,
      takenAt,
    });
    if (refused.length === 0)
      return { kind: 'ruled-out', because: 'no scrape ended with an unknown authority' };
    const without = nodesWithoutMetrics(nodes, nodeMetrics, providerPods);
    const present = refused.filter(({ node }) => without?.has(node) !== false);
    if (present.length === 0)
      return {
        kind: 'ruled-out',
        because: 'the log lines are old: those nodes have metrics by now',
      };
    const names = present.map(({ node }) => node);
    return {
      kind: without === null ? 'suspected' : 'confirmed',
      headline: `metrics-server does not trust the kubelet certificates of ${names.join(', ')} (signed by an unknown authority).`,
      where: { nodes: names, from: [], to: names, layer: null, direction: null },
      because: present.flatMap(({ node, line }) => {
        const certificate = kubeletCertificate(reach, node);
        return [
          {
            text: `${node}: ${UNKNOWN_AUTHORITY.exec(line)?.[0] ?? line}`,
            evidence: 'snapshot.providerLogs',
          },
          ...(certificate === null
            ? []
            : [
                {
                  text: `${node} shows a certificate issued by ${certificate.peer.selfSigned ? 'itself' : certificate.peer.issuer}`,
                  evidence: certificate.evidence,
                },
              ]),
        ];
      }),
      explains: scrapeSymptoms(names, providerPods),
      fixes: kubeletTrustFixes({ nodes: names, platform, deployments, helmChartConfigs }),
      ...(without === null
        ? { settle: 'kubectl top nodes   # do these nodes still lack numbers?' }
        : {}),
    };
  },
});
