import type { AnyCause } from './any-cause.ts';

/** Every cause that the engine asks, sorted by id. A new cause is a file beside this one and a line here. */
export const causes: readonly AnyCause[] = [];
