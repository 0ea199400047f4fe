import { type DrawnWorld, healedWorldOf, worldOf } from '../../sim/worlds/draw-world.ts';
import { diagnoseModel } from '../diagnose-model.ts';
import type { Diagnosis } from '../run-diagnosis.ts';

/** The program's own run on a drawn world, under its circumstances. */
export function diagnoseDrawn(drawn: Omit<DrawnWorld, 'seed'>): Promise<Diagnosis> {
  const { circumstances } = drawn;
  const { denied, nodePods, listeners, lateMs, loadBalancer, healsAfterMs } = circumstances;
  return diagnoseModel(worldOf(drawn), {
    behaviour: {
      denied,
      kubelet: nodePods,
      // A node's fate is its node Pod's alone; listeners have their own.
      listener: {
        ...Object.fromEntries(Object.keys(nodePods).map((node) => [node, 'runs'])),
        ...listeners,
      },
      podStartMs: lateMs,
    },
    loadBalancer,
    onStart: (plane) => {
      if (healsAfterMs !== null)
        setTimeout(() => plane.setWorld(healedWorldOf(drawn)), healsAfterMs);
    },
  });
}
