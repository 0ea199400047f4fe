import { inRange, parseAddress } from './addresses.ts';
import {
  allOf,
  anyOf,
  matchesDevice,
  matchesMark,
  type PacketState,
  PROTOCOL_NUMBERS,
  type RulePacket,
  type Trilean,
  toTrilean,
} from './rule-set.ts';

/**
 * What the left side of a match is for a packet. `other-protocol`: the packet has no such field, and nftables then
 * does not match at all, not even for `!=`.
 */
export type Left =
  | { readonly kind: 'value'; readonly value: string | number }
  | { readonly kind: 'device'; readonly name: string | null }
  | { readonly kind: 'mark'; readonly state: PacketState; readonly mask: number }
  | { readonly kind: 'tuple'; readonly parts: readonly Left[] }
  | { readonly kind: 'other-protocol' }
  | { readonly kind: 'unknown' };

const UNKNOWN: Left = { kind: 'unknown' };

type Reader = (packet: RulePacket, state: PacketState) => Left;
type Json = Readonly<Record<string, unknown>>;

/** Reads an expression of `nft -j`: a meta key, a header field, a ct key, a fib look-up, several of them joined. */
export function leftOf(expression: unknown): Reader {
  if (!isJson(expression)) return () => UNKNOWN;
  const [kind = ''] = Object.keys(expression);
  const part = expression[kind];
  switch (kind) {
    case 'meta':
      return isJson(part) ? metaOf(String(part['key'])) : () => UNKNOWN;
    case 'payload':
      return isJson(part)
        ? fieldOf(String(part['protocol']), String(part['field']))
        : () => UNKNOWN;
    case 'ct':
      return isJson(part) && part['key'] === 'state'
        ? (_packet, { tracked }) => ({ kind: 'value', value: tracked })
        : isJson(part) && part['key'] === 'status'
          ? () => ({ kind: 'value', value: 'none' })
          : () => UNKNOWN;
    case 'fib':
      return isJson(part) ? fibOf(part) : () => UNKNOWN;
    case '&':
      return maskedOf(part);
    case 'concat': {
      const parts = Array.isArray(part) ? part.map(leftOf) : [];
      return (packet, state) => ({
        kind: 'tuple',
        parts: parts.map((read) => read(packet, state)),
      });
    }
    default:
      return () => UNKNOWN;
  }
}

function value(known: string | number | null): Left {
  return known === null ? UNKNOWN : { kind: 'value', value: known };
}

function metaOf(key: string): Reader {
  switch (key) {
    case 'iif':
    case 'iifname':
      return ({ iif }) => ({ kind: 'device', name: iif });
    case 'oif':
    case 'oifname':
      return ({ oif }) => ({ kind: 'device', name: oif });
    case 'l4proto':
      return ({ protocol }) => value(protocol);
    case 'nfproto':
      return ({ family }) => value(family === 'ip' ? 'ipv4' : 'ipv6');
    case 'protocol':
      return ({ family }) => value(family);
    case 'mark':
      return (_packet, state) => ({ kind: 'mark', state, mask: -1 });
    case 'pkttype':
      return ({ iif }) => value(iif === null ? null : 'host');
    default:
      return () => UNKNOWN;
  }
}

const TRANSPORT_NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

function fieldOf(protocol: string, field: string): Reader {
  if (protocol === 'ip' || protocol === 'ip6') {
    return (packet) => {
      if (packet.family !== protocol) return { kind: 'other-protocol' };
      if (field === 'saddr') return value(packet.src);
      if (field === 'daddr') return value(packet.dst);
      return field === 'protocol' || field === 'nexthdr' ? value(packet.protocol) : UNKNOWN;
    };
  }
  const number = TRANSPORT_NUMBERS[protocol];
  if (number !== undefined || protocol === 'th') {
    return (packet) => {
      const has = number === undefined ? packet.dport !== null : packet.protocol === number;
      if (!has) return { kind: 'other-protocol' };
      if (field === 'dport') return value(packet.dport);
      if (field === 'sport') return value(packet.sport);
      return UNKNOWN;
    };
  }
  const icmp = PROTOCOL_NUMBERS[protocol];
  // A header that the packet does not have; `ether`, `vlan` and raw offsets are not known here.
  if (icmp !== undefined && protocol !== 'ipv4') {
    return (packet) => (packet.protocol === icmp ? UNKNOWN : { kind: 'other-protocol' });
  }
  return () => UNKNOWN;
}

/** `fib daddr type local`: whether an address is this host's. */
function fibOf(part: Json): Reader {
  const flags = Array.isArray(part['flags']) ? part['flags'].map(String) : [String(part['flags'])];
  if (part['result'] !== 'type') return () => UNKNOWN;
  return ({ toLocal, fromLocal }) => {
    const local = flags.includes('daddr') ? toLocal : flags.includes('saddr') ? fromLocal : null;
    return local === null ? UNKNOWN : value(local ? 'local' : 'unicast');
  };
}

/** `meta mark & 0x8000`, and `tcp flags & (fin|syn|rst|ack)` of a first packet. */
function maskedOf(part: unknown): Reader {
  if (!Array.isArray(part)) return () => UNKNOWN;
  const [of, mask] = part as readonly unknown[];
  if (isJson(of) && isJson(of['meta']) && of['meta']['key'] === 'mark') {
    return typeof mask === 'number'
      ? (_packet, state) => ({ kind: 'mark', state, mask })
      : () => UNKNOWN;
  }
  const payload = isJson(of) && isJson(of['payload']) ? of['payload'] : {};
  if (payload['protocol'] !== 'tcp' || payload['field'] !== 'flags') return () => UNKNOWN;
  const examined = Array.isArray(mask) ? mask.map(String) : [String(mask)];
  return ({ protocol }) =>
    protocol === 6 ? value(examined.includes('syn') ? 'syn' : 'none') : { kind: 'other-protocol' };
}

/** Named sets of the ruleset, and the table of the rule that asks. */
export interface SetScope {
  readonly elements: ReadonlyMap<string, readonly unknown[]>;
  readonly table: string;
}

/** Whether a value equals the right side: a literal, a prefix, a range, a set, a named set, a pattern of devices. */
export function matchesRight(left: Left, right: unknown, scope: SetScope): Trilean {
  if (left.kind === 'other-protocol') return 'no';
  if (left.kind === 'unknown') return 'maybe';
  if (typeof right === 'string' && right.startsWith('@')) {
    const elements = scope.elements.get(`${scope.table}${right.slice(1)}`);
    return elements === undefined
      ? 'maybe'
      : anyOf(elements.map((element) => matchesRight(left, element, scope)));
  }
  if (isJson(right)) return matchesObject(left, right, scope);
  if (Array.isArray(right)) return 'maybe';
  switch (left.kind) {
    case 'device':
      return typeof right === 'string' ? matchesDevice(left.name, right) : 'maybe';
    case 'mark':
      return typeof right === 'number' ? matchesMark(left.state, right, left.mask) : 'maybe';
    case 'tuple':
      return 'maybe';
    case 'value':
      return matchesLiteral(left.value, right);
  }
}

function matchesObject(left: Left, right: Json, scope: SetScope): Trilean {
  const [kind = ''] = Object.keys(right);
  const part = right[kind];
  switch (kind) {
    case 'set':
      return Array.isArray(part)
        ? anyOf(part.map((element) => matchesRight(left, element, scope)))
        : 'maybe';
    // An element with a timeout, a counter or a comment.
    case 'elem':
      return isJson(part) ? matchesRight(left, part['val'], scope) : 'maybe';
    case 'concat': {
      if (left.kind !== 'tuple' || !Array.isArray(part)) return 'maybe';
      return allOf(left.parts.map((one, i) => matchesRight(one, part[i], scope)));
    }
    case 'prefix':
      return left.kind === 'value' && isJson(part)
        ? toTrilean(inRange(String(left.value), `${String(part['addr'])}/${String(part['len'])}`))
        : 'maybe';
    case 'range':
      return left.kind === 'value' && Array.isArray(part)
        ? inBounds(left.value, part[0], part[1])
        : 'maybe';
    default:
      return 'maybe';
  }
}

function inBounds(left: string | number, low: unknown, high: unknown): Trilean {
  if (typeof left === 'number' && typeof low === 'number' && typeof high === 'number') {
    return toTrilean(left >= low && left <= high);
  }
  if (typeof left !== 'string' || typeof low !== 'string' || typeof high !== 'string') {
    return 'maybe';
  }
  return toTrilean(inRange(left, `${low}-${high}`));
}

function matchesLiteral(left: string | number, right: unknown): Trilean {
  if (typeof right === 'number' || typeof left === 'string') {
    if (typeof left === 'string' && typeof right === 'string' && parseAddress(left) !== null) {
      return toTrilean(inRange(left, right));
    }
    return toTrilean(left === right);
  }
  if (typeof right !== 'string') return 'maybe';
  // Protocols are printed by name.
  const number = PROTOCOL_NUMBERS[right];
  return number === undefined ? 'maybe' : toTrilean(left === number);
}

function isJson(candidate: unknown): candidate is Json {
  return typeof candidate === 'object' && candidate !== null && !Array.isArray(candidate);
}
