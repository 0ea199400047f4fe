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
