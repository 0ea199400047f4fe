/** A source of chance that gives the same for the same seed. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from `least` to `most`. */
  int(least: number, most: number): number;
  /** True in this share of the cases. */
  chance(share: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** `count` different ones, in their order; all when there are fewer. */
  some<T>(from: readonly T[], count: number): readonly T[];
  /** One of the choices, by weight. */
  weighed<T>(choices: readonly (readonly [weight: number, choice: T])[]): T;
}

/** Mulberry32: 32 bits of state, enough for drawing test worlds. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (least: number, most: number): number =>
    least + Math.floor(next() * (most - least + 1));
  return {
    next,
    int,
    chance: (share) => next() < share,
    pick: (from) => from[int(0, from.length - 1)] ?? from[0],
    some(from, count) {
      const left = from.map((item, index) => ({ item, index }));
      while (left.length > count) left.splice(int(0, left.length - 1), 1);
      return left.map(({ item }) => item);
    },
    weighed(choices) {
      const total = choices.reduce((sum, [weight]) => sum + weight, 0);
      let point = next() * total;
      for (const [weight, choice] of choices) {
        point -= weight;
        if (point < 0) return choice;
      }
      const last = choices.at(-1);
      if (last === undefined) throw new RangeError('nothing to choose from');
      return last[1];
    },
  };
}
