import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { loadKernelModules } from '../fixes/kernel-modules.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { complained, complaintClaims } from './agent-complaints.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf } from './overlay-consequences.ts';

/**
 * A node's kernel lacks a module that the CNI needs, so its agent cannot make its device or its rules.
 *
 * Signature: the agent on that node is not ready, says what it could not load, and pods across that node are dead.
 * Old words of an agent that is ready are litter; a dead network beside a complaint about something else is not this.
 * Look-alikes: iptables variants in each other's way (iptables-incompatible); stale state without a complaint
 * (cni-agent-broken); a filter (the packets are seen to be dropped).
 * Sources: https://github.com/flannel-io/flannel/issues/1502, https://github.com/kubernetes/kops/pull/18724
 */
export const kernelModuleMissing = defineCause({
  id: 'kernel-module-missing',
  title: 'The kernel of a node lacks a module that the CNI needs',
  needs: ['cniPods', 'links'],
  wants: ['cniLogs', 'nodeFacts', 'nodes', 'providerPods'],
  bears: ['node-added', 'kernel', 'os-image', 'cni-image'],
  infer(facts): Judgement {
    const found = complained('kernel-module', facts);
    if (found.complaints.length === 0) {
      return {
        kind: 'ruled-out',
        because: 'no agent of the CNI that is not ready speaks of a kernel module',
      };
    }
    const { nodes, dead, sure } = found;
    const common = {
      headline: `The kernel of ${list(nodes)} lacks a module that the CNI needs, so its agent there has no working network.`,
      where: { nodes, from: [], to: [], layer: 'overlay', direction: null },
      because: [...complaintClaims(found), ...kernelClaims(nodes, facts)],
      explains: consequencesOf(dead, facts),
      fixes: [loadKernelModules({ nodes, objects: valueOr(facts.nodes, []) })],
    } as const;
    if (sure) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle: `On ${nodes[0] ?? 'the node'}: modprobe -a vxlan br_netfilter ip_set xt_set; "not found" names the one that is missing.`,
    };
  },
  fromWords: spokenBy('kernel-module-missing', ({ facts, nodes }) => [
    loadKernelModules({ nodes, objects: valueOr(facts.nodes, []) }),
  ]),
});

function kernelClaims(
  nodes: readonly string[],
  { nodes: objects, nodeFacts }: Pick<Facts, 'nodes' | 'nodeFacts'>,
): Claim[] {
  return nodes.flatMap((name) => {
    const node = valueOr(objects, []).find((each) => each.name === name);
    const bridge = valueOr(nodeFacts, []).find((row) => row.node === name)?.kernel?.bridgeFilter;
    return [
      ...(node === undefined
        ? []
        : [
            {
              text: `${name} runs ${node.osImage}, kernel ${node.kernel}`,
              evidence: 'snapshot.nodes',
            },
          ]),
      ...(bridge === 'absent'
        ? [{ text: `br_netfilter is not loaded on ${name}`, evidence: 'nodeFacts' }]
        : []),
    ];
  });
}
