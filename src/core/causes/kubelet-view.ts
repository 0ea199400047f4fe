import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { fails, outcomeOf, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import { scrapesKubelets } from '../report/symptoms.ts';

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
  /** Anything else at the target's host addresses that answered another node. */
  readonly machineAnswers: boolean;
}

/** The kubelet's TCP port from every node with a metrics-server pod. */
export function kubeletViews(
  reach: readonly ReachResult[],
  facts: Pick<Facts, 'providerPods'>,
): readonly KubeletView[] {
  const tcp = reach.filter(
    (r) => r.to.kind === 'kubelet' && r.check === 'tcp' && outcomeOf(r) !== null,
  );
  return tcp
    .filter((r) => scrapesKubelets(r, reach, facts))
    .map((scrape) => {
      const same = (r: ReachResult): boolean =>
        r.to.address === scrape.to.address && r.to.port === scrape.to.port;
      const own = tcp.find((r) => same(r) && r.from.kind === 'node' && r.from.node === r.to.node);
      const fromHost = tcp.find(
        (r) => same(r) && r.from.kind === 'node' && r.from.node === scrape.from.node,
      );
      return {
        from: scrape.from.node,
        to: scrape.to.node,
        port: scrape.to.port ?? 0,
        scrape,
        own: own ?? null,
        fromHost: fromHost ?? null,
        machineAnswers: reach.some(
          (r) => r.layer === 'underlay' && r.to.node === scrape.to.node && works(r),
        ),
      };
    });
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
