import { controlFacts } from './control-plane.ts';
import { deriveNetwork } from './derive-network.ts';
import { derivePlatform } from './derive-platform.ts';
import type { Evidence } from './evidence.ts';
import type { Facts } from './facts.ts';
import { identityFacts } from './identity-facts.ts';
import { known, mapObserved, missing, type Observed } from './observed.ts';
import { linksOf } from './overlay-links.ts';

/** Names what the evidence holds, and derives the facts that follow from several sources. */
export function factsFrom(evidence: Evidence): Facts {
  const { snapshot, probes } = evidence;
  const probed = <T>(rows: readonly T[], what: string): Observed<readonly T[]> => {
    if (rows.length > 0) return known(rows, 'probe Pods');
    if (probes.ran.state === 'missing') return probes.ran;
    return missing('failed', `no probe Pod brought back ${what}`);
  };
  const reach = probed(probes.reach, 'an answer about the paths');
  const bursts = probed(probes.bursts, 'counters of a burst');
  return {
    serverVersion: snapshot.serverVersion,
    apiServers: snapshot.apiServers,
    apiService: snapshot.apiService,
    apiServiceLooks: snapshot.apiServiceLooks,
    service: snapshot.service,
    endpoints: snapshot.endpoints,
    deployments: snapshot.deployments,
    providerPods: snapshot.providerPods,
    providerLogs: snapshot.providerLogs,
    events: snapshot.events,
    nodes: snapshot.nodes,
    cniPods: snapshot.cniPods,
    cniLogs: snapshot.cniLogs,
    cniConfig: snapshot.cniConfig,
    referencePods: snapshot.referencePods,
    networkPolicies: snapshot.networkPolicies,
    namespaceLabels: snapshot.namespaceLabels,
    hpas: snapshot.hpas,
    nodeMetrics: snapshot.nodeMetrics,
    helmChartConfigs: snapshot.helmChartConfigs,
    ...controlFacts(snapshot),
    ...identityFacts(snapshot),
    reach,
    bursts,
    links: mapObserved(reach, (results) =>
      linksOf(results, {
        bursts,
        providerPods: snapshot.providerPods,
        referencePods: snapshot.referencePods,
      }),
    ),
    deep: probes.deep ?? missing('not-attempted', 'deep mode was not asked for (--deep)'),
    nodeFacts: probed(probes.nodeFacts, 'facts of its node'),
    probePods: probed(probes.pods, 'any outcome'),
    network: deriveNetwork(evidence),
    platform: derivePlatform(evidence),
    takenAt: known(snapshot.takenAt, "the worker's clock"),
  };
}
