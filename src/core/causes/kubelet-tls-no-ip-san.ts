import type { PeerCertificate } from '../evidence/probe-results.ts';
import { kubeletTrustFixes } from '../fixes/kubelet-serving-certificate.ts';
import { defineCause } from './define-cause.ts';
import {
  kubeletCertificate,
  nodesWithoutMetrics,
  scrapeRefusals,
  scrapeSymptoms,
  skipsKubeletTls,
} from './kubelet-certificates.ts';

/** Go crypto/x509 HostnameError: no IP SAN at all, or made out to other names. */
const WRONG_NAME =
  /x509: (?:cannot validate certificate for \S+ because it doesn't contain any IP SANs|certificate is (?:not )?valid for [^\n]+|certificate is not valid for any names)/;

/**
 * Kubelet serving certificates name the node but not the address that metrics-server scrapes.
 *
 * Signature: metrics-server logs an x509 name error for the node, the node lacks metrics now, and no probe has
 * seen a certificate there that does carry the address (that would make the line an old one).
 * Source: metrics-server KNOWN_ISSUES.md, "Kubelet doesn't have proper serving certificates".
 */
export const kubeletTlsNoIpSan = defineCause({
  id: 'kubelet-tls-no-ip-san',
  title: 'Kubelet certificates lack the address that metrics-server scrapes',
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
    const refused = scrapeRefusals({ logs: providerLogs, nodes, words: WRONG_NAME, takenAt });
    if (refused.length === 0)
      return {
        kind: 'ruled-out',
        because: 'no scrape ended with a certificate made out to another name',
      };
    const without = nodesWithoutMetrics(nodes, nodeMetrics, providerPods);
    const addresses = new Map(nodes.map(({ name, internalIps }) => [name, internalIps]));
    const seen = refused.map((refusal) => ({
      ...refusal,
      certificate: kubeletCertificate(reach, refusal.node),
    }));
    const present = seen.filter(
      ({ node, certificate }) =>
        without?.has(node) !== false &&
        (certificate === null || !covers(certificate.peer, addresses.get(node) ?? [])),
    );
    if (present.length === 0)
      return {
        kind: 'ruled-out',
        because:
          'the log lines are old: those nodes have metrics, or certificates with their address, by now',
      };
    const names = present.map(({ node }) => node);
    const certain = without !== null || present.some(({ certificate }) => certificate !== null);
    return {
      kind: certain ? 'confirmed' : 'suspected',
      headline: `Kubelet certificates of ${names.join(', ')} lack the node's IP address (x509 SAN), so metrics-server refuses them.`,
      where: { nodes: names, from: [], to: names, layer: null, direction: null },
      because: present.flatMap(({ node, line, certificate }) => [
        {
          text: `${node}: ${WRONG_NAME.exec(line)?.[0] ?? line}`,
          evidence: 'snapshot.providerLogs',
        },
        ...(certificate === null
          ? []
          : [
              {
                text: `${node} shows a certificate for ${namesOf(certificate.peer)}`,
                evidence: certificate.evidence,
              },
            ]),
      ]),
      explains: scrapeSymptoms(names, providerPods),
      fixes: kubeletTrustFixes({ nodes: names, platform, deployments, helmChartConfigs }),
      ...(certain ? {} : { settle: 'kubectl top nodes   # do these nodes still lack numbers?' }),
    };
  },
});

function covers(peer: PeerCertificate, addresses: readonly string[]): boolean {
  return addresses.some((address) => peer.ipAddresses.includes(address));
}

function namesOf(peer: PeerCertificate): string {
  return [...peer.dnsNames, ...peer.ipAddresses].join(', ') || peer.subject;
}
