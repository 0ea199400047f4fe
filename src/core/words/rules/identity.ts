import { type SpokenRule, said } from '../word-rule.ts';
import { API_TO_PROVIDER, CALLER_TO_PROVIDER, NOT_READY } from './common.ts';

/** Certificates, names and rights. */
export const identityWords = {
  'apiservice-ca-mismatch': {
    proves: [
      said('x509-unknown-authority', API_TO_PROVIDER),
      said('x509-wrong-name', API_TO_PROVIDER),
      said('x509-expired', API_TO_PROVIDER),
    ],
    fits: ['x509-unknown-authority'],
    explains: ['api-unavailable', 'metrics-missing'],
    headline: 'API servers do not trust the certificate of metrics-server.',
    settle:
      'kubectl get --raw /apis/metrics.k8s.io/v1beta1/nodes at each API server: x509 in every body proves it.',
  },
  'aggregation-layer-not-configured': {
    proves: ['aggregation-flags-missing'],
    fits: ['anonymous-refused'],
    explains: [...NOT_READY, 'anonymous-refused', 'unauthorized', 'crash-loop'],
    headline: 'kube-apiserver lacks the flags of the aggregation layer.',
    settle:
      'kubectl -n kube-system get configmap extension-apiserver-authentication -o yaml: without requestheader keys it is not configured.',
  },
  'frontproxy-ca': {
    proves: [[said('x509-unknown-authority', CALLER_TO_PROVIDER), 'front-proxy-named']],
    suggests: [
      said('x509-unknown-authority', CALLER_TO_PROVIDER),
      ['front-proxy-named', 'certificates-rotated', 'unauthorized'],
    ],
    fits: [
      said('unauthorized', API_TO_PROVIDER),
      said('x509-unknown-authority'),
      'anonymous-refused',
    ],
    against: ['identity-not-mapped'],
    explains: [
      'api-unavailable',
      'metrics-missing',
      'unauthorized',
      'forbidden',
      'anonymous-refused',
    ],
    headline:
      "metrics-server does not trust the CA that signed the API server's front-proxy certificate.",
    settle:
      'kubectl -n kube-system get configmap extension-apiserver-authentication -o jsonpath={.data.requestheader-client-ca-file} against the issuer of the proxy client certificate on each server.',
  },
  'frontproxy-cert-expired': {
    proves: [said('x509-expired', CALLER_TO_PROVIDER), 'front-proxy-cert-expired'],
    fits: [said('unauthorized', API_TO_PROVIDER)],
    explains: ['api-unavailable', 'metrics-missing', 'unauthorized', 'x509-expired'],
    headline: 'The front-proxy client certificate of the API server has expired.',
    settle:
      'On each server: openssl x509 -noout -enddate -in the proxy client certificate (front-proxy-client.crt; RKE2 and k3s: client-auth-proxy.crt).',
  },
  'frontproxy-allowed-names': {
    proves: ['cn-not-allowed'],
    suggests: [
      said('user-forbidden', undefined, {
        value: /front-?proxy|aggregator|auth-proxy|^kube-apiserver|proxy-client|^kubernetes$/i,
      }),
    ],
    fits: [said('unauthorized', API_TO_PROVIDER)],
    explains: [
      'api-unavailable',
      'metrics-missing',
      'unauthorized',
      'forbidden',
      'user-forbidden',
      said('x509-unknown-authority', CALLER_TO_PROVIDER),
    ],
    headline: ({ value }) =>
      `The front proxy's name${value === null ? '' : ` “${value}”`} is not among requestheader-allowed-names.`,
    settle:
      'kubectl -n kube-system get configmap extension-apiserver-authentication -o jsonpath={.data.requestheader-allowed-names} against the CN of the proxy client certificate.',
  },
  'requester-identity-mapping': {
    suggests: [
      ['identity-not-mapped', said('x509-unknown-authority', CALLER_TO_PROVIDER)],
      ['identity-not-mapped', 'unauthorized'],
      ['identity-not-mapped', 'admin-works'],
      [said('x509-unknown-authority', CALLER_TO_PROVIDER), 'admin-works'],
    ],
    explains: [
      'api-unavailable',
      'metrics-missing',
      'unauthorized',
      said('x509-unknown-authority', CALLER_TO_PROVIDER),
      'identity-not-mapped',
    ],
    headline: 'The identity of the caller is not mapped to a user; the cluster itself is sound.',
    settle:
      'The same request with a cluster admin certificate: if that works, the mapping of the caller is at fault.',
  },
  'user-rbac-forbidden': {
    proves: [
      said('user-forbidden', undefined, {
        value:
          /^(?!.{0,200}(?:front-?proxy|aggregator|auth-proxy|proxy-client|metrics-server$)|kube-apiserver|kubernetes$)/i,
      }),
    ],
    explains: ['metrics-missing', 'user-forbidden', 'forbidden'],
    headline: ({ value }) =>
      `${value === null ? 'The caller' : `“${value}”`} has no right to read metrics.k8s.io.`,
    settle: 'kubectl auth can-i list pods.metrics.k8s.io --as <user>; an admin who may proves it.',
  },
  'clock-skew': {
    proves: [['x509-not-yet-valid', 'clock-off']],
    suggests: ['x509-not-yet-valid', 'token-not-yet-valid', ['clock-off', 'x509-expired']],
    fits: ['clock-off'],
    explains: [
      'x509-not-yet-valid',
      'token-not-yet-valid',
      'clock-off',
      'unauthorized',
      'api-unavailable',
      'metrics-missing',
    ],
    headline: 'Clocks differ between nodes, so certificates or tokens look invalid.',
    settle: "date -u and chronyc tracking on every server and on metrics-server's node, at once.",
  },
} as const satisfies Readonly<Record<string, SpokenRule>>;
