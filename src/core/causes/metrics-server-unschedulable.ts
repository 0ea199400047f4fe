import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerSelector } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause } from './define-cause.ts';

/**
 * The scheduler finds no node for metrics-server, and no replica serves meanwhile.
 *
 * Signature: condition `PodScheduled=False`, reason `Unschedulable`; the scheduler's own words are the finding.
 */
export const metricsServerUnschedulable = defineCause({
  id: 'metrics-server-unschedulable',
  title: 'metrics-server finds no node to run on',
  needs: ['providerPods'],
  wants: ['deployments'],
  bears: ['node-removed', 'provider-image', 'helm-chart-config'],
  infer({ providerPods }) {
    const pods = providerPods.filter(({ deleting }) => !deleting);
    const stuck = pods.flatMap((pod) =>
      pod.nodeName === null && pod.phase === 'Pending'
        ? pod.conditions
            .filter(
              ({ type, status, reason }) =>
                type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable',
            )
            .map(({ message }) => ({ pod, message }))
        : [],
    );
    const first = stuck[0];
    if (first === undefined)
      return {
        kind: 'ruled-out',
        because: 'every metrics-server pod has a node, or there is none',
      };
    if (pods.some(({ ready }) => ready)) {
      return { kind: 'ruled-out', because: 'another replica is ready and serves' };
    }
    const { namespace, name } = first.pod;
    return {
      kind: 'confirmed',
      headline: `metrics-server is Pending: ${first.message || 'the scheduler finds no node for it'}`,
      where: { nodes: [], from: [], to: [], layer: 'api', direction: null },
      because: stuck.map(({ pod, message }) => ({
        text: `pod ${pod.name} is Pending, Unschedulable: ${message}`,
        evidence: 'snapshot.providerPods',
      })),
      explains: metricsApiDown(),
      fixes: [schedulingFix(namespace, name, first.message)],
    };
  },
  fromWords: spokenBy('metrics-server-unschedulable', ({ facts, statements }) => [
    schedulingFix(
      'kube-system',
      providerSelector(facts.platform),
      statements.map(({ quote }) => quote).join(' '),
    ),
  ]),
});

/** The remedy follows from the scheduler's words (kubernetes `pkg/scheduler/framework/plugins/names`). */
function schedulingFix(namespace: string, pod: string, message: string) {
  const hints: string[] = [];
  if (/taint/i.test(message)) {
    hints.push(
      '# a taint keeps it off: tolerate it, or remove a taint that should be gone',
      'kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints',
    );
  }
  if (/insufficient|too many pods/i.test(message)) {
    hints.push(
      '# no room: free a node, add one, or lower the requests',
      'kubectl describe nodes | grep -A 8 "Allocated resources"',
    );
  }
  if (/affinity|selector/i.test(message)) {
    hints.push(
      '# its nodeSelector or affinity matches no node',
      `kubectl -n ${namespace} get pod ${pod} -o jsonpath='{.spec.nodeSelector}{"\\n"}{.spec.affinity}{"\\n"}'`,
      'kubectl get nodes --show-labels',
    );
  }
  if (/unschedulable/i.test(message))
    hints.push('# nodes are cordoned: uncordon one', 'kubectl uncordon NODE');
  return {
    title: 'Give metrics-server a node',
    where: ['cluster'],
    variants: [
      {
        tool: 'kubectl',
        commands: [...hints, `kubectl -n ${namespace} describe pod ${pod} | tail -n 15`],
      },
    ],
    risk: 'depends on what is changed; the commands shown only read, except uncordon',
    undo: ['put the taint, request, selector or cordon back as it was'],
    verify: [
      `kubectl -n ${namespace} get pods -o wide | grep metrics-server`,
      ...VERIFY_METRICS_API,
    ],
    notes: [],
  };
}
