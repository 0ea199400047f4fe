const OFFSETS = [0xdeadbeef, 0x41c6ce57] as const;
const PRIMES = [2_654_435_761, 1_597_334_677] as const;

/**
 * 64 bits of a text, hex: enough to tell that it changed (cyrb53's mixing). No protection against anybody, and no
 * built-in of the platform, which the core may not use.
 */
export function digest(text: string): string {
  let [a, b]: [number, number] = [...OFFSETS];
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, PRIMES[0]);
    b = Math.imul(b ^ unit, PRIMES[1]);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return [b, a].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
