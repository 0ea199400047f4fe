import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { Link } from '../evidence/overlay-links.ts';
import { fails } from '../evidence/paths.ts';

/**
 * What follows when these links do not carry: their failed paths, every API server that has a provider at
 * the other end of one, and what hangs on such an API server.
 */
export function consequencesOf(
  links: readonly Link[],
  { providerPods }: Pick<Facts, 'providerPods'>,
): readonly string[] {
  const paths = links.flatMap(({ results }) =>
    results
      .filter(fails)
      .map((r) => `${r.to.kind === 'provider' ? 'provider-path' : 'path'}:${r.id}`),
  );
  const providers = new Set(
    providerPods.state === 'known'
      ? providerPods.value
          .filter(({ deleting, hostNetwork }) => !deleting && !hostNetwork)
          .map(({ nodeName }) => nodeName)
      : [],
  );
  const cutOff = links.flatMap(({ nodes: [a, b] }) => [
    ...(providers.has(b) ? [a] : []),
    ...(providers.has(a) ? [b] : []),
  ]);
  const apiServers = [...new Set(cutOff)].map((node) => `api-server:${node}`);
  // One API server that cannot discover the API is enough for a blind autoscaler and a False condition.
  const shared = apiServers.length > 0 ? ['hpa:*', 'apiservice-condition'] : [];
  return [...paths, ...apiServers, ...shared];
}

/**
 * Where pods keep their own addresses on the way to other machines, what they ask there dies with the link, too: the
 * answers have no way back.
 */
export function podsAskingConsequences(
  links: readonly Link[],
  { reach, providerPods }: Pick<Facts, 'reach' | 'providerPods'>,
): readonly string[] {
  const pairs = new Set(links.flatMap(({ nodes: [a, b] }) => [`${a}>${b}`, `${b}>${a}`]));
  const lost = valueOr(reach, []).filter(
    (r) => r.from.kind === 'pod' && fails(r) && pairs.has(`${r.from.node}>${r.to.node}`),
  );
  const homes = new Set(
    valueOr(providerPods, [])
      .filter(({ hostNetwork }) => !hostNetwork)
      .map(({ nodeName }) => nodeName),
  );
  return lost.flatMap((r) => [
    `path:${r.id}`,
    ...(r.to.kind === 'kubelet' && homes.has(r.from.node) ? [`node-metrics:${r.to.node}`] : []),
  ]);
}
