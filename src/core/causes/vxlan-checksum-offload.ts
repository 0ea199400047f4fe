import { stageWords } from '../evidence/burst-stage.ts';
import type { Facts } from '../evidence/facts.ts';
import { patternOfLinks, patternWords } from '../evidence/link-pattern.ts';
import { overlayWords } from '../evidence/network-words.ts';
import { valueOr } from '../evidence/observed.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { knowledgeOf } from '../evidence/pair-views.ts';
import { arrow, isSilent, outcomeOf, outcomeWords, works } from '../evidence/paths.ts';
import type { NodeProbeFacts } from '../evidence/probe-results.ts';
import { disableChecksumOffload } from '../fixes/ethtool-offload.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';
import { consequencesOf } from './overlay-consequences.ts';

/** Bad checksums on a sound network in one run of some seconds; a cable fault makes a few, an offload hundreds. */
const FEW_BAD_CHECKSUMS = 2;

/**
 * A network card or hypervisor writes wrong checksums into encapsulated packets and the receiver drops them.
 *
 * Signature: ping over the overlay passes while TCP does not even connect, and bad checksums are counted on
 * the receiving side: outer ones by the node (`Udp InCsumErrors`, proven by a burst), inner ones only in the
 * receiving pod's own network namespace (`Tcp InCsumErrors`; the node's counters stay at 0).
 * A bad checksum seen on the sender is normal with offload and proves nothing.
 * Look-alikes: ping dies, too (port); TCP connects and stalls (MTU); ping passes, TCP dies and no checksum is
 * counted where counters were read (a filter that lets ICMP through).
 * Sources: https://docs.rke2.io/known_issues, https://github.com/k3s-io/k3s/issues/5013
 */
export const vxlanChecksumOffload = defineCause({
  id: 'vxlan-checksum-offload',
  title: 'Checksum offload breaks overlay packets',
  needs: ['links'],
  wants: ['deep', 'nodes', 'nodeFacts', 'network', 'platform', 'providerPods'],
  bears: [
    'node-added',
    'kernel',
    'os-image',
    'cni-image',
    'helm-chart-config',
    'provider-node',
    'cni-config',
  ],
  infer(facts): Judgement {
    const { links } = facts;
    if (links.length === 0) {
      return { kind: 'unknown', missing: ['a path between two nodes over the pod network'] };
    }
    const counters = new Map(valueOr(facts.nodeFacts, []).map((row) => [row.node, row]));
    const judged = links.map((link) => judgeLink(link, counters));
    const offloads = offloadsOf(facts);
    const proven = judged.filter(({ state }) => state === 'proven');
    // With the offload off at both ends nothing of it is left to suspect.
    const possible = judged.filter(
      ({ state, link }) =>
        state === 'possible' && !link.nodes.every((node) => offloads.get(node) === false),
    );
    const mine = proven.length > 0 ? proven : possible;
    if (mine.length === 0) {
      const off = judged.some(({ state }) => state === 'possible');
      return {
        kind: 'ruled-out',
        because: off ? 'checksum offload is off at both ends' : whyNot(links),
      };
    }
    const pattern = patternOfLinks(
      { links, broken: mine.map(({ link }) => link), alive: (link) => link.tcp === 'works' },
      knowledgeOf(facts),
    );
    const nodes = [...new Set(mine.flatMap(({ link }) => link.nodes))].toSorted();
    const kinds = new Set(mine.map(({ kind }) => kind));
    const side =
      kinds.size > 1 ? '' : kinds.has('outer') ? 'outer ' : kinds.has('inner') ? 'inner ' : '';
    const common = {
      where: { nodes, from: [], to: [], layer: 'overlay', direction: null },
      because: [
        ...mine.flatMap(({ claims }) => claims).slice(0, MAX_CLAIMS),
        ...offloadClaims(nodes, offloads, deviceOf(facts)),
      ],
      explains: consequencesOf(
        mine.map(({ link }) => link),
        facts,
      ),
      fixes: [disableChecksumOffload({ ...facts, nodes })],
    } as const;
    const where = patternWords(pattern);
    if (proven.length > 0) {
      const bad = mine.reduce((sum, { counted }) => Math.max(sum, counted), 0);
      return {
        kind: 'confirmed',
        headline: `Overlay packets ${where} arrive with wrong ${side}checksums and are thrown away (${overlayWords(facts.network)}, ${bad} counted): checksum offload.`,
        ...common,
      };
    }
    const [a = '', b = ''] = mine[0]?.link.nodes ?? [];
    return {
      kind: 'suspected',
      headline: `Ping passes and TCP dies over the overlay ${where}: checksum offload would do that.`,
      ...common,
      settle: `On ${a} and ${b}: ethtool -K ${deviceOf(facts)} tx-checksum-ip-generic off. If TCP works then, it was the offload.`,
    };
  },
  fromWords: spokenBy('vxlan-checksum-offload', ({ facts, nodes }) => [
    disableChecksumOffload({ ...facts, nodes: nodes.length > 0 ? nodes : ['every node'] }),
  ]),
});

/** The offload by which senders leave the inner checksum to the card; null where deep mode did not read it. */
const FEATURE = 'tx-checksum-ip-generic';

function offloadsOf({ deep }: Pick<Facts, 'deep'>): ReadonlyMap<string, boolean> {
  return new Map(
    valueOr(deep, []).flatMap(({ node, overlay }) => {
      const state = overlay?.offloads[FEATURE];
      return state === undefined ? [] : [[node, state] as const];
    }),
  );
}

function offloadClaims(
  nodes: readonly string[],
  offloads: ReadonlyMap<string, boolean>,
  device: string,
): readonly Claim[] {
  return nodes.flatMap((node) => {
    const state = offloads.get(node);
    return state === undefined
      ? []
      : [
          {
            text: `${FEATURE} is ${state ? 'on' : 'off'} on ${device} of ${node}`,
            evidence: `deep:${node}`,
          },
        ];
  });
}

const MAX_CLAIMS = 6;

type LinkVerdict = {
  readonly link: Link;
  readonly state: 'proven' | 'possible' | 'no';
  readonly kind: 'outer' | 'inner' | 'unknown';
  readonly claims: Claim[];
  readonly counted: number;
};

function judgeLink(link: Link, counters: ReadonlyMap<string, NodeProbeFacts>): LinkVerdict {
  const none: LinkVerdict = { link, state: 'no', kind: 'unknown', claims: [], counted: 0 };
  const bad = link.bursts.filter(({ stage }) => stage === 'bad-checksum');
  const hurt = link.tcp === 'dead' || link.small === 'dead';
  if (bad.length > 0 && hurt) {
    const counted = Math.max(
      ...bad.map(({ burst }) =>
        burst.receiver.state === 'known' ? (burst.receiver.value.udpInCsumErrors ?? 0) : 0,
      ),
    );
    return {
      link,
      state: 'proven',
      kind: 'outer',
      claims: [
        ...contrast(link),
        ...bad.map(({ burst, stage }) => ({ text: stageWords(burst, stage), evidence: burst.id })),
      ],
      counted,
    };
  }
  if (link.icmp === 'dead' || link.tcp !== 'dead') return none;
  const rows = link.nodes.flatMap((node) => counters.get(node) ?? []);
  const outer = rows.filter(({ udpInCsumErrors }) => udpInCsumErrors > FEW_BAD_CHECKSUMS);
  // Beside a ping that passes one is enough; without it as many as no sound network makes.
  const tolerated = link.icmp === 'works' ? 0 : FEW_BAD_CHECKSUMS;
  const inner = rows.flatMap((row) =>
    row.listenerTcpInCsumErrors.state === 'known' && row.listenerTcpInCsumErrors.value > tolerated
      ? [{ node: row.node, n: row.listenerTcpInCsumErrors.value }]
      : [],
  );
  const claims: Claim[] = [
    ...contrast(link),
    ...outer.map(({ node, udpInCsumErrors }) => ({
      text: `${node} counted ${udpInCsumErrors} bad UDP checksums during the run`,
      evidence: 'nodeFacts',
    })),
    ...inner.map(({ node, n }) => ({
      text: `the listener pod on ${node} counted ${n} bad TCP checksums in its own namespace`,
      evidence: 'nodeFacts',
    })),
  ];
  const counted = Math.max(
    0,
    ...outer.map((row) => row.udpInCsumErrors),
    ...inner.map(({ n }) => n),
  );
  if (inner.length > 0) return { link, state: 'proven', kind: 'inner', claims, counted };
  if (link.icmp !== 'works') return none;
  if (outer.length > 0) return { link, state: 'proven', kind: 'outer', claims, counted };
  const allRead =
    rows.length === link.nodes.length &&
    rows.every((row) => row.listenerTcpInCsumErrors.state === 'known');
  return allRead ? none : { link, state: 'possible', kind: 'unknown', claims, counted };
}

/** The pair of checks that tells the story: ping that lives beside TCP that does not. */
function contrast(link: Link): Claim[] {
  const ping = link.results.find((r) => r.check === 'icmp' && works(r));
  const tcp = link.results.find((r) => r.check === 'tcp' && isSilent(r));
  return [ping, tcp].flatMap((r) =>
    r === undefined || r.result.state === 'missing'
      ? []
      : [{ text: `${r.check} from ${arrow(r)}: ${outcomeWords(r.result.value)}`, evidence: r.id }],
  );
}

function whyNot(links: readonly Link[]): string {
  if (links.every((link) => link.tcp !== 'dead')) return 'TCP connects over the overlay';
  if (links.some((link) => link.icmp === 'works' && link.tcp === 'dead')) {
    return 'ping passes and TCP dies, but no bad checksum was counted on either side';
  }
  const dead = links.flatMap(({ results }) => results.filter((r) => r.check === 'icmp'));
  return dead.some((r) => outcomeOf(r) === 'timeout')
    ? 'ping dies, too'
    : 'no bad checksum was counted';
}

function deviceOf({ network }: { readonly network: Parameters<typeof overlayWords>[0] }): string {
  return (network.state === 'known' ? network.value.device : null) ?? '<overlay device>';
}
