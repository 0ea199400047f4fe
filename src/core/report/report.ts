import type { Claim } from '../causes/define-cause.ts';
import type { ChangeKind } from '../changes/changes.ts';
import type { Fix } from '../fixes/fix.ts';
import type { ManualCheck } from './by-hand.ts';

/** The public report, schema `metrics-diag/report/v1` (`docs/report.schema.json`). Pure function of the evidence. */
export interface Report {
  readonly schema: 'metrics-diag/report/v1';
  /** Null for `explain`. */
  readonly cluster: string | null;
  readonly runId: string;
  /** `broken`: some API server cannot serve the Metrics API. `degraded`: all serve, but nodes or HPAs lack metrics. */
  readonly verdict: 'healthy' | 'degraded' | 'broken' | 'inconclusive';
  /** One full sentence, no markup. */
  readonly headline: string;
  /** Best first. */
  readonly causes: readonly RankedCause[];
  readonly ruledOut: readonly { readonly id: string; readonly because: string }[];
  readonly unknown: readonly {
    readonly id: string;
    readonly missing: readonly string[];
    readonly settle: string | null;
  }[];
  /** Symptoms that no cause accounts for, in words. */
  readonly unexplained: readonly string[];
  readonly apiServers: readonly {
    readonly name: string;
    readonly address: string;
    readonly outcome: string;
    readonly status: number | null;
    readonly body: string;
    readonly ms: number | null;
  }[];
  readonly reach: readonly {
    readonly id: string;
    readonly from: string;
    readonly to: string;
    readonly target: string;
    readonly layer: 'overlay' | 'underlay' | 'same-node';
    readonly check: string;
    readonly outcome: string;
    readonly ms: number | null;
  }[];
  readonly impact: Impact;
  /** The four-line checklist of what was looked at, with numbers. */
  readonly checklist: readonly ChecklistItem[];
  /** What is broken in one or two sentences: the pattern of the paths, and whether the APIService condition can be trusted. */
  readonly pattern: readonly string[];
  /** What changed since the last healthy run, as far as it bears on a cause: a hint, never a proof. Absent without one. */
  readonly changes?:
    | {
        readonly since: string;
        readonly runId: string;
        readonly items: readonly {
          readonly kind: ChangeKind;
          readonly text: string;
          /** Ids of the causes that it bears on. */
          readonly causes: readonly string[];
        }[];
      }
    | undefined;
  /** What could not be seen, each a sentence with its remedy where there is one. */
  readonly notSeen: readonly string[];
  /** What to run by hand where no probe ran; empty otherwise. */
  readonly byHand: readonly ManualCheck[];
  /** `true` when no answer is outstanding. */
  readonly final: boolean;
  readonly tookMs: number;
  readonly takenAt: string;
}

export interface RankedCause {
  readonly id: string;
  readonly title: string;
  readonly verdict: 'confirmed' | 'suspected';
  readonly headline: string;
  readonly where: Where;
  readonly because: readonly Claim[];
  readonly contradicts: readonly Claim[];
  readonly settle: string | null;
  readonly fixes: readonly Fix[];
}

export interface Where {
  /** Nodes at fault. */
  readonly nodes: readonly string[];
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly layer: 'overlay' | 'underlay' | 'same-node' | 'api' | null;
  /** Only from one-way evidence: `into` the nodes, `out-of` them; else null. */
  readonly direction: 'into' | 'out-of' | null;
}

export interface Impact {
  /** e.g. "`kubectl top` fails two times out of three". Empty when nothing is hurt. */
  readonly sentences: readonly string[];
  readonly apiServersServing: number;
  readonly apiServersTotal: number;
  readonly hpasBlind: readonly {
    readonly namespace: string;
    readonly name: string;
    readonly since: string | null;
    readonly currentReplicas: number;
  }[];
  readonly nodesWithoutMetrics: readonly string[];
}

export interface ChecklistItem {
  readonly id: 'api-servers' | 'chain' | 'paths' | 'counters';
  readonly state: 'pending' | 'running' | 'done' | 'failed' | 'skipped';
  readonly text: string;
}
