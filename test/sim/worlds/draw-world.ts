import { applyFaults, type Fault } from '../faults.ts';
import type { World } from '../world.ts';
import { type Circumstances, drawCircumstances, FULL_SIGHT } from './draw-circumstances.ts';
import { drawCluster } from './draw-cluster.ts';
import { drawFault, type Places } from './draw-faults.ts';
import { drawLitter } from './draw-litter.ts';
import { createRandom, type Random } from './random.ts';

/** A world as it was drawn: the cluster, what breaks in it, and what of it can be seen. */
export interface DrawnWorld {
  readonly seed: number;
  /** Litter and all, without the faults. */
  readonly base: World;
  readonly faults: readonly { readonly fault: Fault; readonly places: Places }[];
  readonly circumstances: Circumstances;
}

export interface DrawOptions {
  /** How many faults; drawn where it is not given: mostly one, sometimes two. */
  readonly faults?: 0 | 1 | 2;
  readonly largest?: number;
  readonly fullSight?: boolean;
}

const LARGEST = 200;
/** Share of the worlds with faults in which one takes only some flows, or heals while the run goes on. */
const FLAPPING = 0.08;
const HEALING = 0.04;

/** The same world for the same seed. */
export function drawWorld(seed: number, options: DrawOptions = {}): DrawnWorld {
  const random = createRandom(seed);
  const cluster = drawCluster(random, seed, options.largest ?? LARGEST);
  const base = drawLitter(random, cluster);
  const count = options.faults ?? (random.chance(0.15) ? 2 : 1);
  const faults = unlike(
    Array.from({ length: count }, () => flapping(random, drawFault(random, base))),
  );
  const circumstances = options.fullSight === true ? FULL_SIGHT : drawCircumstances(random, base);
  const healsAfterMs = count > 0 && random.chance(HEALING) ? random.int(1, 8) * 1_000 : null;
  return { seed, base, faults, circumstances: { ...circumstances, healsAfterMs } };
}

type Drawn = DrawnWorld['faults'][number];

/** What is not installed does not run out of memory: of two faults of one kind the first is kept. */
function unlike(faults: readonly Drawn[]): readonly Drawn[] {
  const kinds = faults.map(({ fault }) => fault.kind);
  return faults.filter((_, at) => kinds.indexOf(kinds[at] ?? 'metrics-server') === at);
}

function flapping(random: Random, drawn: Drawn): Drawn {
  const share = random.chance(FLAPPING) ? random.int(3, 7) / 10 : 1;
  switch (drawn.fault.kind) {
    case 'overlay-blocked':
    case 'mtu-blackhole':
    case 'underlay-broken':
    case 'kubelet-port-blocked':
    case 'provider-port-filtered':
      return { ...drawn, fault: { ...drawn.fault, share } };
    default:
      return drawn;
  }
}

/** The world with its faults, and with what its nodes do not let be seen. */
export function worldOf({ base, faults, circumstances }: Omit<DrawnWorld, 'seed'>): World {
  const broken = applyFaults(
    base,
    faults.map(({ fault }) => fault),
  );
  return hidden(broken, circumstances);
}

/** The same without the faults. */
export function healedWorldOf({ base, circumstances }: Omit<DrawnWorld, 'seed'>): World {
  return hidden(base, circumstances);
}

function hidden(world: World, { withoutPing, withoutCounters }: Circumstances): World {
  if (withoutPing.length + withoutCounters.length === 0) return world;
  return {
    ...world,
    nodes: world.nodes.map((node) => ({
      ...node,
      rawSockets: node.rawSockets && !withoutPing.includes(node.name),
      countersReadable: node.countersReadable && !withoutCounters.includes(node.name),
    })),
  };
}
