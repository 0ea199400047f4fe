import { drawWorld } from '../../test/sim/worlds/draw-world.ts';
import { type Mark, markWorld } from '../../test/support/worlds/mark-world.ts';

/** One in so many worlds in which the right cause is confirmed is looked at for rivals as well. */
export const AUDIT_EVERY = 20;

/** Marks the worlds of the seeds from `from` to below `to`, one after another: the virtual clock is the process's. */
export async function markWorlds(
  part: { readonly kind: Mark['kind']; readonly from: number; readonly to: number },
  keep: (mark: Mark) => void,
): Promise<void> {
  for (let seed = part.from; seed < part.to; seed += 1) {
    const drawn = drawWorld(seed, part.kind === 'healthy' ? { faults: 0 } : {});
    keep(await markWorld(drawn, { rivals: seed % AUDIT_EVERY === 0 ? 'all' : 'unsettled' }));
  }
}
