import type { Facts } from '../evidence/facts.ts';
import { patternOfLinks, patternWords } from '../evidence/link-pattern.ts';
import { nodesSharingAddress } from '../evidence/network-words.ts';
import { knowledgeOf } from '../evidence/pair-views.ts';
import { fails, isSilent, outcomeOf, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { Fix } from '../fixes/fix.ts';
import { count } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';
import { misroutedNodes } from './misrouted-nodes.ts';
import { consequencesOf } from './overlay-consequences.ts';

/**
 * The machines do not reach each other at their own addresses; the pod network on top cannot either.
 *
 * Signature: between two nodes nothing at all answers at host addresses, by at least two kinds of check, while
 * each answers itself. One closed port is not this. A node of which the cluster hears nothing (Ready Unknown) may
 * as well be switched off, so with it alone it stays a suspicion.
 */
export const underlayBroken = defineCause({
  id: 'underlay-broken',
  title: 'The machines do not reach each other',
  needs: ['reach', 'links'],
  wants: ['nodeFacts', 'nodes', 'providerPods'],
  bears: ['node-added', 'node-address', 'kernel', 'provider-node'],
  infer(facts): Judgement {
    const { links } = facts;
    const shared = nodesSharingAddress(facts.nodes.state === 'known' ? facts.nodes.value : []);
    const silentPairs = links.filter(
      ({ small, underlay, nodes }) =>
        small !== 'works' && underlay === 'dead' && !nodes.some((node) => shared.has(node)),
    );
    const astray = misroutedNodes(
      silentPairs.map(({ nodes }) => nodes),
      facts,
    );
    const dead = silentPairs.filter(
      ({ nodes }) => !astray.some(({ from, to }) => nodes.includes(from) && nodes.includes(to)),
    );
    if (dead.length === 0 && silentPairs.length > 0) {
      return {
        kind: 'ruled-out',
        because: "the nodes' own routes lead each other's addresses into the pod network",
      };
    }
    if (dead.length === 0) {
      return facts.reach.some((r) => r.layer === 'underlay' && works(r))
        ? { kind: 'ruled-out', because: 'the machines reach each other at their own addresses' }
        : { kind: 'unknown', missing: ["paths between the machines' own addresses"] };
    }
    const silent = underlayOf(
      facts.reach,
      dead.map(({ nodes }) => nodes),
    );
    const kinds = new Set(silent.map((r) => `${r.to.kind}/${r.check}`));
    const pattern = patternOfLinks(
      { links, broken: dead, alive: (l) => l.underlay === 'works' },
      knowledgeOf(facts),
    );
    const nodes =
      pattern.kind === 'nodes'
        ? pattern.nodes
        : [...new Set(dead.flatMap((l) => l.nodes))].toSorted();
    const [first] = silent;
    const common = {
      headline: `The machines do not reach each other ${patternWords(pattern)}: nothing answers at their own addresses, so the pod network cannot work.`,
      where: { nodes, from: [], to: [], layer: 'underlay', direction: null },
      because: [
        {
          text: `${count(silent.length, 'path')} between host addresses silent (${[...kinds].toSorted().join(', ')})`,
          evidence: first?.id ?? 'reach',
        },
      ],
      explains: [
        ...consequencesOf(dead, facts),
        ...silent.filter(fails).map((r) => `path:${r.id}`),
        ...nodes.map((node) => `node-metrics:${node}`),
      ],
      fixes: [lookAtNetwork(nodes)],
    } as const;
    const heard = dead.some(({ nodes: ends }) => !ends.some((node) => isUnheard(node, facts)));
    if (kinds.size >= 2 && heard) return { kind: 'confirmed', ...common };
    const [a = '', b = ''] = dead[0]?.nodes ?? [];
    return {
      kind: 'suspected',
      ...common,
      settle: `On ${a}: ping the InternalIP of ${b}, and try its port 6443 or 22.`,
    };
  },
  fromWords: spokenBy('underlay-broken', ({ nodes }) => [
    lookAtNetwork(nodes.length > 0 ? nodes : ['both nodes']),
  ]),
});

/** The cluster has not heard from that kubelet: the machine may be off. */
function isUnheard(name: string, { nodes }: Pick<Facts, 'nodes'>): boolean {
  if (nodes.state === 'missing') return false;
  return nodes.value.find((node) => node.name === name)?.ready.state === 'missing';
}

function underlayOf(
  reach: readonly ReachResult[],
  pairs: readonly (readonly [string, string])[],
): ReachResult[] {
  const keys = new Set(pairs.flatMap(([a, b]) => [`${a}\n${b}`, `${b}\n${a}`]));
  return reach.filter(
    (r) =>
      r.layer === 'underlay' &&
      keys.has(`${r.from.node}\n${r.to.node}`) &&
      isSilent(r) &&
      outcomeOf(r) !== null,
  );
}

function lookAtNetwork(nodes: readonly string[]): Fix {
  return {
    title: 'Mend the network between the machines',
    where: nodes,
    variants: [
      {
        tool: 'shell',
        commands: [
          'ip -br address; ip route',
          'ping -c 3 <InternalIP of another node>',
          'ip neigh | grep -i failed',
        ],
      },
    ],
    risk: 'looking changes nothing',
    undo: ['Nothing to undo.'],
    verify: ['Run the diagnosis again: it tries these paths again.'],
    notes: [
      'Switch port, VLAN, security group, routing, a wrong netmask or a machine that is off: outside what Kubernetes can see.',
    ],
  };
}
