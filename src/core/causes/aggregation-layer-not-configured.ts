import type { ControlPlanePod } from '../evidence/control-plane.ts';
import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { ApiServerView } from '../evidence/snapshot.ts';
import { setAggregationFlags } from '../fixes/aggregation-flags.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { failingServers } from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/** Without one of these metrics-server cannot tell that it is the API server who asks. */
const NEEDED = ['requestheader-client-ca-file', 'proxy-client-cert-file', 'proxy-client-key-file'];

/**
 * kube-apiserver was never given the flags of the aggregation layer, so metrics-server takes its requests for those of a
 * stranger.
 *
 * Signature: a refusal (401, 403 for `system:anonymous`) of the availability check, and a kube-apiserver without
 * `--requestheader-client-ca-file` or `--proxy-client-cert-file`; or metrics-server's own word that the cluster provides
 * no requestheader CA. RKE2, k3s, kubeadm and managed control planes set them all.
 * Look-alikes: a CA or a certificate that is there and wrong (frontproxy-ca and its kin); a caller's own RBAC.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
 */
export const aggregationLayerNotConfigured = defineCause({
  id: 'aggregation-layer-not-configured',
  title: 'kube-apiserver lacks the flags of the aggregation layer',
  needs: ['apiServers', 'apiService'],
  wants: [
    'apiServiceLooks',
    'controlPlanePods',
    'frontProxyTrust',
    'platform',
    'providerLogs',
    'providerPods',
    'reach',
  ],
  bears: ['server-version', 'front-proxy-ca', 'apiserver-flags'],
  infer(facts): Judgement {
    if (facts.apiService === null) return { kind: 'ruled-out', because: 'there is no APIService' };
    const lacking = lackingFlags(facts);
    const untold = untoldClaims(facts);
    const grounds = [...lacking.map(flagClaim), ...untold];
    if (grounds.length === 0) {
      return { kind: 'ruled-out', because: whyNot(facts) };
    }
    const refusals = refusalClaims(facts);
    const crash = fatalClaim(facts);
    const failing = failingServers(facts.apiServers, facts);
    const nodes = lacking.flatMap(({ pod }) => pod.nodeName ?? []).toSorted();
    const common = {
      headline: `${nodes.length > 0 ? `kube-apiserver on ${list(nodes)}` : 'kube-apiserver'} lacks the flags of the aggregation layer, so metrics-server does not accept ${nodes.length > 1 ? 'their' : 'its'} requests.`,
      where: { nodes, from: nodes, to: [], layer: 'api', direction: null },
      because: [...grounds, ...refusals, ...crash],
      explains: metricsApiDown(),
      fixes: [setAggregationFlags({ nodes, platform: facts.platform })],
    } as const;
    if (refusals.length > 0 || crash.length > 0) return { kind: 'confirmed', ...common };
    // A network that fails leaves other words; then the flags are not what is felt.
    if (failing.length === 0 || failing.some(({ end }) => end !== null)) {
      return { kind: 'ruled-out', because: 'metrics-server refuses nobody' };
    }
    return {
      kind: 'suspected',
      ...common,
      settle:
        'kubectl get apiservice v1beta1.metrics.k8s.io -o yaml: "bad status … 401" or "403" is the refusal.',
    };
  },
  fromWords: spokenBy('aggregation-layer-not-configured', ({ facts }) => [
    setAggregationFlags({ nodes: [], platform: facts.platform }),
  ]),
});

type Wanted = Pick<
  Facts,
  'apiServiceLooks' | 'controlPlanePods' | 'frontProxyTrust' | 'providerLogs'
> & {
  readonly apiServers: readonly ApiServerView[];
  readonly apiService: Extract<Facts['apiService'], { state: 'known' }>['value'];
};

interface Lacking {
  readonly pod: ControlPlanePod;
  readonly flags: readonly string[];
}

/** Only a Pod that shows flags at all is judged by them: others are configured by file. */
function lackingFlags({ controlPlanePods }: Pick<Facts, 'controlPlanePods'>): readonly Lacking[] {
  return valueOr(controlPlanePods, [])
    .filter(
      ({ component, flags }) =>
        component === 'kube-apiserver' && 'service-cluster-ip-range' in flags,
    )
    .map((pod) => ({ pod, flags: NEEDED.filter((flag) => !(flag in pod.flags)) }))
    .filter(({ flags }) => flags.length > 0);
}

function flagClaim({ pod, flags }: Lacking): Claim {
  return {
    text: `kube-apiserver on ${pod.nodeName ?? pod.name} was started without ${list(flags.map((flag) => `--${flag}`))}`,
    evidence: 'snapshot.controlPlanePods',
  };
}

const UNTOLD = /cluster doesn't provide requestheader-client-ca-file/i;

/** What extension API servers are told: nothing. The log is from their start, so it counts only while nothing newer is known. */
function untoldClaims({ frontProxyTrust, providerLogs }: Wanted): Claim[] {
  if (frontProxyTrust.state === 'known') {
    const { value } = frontProxyTrust;
    if (value !== null && value.cas.length > 0) return [];
    return [
      {
        text: 'ConfigMap kube-system/extension-apiserver-authentication holds no requestheader-client-ca-file',
        evidence: 'snapshot.frontProxyTrust',
      },
    ];
  }
  return logLines(providerLogs)
    .filter((line) => UNTOLD.test(line))
    .slice(-1)
    .map((line) => ({ text: `metrics-server logs: ${line}`, evidence: 'snapshot.providerLogs' }));
}

function logLines(logs: Facts['providerLogs']): readonly string[] {
  return valueOr(logs, []).flatMap(({ lines }) => lines);
}

/** Versions before 0.3.7 end with it instead of serving without. */
function fatalClaim({ providerLogs }: Wanted): Claim[] {
  return logLines(providerLogs)
    .filter(
      (line) =>
        UNTOLD.test(line) && /^F\d|panic:|^Error:|could not create the API server/i.test(line),
    )
    .slice(-1)
    .map((line) => ({
      text: `metrics-server ends with: ${line}`,
      evidence: 'snapshot.providerLogs',
    }));
}

/** 401 and 403 of the check, and 403 for nobody in particular at a caller's request. */
function refusalClaims({ apiServers, apiService, apiServiceLooks }: Wanted): Claim[] {
  const messages = new Set(
    [
      ...(apiService?.available == null ? [] : [apiService.available]),
      ...valueOr(apiServiceLooks, []),
    ]
      .filter(({ status }) => status === 'False')
      .map(({ message }) => message),
  );
  return [
    ...[...messages]
      .filter((message) => /bad status from \S+: 40[13]\b/.test(message))
      .map((message) => ({ text: `APIService: ${message}`, evidence: 'snapshot.apiService' })),
    ...apiServers.flatMap(({ name, metricsApi }) =>
      metricsApi.state === 'known' &&
      metricsApi.value.status === 403 &&
      metricsApi.value.body.includes('system:anonymous')
        ? [
            {
              text: `${name}: metrics-server takes the caller for system:anonymous`,
              evidence: `api-server:${name}`,
            },
          ]
        : [],
    ),
  ];
}

function whyNot({ controlPlanePods }: Wanted): string {
  return valueOr(controlPlanePods, []).some(({ component }) => component === 'kube-apiserver')
    ? 'the kube-apiserver Pods have the flags of the aggregation layer'
    : 'nothing says that the aggregation layer lacks its flags';
}
