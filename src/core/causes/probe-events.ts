import type { EventObject, PodObject } from '../evidence/snapshot.ts';

/** The kubelet's event (pkg/kubelet/prober, pkg/probe/http): `Readiness probe failed: HTTP probe failed with statuscode: 403`. */
const REFUSED =
  /(Readiness|Liveness|Startup) probe failed: HTTP probe failed with statuscode: (401|403)/;
const PROBE = /(?:Readiness|Liveness|Startup) probe failed/;
/** The kubelet's event recorder tells of a repeat within 5 minutes, however often a probe fails. */
const FRESH_MS = 600_000;

/** A probe of the kubelet that a container refused, as the newest event about its pod says. */
export interface RefusedProbe {
  readonly probe: string;
  readonly status: string;
  readonly event: EventObject;
}

/** Null when the newest probe event about the pod says something else, is old, or there is none. */
export function refusedProbe(
  pod: PodObject,
  events: readonly EventObject[],
  takenAt: string,
): RefusedProbe | null {
  const newest = events
    .filter(
      ({ kind, name, reason, message }) =>
        kind === 'Pod' && name === pod.name && reason === 'Unhealthy' && PROBE.test(message),
    )
    .toSorted((a, b) => (b.lastSeen ?? '').localeCompare(a.lastSeen ?? ''))
    .at(0);
  const [, probe, status] = REFUSED.exec(newest?.message ?? '') ?? [];
  if (newest === undefined || probe === undefined || status === undefined) return null;
  const age = Date.parse(takenAt) - Date.parse(newest.lastSeen ?? '');
  return age > FRESH_MS ? null : { probe, status, event: newest };
}
