import ipaddr from 'ipaddr.js';
import { inRange } from './addresses.ts';

/**
 * The proxy that a Go program takes for `https://<address>:<port>` by its environment, or null for none. Kubernetes
 * uses Go's rules with ranges in `NO_PROXY` (golang.org/x/net/http/httpproxy, apimachinery `NewProxierWithNoProxyCIDR`):
 * an entry is `*`, an address, a range or a domain, with an optional port; a glob such as `10.42.*` matches nothing.
 *
 * @param env - the variables, upper case before lower case
 * @param httpCounts - Go before 1.16 (Kubernetes before 1.21) took `HTTP_PROXY` where `HTTPS_PROXY` was not set
 */
export function proxyFor(
  env: Readonly<Record<string, string>>,
  { address, port }: { readonly address: string; readonly port: number },
  httpCounts: boolean,
): string | null {
  const variable = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const proxy = variable('HTTPS_PROXY') || (httpCounts ? variable('HTTP_PROXY') : '');
  if (proxy === '' || !isAddress(address)) return null;
  const target = ipaddr.parse(address);
  if (target.range() === 'loopback') return null;
  const exempt = variable('NO_PROXY')
    .split(',')
    .map((entry) => entry.trim())
    .some((entry) => entry === '*' || covers(entry, target, port));
  return exempt ? null : proxy;
}

type Address = ReturnType<typeof ipaddr.parse>;

function covers(entry: string, target: Address, port: number): boolean {
  const [range = '', bits] = entry.split('/', 2);
  if (bits !== undefined) return isAddress(range) && inRange(target.toString(), entry);
  if (isAddress(entry)) return ipaddr.parse(entry).toString() === target.toString();
  const [, host = '', ofPort] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(entry) ?? [];
  return isAddress(host) && Number(ofPort) === port && covers(host, target, port);
}

/** Go takes four decimal parts or IPv6; shorter spellings, which this library would take, it does not. */
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}
