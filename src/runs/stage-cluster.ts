import type { ClusterClient } from '../clients/cluster-client.ts';
import type { WorkerCluster } from '../config/role-config.ts';
import type { Missing } from '../core/evidence/observed.ts';
import type { RunPodsOptions } from '../probes/run-pods.ts';
import type { ReadSnapshotOptions } from '../snapshot/read-snapshot.ts';

/** How this cluster is probed; the attempt comes with each run. */
export type ProbeSettings = Omit<RunPodsOptions, 'attempt'>;

/** A cluster with all that the stages need to reach it. */
export interface StageCluster {
  readonly config: WorkerCluster;
  readonly client: ClusterClient;
  readonly snapshot: Omit<ReadSnapshotOptions, 'onApiServers'>;
  /** Missing, with the reason, when nothing may be probed. */
  readonly probe: ProbeSettings | Missing;
  /** The same for deep mode. */
  readonly deep: ProbeSettings | Missing;
}
