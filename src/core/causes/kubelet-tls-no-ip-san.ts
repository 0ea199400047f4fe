import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { PeerCertificate } from '../evidence/probe-results.ts';
import type { NodeObject } from '../evidence/snapshot.ts';
import { kubeletTrustFixes } from '../fixes/kubelet-serving-certificate.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameScrapes, failedScrapes } from './failed-scrapes.ts';
import { kubeletCertificate, skipsKubeletTls } from './kubelet-certificates.ts';

/** Go crypto/x509 HostnameError: no IP SAN at all, or made out to other names. */
const WRONG_NAME =
  /x509: (?:cannot validate certificate for \S+ because it doesn't contain any IP SANs|certificate is (?:not )?valid for [^\n]+|certificate is not valid for any names|certificate relies on legacy Common Name field)/;

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
    'node-address',
    'kubelet-version',
    'kubelet-certificate',
    'provider-args',
    'helm-chart-config',
  ],
  infer(facts) {
    if (skipsKubeletTls(facts.providerPods))
      return { kind: 'ruled-out', because: 'metrics-server runs with --kubelet-insecure-tls' };
    const { reach, nodes } = facts;
    const failed = failedScrapes(
      facts,
      ({ text, node }) =>
        WRONG_NAME.test(text) && !isMended(node, { reach, nodes: valueOr(nodes, []) }),
      'ended with a certificate made out to another name',
    );
    if (failed.state === 'none') return { kind: 'ruled-out', because: failed.because };
    const seen = failed.nodes.flatMap((node) => {
      const certificate = kubeletCertificate(reach, node);
      return certificate === null ? [] : [{ node, ...certificate }];
    });
    return blameScrapes(
      { ...failed, certain: failed.certain || seen.length > 0 },
      {
        words: WRONG_NAME,
        headline: `Kubelet certificates of ${list(failed.nodes)} lack the node's IP address (x509 SAN), so metrics-server refuses them.`,
        also: seen.map(({ node, peer, evidence }) => ({
          text: `${node} shows a certificate for ${namesOf(peer)}`,
          evidence,
        })),
        fixes: kubeletTrustFixes({ ...facts, nodes: failed.nodes }),
      },
    );
  },
  fromWords: spokenBy('kubelet-tls-no-ip-san', ({ facts, nodes }) =>
    kubeletTrustFixes({
      ...facts,
      nodes: nodes.length > 0 ? nodes : ['every node named in the log'],
    }),
  ),
});

/** A probe saw a certificate there that carries the address: the line is an old one. */
function isMended(
  node: string,
  { reach, nodes }: Pick<Facts, 'reach'> & { readonly nodes: readonly NodeObject[] },
): boolean {
  const addresses = nodes.find(({ name }) => name === node)?.internalIps ?? [];
  const certificate = kubeletCertificate(reach, node);
  return certificate !== null && covers(certificate.peer, addresses);
}

function covers(peer: PeerCertificate, addresses: readonly string[]): boolean {
  return addresses.some((address) => peer.ipAddresses.includes(address));
}

function namesOf(peer: PeerCertificate): string {
  return [...peer.dnsNames, ...peer.ipAddresses].join(', ') || peer.subject;
}
