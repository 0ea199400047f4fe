import { valueOr } from '../evidence/observed.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerName } from '../fixes/provider-names.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';

/** Go's words for a refused certificate (crypto/x509, crypto/tls). */
const X509 = /(x509: [^\n]+|tls: failed to verify certificate[^\n]*)/;
/** A clock that is off, not a wrong CA: the certificate is only not valid *yet*. */
const NOT_YET_VALID = /is before \d{4}-|not yet valid/;

/**
 * The API servers do not trust the certificate that metrics-server shows.
 *
 * Signature: `x509:` in the body of the proxied request while `insecureSkipTLSVerify` is false. The
 * availability check does not verify TLS, so the condition stays True and the gauge 0 all the while
 * (kubernetes `pkg/controllers/status/available_controller.go`: `InsecureSkipVerify: true`).
 */
export const apiserviceCaMismatch = defineCause({
  id: 'apiservice-ca-mismatch',
  title: 'The API servers do not trust the certificate of metrics-server',
  needs: ['apiServers'],
  wants: ['apiService', 'service'],
  bears: ['ca-bundle', 'serving-certificate', 'provider-image', 'helm-chart-config'],
  infer({ apiServers, apiService: read }) {
    const apiService = valueOr(read, null);
    if (read.state === 'known' && apiService === null)
      return { kind: 'ruled-out', because: 'there is no APIService' };
    if (apiService?.insecureSkipTlsVerify === true) {
      return {
        kind: 'ruled-out',
        because: 'the APIService says insecureSkipTLSVerify: no certificate is checked',
      };
    }
    const refusals = apiServers.flatMap((view) => {
      const words = x509Words(view);
      return words === null ? [] : [{ view, words }];
    });
    const first = refusals[0];
    if (first === undefined)
      return { kind: 'ruled-out', because: 'no API server answered with an x509 error' };
    const trusting = apiServers.filter(
      ({ metricsApi }) => metricsApi.state === 'known' && metricsApi.value.outcome === 'ok',
    );
    const clock = NOT_YET_VALID.test(first.words);
    const certain = apiService !== null && trusting.length === 0 && !clock;
    const { namespace, name } = apiService?.service ?? {
      namespace: 'kube-system',
      name: 'metrics-server',
    };
    return {
      kind: certain ? 'confirmed' : 'suspected',
      headline: `API servers refuse the certificate of metrics-server (${reasonInWords(first.words)}).`,
      where: {
        nodes: [],
        from: refusals.map(({ view }) => view.name),
        to: [],
        layer: 'api',
        direction: null,
      },
      because: [
        ...refusals.map(({ view, words }) => ({
          text: `${view.name}: ${words}`,
          evidence: `api-server:${view.name}`,
        })),
        ...(apiService === null
          ? []
          : [
              {
                text: `APIService: insecureSkipTLSVerify false, caBundle ${apiService.caBundlePem === null ? 'empty' : 'set'}`,
                evidence: 'snapshot.apiService',
              },
            ]),
        ...(apiService?.available?.status === 'True'
          ? [
              {
                text: 'the APIService shows Available=True all the same: its check does not verify the certificate',
                evidence: 'snapshot.apiService',
              },
            ]
          : []),
      ],
      contradicts: trusting.map(({ name: server }) => ({
        text: `${server} accepts the same certificate`,
        evidence: `api-server:${server}`,
      })),
      explains: [
        ...refusals.map(({ view }) => `api-server:${view.name}`),
        'hpa:*',
        'node-metrics:*',
        'apiservice-condition',
      ],
      fixes: [trustFix(namespace, name, apiService?.caBundlePem ?? null)],
      ...(certain
        ? {}
        : {
            settle: clock
              ? 'compare the clocks: date -u on every server and on the metrics-server node'
              : apiService === null
                ? 'kubectl get apiservice v1beta1.metrics.k8s.io -o yaml: does its caBundle hold the authority of that certificate, and is insecureSkipTLSVerify false?'
                : 'ask every API server again: the answers differ',
          }),
    };
  },
  fromWords: spokenBy('apiservice-ca-mismatch', ({ facts }) => [
    trustFix('kube-system', providerName(facts.platform), null),
  ]),
});

function x509Words({ metricsApi }: ApiServerView): string | null {
  if (metricsApi.state !== 'known' || metricsApi.value.outcome !== 'http-error') return null;
  return X509.exec(metricsApi.value.body)?.[1]?.trim() ?? null;
}

function reasonInWords(words: string): string {
  if (/unknown authority/.test(words))
    return 'signed by an authority that the caBundle does not hold';
  if (/is valid for|not valid for any names|doesn't contain any IP SANs|Common Name/.test(words))
    return 'it is made out to another name';
  if (/has expired|is after/.test(words)) return 'it has expired';
  return words;
}

function trustFix(namespace: string, name: string, caBundlePem: string | null) {
  const dnsName = `${name}.${namespace}.svc`;
  return {
    title: 'Make the caBundle and the certificate match',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl (caBundle)',
        commands: [
          `# ca.crt: the CA that signed metrics-server's certificate, whose names must include ${dnsName}`,
          `kubectl patch apiservice v1beta1.metrics.k8s.io --type=merge -p "{\\"spec\\":{\\"caBundle\\":\\"$(base64 -w0 < ca.crt)\\"}}"`,
        ],
      },
      {
        tool: 'kubectl (skip, upstream default)',
        commands: [
          `kubectl patch apiservice v1beta1.metrics.k8s.io --type=merge -p '${JSON.stringify({ spec: { caBundle: null, insecureSkipTLSVerify: true } })}'`,
        ],
      },
    ],
    risk: 'insecureSkipTLSVerify lets anyone on the pod network who takes over that address answer in the place of metrics-server; upstream ships it so',
    undo: [
      `kubectl patch apiservice v1beta1.metrics.k8s.io --type=merge -p '${JSON.stringify({
        spec: {
          insecureSkipTLSVerify: false,
          caBundle: caBundlePem === null ? null : toBase64(caBundlePem),
        },
      })}'`,
    ],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'With cert-manager, the annotation cert-manager.io/inject-ca-from keeps the caBundle current.',
    ],
  };
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648 base64 of an ASCII text; the core has no Buffer. */
function toBase64(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at += 3) {
    const bytes = [0, 1, 2].map((offset) => text.charCodeAt(at + offset));
    const [first = 0, second = Number.NaN, third = Number.NaN] = bytes;
    const bits =
      (first << 16) |
      ((Number.isNaN(second) ? 0 : second) << 8) |
      (Number.isNaN(third) ? 0 : third);
    out += BASE64[(bits >> 18) & 63] ?? '';
    out += BASE64[(bits >> 12) & 63] ?? '';
    out += Number.isNaN(second) ? '=' : (BASE64[(bits >> 6) & 63] ?? '');
    out += Number.isNaN(third) ? '=' : (BASE64[bits & 63] ?? '');
  }
  return out;
}
