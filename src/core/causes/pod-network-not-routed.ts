import { patternOfLinks, patternWords } from '../evidence/link-pattern.ts';
import { networkSentence } from '../evidence/network-words.ts';
import { knowledgeOf } from '../evidence/pair-views.ts';
import { fails, outcomeOf } from '../evidence/paths.ts';
import type { Fix } from '../fixes/fix.ts';
import { count } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf, podsAskingConsequences } from './overlay-consequences.ts';

/**
 * The CNI sends pod packets without encapsulation (host-gw, BGP, native routing), and the network between
 * the machines does not carry pod addresses.
 *
 * Signature: no encapsulation in use, pods silent between nodes, machines reachable at their own addresses.
 * Which of route, source check or port security does it is outside what the nodes can see.
 */
export const podNetworkNotRouted = defineCause({
  id: 'pod-network-not-routed',
  title: 'The network between nodes does not carry pod addresses',
  needs: ['links', 'network'],
  wants: ['nodeFacts', 'nodes', 'providerPods', 'reach'],
  bears: [
    'node-added',
    'node-address',
    'cni-image',
    'helm-chart-config',
    'provider-node',
    'cni-config',
  ],
  infer(facts): Judgement {
    if (facts.network.encapsulation !== 'none') {
      return {
        kind: 'ruled-out',
        because: 'this CNI encapsulates pod packets, or which way it goes is not known',
      };
    }
    const { links } = facts;
    const silent = links.filter(({ small, underlay }) => small === 'dead' && underlay === 'works');
    const dead = silent.filter(
      ({ bursts }) => !bursts.some(({ stage }) => stage === 'receiver-filter'),
    );
    if (dead.length === 0 && silent.length > 0)
      return { kind: 'ruled-out', because: 'the packets reach the other machine, and end there' };
    if (dead.length === 0)
      return { kind: 'ruled-out', because: 'pods reach each other between the nodes tried' };
    const pattern = patternOfLinks(
      { links, broken: dead, alive: (l) => l.small === 'works' },
      knowledgeOf(facts),
    );
    const paths = dead.flatMap(({ results }) => results.filter(fails));
    const nodes =
      pattern.kind === 'nodes'
        ? pattern.nodes
        : [...new Set(dead.flatMap((l) => l.nodes))].toSorted();
    const [a = '', b = ''] = dead[0]?.nodes ?? [];
    return {
      kind: 'suspected',
      headline: `Packets with pod addresses do not pass ${patternWords(pattern)}, where this CNI relies on plain routing.`,
      where: { nodes, from: [], to: [], layer: 'overlay', direction: null },
      because: [
        {
          text: `${count(paths.length, 'path')} to pods on other nodes dead: ${[...new Set(paths.map((r) => outcomeOf(r)))].join(', ')}`,
          evidence: paths[0]?.id ?? 'reach',
        },
        {
          text: networkSentence({ state: 'known', value: facts.network, source: '' }),
          evidence: 'network',
        },
      ],
      explains: [...consequencesOf(dead, facts), ...podsAskingConsequences(dead, facts)],
      fixes: [carryFix(nodes, a, b)],
      settle: `tcpdump -ni any icmp on ${a} and ${b} during a ping from ${a} to a pod on ${b}: leaves one and does not reach the other, the network drops it.`,
    };
  },
  fromWords: spokenBy('pod-network-not-routed', ({ nodes }) => [
    carryFix(nodes.length > 0 ? nodes : ['both nodes'], 'one node', 'the other'),
  ]),
});

function carryFix(nodes: readonly string[], a: string, b: string): Fix {
  return {
    title: 'Let the network carry pod addresses',
    where: nodes,
    variants: [
      {
        tool: 'shell',
        commands: [
          `ip route get <address of a pod on ${b}>   # on ${a}: through ${b}'s own address?`,
        ],
      },
      {
        tool: 'cloud network',
        commands: [
          '# AWS: aws ec2 modify-instance-attribute --no-source-dest-check --instance-id <id>',
          '# OpenStack: openstack port set --allowed-address ip-address=<pod range> <port>',
          "# GCP, Azure: a route for each node's pod range, and IP forwarding on the machines",
        ],
      },
    ],
    risk: 'lifts a source check of the cloud for these machines',
    undo: ['Set the same attribute back.'],
    verify: ['Run the diagnosis again: it tries these paths again.'],
    notes: [
      'Routing without encapsulation needs all nodes in one layer-2 network, or a router that knows every pod range.',
    ],
  };
}
