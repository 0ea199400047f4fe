import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { fails, isSilent, outcomeOf, works } from '../evidence/paths.ts';
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

/** CNIs that hide a pod behind its node's address towards other nodes, as they come. Cilium does in its tunnel modes. */
export function hidesPods({ network }: Pick<Facts, 'network'>): boolean {
  if (network.state === 'missing') return false;
  const { cni, encapsulation } = network.value;
  if (cni === 'cilium') return encapsulation === 'vxlan' || encapsulation === 'geneve';
  return cni === 'canal' || cni === 'flannel' || cni === 'calico';
}

/**
 * Where the filter stands that stops a pod's connection to a kubelet. Its host's own connection decides: stopped,
 * too, it is the target's filter (or one between); let through behind the same address, the target cannot tell the
 * two apart, and the pod's own node drops it. Where the target sees the pod's address, pods of other nodes decide,
 * as long as the two nodes' pod network carries answers at all. `way-back`: it carries none from the target to pods
 * of that node, so that no filter is needed.
 */
export function filterSite(
  view: KubeletView,
  views: readonly KubeletView[],
  facts: Pick<Facts, 'network'> & { readonly reach: readonly ReachResult[] },
): 'home' | 'target' | 'way-back' | 'unclear' {
  if (view.scrape.from.kind === 'node') return 'target';
  const passes = hostPasses(view, views);
  if (passes === null) return 'unclear';
  if (!passes) return 'target';
  if (hidesPods(facts)) return 'home';
  if (hasNoWayBack(view, facts.reach)) return 'way-back';
  const others = facts.reach.filter(
    ({ from, to, check, result }) =>
      from.kind === 'pod' &&
      from.node !== view.from &&
      from.node !== view.to &&
      to.address === view.scrape.to.address &&
      to.port === view.port &&
      check === 'tcp' &&
      result.state === 'known',
  );
  if (others.some(works)) return 'home';
  return others.length > 0 && podNetworkWorks(view, facts.reach) ? 'target' : 'unclear';
}

/** Whether the host gets through where its pod does not; of a target that it did not try, what all others show. */
function hostPasses(view: KubeletView, views: readonly KubeletView[]): boolean | null {
  if (view.fromHost !== null) return works(view.fromHost);
  const others = views.flatMap((other) =>
    other.from === view.from && other.from !== other.to && fails(other.scrape)
      ? (other.fromHost ?? [])
      : [],
  );
  if (others.length === 0) return null;
  if (others.every(works)) return true;
  return others.every(fails) ? false : null;
}

/** The target's machine reaches no pod of that node, though it tried. */
function hasNoWayBack({ from, to }: KubeletView, reach: readonly ReachResult[]): boolean {
  const back = reach.filter(
    (r) =>
      r.from.kind === 'node' &&
      r.from.node === to &&
      r.to.node === from &&
      r.layer === 'overlay' &&
      r.check === 'tcp' &&
      outcomeOf(r) !== null,
  );
  return back.length > 0 && back.every(isSilent);
}

/** Packets with pod addresses cross between these two nodes. */
export function podNetworkWorks(
  { from, to }: { readonly from: string; readonly to: string },
  reach: readonly ReachResult[],
): boolean {
  return reach.some(
    (r) =>
      r.layer === 'overlay' &&
      works(r) &&
      ((r.from.node === from && r.to.node === to) || (r.from.node === to && r.to.node === from)),
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
