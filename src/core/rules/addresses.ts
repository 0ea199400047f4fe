/** Address arithmetic without a library: it also runs in the probe, which carries none. */

interface Parsed {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** Whether an address lies in `10.0.0.0/8`, `10.0.0.1` or `10.0.0.1-10.0.0.9`; null when one of them cannot be read. */
export function inRange(address: string, range: string): boolean | null {
  const target = parseAddress(address);
  if (target === null) return null;
  const [low = '', high] = range.split('-');
  if (high !== undefined) {
    const [from, to] = [parseAddress(low), parseAddress(high)];
    if (from === null || to === null) return null;
    return from.bits === target.bits && target.value >= from.value && target.value <= to.value;
  }
  const [base = '', length] = range.split('/');
  const network = parseAddress(base);
  if (network === null) return null;
  if (network.bits !== target.bits) return false;
  const prefix = prefixLength(length, network.bits);
  if (prefix === null) return null;
  const shift = BigInt(network.bits - prefix);
  return target.value >> shift === network.value >> shift;
}

/** `24`, or a mask such as `255.255.255.0`. */
function prefixLength(text: string | undefined, bits: 32 | 128): number | null {
  if (text === undefined) return bits;
  if (/^\d{1,3}$/.test(text)) return Number(text) <= bits ? Number(text) : null;
  const mask = parseAddress(text);
  if (mask === null || mask.bits !== bits) return null;
  const ones = mask.value.toString(2).padStart(bits, '0');
  const length = ones.indexOf('0');
  const prefix = length < 0 ? bits : length;
  return ones.slice(prefix).includes('1') ? null : prefix;
}

/** Null for what is no plain IPv4 or IPv6 address. */
export function parseAddress(text: string): Parsed | null {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Parsed | null {
  const octets = text.split('.');
  if (octets.length !== 4 || octets.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) {
    return null;
  }
  return { bits: 32, value: octets.reduce((sum, part) => sum * 256n + BigInt(part), 0n) };
}

const GROUPS = 8;

function parseV6(text: string): Parsed | null {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return null;
  const words = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [before, after] = [words(head), words(tail ?? '')];
  const gap = GROUPS - before.length - after.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return null;
  const all = [...before, ...Array.from({ length: gap }, () => '0'), ...after];
  if (all.some((word) => !/^[0-9a-f]{1,4}$/i.test(word))) return null;
  return {
    bits: 128,
    value: all.reduce((sum, word) => sum * 65_536n + BigInt(Number.parseInt(word, 16)), 0n),
  };
}
