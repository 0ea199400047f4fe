/** A number from 0 to below 1 that is the same for the same words: what a world leaves to chance. */
export function chance(seed: number, ...words: readonly (string | number)[]): number {
  // FNV-1a over the words, then the finaliser of MurmurHash3, so that near words lie far apart.
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (const character of words.join('\n')) {
    value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b) >>> 0;
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35) >>> 0;
  return ((value ^ (value >>> 16)) >>> 0) / 2 ** 32;
}
