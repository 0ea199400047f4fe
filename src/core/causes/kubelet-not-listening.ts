import type { Facts } from '../evidence/facts.ts';
import { arrow, isRefused, outcomeOf, outcomeWords, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { NodeObject, PodObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { isUnheard, silentSeconds } from './kubelet-heartbeat.ts';
import { type KubeletView, kubeletConsequences, kubeletViews } from './kubelet-view.ts';

/**
 * Nobody listens at a kubelet's port on the address that others dial: the kubelet is stopped, or bound to loopback.
 *
 * Signature: connections are refused, and so are those from the node itself at its own InternalIP, where no
 * firewall between machines stands. Where no probe runs on the node (a stopped kubelet starts none), the heartbeat
 * decides: refused by a machine that answers otherwise, while its kubelet has renewed no Lease, is a stopped kubelet.
 * Look-alike: a REJECT reads as refused, too, but leaves the port open on the node and the heartbeat alone
 * (`kubelet-port-blocked`).
 */
export const kubeletNotListening = defineCause({
  id: 'kubelet-not-listening',
  title: 'A kubelet does not listen where others dial it',
  needs: ['reach', 'providerPods', 'nodes'],
  wants: ['nodeHeartbeats'],
  bears: ['kubelet-version'],
  infer(facts): Judgement {
    const pods = {
      providerPods: { state: 'known', value: facts.providerPods, source: '' },
    } as const;
    const views = kubeletViews(facts.reach, pods);
    const refused = views.filter(({ scrape }) => isRefused(scrape));
    if (refused.length === 0) {
      return views.length === 0
        ? { kind: 'unknown', missing: ["kubelets tried from metrics-server's node"] }
        : { kind: 'ruled-out', because: 'no kubelet that was tried refuses connections' };
    }
    const judged = refused.map((view) => ({ view, why: whyDead(view, facts) }));
    const dead = judged.filter(({ why }) => why.kind === 'dead');
    const open = judged.filter(({ why }) => why.kind === 'open');
    const mine = dead.length > 0 ? dead : open;
    const [first] = mine;
    if (first === undefined) {
      return {
        kind: 'ruled-out',
        because:
          'the kubelets that refuse metrics-server serve on their own node: something rejects in between',
      };
    }
    const shut = mine.map(({ view }) => view);
    const nodes = [...new Set(shut.map(({ to }) => to))].toSorted();
    const ports = [...new Set(shut.map(({ port }) => port))];
    const claims = mine.flatMap(({ view, why }) => [
      ...claimOf(view.scrape),
      ...(why.kind === 'serves' ? [] : why.claims),
    ]);
    const common = {
      headline: `Nobody listens at the kubelet port ${ports.join(', ')}/tcp of ${list(nodes)}.`,
      where: { nodes, from: [], to: nodes, layer: 'same-node', direction: null },
      because: claims,
      explains: kubeletConsequences(shut, views, facts.reach, pods),
      fixes: [restartFix(nodes)],
    } as const;
    if (dead.length > 0) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle: `On ${nodes[0] ?? 'the node'}: ss -ltnp 'sport = :${ports[0] ?? 10250}'. No line, or 127.0.0.1 only, proves it; 0.0.0.0 or * speaks of a filter that rejects.`,
    };
  },
  fromWords: spokenBy('kubelet-not-listening', ({ nodes }) => [
    restartFix(nodes.length > 0 ? nodes : ['every node named in the log']),
  ]),
});

type Why =
  | { readonly kind: 'dead' | 'open'; readonly claims: readonly Claim[] }
  /** It answers at home. */
  | { readonly kind: 'serves' };

type Handed = Pick<Facts, 'nodeHeartbeats'> & {
  readonly nodes: readonly NodeObject[];
  readonly providerPods: readonly PodObject[];
};

function whyDead({ own, to, machineAnswers }: KubeletView, facts: Handed): Why {
  if (own !== null && works(own)) return { kind: 'serves' };
  if (own !== null && isRefused(own)) return { kind: 'dead', claims: claimOf(own) };
  const node = facts.nodes.find(({ name }) => name === to);
  const silence = node === undefined ? null : silentSeconds(node, facts);
  const claims = [
    ...(silence === null
      ? []
      : [
          {
            text: `the kubelet of ${to} has renewed no Lease for ${silence} s (it does so every 10 s)`,
            evidence: 'snapshot.nodeHeartbeats',
          },
        ]),
    ...(node !== undefined && isUnheard(node)
      ? [{ text: `condition Ready of ${to} is Unknown`, evidence: 'snapshot.nodes' }]
      : []),
  ];
  return { kind: claims.length > 0 && machineAnswers === true ? 'dead' : 'open', claims };
}

function claimOf(r: ReachResult): readonly Claim[] {
  return r.result.state === 'missing' || outcomeOf(r) === null
    ? []
    : [{ text: `tcp from ${arrow(r)}: ${outcomeWords(r.result.value)}`, evidence: r.id }];
}

function restartFix(nodes: readonly string[]): Fix {
  return {
    title: 'Start the kubelet, and let it listen on all addresses',
    where: nodes,
    variants: [
      {
        tool: 'systemd',
        commands: [
          'systemctl status kubelet   # rke2-server, rke2-agent, k3s or k3s-agent there',
          'journalctl -u kubelet -n 50 --no-pager',
          "ss -ltnp 'sport = :10250'   # 127.0.0.1 only: set `address: 0.0.0.0` in /var/lib/kubelet/config.yaml",
          'systemctl restart kubelet',
        ],
      },
    ],
    risk: 'restarts the kubelet; the containers of the node go on',
    undo: ['put the former `address` back and restart the kubelet'],
    verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
    notes: ['kubernetes.io: KubeletConfiguration, `address` (default 0.0.0.0).'],
  };
}
