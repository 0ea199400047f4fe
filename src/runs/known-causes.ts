import type { AlertsConfig } from '../config/alerts-schema.ts';
import { instantOf } from '../config/local-time.ts';
import type { Report } from '../core/report/report.ts';

export type KnownCause = AlertsConfig['knownCauses'][number];

/** Causes that are accepted as known for a cluster, and still are. */
export function knownCausesOf(
  config: Pick<AlertsConfig, 'knownCauses'> | null,
  cluster: string,
  nowMs: number,
): readonly KnownCause[] {
  return (config?.knownCauses ?? []).filter(
    ({ clusters, until }) =>
      (clusters === undefined || clusters.includes(cluster)) &&
      (until === undefined || nowMs < (instantOf(until, 'UTC') ?? 0)),
  );
}

/** Whether accepted causes account for all that a report finds: then it is no news to anybody. */
export function isAllKnown(report: Report, known: readonly KnownCause[]): boolean {
  const ids = new Set(known.map(({ cause }) => cause));
  return (
    report.causes.length > 0 &&
    report.causes.every(({ id }) => ids.has(id)) &&
    report.unexplained.length === 0
  );
}
