import type { KnownBlock } from '@slack/types';
import type { Report } from '../core/report/report.ts';
import { sentence } from './mrkdwn.ts';
import type { Opinion } from './slack-feedback.ts';

/** What the thread knows beside the report: who asked, and under which run. */
export interface ThreadContext {
  readonly cluster: string;
  readonly runId: string;
  readonly asker: Asker;
  /** Who asked for the evidence in this thread, and when; left out while nobody did. */
  readonly evidenceBy?: { readonly name: string; readonly at: string };
  /** What people say of the verdict, oldest first; left out while nobody does. */
  readonly opinions?: readonly Opinion[];
}

/** Names, never mentions: a log does not wake people. */
export type Asker =
  | { readonly kind: 'person'; readonly name: string; readonly again: boolean }
  | AlertAsker
  | {
      readonly kind: 'schedule';
      readonly name: string;
      readonly everyMs: number;
      /** What the channel was told last, by its name in `WAS`; anything else at the first check. */
      readonly before: string;
    }
  | { readonly kind: 'cli' };

/** An alert group, and how it ended. Times are ISO 8601. */
export interface AlertAsker {
  readonly kind: 'alert';
  readonly alertNames: readonly string[];
  readonly firingSince: string | null;
  /** Alerts that the sender left out of its last notification. */
  readonly truncated: number;
  /** When this run's first verdict came. */
  readonly verdictAt: string | null;
  readonly resolvedAt: string | null;
  /** The run after the end; null while it is not asked for. */
  readonly lastCheck:
    | null
    | { readonly state: 'running' }
    | {
        readonly state: 'ended';
        readonly runId: string;
        readonly report: Pick<Report, 'verdict' | 'headline'> | null;
        /** Why there is no report. */
        readonly failed: string | null;
      };
}

/** Which message of a thread; one message each, edited in place. */
export type MessageKey = 'root' | 'checklist' | 'broken' | 'why' | 'fixes' | 'closed';

/** One Slack message. `text` is the whole of it in a sentence or two, for notifications and screen readers. */
export interface SlackMessage {
  readonly key: MessageKey;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** A file for the thread. */
export interface ThreadFile {
  readonly key: 'matrix' | 'fixes-file' | 'evidence';
  readonly filename: string;
  readonly title: string;
  /** Says what a picture shows; null for text. */
  readonly altText: string | null;
  /** What is uploaded: words as they stand, or a picture that the delivery draws as PNG. */
  readonly content: { readonly kind: 'text' | 'svg'; readonly text: string };
  /** Said in the message that holds the file. */
  readonly comment?: string;
  /** Files in the same message. */
  readonly beside?: readonly {
    readonly filename: string;
    readonly title: string;
    readonly bytes: Uint8Array;
  }[];
}

/** Spells sentences of one report, its nodes' names as code. */
export type Say = (raw: string) => string;

/** The speller for one report. */
export function sayFor(report: Report): Say {
  const names = new Set([
    ...report.apiServers.map(({ name }) => name),
    ...report.reach.flatMap(({ from, to }) => [from, to]),
    ...report.causes.flatMap(({ where }) => [...where.nodes, ...where.from, ...where.to]),
    ...report.impact.nodesWithoutMetrics,
  ]);
  return (raw) => sentence(raw, names);
}

/** Hour and minute of an ISO 8601 time in UTC, as the report spells all times. */
export function clockTime(iso: string): string {
  const match = /T(\d\d:\d\d)/u.exec(iso);
  return match?.[1] === undefined ? sentence(iso) : `${match[1]} UTC`;
}
