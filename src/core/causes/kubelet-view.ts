import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { fails, outcomeOf, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import { scrapePaths } from '../report/symptoms.ts';

/** One kubelet as metrics-server's node sees it, beside how it is seen elsewhere. */
export interface KubeletView {
  /** Node of metrics-server. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
  /** From where metrics-server lives (pod network, or host network). */
  readonly scrape: ReachResult;
  /** The kubelet at its InternalIP from its own node. Null when that was not tried. */
  readonly own: ReachResult | null;
  /** From the host network of metrics-server's node. */
  readonly fromHost: ReachResult | null;
  /** Whether anything else on the target's machine answers metrics-server's node; null when nothing else was tried. */
  readonly machineAnswers: boolean | null;
}

/** The kubelet's TCP port from every node with a metrics-server pod. */
export function kubeletViews(
  reach: readonly ReachResult[],
  facts: Pick<Facts, 'providerPods'>,
): readonly KubeletView[] {
  const tcp = reach.filter(
    (r) => r.to.kind === 'kubelet' && r.check === 'tcp' && outcomeOf(r) !== null,
  );
  const address = (r: ReachResult): string => `${r.to.address}:${r.to.port ?? ''}`;
  const fromNodes = new Map(
    tcp
      .filter((r) => r.from.kind === 'node')
      .map((r) => [`${r.from.node} ${address(r)}`, r] as const),
  );
  const answering = new Map<string, boolean>();
  for (const r of reach) {
    // A pod that answers over the overlay shows the machine below alive, too.
    if (r.layer === 'same-node' || r.to.kind === 'kubelet' || outcomeOf(r) === null) continue;
    if (r.layer === 'overlay' && !works(r)) continue;
    const hop = `${r.from.node} ${r.to.node}`;
    answering.set(hop, works(r) || (answering.get(hop) ?? false));
  }
  return scrapePaths(tcp, facts).map((scrape) => ({
    from: scrape.from.node,
    to: scrape.to.node,
    port: scrape.to.port ?? 0,
    scrape,
    own: fromNodes.get(`${scrape.to.node} ${address(scrape)}`) ?? null,
    fromHost: fromNodes.get(`${scrape.from.node} ${address(scrape)}`) ?? null,
    machineAnswers: answering.get(`${scrape.from.node} ${scrape.to.node}`) ?? null,
  }));
}

/** CNIs that hide a pod behind its node's address towards other nodes, as they come. */
const MASQUERADING: ReadonlySet<string> = new Set(['canal', 'flannel', 'calico']);

/**
 * The pod fails where its host gets through. Behind the same address, the target cannot tell the two apart, so what
 * drops the pod's connection stands on its own node: `forwarded-traffic-filtered`.
 */
export function diesOnItsOwnNode(
  { scrape, fromHost }: KubeletView,
  { network }: Pick<Facts, 'network'>,
): boolean {
  return (
    scrape.from.kind === 'pod' &&
    fromHost !== null &&
    works(fromHost) &&
    network.state === 'known' &&
    MASQUERADING.has(network.value.cni)
  );
}

/** Symptoms that follow when these kubelets give nothing; all of them blind, metrics-server never gets ready. */
export function kubeletConsequences(
  blocked: readonly KubeletView[],
  all: readonly KubeletView[],
  reach: readonly ReachResult[],
  facts: Pick<Facts, 'providerPods'>,
): readonly string[] {
  const targets = new Set(blocked.map(({ to, from }) => `${from}>${to}`));
  const paths = reach
    .filter(
      (r) => r.to.kind === 'kubelet' && fails(r) && targets.has(`${r.from.node}>${r.to.node}`),
    )
    .map((r) => `path:${r.id}`);
  const ready = valueOr(facts.providerPods, []).some((pod) => pod.ready && !pod.deleting);
  const nothingLeft = !ready && !all.some(({ scrape }) => works(scrape));
  return [
    ...paths,
    ...blocked.map(({ to }) => `node-metrics:${to}`),
    ...(nothingLeft
      ? ['api-server:*', 'apiservice-condition', 'hpa:*', 'provider-path:*']
      : ['hpa:*']),
  ];
}
