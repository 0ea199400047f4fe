import type { Report } from '../../../src/core/report/report.ts';
import { allUnavailable, proxied } from '../../sim/aggregation.ts';
import { apiServerMachines, registeredNodes, type World } from '../../sim/world.ts';
import { type DrawnWorld, worldOf } from '../../sim/worlds/draw-world.ts';
import { diagnoseDrawn } from './diagnose-drawn.ts';
import { rivalOf } from './rivals.ts';
import { type Truth, truthOf } from './truth.ts';

/** How the program fared in one world; one line of the bench's working file. */
export interface Mark {
  readonly seed: number;
  readonly kind: 'faulty' | 'healthy';
  readonly nodes: number;
  readonly platform: string;
  readonly overlay: string;
  /** The right answers; none in a healthy world. */
  readonly truth: readonly string[];
  readonly verdict: Report['verdict'];
  readonly causes: readonly string[];
  readonly confirmed: readonly string[];
  /** Confirmed causes that are not in this world, or are named at nodes that have none of it. */
  readonly confirmedWrong: readonly string[];
  /** The place in the list at which a right cause stands, from 1; null: nowhere. */
  readonly rank: number | null;
  /** Whether the Metrics API lacks anything that it had without the faults. */
  readonly hurts: boolean;
  /** The cause of another world, or `none`, that would have left the same evidence. */
  readonly rival: string | null;
  /** False where nobody looked for one. */
  readonly rivalsTried: boolean;
}

export interface MarkOptions {
  /** `unsettled`: where the right cause is not confirmed, or a wrong one is. */
  readonly rivals: 'all' | 'unsettled' | 'none';
}

/** Runs the program on a drawn world and compares what it says with what was done to the world. */
export async function markWorld(drawn: DrawnWorld, { rivals }: MarkOptions): Promise<Mark> {
  const world = worldOf(drawn);
  const { final: report, evidence } = await diagnoseDrawn(drawn);
  const truths = drawn.faults.map(({ fault }) => truthOf(drawn.base, fault));
  const right = new Set(truths.map(({ id }) => id));
  const litter = litterTruths(drawn);
  const causes = report.causes.flatMap(({ id }) => (litter.has(id) && !right.has(id) ? [] : [id]));
  const confirmed = report.causes.filter(({ verdict }) => verdict === 'confirmed');
  const index = causes.findIndex((id) => right.has(id));
  const firstIsRight = index === 0 && confirmed.some(({ id }) => id === causes[0]);
  const confirmedWrong = confirmed
    .filter(({ id, where }) => !litter.has(id) && !isTrue(truths, id, where.nodes))
    .map(({ id }) => id);
  const faulty = drawn.faults.length > 0;
  const unsettled = !firstIsRight || confirmedWrong.length > 0;
  const tried = faulty && (rivals === 'all' || (rivals === 'unsettled' && unsettled));
  return {
    seed: drawn.seed,
    kind: faulty ? 'faulty' : 'healthy',
    nodes: registeredNodes(world).length,
    platform: world.platform.name,
    overlay: `${world.overlay.flavour}/${world.overlay.encapsulation}`,
    truth: [...right],
    verdict: report.verdict,
    causes,
    confirmed: confirmed.map(({ id }) => id),
    confirmedWrong,
    rank: index < 0 ? null : index + 1,
    hurts: faulty && isHurt(drawn.base, world),
    rival: tried ? await rivalOf(drawn, evidence) : null,
    rivalsTried: tried,
  };
}

function isTrue(truths: readonly Truth[], id: string, nodes: readonly string[]): boolean {
  return truths.some(
    (truth) =>
      truth.id === id &&
      (truth.nodes === null || nodes.length === 0 || nodes.some((node) => truth.nodes?.has(node))),
  );
}

/** What lies about may be named beside the fault: it is there. */
function litterTruths({ base, circumstances }: DrawnWorld): ReadonlySet<string> {
  const odd = registeredNodes(base).some(
    ({ ready, up, ageMs }) => ready !== 'True' || !up || ageMs < JOINING_MS,
  );
  return new Set([
    ...(odd ? ['node-just-joined-or-gone', 'metrics-not-collected-yet'] : []),
    ...(circumstances.denied.includes('nodes.metrics.k8s.io') ? ['user-rbac-forbidden'] : []),
    ...(base.litter.troubledHpas.includes('missing-request') ? ['hpa-missing-requests'] : []),
  ]);
}

const JOINING_MS = 300_000;
const PATH = '/apis/metrics.k8s.io/v1beta1/nodes';
/** As often as anybody would try: a filter that takes some flows shows in one of them. */
const TURNS = 5;

/** Whether someone who uses the Metrics API would notice. */
function isHurt(base: World, world: World): boolean {
  if (!world.provider.apiServicePresent || allUnavailable(world)) return true;
  const before = new Map(apiServerMachines(base).map(({ name }) => [name, answersOf(base, name)]));
  return apiServerMachines(world).some(({ name, apiServer }) => {
    if (apiServer !== 'serving') return true;
    return answersOf(world, name) !== before.get(name);
  });
}

function answersOf(world: World, node: string): string {
  return Array.from({ length: TURNS }, (_, turn) => {
    const answer = proxied(world, node, { path: PATH, pooled: false, turn });
    return answer.kind === 'answer' ? `${answer.status} ${answer.body.length}` : answer.kind;
  }).join('\n');
}
