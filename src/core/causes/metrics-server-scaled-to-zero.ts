import type { Fix } from '../fixes/fix.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerName } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';

/** Every provider Deployment asks for no replica at all (`spec.replicas: 0`). */
export const metricsServerScaledToZero = defineCause({
  id: 'metrics-server-scaled-to-zero',
  title: 'The metrics-server Deployment is scaled to zero',
  needs: ['deployments'],
  wants: ['providerPods'],
  bears: ['helm-chart-config'],
  infer({ deployments, providerPods }) {
    if (deployments.length === 0) return { kind: 'ruled-out', because: 'there is no Deployment' };
    if (deployments.some(({ replicas }) => replicas > 0)) {
      return { kind: 'ruled-out', because: 'the Deployment wants at least one replica' };
    }
    if (
      providerPods.state === 'known' &&
      providerPods.value.some(({ ready, deleting }) => ready && !deleting)
    ) {
      return { kind: 'ruled-out', because: 'a ready provider pod exists all the same' };
    }
    const names = deployments.map(({ namespace, name }) => `${namespace}/${name}`);
    return {
      kind: 'confirmed',
      headline: `Deployment ${names.join(', ')} is scaled to zero: nothing answers the Metrics API.`,
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
      because: names.map((name) => ({
        text: `Deployment ${name}: spec.replicas is 0`,
        evidence: 'snapshot.deployments',
      })),
      explains: metricsApiDown(),
      fixes: deployments.map(({ namespace, name }) => scaleFix(namespace, name)),
    };
  },
  fromWords: spokenBy('metrics-server-scaled-to-zero', ({ facts }) => [
    scaleFix('kube-system', providerName(facts.platform)),
  ]),
});

function scaleFix(namespace: string, name: string): Fix {
  return {
    title: 'Scale metrics-server up again',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [`kubectl -n ${namespace} scale deployment ${name} --replicas=1`],
      },
    ],
    risk: 'starts one pod',
    undo: [`kubectl -n ${namespace} scale deployment ${name} --replicas=0`],
    verify: [
      `kubectl -n ${namespace} rollout status deployment ${name} --timeout=120s`,
      ...VERIFY_METRICS_API,
    ],
    notes: ['Find out who scaled it (GitOps, a cost saver, a colleague), or it will happen again.'],
  };
}
