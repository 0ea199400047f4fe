import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import { faultsAt } from '../../sim/worlds/draw-faults.ts';
import type { DrawnWorld } from '../../sim/worlds/draw-world.ts';
import { diagnoseDrawn } from './diagnose-drawn.ts';
import { truthOf } from './truth.ts';

/**
 * The cause of another world with the same remaining evidence: `none` for the world without the fault; null when
 * there is none. Then the world is decidable. Tried are all other faults at the same places, under the same
 * circumstances; what differs by times alone is the same.
 */
export async function rivalOf(drawn: DrawnWorld, seen: Evidence): Promise<string | null> {
  const own = new Set(drawn.faults.map(({ fault }) => truthOf(drawn.base, fault).id));
  const places = drawn.faults[0]?.places;
  if (places === undefined) return null;
  const signature = signatureOf(seen);
  const same = async (faults: DrawnWorld['faults']): Promise<boolean> =>
    signatureOf((await diagnoseDrawn({ ...drawn, faults })).evidence) === signature;
  if (await same([])) return 'none';
  for (const fault of faultsAt(drawn.base, places)) {
    const { id } = truthOf(drawn.base, fault);
    if (own.has(id)) continue;
    if (await same([{ fault, places }])) return id;
  }
  return null;
}

const TIMES = /(?:Ms|At|Time|timestamp|since)$/;

/** The evidence without times: what a rule could tell apart. */
function signatureOf(evidence: Evidence): string {
  return JSON.stringify(evidence, (key, value: unknown) => (TIMES.test(key) ? undefined : value));
}
