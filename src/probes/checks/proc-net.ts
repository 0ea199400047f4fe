/** Parsers of what the kernel prints under /proc/net. All are pure. */

/**
 * `Ip.InReceives`, `Udp.InDatagrams` and so on, of /proc/net/snmp: a line of names, then a line of values, per protocol.
 *
 * @param six - /proc/net/snmp6, `Ip6InReceives 7` a line. Its counts are added: the kernel counts a packet in one of
 *   the two, and the overlay's outer packets are of whatever family the tunnel ends have. Empty where IPv6 is off
 */
export function parseSnmp(text: string, six = ''): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  const lines = text.split('\n');
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const names = (lines[i] ?? '').split(/\s+/);
    const cells = (lines[i + 1] ?? '').split(/\s+/);
    const protocol = names[0];
    if (protocol === undefined || protocol === '' || cells[0] !== protocol) continue;
    names.forEach((name, column) => {
      const value = Number(cells[column]);
      if (column > 0 && name !== '' && Number.isFinite(value)) {
        values.set(`${protocol.slice(0, -1)}.${name}`, value);
      }
    });
  }
  for (const [, protocol, name, cell] of six.matchAll(/^(Ip|Udp)6(\w+)\s+(\d+)$/gm)) {
    const four = values.get(`${protocol}.${name}`);
    if (four !== undefined) values.set(`${protocol}.${name}`, four + Number(cell));
  }
  return values;
}

export interface Route {
  readonly device: string;
  readonly network: number;
  readonly prefixLength: number;
  readonly gateway: string | null;
  readonly metric: number;
}

/** RTF_UP of linux/route.h. */
const ROUTE_IS_UP = 0x1;
/** RTF_REJECT: an unreachable or blackhole route names no device. */
const ROUTE_REJECTS = 0x200;

/** IPv4 routes of the main table, from /proc/net/route (addresses there are in host byte order, hex). */
export function parseRoutes(text: string): readonly Route[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device, destination, gateway, flags, , , metric, mask] = line.trim().split(/\s+/);
      if (
        device === undefined ||
        destination === undefined ||
        gateway === undefined ||
        mask === undefined
      )
        return [];
      const bits = Number.parseInt(flags ?? '', 16);
      if (!(bits & ROUTE_IS_UP) || bits & ROUTE_REJECTS) return [];
      const hop = swapBytes(Number.parseInt(gateway, 16));
      return [
        {
          device,
          network: swapBytes(Number.parseInt(destination, 16)),
          prefixLength: countBits(Number.parseInt(mask, 16)),
          gateway: hop === 0 ? null : dotted(hop),
          metric: Number(metric),
        },
      ];
    });
}

/** The device that the main table chooses for an IPv4 address; null when it has none, or for IPv6. */
export function deviceFor(routes: readonly Route[], address: string): string | null {
  const target = toNumber(address);
  if (target === null) return null;
  const [best] = routes
    .filter((route) => covers(route, target))
    .sort((a, b) => b.prefixLength - a.prefixLength || a.metric - b.metric);
  return best?.device ?? null;
}

/** `10.42.0.0/24` of a route. */
export function cidrOf(route: Route): string {
  return `${dotted(route.network)}/${route.prefixLength}`;
}

/** More than any host needs; cut, the first of them still tell that there are some. */
const MAX_TABLES = 16;

/**
 * Numbers of the IPv4 routing tables beside `main` and `local` that hold routes, from /proc/net/fib_trie (its headings:
 * `Id 30400:`). The rules that lead into them are in no file; a table without a rule does nothing.
 */
export function parseRouteTables(text: string): readonly number[] {
  const ids = [...text.matchAll(/^Id (\d+):/gm)].map(([, id]) => Number(id));
  return [...new Set(ids)].sort((a, b) => a - b).slice(0, MAX_TABLES);
}

/** Local ports of unconnected UDP sockets in /proc/net/udp or udp6: those are listeners, the kernel's VXLAN socket among them. */
export function parseUdpPorts(text: string): readonly number[] {
  const ports = new Set<number>();
  for (const line of text.split('\n').slice(1)) {
    const [, local, remote] = line.trim().split(/\s+/);
    const port = Number.parseInt(local?.split(':')[1] ?? '', 16);
    if (Number.isInteger(port) && /^0+:0+$/.test(remote ?? '')) ports.add(port);
  }
  return [...ports].sort((a, b) => a - b);
}

function covers(route: Route, target: number): boolean {
  if (route.prefixLength === 0) return true;
  const shift = 32 - route.prefixLength;
  return target >>> shift === route.network >>> shift;
}

function toNumber(address: string): number | null {
  const octets = address.split('.').map(Number);
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))) return null;
  return octets.reduce((total, octet) => total * 256 + octet, 0);
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
}

/** The file prints network-order bytes as a little-endian word (all platforms that Kubernetes runs on but s390x). */
function swapBytes(word: number): number {
  return (
    (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
  );
}

function countBits(word: number): number {
  return word
    .toString(2)
    .split('')
    .filter((bit) => bit === '1').length;
}
