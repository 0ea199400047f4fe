import { parse } from 'yaml';
import { createClusterClient } from '../../src/clients/kubernetes.ts';
import { toClusterAccess } from '../../src/config/cluster-access.ts';
import { fileSchema } from '../../src/config/file-schema.ts';
import type { StandInCluster } from './api-server/stand-in-cluster.ts';
import { type Diagnosis, type DiagnosisOptions, runDiagnosis } from './run-diagnosis.ts';

export type { Diagnosis } from './run-diagnosis.ts';

/**
 * The product's 2 s are real time; a stand-in whose waits are shrunk answers far sooner, and a busy test machine
 * needs far longer.
 */
const PATIENT_MS = 20_000;
/** One that hangs would take 45 s. */
const DEFAULT_SETTLE_MS = 8_000;

/** Diagnoses a stand-in cluster over its sockets, through a configuration file as a user has it. */
export async function diagnoseStandIn(
  cluster: StandInCluster,
  options: DiagnosisOptions = {},
): Promise<Diagnosis> {
  const [config] = fileSchema.parse(parse(cluster.configYaml())).clusters;
  if (config?.access === undefined) throw new TypeError('the stand-in names no access');
  const own = { ...config, access: config.access };
  const client = await createClusterClient(toClusterAccess(own.access));
  return runDiagnosis(own, client, {
    firstLookMs: PATIENT_MS,
    settleMs: DEFAULT_SETTLE_MS,
    ...options,
  });
}
