import type { Facts } from '../evidence/facts.ts';
import type { Link } from '../evidence/overlay-links.ts';
import {
  arrow,
  fails,
  isPodTarget,
  isSilent,
  outcomeOf,
  outcomeWords,
  works,
} from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { Fix } from '../fixes/fix.ts';
import { list } from '../report/words.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf } from './overlay-consequences.ts';

/**
 * A node's kernel does not forward packets (`net.ipv4.ip_forward` is 0), so nothing gets from other nodes to its pods.
 *
 * Signature: the setting itself, pods on that node dead for others, and packets that end after the kernel unpacked
 * them. Without dead paths it is harmless: some CNIs forward without it. Look-alike: a rule in FORWARD that drops (forwarded-traffic-filtered).
 * Source: https://docs.rke2.io/known_issues (Wicked resets forwarding), Linux Documentation/networking/ip-sysctl.rst
 */
export const ipForwardingDisabled = defineCause({
  id: 'ip-forwarding-disabled',
  title: 'A node does not forward packets to its pods',
  needs: ['nodeFacts', 'links'],
  wants: ['providerPods'],
  bears: ['node-added', 'os-image', 'kernel'],
  infer(facts): Judgement {
    const forwards = new Map(
      facts.nodeFacts.map(({ node, kernel }) => [node, kernel?.forwards ?? null] as const),
    );
    const ends = [...new Set(facts.links.flatMap(({ nodes }) => nodes))];
    const off = new Set(ends.filter((node) => forwards.get(node) === false));
    const dead = facts.links.filter((link) => [...off].some((node) => isShut(link, node)));
    if (dead.length === 0) {
      // Only what might be this cause asks for the setting: a node that lets others in, or whose packets end elsewhere,
      // is no suspect whatever its kernel says.
      const unread = ends.filter(
        (node) => (forwards.get(node) ?? null) === null && !letsIn(node, facts.links),
      );
      return unread.length > 0
        ? { kind: 'unknown', missing: [`whether ${list(unread.toSorted())} forwards packets`] }
        : { kind: 'ruled-out', because: 'nothing ends where a node would have to forward it' };
    }
    const seen = [...off].filter((node) => dead.some((link) => isSeenToEnd(link, node)));
    const nodes =
      seen.length > 0
        ? seen.toSorted()
        : [...off].filter((node) => dead.some((link) => isShut(link, node))).toSorted();
    const mine = dead.filter((link) => nodes.some((node) => isShut(link, node)));
    const common = {
      headline: `${list(nodes)} ${nodes.length === 1 ? 'does' : 'do'} not forward packets (net.ipv4.ip_forward is 0), so other nodes do not reach the pods there.`,
      where: { nodes, from: [], to: nodes, layer: 'overlay', direction: null },
      because: [
        ...nodes.map((node) => ({
          text: `${node}: net.ipv4.ip_forward is 0`,
          evidence: 'nodeFacts',
        })),
        ...pathClaims(mine, new Set(nodes)),
      ],
      explains: consequencesOf(mine, facts),
      fixes: [forward(nodes)],
    } as const;
    if (seen.length > 0) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle: `On ${nodes[0] ?? 'the node'}: sysctl -w net.ipv4.ip_forward=1, then run the diagnosis again. Pods there that answer now prove it.`,
    };
  },
});

/** From other machines to pods of this node, as far as they have an outcome. */
function pathsInto({ results }: Pick<Link, 'results'>, node: string): readonly ReachResult[] {
  return results.filter(
    (r) =>
      r.to.node === node &&
      r.from.kind === 'node' &&
      r.check === 'tcp' &&
      isPodTarget(r) &&
      outcomeOf(r) !== null,
  );
}

/**
 * Nobody gets into the pods of this node, and no burst shows that the packets end before its kernel would forward them.
 * The way out of its pods and the node's own connections do not pass here: the other direction may work.
 */
function isShut({ nodes, results, bursts }: Link, node: string): boolean {
  if (!nodes.includes(node)) return false;
  const into = pathsInto({ results }, node);
  if (!into.some(isSilent) || into.some(works)) return false;
  return bursts
    .filter(({ burst }) => burst.to === node)
    .every(({ stage }) => stage === 'after-decapsulation' || stage === 'unclear');
}

/** Others get in to the pods of this node on each link where that was tried, or the packets end before its kernel could forward. */
function letsIn(node: string, links: readonly Link[]): boolean {
  const own = links.filter(({ nodes }) => nodes.includes(node));
  return (
    own.some((link) => pathsInto(link, node).length > 0) && !own.some((link) => isShut(link, node))
  );
}

/** And a burst was counted by the kernel after it had been unpacked: only forwarding was left to be done. */
function isSeenToEnd(link: Link, node: string): boolean {
  return (
    isShut(link, node) &&
    link.bursts.some(({ burst, stage }) => burst.to === node && stage === 'after-decapsulation')
  );
}

/** Nodes whose kernel was read and does not forward. */
export function nodesNotForwarding(nodeFacts: Facts['nodeFacts']): readonly string[] {
  return (nodeFacts.state === 'known' ? nodeFacts.value : [])
    .filter(({ kernel }) => kernel?.forwards === false)
    .map(({ node }) => node);
}

function pathClaims(dead: readonly Link[], off: ReadonlySet<string>): Claim[] {
  const path = dead
    .flatMap(({ results }) => results)
    .find((r) => fails(r) && isPodTarget(r) && off.has(r.to.node));
  if (path === undefined || path.result.state === 'missing') return [];
  return [
    {
      text: `${path.check} from ${arrow(path)}: ${outcomeWords(path.result.value)}`,
      evidence: path.id,
    },
  ];
}

function forward(nodes: readonly string[]): Fix {
  return {
    title: 'Let the node forward packets again, and keep it so',
    where: nodes,
    variants: [
      {
        tool: 'sysctl',
        commands: [
          'sysctl -w net.ipv4.ip_forward=1',
          "printf 'net.ipv4.ip_forward=1\\nnet.ipv4.conf.all.forwarding=1\\nnet.ipv6.conf.all.forwarding=1\\n' > /etc/sysctl.d/90-kubernetes.conf",
          'sysctl --system | grep -i forward   # which file sets it back',
        ],
      },
    ],
    risk: 'the machine routes between its networks, as every Kubernetes node must',
    undo: ['rm /etc/sysctl.d/90-kubernetes.conf; sysctl -w net.ipv4.ip_forward=0'],
    verify: ['Run the diagnosis again: it tries these paths again.'],
    notes: [
      'Wicked on SLES, hardening profiles and some VPN clients switch it off again: find who does (docs.rke2.io/known_issues).',
    ],
  };
}
