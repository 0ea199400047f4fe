import type { WorkerCluster, WorkerPlace } from '../config/role-config.ts';
import { type Missing, missing } from '../core/evidence/observed.ts';
import { DEFAULT_DEEP_COMMAND, DEFAULT_PROBE_COMMAND } from '../probes/probe-pod.ts';
import type { ProbeSettings, StageCluster } from './stage-cluster.ts';

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

const DEEP_NOT_ALLOWED = missing(
  'not-attempted',
  'the configuration does not allow deep mode (probe.deep.enabled)',
);

/** Deep Pods run another program, under another account, where the configuration allows them. */
export function deepSettings(
  place: Parameters<typeof probeSettings>[0],
  config: WorkerCluster,
  signal: AbortSignal,
): ProbeSettings | Missing {
  const plain = probeSettings(place, config, signal);
  const { deep } = config.probe;
  if ('state' in plain) return plain;
  if (!deep.enabled) return DEEP_NOT_ALLOWED;
  return {
    ...plain,
    namespace: deep.namespace ?? plain.namespace,
    command: deep.command ?? DEFAULT_DEEP_COMMAND,
    localApiServiceAccount: null,
    deepServiceAccount: deep.serviceAccount ?? null,
  };
}

/** For a run that asked for deep mode: its results are due, or the reason for which there are none. */
export function deepAsked({ probe }: WorkerCluster): Missing | 'asked' {
  return probe.deep.enabled ? 'asked' : DEEP_NOT_ALLOWED;
}

/** Every namespace that may hold probe Pods. */
export function probeNamespaces({
  probe,
  deep,
}: Pick<StageCluster, 'probe' | 'deep'>): readonly string[] {
  return [...new Set([probe, deep].flatMap((each) => ('state' in each ? [] : [each.namespace])))];
}
