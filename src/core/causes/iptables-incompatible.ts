import { oneIptables } from '../fixes/iptables-variant.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { complained, complaintClaims } from './agent-complaints.ts';
import { defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf } from './overlay-consequences.ts';

/**
 * Two variants of iptables (nft and legacy), or one too old for its caller, stand in each other's way on a node.
 *
 * Signature: the CNI's agent on that node is not ready, iptables' own words in its log name the quarrel, and pods
 * across that node are dead. Words of an agent that is ready are litter.
 * Look-alikes: an extension that the kernel lacks (kernel-module-missing: `No such file or directory`, `insmod`); stale
 * state without such words (cni-agent-broken).
 * Sources: https://docs.k3s.io/known-issues (iptables), https://github.com/projectcalico/felix/pull/2564
 */
export const iptablesIncompatible = defineCause({
  id: 'iptables-incompatible',
  title: "Two variants of iptables stand in each other's way on a node",
  needs: ['cniPods', 'links'],
  wants: ['cniLogs', 'platform', 'providerPods'],
  bears: ['node-added', 'os-image', 'cni-image', 'kernel'],
  infer(facts): Judgement {
    const found = complained('iptables', facts);
    if (found.complaints.length === 0) {
      return {
        kind: 'ruled-out',
        because: 'no agent of the CNI that is not ready complains of iptables',
      };
    }
    const { nodes, dead, sure } = found;
    const common = {
      headline: `iptables on ${list(nodes)} is too old for the CNI or in another mode, so its agent there cannot write its rules.`,
      where: { nodes, from: [], to: [], layer: 'overlay', direction: null },
      because: complaintClaims(found),
      explains: consequencesOf(dead, facts),
      fixes: [oneIptables({ nodes, platform: facts.platform })],
    } as const;
    if (sure) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle: `On ${nodes[0] ?? 'the node'}: iptables --version; iptables-legacy-save | head; iptables-nft-save | head. Rules in both are the quarrel.`,
    };
  },
  fromWords: spokenBy('iptables-incompatible', ({ facts, nodes }) => [
    oneIptables({ nodes, platform: facts.platform }),
  ]),
});
