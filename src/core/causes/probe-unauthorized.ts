import type { Fix } from '../fixes/fix.ts';
import { changeFlags, type FlagFacts } from '../fixes/metrics-server-flags.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { refusedProbe } from './probe-events.ts';
import { someReplicaReady } from './provider-pods.ts';

/**
 * metrics-server runs, and the kubelet's probes are refused by it: the pod never gets Ready, or is restarted.
 *
 * Signature: the pod is not Ready, and the newest probe event about it says status 401 or 403 to a path that is
 * there for everybody. A 500 is an answer
 * of metrics-server about itself (it has scraped nothing yet), not about who asks.
 */
export const probeUnauthorized = defineCause({
  id: 'probe-unauthorized',
  title: "metrics-server refuses the kubelet's probes",
  needs: ['providerPods', 'events', 'takenAt'],
  wants: ['nodes', 'deployments', 'platform', 'helmChartConfigs'],
  bears: ['provider-image', 'provider-args', 'helm-chart-config'],
  infer(facts): Judgement {
    const refused = facts.providerPods
      .filter(({ ready, deleting }) => !ready && !deleting)
      .flatMap((pod) => {
        const found = refusedProbe(pod, facts);
        return found === null ? [] : [{ pod, ...found }];
      });
    const [first] = refused;
    if (first === undefined)
      return { kind: 'ruled-out', because: 'no probe of a metrics-server pod ends in 401 or 403' };
    if (someReplicaReady(facts.providerPods))
      return { kind: 'ruled-out', because: 'another replica is ready and serves' };
    return {
      kind: 'confirmed',
      headline: `metrics-server answers the kubelet's ${first.probe.toLowerCase()} probe with ${first.status}, so its pod never counts as ready.`,
      where: {
        nodes: [...new Set(refused.flatMap(({ pod }) => pod.nodeName ?? []))].toSorted(),
        from: [],
        to: [],
        layer: 'api',
        direction: null,
      },
      because: refused.map(
        ({ pod, event }): Claim => ({
          text: `pod ${pod.name}: ${event.message} (${event.count} times)`,
          evidence: 'snapshot.events',
        }),
      ),
      explains: metricsApiDown(),
      fixes: [openHealth(facts)],
    };
  },
  fromWords: spokenBy('probe-unauthorized', ({ facts }) => [openHealth(facts)]),
});

function openHealth(facts: FlagFacts): Fix {
  return changeFlags(
    {
      title: 'Let everybody ask for its health',
      set: { 'authorization-always-allow-paths': '/livez,/readyz' },
      risk: 'anyone who reaches the pod may ask whether it is healthy, which is the default of Kubernetes',
      notes: [
        'The cause is often that the ClusterRoleBinding system:public-info-viewer was taken away from system:unauthenticated: `kubectl get clusterrolebinding system:public-info-viewer -o yaml`.',
      ],
    },
    facts,
  );
}
