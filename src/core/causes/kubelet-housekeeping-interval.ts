import { podNumbers } from '../evidence/pod-numbers.ts';
import type { Fix } from '../fixes/fix.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';

/**
 * A kubelet looks at its containers less often than metrics-server asks, so that two scrapes show the same point
 * in time and give no usage.
 *
 * Signature: nodes have metrics and none of their pods has. The interval is a flag of the kubelet that the API does
 * not show, so this stays a suspicion; a container runtime that gives no statistics looks the same.
 */
export const kubeletHousekeepingInterval = defineCause({
  id: 'kubelet-housekeeping-interval',
  title: 'A kubelet looks at its containers too seldom',
  needs: ['nodeMetrics', 'podMetrics', 'providerPods', 'cniPods', 'takenAt'],
  wants: ['nodes'],
  bears: ['kubelet-version'],
  infer(facts): Judgement {
    const observed = <T>(value: T) => ({ state: 'known', value, source: '' }) as const;
    const numbers = podNumbers({
      podMetrics: observed(facts.podMetrics),
      providerPods: observed(facts.providerPods),
      cniPods: observed(facts.cniPods),
      takenAt: observed(facts.takenAt),
    });
    const nodes = [...(numbers ?? [])]
      .filter(([node, has]) => !has && facts.nodeMetrics.includes(node))
      .map(([node]) => node)
      .toSorted();
    const [first] = nodes;
    if (first === undefined)
      return {
        kind: 'ruled-out',
        because:
          numbers === null || numbers.size === 0
            ? 'no pod that must have numbers is known'
            : 'pods have numbers wherever their node has',
      };
    return {
      kind: 'suspected',
      headline: `${list(nodes)} ${nodes.length === 1 ? 'has' : 'have'} metrics, and none of the pods there: the kubelet looks at its containers too seldom, or its runtime gives no statistics.`,
      where: { nodes, from: [], to: nodes, layer: null, direction: null },
      because: [
        {
          text: `pods that have been ready for minutes on ${list(nodes)} have no numbers, the nodes have`,
          evidence: 'snapshot.podMetrics',
        },
      ],
      explains: [...nodes.map((node) => `pod-metrics:${node}`), 'hpa:*'],
      fixes: [defaultInterval(nodes)],
      settle: `kubectl get --raw /api/v1/nodes/${first}/proxy/metrics/resource | grep ^container_cpu   # the last column is the time of each point: the same after 30 s proves it; no such lines: the container runtime`,
    };
  },
  fromWords: spokenBy('kubelet-housekeeping-interval', ({ nodes }) => [
    defaultInterval(nodes.length > 0 ? nodes : ['that node']),
  ]),
});

function defaultInterval(nodes: readonly string[]): Fix {
  return {
    title: "Put the kubelet's housekeeping interval back to its default of 10 s",
    where: nodes,
    variants: [
      {
        tool: 'minikube',
        commands: ['minikube start --extra-config=kubelet.housekeeping-interval=10s'],
      },
      {
        tool: 'on the node',
        commands: [
          "tr '\\0' '\\n' < /proc/$(pgrep -o kubelet)/cmdline | grep housekeeping   # take the flag away, then",
          'systemctl restart kubelet',
        ],
      },
    ],
    risk: 'restarts the kubelet; the containers of the node go on',
    undo: ['put the flag back and restart the kubelet'],
    verify: ['kubectl top pods -A   # after two minutes: numbers'],
    notes: [
      'kubernetes.io: kubelet --housekeeping-interval, "Interval between container housekeepings" (default 10s).',
    ],
  };
}
