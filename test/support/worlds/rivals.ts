import type { Evidence } from '../../../src/core/evidence/evidence.ts';
import { allUnavailable, proxied } from '../../sim/aggregation.ts';
import { apiServerMachines, type World } from '../../sim/world.ts';
import { faultsAt } from '../../sim/worlds/draw-faults.ts';
import { type DrawnWorld, worldOf } from '../../sim/worlds/draw-world.ts';
import { diagnoseDrawn } from './diagnose-drawn.ts';
import { truthOf } from './truth.ts';

/**
 * The cause of another world with the same remaining evidence: `none` for the world without the fault; null when
 * there is none. Then the world is decidable. Tried are all other faults at the same places, under the same
 * circumstances; what differs by times alone is the same.
 */
export async function rivalOf(drawn: DrawnWorld, seen: Evidence): Promise<string | null> {
  const own = new Set(drawn.faults.map(({ fault }) => truthOf(drawn.base, fault).id));
  if (drawn.faults.length === 0) return null;
  const signature = signatureOf(seen);
  const answers = answersIn(worldOf(drawn));
  const same = async (faults: DrawnWorld['faults']): Promise<boolean> => {
    const rival = { ...drawn, faults };
    // A whole run costs a hundred times as much as a look at what the API servers answer.
    if (seesAnswers(drawn) && answersIn(worldOf(rival)) !== answers) return false;
    return signatureOf((await diagnoseDrawn(rival)).evidence) === signature;
  };
  if (await same([])) return 'none';
  // Of two faults each may be the one that another would stand for.
  for (const [index, { places }] of drawn.faults.entries()) {
    const others = drawn.faults.filter((_, at) => at !== index);
    for (const fault of faultsAt(drawn.base, places)) {
      const { id } = truthOf(drawn.base, fault);
      if (own.has(id)) continue;
      if (await same(drawn.faults.with(index, { fault, places }))) return id;
    }
    if (others.length > 0 && (await same(others))) return 'none';
  }
  return null;
}

/** Whether the evidence holds what each API server answers. */
function seesAnswers({ circumstances }: DrawnWorld): boolean {
  return (
    !circumstances.loadBalancer &&
    circumstances.healsAfterMs === null &&
    !circumstances.denied.some((right) => ANSWERS_NEED.has(right))
  );
}

/** Without these the API servers are not found, or do not answer us. */
const ANSWERS_NEED: ReadonlySet<string> = new Set([
  'nodes.metrics.k8s.io',
  'nodes',
  'endpoints',
  'endpointslices.discovery.k8s.io',
]);
const PATH = '/apis/metrics.k8s.io/v1beta1/nodes';

function answersIn(world: World): string {
  const down = allUnavailable(world);
  return JSON.stringify(
    apiServerMachines(world).map(({ name, apiServer }) =>
      apiServer !== 'serving' || down
        ? [apiServer, down]
        : proxied(world, name, { path: PATH, pooled: false }),
    ),
  );
}

const TIMES = /(?:Ms|At|Time|timestamp|since)$/;

/** The evidence without times: what a rule could tell apart. */
function signatureOf(evidence: Evidence): string {
  return JSON.stringify(evidence, (key, value: unknown) => (TIMES.test(key) ? undefined : value));
}
