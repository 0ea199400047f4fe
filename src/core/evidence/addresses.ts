import ipaddr from 'ipaddr.js';

/** Whether an address lies in a range; false for what is no address or no range. */
export function inRange(address: string, cidr: string): boolean {
  if (!ipaddr.isValid(address) || !ipaddr.isValidCIDR(cidr)) return false;
  const parsed = ipaddr.parse(address);
  const range = ipaddr.parseCIDR(cidr);
  return parsed.kind() === range[0].kind() && parsed.match(range);
}

/** The host of `host:port`, without the brackets of IPv6. */
export function hostOf(target: string): string {
  return target.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

/**
 * Finds the first of many ranges that holds an address. The ranges are read once: a cluster of a thousand nodes has a
 * thousand of them, and as many addresses to ask for.
 */
export function rangeFinder<T extends { readonly cidr: string }>(
  ranges: readonly T[],
): (address: string) => T | null {
  const read = ranges.flatMap((range) =>
    ipaddr.isValidCIDR(range.cidr) ? [{ range, parsed: ipaddr.parseCIDR(range.cidr) }] : [],
  );
  return (address) => {
    if (!ipaddr.isValid(address)) return null;
    const target = ipaddr.parse(address);
    const found = read.find(
      ({ parsed }) => parsed[0].kind() === target.kind() && target.match(parsed),
    );
    return found?.range ?? null;
  };
}
