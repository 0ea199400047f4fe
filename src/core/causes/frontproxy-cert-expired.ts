import { renewFrontProxy } from '../fixes/front-proxy.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';
import { blameFrontProxy } from './front-proxy.ts';

/** Go crypto/x509 CertificateInvalidError, Expired. Go before 1.14 gives no times. */
const EXPIRED =
  /x509: certificate has expired or is not yet valid(?:: current time \S{1,40} is after \S{1,40}Z)?/;
const NOT_YET = /is before/;
const AFTER = /is after/;

/**
 * The API servers' own client certificate for extension API servers has expired.
 *
 * Signature: metrics-server cannot authenticate requests, `current time … is after …`, and it is the API servers
 * that it turns away. *is before* speaks of a clock (`clock-skew`); without the times either may be.
 */
export const frontproxyCertExpired = defineCause({
  id: 'frontproxy-cert-expired',
  title: "The front proxy's certificate has expired",
  needs: ['providerLogs', 'apiServers'],
  wants: ['apiService', 'apiServiceLooks', 'takenAt', 'deployments', 'platform'],
  bears: ['server-version', 'front-proxy-ca', 'apiserver-flags'],
  infer(facts) {
    const timed = facts.providerLogs.some(({ lines }) =>
      lines.some((line) => EXPIRED.test(line) && AFTER.test(line)),
    );
    return blameFrontProxy(facts, {
      words: EXPIRED,
      not: NOT_YET,
      kind: 'for an expired certificate',
      headline: (apiServers) =>
        `The front-proxy certificate of ${apiServers} has expired: metrics-server turns their requests away.`,
      also: [],
      fixes: [renewFrontProxy(facts)],
      settle: timed
        ? null
        : 'On a control-plane node: openssl x509 -noout -enddate -in /etc/kubernetes/pki/front-proxy-client.crt   # RKE2, k3s: server/tls/client-auth-proxy.crt; and date',
    });
  },
  fromWords: spokenBy('frontproxy-cert-expired', ({ facts }) => [renewFrontProxy(facts)]),
});
