import type { ControlFacts } from './control-plane.ts';
import type { DeepNodeFacts } from './deep-results.ts';
import type { IdentityFacts } from './identity-facts.ts';
import type { Observed } from './observed.ts';
import type { Link } from './overlay-links.ts';
import type { BurstResult, NodeProbeFacts, ProbePodOutcome, ReachResult } from './probe-results.ts';
import type { Snapshot } from './snapshot.ts';

/** The named facts that causes may need: the snapshot's fields, the probes' answers, and what follows from both. */
export interface Facts
  extends Pick<Snapshot, SnapshotFacts>,
    Required<ControlFacts>,
    Required<IdentityFacts> {
  readonly reach: Observed<readonly ReachResult[]>;
  readonly bursts: Observed<readonly BurstResult[]>;
  readonly nodeFacts: Observed<readonly NodeProbeFacts[]>;
  /** What probes with NET_ADMIN saw; missing unless deep mode was asked for. */
  readonly deep: Observed<readonly DeepNodeFacts[]>;
  readonly probePods: Observed<readonly ProbePodOutcome[]>;
  /** Which CNI, which encapsulation, which port: derived, with the reasons. */
  readonly network: Observed<NetworkFacts>;
  readonly platform: Observed<Platform>;
  /** The pod network pair by pair, as the paths and bursts show it. */
  readonly links: Observed<readonly Link[]>;
  /** When the snapshot was begun: the clock that ages are measured against. */
  readonly takenAt: Observed<string>;
}

type SnapshotFacts =
  | 'serverVersion'
  | 'apiServers'
  | 'apiService'
  | 'apiServiceLooks'
  | 'service'
  | 'endpoints'
  | 'deployments'
  | 'providerPods'
  | 'providerLogs'
  | 'events'
  | 'nodes'
  | 'cniPods'
  | 'cniLogs'
  | 'cniConfig'
  | 'referencePods'
  | 'networkPolicies'
  | 'namespaceLabels'
  | 'hpas'
  | 'nodeMetrics'
  | 'helmChartConfigs';

export type Platform =
  | 'rke2'
  | 'k3s'
  | 'kubeadm'
  | 'eks'
  | 'gke'
  | 'aks'
  | 'talos'
  | 'k0s'
  | 'openshift'
  | 'unknown';

export interface NetworkFacts {
  readonly cni: 'canal' | 'calico' | 'flannel' | 'cilium' | 'other' | 'unknown';
  readonly encapsulation: 'vxlan' | 'ipip' | 'wireguard' | 'geneve' | 'none' | 'unknown';
  /** UDP port of the overlay; null when there is none or it is not known. */
  readonly port: number | null;
  readonly vni: number | null;
  readonly device: string | null;
  /** Each reason in words, e.g. "node annotation flannel.alpha.coreos.com/backend-type=vxlan, VNI 4096". */
  readonly basis: readonly string[];
  /** True when what the nodes have bound and what the configuration says differ. */
  readonly disagrees: boolean;
}
