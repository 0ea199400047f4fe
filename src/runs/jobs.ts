import type { ChecklistItem, Report } from '../core/report/report.ts';
import type { OnlyPaths } from '../probes/only-paths.ts';

/** Who asked, and where the answer goes. Plain JSON: it travels in Redis, so it holds no secret but the short-lived `responseUrl`. */
export type Trigger =
  | PersonTrigger
  | {
      readonly kind: 'alert';
      readonly source: 'alertmanager' | 'grafana';
      readonly channel: string;
      readonly groupKeyHash: string;
      readonly alertNames: readonly string[];
      readonly firingSince: string | null;
      /** The run whose thread this one's verdict closes: it has none of its own. */
      readonly lastCheckOf?: string;
    }
  | {
      readonly kind: 'schedule';
      readonly channel: string;
      readonly everyMs: number;
      /** Who scheduled it. */
      readonly user: string;
      readonly userName: string;
      /** Of the command that scheduled it, for the first check alone. */
      readonly responseUrl: string | null;
    }
  | {
      readonly kind: 'verify';
      /** The run whose failing paths are tried again. */
      readonly of: string;
      readonly channel: string;
      /** The thread of that run. */
      readonly threadTs: string;
      readonly user: string;
      readonly userName: string;
      readonly responseUrl: string | null;
    }
  | { readonly kind: 'cli' };

/** A person, at one of Slack's doors. */
export interface PersonTrigger {
  readonly kind: 'slash-command' | 'button' | 'mention' | 'shortcut' | 'modal';
  readonly user: string;
  readonly userName: string;
  readonly channel: string;
  /** The answer goes into this thread; null: it opens one of its own. */
  readonly threadTs: string | null;
  readonly responseUrl: string | null;
}

/** Data of a job on `alerts`: look after this group. */
export interface AlertJob {
  readonly groupKeyHash: string;
}

/** What became of the probe Pods of a run that was cancelled. `none`: it had not begun. */
export type StoppedPods = 'none' | 'removed' | 'left';

/** Data of a job on `runs.<cluster>`; its BullMQ job id is the run id. */
export interface RunJob {
  readonly runId: string;
  readonly cluster: string;
  readonly requestedAt: string;
  readonly trigger: Trigger;
  /** Deep mode was asked for; the worker's configuration must allow it. */
  readonly deep?: { readonly trace: boolean };
  /** Nodes that must be among those probed, where they exist. */
  readonly nodes?: readonly string[];
  /** Try these paths again and nothing else. */
  readonly only?: OnlyPaths;
}

/**
 * Data of a job on `reports`: what the bot has to show. `seq` rises within a run; an older one never
 * overwrites a newer one. `opened` (somebody subscribed, or a subscription changed: an alert was resolved)
 * and `no-worker-check` come from the bot itself, carry seq 0 and replace nothing: they ask to render again.
 */
export type ReportEvent =
  | {
      readonly kind: 'opened';
      readonly runId: string;
      readonly cluster: string;
      readonly seq: number;
    }
  | {
      readonly kind: 'progress';
      readonly runId: string;
      readonly cluster: string;
      readonly seq: number;
      readonly checklist: readonly ChecklistItem[];
    }
  | {
      readonly kind: 'verdict';
      readonly runId: string;
      readonly cluster: string;
      readonly seq: number;
      readonly report: Report;
    }
  | {
      readonly kind: 'failed';
      readonly runId: string;
      readonly cluster: string;
      readonly seq: number;
      readonly sentence: string;
    }
  | {
      readonly kind: 'cancelled';
      readonly runId: string;
      readonly cluster: string;
      readonly seq: number;
      readonly pods: StoppedPods;
    }
  | {
      readonly kind: 'no-worker-check';
      readonly runId: string;
      readonly cluster: string;
      readonly seq: number;
    };

/** What the stages tell while they work; the worker turns it into `ReportEvent`s, the CLI into a live checklist. */
export type Progress = (checklist: readonly ChecklistItem[]) => void | Promise<void>;
