import ipaddr from 'ipaddr.js';
import type { NodeProbeFacts } from '../evidence/probe-results.ts';

/**
 * How a node would send to a pod: over a route of its own, only by the default route, or not at all readable.
 * `none` means that the most specific match is the default route or nothing.
 */
export function routeTo(
  routes: NodeProbeFacts['routes'],
  address: string,
): 'route' | 'none' | 'unknown' {
  if (!ipaddr.IPv4.isValid(address)) return 'unknown';
  const target = ipaddr.IPv4.parse(address);
  const covering = routes.filter(({ cidr }) => {
    if (!ipaddr.IPv4.isValidCIDR(cidr)) return false;
    const [, bits] = ipaddr.IPv4.parseCIDR(cidr);
    return bits > 0 && target.match(ipaddr.IPv4.parseCIDR(cidr));
  });
  return covering.length > 0 ? 'route' : 'none';
}

type Route = NodeProbeFacts['routes'][number];

/** The most specific route of a node to an IPv4 address, the default route included; null when there is none. */
export function bestRoute(routes: NodeProbeFacts['routes'], address: string): Route | null {
  if (!ipaddr.IPv4.isValid(address)) return null;
  const target = ipaddr.IPv4.parse(address);
  const covering = routes.flatMap((route) => {
    if (!ipaddr.IPv4.isValidCIDR(route.cidr)) return [];
    const range = ipaddr.IPv4.parseCIDR(route.cidr);
    return target.match(range) ? [{ route, bits: range[1] }] : [];
  });
  return covering.toSorted((a, b) => b.bits - a.bits)[0]?.route ?? null;
}
