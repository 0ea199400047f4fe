import { valueOr } from '../evidence/observed.ts';
import type { DeploymentObject, PodObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerName } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';
import { failedProbe, misaskedProbe } from './probe-events.ts';
import { securePorts, someReplicaReady } from './provider-pods.ts';

/**
 * metrics-server runs, and the kubelet's probe of it asks in a way that it cannot answer: another path, port or
 * scheme than it serves. The pod never counts as ready, or is restarted.
 *
 * Signature: the pod is not Ready, and the newest probe event about it is a status such as 404, words about the
 * scheme, a refusal at a port other than `--secure-port`, or a 403 to a path that only callers with rights may ask
 * for. A 500 is metrics-server's own answer (it has scraped
 * nothing yet), 401 and 403 are about who asks, silence is about the path.
 */
export const readinessProbeWrong = defineCause({
  id: 'readiness-probe-wrong',
  title: "The kubelet's probe of metrics-server asks in a wrong way",
  needs: ['providerPods', 'events', 'takenAt'],
  wants: ['nodes', 'deployments', 'platform'],
  infer({ providerPods, events, takenAt, nodes, deployments, platform }): Judgement {
    const wrong = providerPods
      .filter(({ ready, deleting }) => !ready && !deleting)
      .flatMap((pod) => {
        const probe = failedProbe(pod, { events, takenAt, nodes });
        const why = probe === null ? null : misaskedProbe(probe, pod);
        return probe === null || why === null ? [] : [{ pod, probe, why }];
      });
    const [first] = wrong;
    if (first === undefined)
      return { kind: 'ruled-out', because: 'no probe of a metrics-server pod asks in a wrong way' };
    if (someReplicaReady(providerPods))
      return { kind: 'ruled-out', because: 'another replica is ready and serves' };
    return {
      kind: 'confirmed',
      headline: `metrics-server never counts as ready: the kubelet's ${first.probe.probe.toLowerCase()} probe ${first.why}.`,
      where: {
        nodes: [...new Set(wrong.flatMap(({ pod }) => pod.nodeName ?? []))].toSorted(),
        from: [],
        to: [],
        layer: 'api',
        direction: null,
      },
      because: wrong.map(({ pod, probe }) => ({
        text: `pod ${pod.name}: ${probe.event.message} (${probe.event.count} times)`,
        evidence: 'snapshot.events',
      })),
      explains: metricsApiDown(),
      fixes: [
        probeFix(
          valueOr(deployments, [])[0] ?? {
            namespace: first.pod.namespace,
            name: providerName(platform),
          },
          first.probe.probe,
          first.pod,
        ),
      ],
    };
  },
  fromWords: spokenBy('readiness-probe-wrong', ({ facts }) => [
    probeFix({ namespace: 'kube-system', name: providerName(facts.platform) }, 'Readiness', null),
  ]),
});

/** What metrics-server serves since v0.4 (kubernetes-sigs/metrics-server, manifests/base/deployment.yaml). */
const PATHS: Readonly<Record<string, string>> = {
  Readiness: '/readyz',
  Liveness: '/livez',
  Startup: '/livez',
};

function probeFix(
  { namespace, name }: Pick<DeploymentObject, 'namespace' | 'name'>,
  probe: string,
  pod: PodObject | null,
): Fix {
  const port = (pod === null ? [] : securePorts(pod))[0] ?? 'https';
  const container = pod?.containers[0]?.name ?? 'metrics-server';
  const patch = {
    spec: {
      template: {
        spec: {
          containers: [
            {
              name: container,
              [`${probe.toLowerCase()}Probe`]: {
                httpGet: { path: PATHS[probe] ?? '/readyz', port, scheme: 'HTTPS' },
              },
            },
          ],
        },
      },
    },
  };
  return {
    title: `Point the ${probe.toLowerCase()} probe at what metrics-server serves`,
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl -n ${namespace} patch deployment ${name} --type=strategic -p '${JSON.stringify(patch)}'`,
          `kubectl -n ${namespace} rollout status deployment ${name} --timeout=120s`,
        ],
      },
    ],
    risk: 'metrics-server is rolled out anew',
    undo: [`kubectl -n ${namespace} rollout undo deployment ${name}`],
    verify: [`kubectl -n ${namespace} get pods | grep metrics-server`, ...VERIFY_METRICS_API],
    notes: [
      'A chart or GitOps that keeps the Deployment puts its own probe back: mend it there (RKE2: HelmChartConfig rke2-metrics-server).',
    ],
  };
}
