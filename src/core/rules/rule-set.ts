/**
 * A packet filter's rules in one shape, whether they came from nftables or iptables, and a packet to walk through
 * them. Whatever is not understood is `maybe`: a walk never guesses.
 */
export type Trilean = 'yes' | 'no' | 'maybe';

export type Hook = 'ingress' | 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting';

/** A packet at one hook. Null is "not known", which matches `maybe`. */
export interface RulePacket {
  readonly family: 'ip' | 'ip6';
  /** Null at `output` and `postrouting` of what the host made itself, and where it is not known. */
  readonly iif: string | null;
  readonly oif: string | null;
  readonly src: string | null;
  readonly dst: string | null;
  /** IP protocol number: 6 TCP, 17 UDP, 4 IPIP, 1 ICMP. */
  readonly protocol: number;
  readonly sport: number | null;
  readonly dport: number | null;
  /** Whether the destination is an address of this host; null where that is not known. */
  readonly toLocal: boolean | null;
  readonly fromLocal: boolean | null;
}

/** What rules change on the way. The first packet of a flow, which is what a probe sends, is `new`. */
export interface PacketState {
  readonly tracked: 'new' | 'untracked';
  /** The packet mark with the bits that are known; a packet comes with 0. */
  readonly mark: number;
  readonly markKnown: number;
}

export type Match = (packet: RulePacket, state: PacketState) => Trilean;

export type Verdict =
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'continue' }
  | { readonly kind: 'jump' | 'goto'; readonly target: string }
  /** Handed to a program or another device: what becomes of it is not in the rules. */
  | { readonly kind: 'elsewhere' }
  /** One of several, by a key. */
  | { readonly kind: 'map'; readonly choose: (packet: RulePacket, state: PacketState) => Choice }
  | { readonly kind: 'mark'; readonly apply: (state: PacketState) => PacketState };

/** A verdict map's answer for a packet; `maybe` holds all verdicts that it could give. */
export type Choice =
  | { readonly sure: true; readonly verdict: Verdict | null }
  | { readonly sure: false; readonly verdicts: readonly Verdict[] };

export interface Rule {
  /** `handle 12` of nftables, `rule 3` of an iptables chain. */
  readonly place: string;
  readonly matches: readonly Match[];
  readonly verdict: Verdict;
  /** Its own packet counter; null where it has none. */
  readonly packets: number | null;
  /** As the tool lists it; empty for nftables, whose listing has the words. */
  readonly text: string;
}

export type Backend = 'nft' | 'iptables-nft' | 'iptables-legacy';

export interface Chain {
  readonly backend: Backend;
  readonly family: string;
  readonly table: string;
  readonly name: string;
  /** Null for a chain that others jump to. */
  readonly base: {
    readonly hook: Hook;
    readonly priority: number;
    readonly policy: 'accept' | 'drop';
    /** `nat` chains see the first packet of a connection and drop nothing: a walk leaves them out. */
    readonly type: string;
    /** The policy's own counter; nftables has none. */
    readonly packets: number | null;
    /** For `ingress`; null where the listing does not say. */
    readonly device: string | null;
  } | null;
  readonly rules: readonly Rule[];
}

export const NOT: Readonly<Record<Trilean, Trilean>> = { yes: 'no', no: 'yes', maybe: 'maybe' };

/** All of them must hold. */
export function allOf(parts: readonly Trilean[]): Trilean {
  if (parts.includes('no')) return 'no';
  return parts.includes('maybe') ? 'maybe' : 'yes';
}

/** One of them must hold. */
export function anyOf(parts: readonly Trilean[]): Trilean {
  if (parts.includes('yes')) return 'yes';
  return parts.includes('maybe') ? 'maybe' : 'no';
}

export function toTrilean(value: boolean | null): Trilean {
  return value === null ? 'maybe' : value ? 'yes' : 'no';
}

/** Interface names as both tools spell patterns: `cali+` of iptables, `cali*` of nftables. */
export function matchesDevice(name: string | null, pattern: string): Trilean {
  if (/[+*]$/.test(pattern)) {
    const start = pattern.slice(0, -1);
    return name === null ? 'maybe' : toTrilean(name.startsWith(start));
  }
  return name === null ? 'maybe' : toTrilean(name === pattern);
}

/** Protocol names as both tools print them (/etc/protocols). */
export const PROTOCOL_NUMBERS: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  ipencap: 4,
  ipip: 4,
  ipv4: 4,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  'ipv6-icmp': 58,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
};

/** Whether a packet mark, as far as it is known, equals `value` under `mask`. */
export function matchesMark(
  { mark, markKnown }: PacketState,
  value: number,
  mask: number,
): Trilean {
  const known = markKnown & mask;
  if (((mark ^ value) & known) !== 0) return 'no';
  return known === mask ? 'yes' : 'maybe';
}

/** All 32 bits. */
export const WHOLE_MARK = -1;
