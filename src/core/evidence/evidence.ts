import type { HealthySummary } from '../changes/healthy-summary.ts';
import type { ProbeResults } from './probe-results.ts';
import type { Snapshot } from './snapshot.ts';

/** All that a run saw: the whole input of the core. A bundle is this, saved. */
export interface Evidence {
  readonly schema: 'metrics-diag/evidence/v1';
  readonly runId: string;
  readonly cluster: string;
  /** Settings that change how facts are read, from the cluster's configuration. */
  readonly hints: { readonly platform: string | null; readonly cni: string | null };
  readonly snapshot: Snapshot;
  readonly probes: ProbeResults;
  /** The last healthy run of this cluster, for "what changed?"; absent where none is known. */
  readonly before?: HealthySummary | null;
  /** Milliseconds from the run's start to the evidence being sufficient for this report. */
  readonly tookMs: number;
  /** True when no answer is outstanding any more. */
  readonly final: boolean;
}
