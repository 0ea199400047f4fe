import { valueOr } from '../evidence/observed.ts';
import { askTheCluster, renewFrontProxy } from '../fixes/front-proxy.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause } from './define-cause.ts';
import { blameFrontProxy, flagClaims, ownRequestheaderFlags } from './front-proxy.ts';

/** Go crypto/x509 UnknownAuthorityError, within k8s.io/apiserver's words about the certificate shown. */
const UNKNOWN_AUTHORITY =
  /(?:verifying certificate [^"]{0,300}? failed: )?x509: certificate signed by unknown authority(?: \(possibly because of [^)]{0,200}\))?/;
const ANOTHER_CAUSE = /is not in the allowed list|has expired or is not yet valid/;

/**
 * metrics-server believes another front-proxy CA than the one that signed the API servers' client certificate.
 *
 * Signature: it cannot authenticate requests (`unknown authority`), and it is the API servers that it turns away:
 * they pass on its 401, or their availability check wrote it into the condition. The same words about a kubelet's
 * address are `kubelet-tls-untrusted`; where the API servers are let in, they are about somebody else.
 */
export const frontproxyCa = defineCause({
  id: 'frontproxy-ca',
  title: "metrics-server does not trust the front proxy's certificate",
  needs: ['providerLogs', 'apiServers'],
  wants: [
    'apiService',
    'apiServiceLooks',
    'takenAt',
    'frontProxyTrust',
    'providerPods',
    'deployments',
    'platform',
    'helmChartConfigs',
  ],
  bears: ['server-version', 'front-proxy-ca', 'apiserver-flags'],
  infer(facts) {
    const flags = ownRequestheaderFlags(facts);
    const trust = valueOr(facts.frontProxyTrust, null);
    const started = valueOr(facts.providerPods, []).map(({ createdAt }) =>
      Date.parse(createdAt ?? ''),
    );
    return blameFrontProxy(facts, {
      words: UNKNOWN_AUTHORITY,
      not: ANOTHER_CAUSE,
      kind: 'for an unknown authority',
      headline: (apiServers) =>
        `metrics-server does not trust the front-proxy certificate of ${apiServers}: it knows another CA.`,
      also: [
        ...flagClaims(flags),
        ...(trust?.cas ?? []).map(
          (ca): Claim => ({
            text: `the cluster names ${ca.subject} (from ${ca.notBefore}) as the front proxy's CA${started.some((at) => at < Date.parse(ca.notBefore)) ? ', younger than metrics-server' : ''}`,
            evidence: 'snapshot.frontProxyTrust',
          }),
        ),
      ],
      fixes: [...(flags.length > 0 ? [askTheCluster(flags, facts)] : []), renewFrontProxy(facts)],
    });
  },
  fromWords: spokenBy('frontproxy-ca', ({ facts }) => [renewFrontProxy(facts)]),
});
