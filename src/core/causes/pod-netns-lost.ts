import { valueOr } from '../evidence/observed.ts';
import type { Fix } from '../fixes/fix.ts';
import { VERIFY_METRICS_API } from '../fixes/metrics-server-values.ts';
import { providerSelector } from '../fixes/provider-names.ts';
import { metricsApiDown } from '../report/symptoms.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';
import { portsInUse } from './port-in-use.ts';
import { someReplicaReady } from './provider-pods.ts';

/**
 * Pods of a node are started in the host's network namespace although they do not ask for it: a bug of the
 * container runtime after an upgrade.
 *
 * Signature: `bind: address already in use` *without* hostNetwork. In a network namespace of its own a pod has all
 * ports to itself, so it is proven when the pod's address is its node's own; else a second process in the same pod
 * may hold the port, and it stays a suspicion.
 */
export const podNetnsLost = defineCause({
  id: 'pod-netns-lost',
  title: "Pods of a node land in the host's network",
  needs: ['providerPods'],
  wants: ['providerLogs', 'nodes'],
  bears: ['kubelet-version', 'container-runtime', 'cni-image'],
  infer(facts): Judgement {
    const taken = portsInUse(facts.providerPods, facts).filter(({ pod }) => !pod.hostNetwork);
    if (taken.length === 0)
      return {
        kind: 'ruled-out',
        because: 'no metrics-server in the pod network found its port taken',
      };
    if (someReplicaReady(facts.providerPods))
      return { kind: 'ruled-out', because: 'another replica is ready and serves' };
    const hosts = new Map(
      valueOr(facts.nodes, []).map(({ name, internalIps }) => [name, internalIps] as const),
    );
    const lost = taken.filter(({ pod }) =>
      pod.podIps.some((ip) => hosts.get(pod.nodeName ?? '')?.includes(ip)),
    );
    const mine = lost.length > 0 ? lost : taken;
    const nodes = [...new Set(mine.flatMap(({ pod }) => pod.nodeName ?? []))].toSorted();
    const [first] = mine;
    const common = {
      headline: `metrics-server on ${list(nodes)} is not on the host network, and yet its port ${first?.port ?? ''} is taken: its pod has lost its own network.`,
      where: { nodes, from: [], to: [], layer: 'same-node', direction: null },
      because: [
        ...mine.map(({ pod, line }) => ({
          text: `pod ${pod.name}: ${line.slice(0, LINE_CHARS)}`,
          evidence: 'snapshot.providerLogs',
        })),
        ...lost.map(({ pod }) => ({
          text: `pod ${pod.name} has the address of its node, ${pod.podIps[0] ?? ''}, without hostNetwork`,
          evidence: 'snapshot.providerPods',
        })),
      ],
      explains: metricsApiDown(),
      fixes: [fixedBuild(nodes, first?.pod ?? { namespace: 'kube-system', name: 'POD' })],
    } as const;
    if (lost.length > 0) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle: `On ${nodes[0] ?? 'the node'}: ls -l /proc/1/ns/net /proc/$(pgrep -f metrics-server | head -1)/ns/net. The same number proves it; else a second process of the pod holds the port.`,
    };
  },
  fromWords: spokenBy('pod-netns-lost', ({ facts, nodes }) => [
    fixedBuild(nodes.length > 0 ? nodes : ['that node'], {
      namespace: 'kube-system',
      name: providerSelector(facts.platform),
    }),
  ]),
});

const LINE_CHARS = 240;

function fixedBuild(
  nodes: readonly string[],
  pod: { readonly namespace: string; readonly name: string },
): Fix {
  return {
    title: 'Move to a build without the bug, and start the pods anew',
    where: nodes,
    variants: [
      {
        tool: 'kubectl',
        commands: [
          `kubectl get pods -A -o wide --field-selector spec.nodeName=${nodes[0] ?? 'NODE'}   # which others have the node's address?`,
          `kubectl -n ${pod.namespace} delete pod ${pod.name}   # a new sandbox gets a network of its own`,
        ],
      },
      {
        tool: 'on the node',
        commands: [
          'containerd --version; runc --version   # then upgrade the node to the next patch release of its distribution',
        ],
      },
    ],
    risk: 'pods that are deleted are away until they are ready again',
    undo: ['nothing to undo'],
    verify: VERIFY_METRICS_API,
    notes: ['Every pod of that node that was restarted since the upgrade is likely to be hurt.'],
  };
}
