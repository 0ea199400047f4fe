import type { Facts } from '../evidence/facts.ts';
import { tunnelEndpoint } from '../evidence/network-words.ts';
import type { Link } from '../evidence/overlay-links.ts';
import type { NodeObject } from '../evidence/snapshot.ts';
import type { RuleOpening } from '../fixes/past-rule.ts';
import { isSeen, type RuleFinding, rulesAgainst } from './deep-rules.ts';
import type { Site } from './overlay-filter-site.ts';

/** After which the fix has worked. */
export const VERIFY = ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'];

/**
 * Rules that have the overlay's own packets on dead links. One that is only read in the listing counts where the
 * bursts show that packets came that far.
 */
export function overlayRules(
  facts: Pick<Facts, 'deep'>,
  dead: readonly Link[],
): readonly RuleFinding[] {
  const found = rulesAgainst(
    facts,
    ({ packet, from, to }) =>
      packet === 'outer' &&
      dead.some(({ nodes }) => nodes.includes(from.node) && nodes.includes(to.node)),
  );
  const ended = new Set(
    dead.flatMap(({ bursts }) =>
      bursts.flatMap(({ burst, stage }) =>
        stage === 'receiver-filter'
          ? [`in ${burst.from}>${burst.to}`]
          : stage === 'sender-filter' || stage === 'not-encapsulated'
            ? [`out ${burst.from}>${burst.to}`]
            : [],
      ),
    ),
  );
  return found.filter(
    (each) =>
      isSeen(each) || ended.has(`${each.flow.leg} ${each.flow.from.node}>${each.flow.to.node}`),
  );
}

/** Where no burst decided, the node of the rule is the place. */
export function siteByRules(site: Site, rules: readonly RuleFinding[]): Site {
  const seen = rules.filter(isSeen);
  if (site.nodes.length > 0 || seen.length === 0) return site;
  const legs = new Set(seen.map(({ flow }) => flow.leg));
  return {
    ...site,
    nodes: unique(seen.map(({ node }) => node)),
    from: unique([...site.from, ...seen.map(({ flow }) => flow.from.node)]),
    to: unique([...site.to, ...seen.map(({ flow }) => flow.to.node)]),
    direction: legs.size > 1 ? null : legs.has('out') ? 'out-of' : 'into',
  };
}

/** Who has to pass a rule: the tunnel ends of the other side. */
export function openingFor(
  site: Site,
  rules: readonly RuleFinding[],
  { network, nodes }: Pick<Facts, 'network'> & { readonly nodes: readonly NodeObject[] },
): RuleOpening | null {
  const [first] = rules;
  if (first === undefined || network.state === 'missing') return null;
  const { encapsulation, port } = network.value;
  const outward = first.flow.leg === 'out';
  const names = unique(rules.map(({ flow }) => (outward ? flow.to.node : flow.from.node)));
  const peers = nodes
    .filter(({ name }) => names.includes(name) && !site.nodes.includes(name))
    .flatMap((node) => tunnelEndpoint(node) ?? []);
  return {
    protocol: encapsulation === 'ipip' ? 'ipip' : 'udp',
    port: encapsulation === 'ipip' ? null : port,
    peers,
    side: outward ? 'to' : 'from',
    verify: VERIFY,
  };
}

function unique(items: readonly string[]): string[] {
  return [...new Set(items)].toSorted();
}
