import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { isPodTarget, isSilent, outcomeOf, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { LinkVerdict } from './cni-link-state.ts';
import { routeTo } from './pod-routes.ts';

/**
 * Without encapsulation a round trip has its two ways apart: a node that lost its routes reaches no pod of another,
 * while its own pods still answer that one. Said only where another node has the route that this one lacks, and gets
 * through by it.
 */
export function lostRoutes(
  links: readonly Link[],
  { network, nodeFacts }: Pick<Facts, 'network' | 'nodeFacts'>,
): readonly (LinkVerdict & { readonly link: Link })[] {
  if (network.state === 'missing' || network.value.encapsulation !== 'none') return [];
  const routes = new Map(valueOr(nodeFacts, []).map((row) => [row.node, row.routes]));
  const way = (r: ReachResult): 'route' | 'none' | 'unknown' =>
    (routes.get(r.from.node) ?? []).length === 0
      ? 'unknown'
      : routeTo(routes.get(r.from.node) ?? [], r.to.address);
  const tried = links.flatMap(({ results }) => results).filter(isFromNode);
  return links.flatMap((link) =>
    link.small !== 'works'
      ? []
      : link.nodes.flatMap((node) => {
          const own = link.results.filter((r) => isFromNode(r) && r.from.node === node);
          const [first] = own;
          if (first === undefined || !own.every((r) => isSilent(r) && way(r) === 'none')) return [];
          const witness = tried.find(
            (r) => r.to.node === first.to.node && works(r) && way(r) === 'route',
          );
          if (witness === undefined) return [];
          return [
            {
              link,
              state: 'proven' as const,
              nodes: [node],
              words: "the route to the other node's pods is missing",
              claims: [
                {
                  text: `${node} has no route to ${first.to.address} on ${first.to.node}, and no answer from there`,
                  evidence: first.id,
                },
                {
                  text: `${witness.from.node} has one to ${witness.to.address} there, and reaches it`,
                  evidence: witness.id,
                },
              ],
            },
          ];
        }),
  );
}

function isFromNode(r: ReachResult): boolean {
  return r.from.kind === 'node' && isPodTarget(r) && r.check === 'tcp' && outcomeOf(r) !== null;
}
