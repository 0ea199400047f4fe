import type { Facts, NetworkFacts } from '../evidence/facts.ts';
import { patternOfLinks, patternWords } from '../evidence/link-pattern.ts';
import { type Observed, valueOr } from '../evidence/observed.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { knowledgeOf } from '../evidence/pair-views.ts';
import { arrow, isFull, outcomeOf, outcomeWords } from '../evidence/paths.ts';
import type { NodeProbeFacts, ReachResult } from '../evidence/probe-results.ts';
import { lowerPodMtu, overheadBytes } from '../fixes/mtu.ts';
import { count, list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf } from './overlay-consequences.ts';

/**
 * Large packets vanish on the way between nodes, small ones pass.
 *
 * Signature: to the same pods TCP connects and pings of 56 bytes come back, but full-size TCP segments or a TLS
 * hello of 1,540 bytes (kube-apiserver's own size) meet silence, and full-size pings with don't-fragment do, too.
 * A TCP connect alone cannot find this, and connections that are already open hide it from small requests.
 * Look-alikes: TCP does not even connect (port, checksum); full-size ping passes while large TCP stalls
 * (segmentation offload); `too-big` with TCP fine (path MTU discovery works, nothing is broken).
 */
export const mtuBlackhole = defineCause({
  id: 'mtu-blackhole',
  title: 'Large packets are lost between nodes',
  needs: ['links'],
  wants: ['network', 'nodes', 'platform', 'nodeFacts', 'providerPods'],
  bears: ['node-added', 'kernel', 'cni-image', 'helm-chart-config', 'provider-node', 'cni-config'],
  infer(facts): Judgement {
    const { links } = facts;
    const stalled = links.filter((link) => link.tcp === 'works' && link.full === 'dead');
    if (stalled.length === 0) {
      if (links.some((link) => link.tcp === 'dead')) {
        return { kind: 'ruled-out', because: 'where pods do not answer, small packets die, too' };
      }
      return links.some((link) => link.full === 'works')
        ? { kind: 'ruled-out', because: 'full-size packets pass wherever small ones do' }
        : { kind: 'unknown', missing: ['a full-size answer over the pod network'] };
    }
    const suspects = stalled.filter((link) => link.icmpFull !== 'works');
    if (suspects.length === 0) {
      return { kind: 'ruled-out', because: 'full-size pings pass where large TCP stalls' };
    }
    const proven = suspects.filter(isProven);
    const mine = proven.length > 0 ? proven : suspects;
    const pattern = patternOfLinks(
      { links, broken: mine, alive: (link) => link.full === 'works' },
      knowledgeOf(facts),
    );
    const sizes = mtuClaims(facts, mine);
    const nodes =
      pattern.kind === 'nodes'
        ? pattern.nodes
        : [...new Set(mine.flatMap((l) => l.nodes))].toSorted();
    const common = {
      where: { nodes, from: [], to: [], layer: 'overlay', direction: null },
      because: [...claims(mine), ...sizes.claims],
      explains: consequencesOf(mine, facts),
      fixes: [lowerPodMtu({ ...facts, nodes, underlayBytes: sizes.underlayBytes })],
    } as const;
    const headline = `Full-size packets ${patternWords(pattern)} vanish, small ones pass: the pod network's MTU is larger than the path carries.`;
    if (proven.length > 0) return { kind: 'confirmed', headline, ...common };
    const [a = '', b = ''] = mine[0]?.nodes ?? [];
    return {
      kind: 'suspected',
      headline,
      ...common,
      settle: `On ${a}: ping -M do -c 3 -s 1400 to a pod on ${b}, then -s 56. Only the small one answering proves it.`,
    };
  },
  fromWords: spokenBy('mtu-blackhole', ({ facts, nodes }) => [
    lowerPodMtu({ ...facts, nodes, underlayBytes: null }),
  ]),
});

/** Two independent kinds of full-size packet died (ping and TCP), and two kinds of small one lived. */
function isProven(link: Link): boolean {
  const fullStalls = link.results.filter((r) => isFull(r) && outcomeOf(r) === 'stalled');
  const kinds = new Set(fullStalls.map(({ check }) => check));
  if (link.icmpFull === 'dead') return link.icmp !== 'dead' && kinds.size > 0;
  return kinds.size >= 2 && link.icmp !== 'dead';
}

function claims(links: readonly Link[]): Claim[] {
  const stalls = links.flatMap(({ results }) => results.filter((r) => isFull(r) && isStall(r)));
  const small = links.flatMap(({ results }) =>
    results.filter((r) => r.check === 'tcp' && outcomeOf(r) === 'open'),
  );
  const shown = (rs: readonly ReachResult[]): Claim[] =>
    rs.slice(0, 2).map((r) => ({
      text: `${r.check} from ${arrow(r)}: ${r.result.state === 'known' ? outcomeWords(r.result.value) : ''}`,
      evidence: r.id,
    }));
  const pairs = new Set(stalls.map((r) => `${r.from.node} ${r.to.node}`)).size;
  return [
    ...shown(small),
    ...shown(stalls),
    ...(stalls.length > 2
      ? [
          {
            text: `${count(stalls.length, 'full-size check')} silent over ${count(pairs, 'direction')}`,
            evidence: stalls[2]?.id ?? '',
          },
        ]
      : []),
  ];
}

function isStall(r: ReachResult): boolean {
  const outcome = outcomeOf(r);
  return outcome === 'stalled' || outcome === 'timeout';
}

interface Sizes {
  readonly claims: Claim[];
  readonly underlayBytes: number | null;
}

/** What the devices say: cards that differ, or an overlay device too large for its card. */
function mtuClaims(
  facts: { readonly nodeFacts: Facts['nodeFacts']; readonly network: Observed<NetworkFacts> },
  links: readonly Link[],
): Sizes {
  const concerned = new Set(links.flatMap(({ nodes }) => nodes));
  const rows = valueOr(facts.nodeFacts, []).filter(({ node }) => concerned.has(node));
  const device = facts.network.state === 'known' ? facts.network.value.device : null;
  const cards = rows.flatMap((row) => {
    const card = cardOf(row, device);
    return card === undefined ? [] : [{ node: row.node, mtu: card.mtuBytes, name: card.name }];
  });
  const smallest = cards.toSorted((a, b) => a.mtu - b.mtu)[0];
  const differ = new Set(cards.map(({ mtu }) => mtu)).size > 1;
  const overhead = overheadBytes(facts.network);
  const tooLarge = rows.flatMap((row) => {
    const overlay = row.devices.find(({ name }) => name === device);
    const card = cardOf(row, device);
    if (overlay === undefined || card === undefined) return [];
    return overlay.mtuBytes + overhead > card.mtuBytes
      ? [
          `${row.node}: ${overlay.name} ${overlay.mtuBytes} + ${overhead} > ${card.name} ${card.mtuBytes}`,
        ]
      : [];
  });
  const found: Claim[] = [];
  if (differ) {
    const words = cards.map(({ node, mtu, name }) => `${node} ${name} ${mtu}`);
    found.push({
      text: `the nodes' cards have different MTUs: ${list(words)}`,
      evidence: 'nodeFacts',
    });
  }
  if (tooLarge.length > 0) {
    found.push({
      text: `an overlay device is too large for its card: ${list(tooLarge)}`,
      evidence: 'nodeFacts',
    });
  }
  if (!differ && tooLarge.length === 0 && smallest !== undefined) {
    found.push({
      text: `all cards say ${smallest.mtu} bytes, so something between the nodes carries less`,
      evidence: 'nodeFacts',
    });
  }
  return {
    claims: found,
    underlayBytes: differ || tooLarge.length > 0 ? (smallest?.mtu ?? null) : null,
  };
}

/** The card under the overlay: the first device that is up, has an address, and is no virtual one of a CNI. */
function cardOf(
  row: NodeProbeFacts,
  overlay: string | null,
): NodeProbeFacts['devices'][number] | undefined {
  return row.devices.find(
    ({ name, up, addresses, kind }) =>
      up &&
      name !== overlay &&
      name !== 'lo' &&
      addresses.length > 0 &&
      !/^(?:cni|cali|veth|docker|flannel|vxlan|tunl|cilium|lxc|kube-|nodelocal)/.test(name) &&
      kind !== 'bridge' &&
      kind !== 'vxlan',
  );
}
