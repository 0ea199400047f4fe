import type { WorkerCluster, WorkerPlace } from '../config/role-config.ts';
import { type Missing, missing } from '../core/evidence/observed.ts';
import { DEFAULT_PROBE_COMMAND } from '../probes/probe-pod.ts';
import type { ProbeSettings } from './stage-cluster.ts';

/**
 * How the probe Pods of a cluster are made, or why none is.
 *
 * @param probesOff - why probing is off for this process
 */
export function probeSettings(
  { place, probesOff }: { readonly place: WorkerPlace; readonly probesOff?: string },
  { probe, access }: WorkerCluster,
  signal: AbortSignal,
): ProbeSettings | Missing {
  if (probesOff !== undefined) return missing('not-attempted', probesOff);
  if (!probe.enabled)
    return missing('not-attempted', 'switched off in the configuration (probe.enabled)');
  const image = probe.image ?? place.probeImage;
  if (image === null) {
    return missing('not-attempted', 'no probe image is known: set probe.image (or --probe-image)');
  }
  return {
    namespace: probe.namespace,
    image,
    command: probe.command ?? DEFAULT_PROBE_COMMAND,
    imagePullPolicy: probe.imagePullPolicy,
    imagePullSecrets: probe.imagePullSecrets,
    // In another cluster this Pod is unknown, and the garbage collector would delete what it owns at once.
    owner: access.inCluster === true ? place.pod : null,
    localApiServiceAccount: probe.serviceAccount ?? null,
    now: Date.now,
    signal,
  };
}
