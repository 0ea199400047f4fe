import type { Facts } from './facts.ts';
import { valueOr } from './observed.ts';

/** A range of pod addresses and who says so. */
export interface PodRange {
  readonly cidr: string;
  readonly source: string;
}

/** Where the cluster states its pod ranges: the whole one first (pools, flags, flannel), then each node's share. */
export function podRanges({
  nodes,
  cniConfig,
  controlPlanePods,
}: Pick<Facts, 'nodes' | 'cniConfig' | 'controlPlanePods'>): readonly PodRange[] {
  const config = cniConfig.state === 'known' ? cniConfig.value : null;
  const pools = config === null ? [] : valueOr(config.calicoIpPools, []);
  const whole = [
    ...pools.map(({ name, cidr }) => ({ cidr, source: `IPPool ${name}` })),
    ...(config?.configMaps ?? []).flatMap(({ name, data }) =>
      networksOf(data).map((cidr) => ({ cidr, source: `ConfigMap ${name}` })),
    ),
    ...valueOr(controlPlanePods, []).flatMap(({ component, flags }) =>
      component === 'kube-controller-manager'
        ? split(flags['cluster-cidr']).map((cidr) => ({ cidr, source: '--cluster-cidr' }))
        : [],
    ),
  ];
  const shares = valueOr(nodes, []).flatMap(({ name, podCidrs }) =>
    podCidrs.map((cidr) => ({ cidr, source: `podCIDR of ${name}` })),
  );
  return [...new Map([...whole, ...shares].map((range) => [range.cidr, range])).values()];
}

/** `net-conf.json` of flannel and canal; the pool ranges of Cilium. */
function networksOf(data: Readonly<Record<string, string>>): readonly string[] {
  const flannel = /"(?:Network|IPv6Network)"\s*:\s*"([^"]+)"/g;
  return [
    ...[...(data['net-conf.json'] ?? '').matchAll(flannel)].map(([, cidr]) => cidr ?? ''),
    ...split(data['cluster-pool-ipv4-cidr']),
    ...split(data['cluster-pool-ipv6-cidr']),
  ];
}

function split(list: string | undefined): readonly string[] {
  return (list ?? '').split(/[\s,]+/).filter((item) => item !== '');
}

/** Ranges shown in a command; one per node beyond that helps nobody. */
const MAX_SHOWN = 8;

/** Every range that a proxy must leave alone, as far as the cluster states them; placeholders for the rest. */
export function clusterRanges(
  facts: Pick<Facts, 'nodes' | 'cniConfig' | 'controlPlanePods' | 'service'>,
): readonly string[] {
  const pods = podRanges(facts).map(({ cidr }) => cidr);
  const wide = pods.filter((_, at) => at < MAX_SHOWN);
  const services = valueOr(facts.controlPlanePods, []).flatMap(({ flags }) =>
    split(flags['service-cluster-ip-range']),
  );
  const addresses = valueOr(facts.nodes, []).flatMap(({ internalIps }) => internalIps.slice(0, 1));
  return [
    ...(wide.length > 0 && pods.length <= MAX_SHOWN ? wide : ['<pod range>']),
    ...(services.length > 0 ? new Set(services) : ['<Service range>']),
    ...(addresses.length > 0 && addresses.length <= MAX_SHOWN ? addresses : ['<node range>']),
  ];
}
