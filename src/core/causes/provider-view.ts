import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { fails, isPodTarget, outcomeOf, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { PodObject } from '../evidence/snapshot.ts';

/** How one metrics-server pod is seen from the nodes. */
export interface ProviderView {
  readonly pod: PodObject;
  readonly node: string;
  readonly port: number;
  /** TCP from its own node works; kubelet's readiness probe of that port counts, which comes from there, too. */
  readonly atHome: boolean;
  /** TCP checks from other nodes that failed although another pod on the same node answered the same node. */
  readonly singledOut: readonly { readonly dead: ReachResult; readonly beside: ReachResult }[];
  /** TCP checks from other nodes that failed, with no other pod to compare. */
  readonly uncompared: readonly ReachResult[];
  /** TCP checks from other nodes that failed like every other pod on that node does. */
  readonly likeOthers: readonly ReachResult[];
  readonly reachable: readonly ReachResult[];
}

/** One view for each live metrics-server pod that a probe tried from another node. */
export function providerViews(
  reach: readonly ReachResult[],
  facts: Pick<Facts, 'providerPods'>,
): readonly ProviderView[] {
  const pods = valueOr(facts.providerPods, []).filter(({ deleting }) => !deleting);
  return pods.flatMap((pod) => {
    const node = pod.nodeName;
    if (node === null) return [];
    const tried = reach.filter(
      (r) =>
        r.to.kind === 'provider' &&
        r.check === 'tcp' &&
        r.from.kind === 'node' &&
        pod.podIps.includes(r.to.address) &&
        outcomeOf(r) !== null,
    );
    const remote = tried.filter((r) => r.from.node !== node);
    const port = tried[0]?.to.port;
    if (port == null || remote.length === 0) return [];
    const dead = remote.filter(fails);
    const compared = dead.map((r) => ({ dead: r, beside: besides(r, reach) }));
    const home = tried.filter((r) => r.from.node === node);
    return [
      {
        pod,
        node,
        port,
        atHome: home.length > 0 ? home.some(works) : pod.ready && declares(pod, port),
        singledOut: compared.flatMap(({ dead: r, beside }) => {
          const alive = beside.find(works);
          return alive === undefined ? [] : [{ dead: r, beside: alive }];
        }),
        uncompared: compared.filter(({ beside }) => beside.length === 0).map(({ dead: r }) => r),
        likeOthers: compared
          .filter(({ beside }) => beside.length > 0 && !beside.some(works))
          .map(({ dead: r }) => r),
        reachable: remote.filter(works),
      },
    ];
  });
}

/** A Service may lead to a port at which the pod does not listen; it is ready by another then. */
function declares({ containers }: PodObject, port: number): boolean {
  return containers.some(({ ports }) => ports.some(({ containerPort }) => containerPort === port));
}

/** TCP from the same node to other pods on the provider's node (or, on the host network, to its other ports). */
function besides(r: ReachResult, reach: readonly ReachResult[]): readonly ReachResult[] {
  return reach.filter(
    (other) =>
      other.check === 'tcp' &&
      other.from.kind === 'node' &&
      other.from.node === r.from.node &&
      other.to.node === r.to.node &&
      other.layer === r.layer &&
      !(other.to.address === r.to.address && other.to.port === r.to.port) &&
      (r.layer === 'underlay' || (isPodTarget(other) && other.to.kind !== 'provider')) &&
      outcomeOf(other) !== null,
  );
}

/** What follows when these paths to metrics-server are shut: API servers there, and what hangs on them. */
export function providerConsequences(
  dead: readonly ReachResult[],
  reach: readonly ReachResult[],
): readonly string[] {
  const sources = new Set(dead.map(({ from }) => from.node));
  const targets = new Set(dead.map(({ to }) => to.address));
  const paths = reach
    .filter(
      (r) =>
        r.to.kind === 'provider' &&
        targets.has(r.to.address) &&
        sources.has(r.from.node) &&
        fails(r),
    )
    .map((r) => `provider-path:${r.id}`);
  return [
    ...paths,
    ...[...sources].map((node) => `api-server:${node}`),
    'hpa:*',
    'apiservice-condition',
  ];
}
