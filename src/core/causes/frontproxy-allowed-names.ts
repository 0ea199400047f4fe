import { valueOr } from '../evidence/observed.ts';
import { refusedApiServers } from '../evidence/refused-callers.ts';
import type { Fix } from '../fixes/fix.ts';
import { askTheCluster, restartProvider } from '../fixes/front-proxy.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';
import { blameFrontProxy, flagClaims, ownRequestheaderFlags } from './front-proxy.ts';

/** k8s.io/apiserver pkg/authentication/request/x509. */
const NOT_ALLOWED = /x509: subject with cn=([^"]{0,100}?) is not in the allowed list/;
/** The certificate was taken for a user's own: metrics-server checks the rights of the front proxy itself. */
const AS_ITSELF = /User "([^"]{1,100})" cannot/;
/** Names that the installers give the front proxy: RKE2 and k3s, kubeadm, OpenShift and others. */
const FRONT_PROXY_NAMES = new Set([
  'system:auth-proxy',
  'front-proxy-client',
  'aggregator',
  'system:openshift-aggregator',
  'kube-apiserver-proxy',
]);

/**
 * metrics-server does not believe the front proxy because of its name.
 *
 * Signature: `subject with cn=… is not in the allowed list` beside API servers that are turned away; or, where one
 * CA signs users and front proxy alike, a 403 that names the front proxy as the user.
 */
export const frontproxyAllowedNames = defineCause({
  id: 'frontproxy-allowed-names',
  title: "metrics-server does not accept the front proxy's name",
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
  infer(facts): Judgement {
    const flags = ownRequestheaderFlags(facts);
    const allowed = valueOr(facts.frontProxyTrust, null)?.allowedNames ?? [];
    const also = [
      ...flagClaims(flags),
      ...(allowed.length === 0
        ? []
        : [
            {
              text: `the cluster allows ${list(allowed)}`,
              evidence: 'snapshot.frontProxyTrust',
            },
          ]),
    ];
    const fixes = [
      ...(flags.length > 0 ? [askTheCluster(flags, facts)] : []),
      allowFix(restartProvider(facts.deployments)),
    ];
    const said = blameFrontProxy(facts, {
      words: NOT_ALLOWED,
      kind: 'for the name of the front proxy',
      headline: (apiServers) =>
        `metrics-server turns ${apiServers} away: the front proxy's name is not in its list of allowed names.`,
      also,
      fixes,
    });
    const asItself = (refusedApiServers(facts) ?? []).filter(({ text }) => {
      const user = AS_ITSELF.exec(text)?.[1];
      return user !== undefined && (FRONT_PROXY_NAMES.has(user) || allowed.includes(user));
    });
    const [first] = asItself;
    if (said.kind !== 'ruled-out' || first === undefined) return said;
    return {
      kind: 'confirmed',
      headline: `metrics-server takes the front proxy of ${list(asItself.map(({ name }) => name))} for a user of its own, and not for one who speaks for others.`,
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
      because: [{ text: first.text, evidence: first.evidence }, ...also],
      explains: metricsApiDown(),
      fixes,
    };
  },
  fromWords: spokenBy('frontproxy-allowed-names', ({ facts }) => [
    allowFix(restartProvider(facts.deployments)),
  ]),
});

function allowFix(restart: readonly string[]): Fix {
  return {
    title:
      "Allow the front proxy's name, and start metrics-server anew: it reads the list when it starts",
    where: ['every control-plane node'],
    variants: [
      {
        tool: 'kube-apiserver',
        commands: [
          'openssl x509 -noout -subject -in /etc/kubernetes/pki/front-proxy-client.crt   # RKE2, k3s: server/tls/client-auth-proxy.crt',
          '# kube-apiserver --requestheader-allowed-names must hold that CN; it writes the list into the ConfigMap:',
          'kubectl -n kube-system get configmap extension-apiserver-authentication -o jsonpath={.data.requestheader-allowed-names}',
          ...restart,
        ],
      },
    ],
    risk: 'whoever holds a certificate of that CA with an allowed name can speak for any user: never leave the list empty where the CA signs users, too',
    undo: ['take the name out of --requestheader-allowed-names again'],
    verify: VERIFY_METRICS_API,
    notes: ['RKE2 and k3s use system:auth-proxy, kubeadm front-proxy-client.'],
  };
}
