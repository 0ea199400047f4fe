import { renderClosed } from '../renderers/slack-alert.ts';
import { renderCancelled } from '../renderers/slack-cancelled.ts';
import type { Opinion } from '../renderers/slack-feedback.ts';
import { fixesFile } from '../renderers/slack-fixes.ts';
import type { Asker, SlackMessage, ThreadContext, ThreadFile } from '../renderers/slack-message.ts';
import { renderFailed, renderOpened, renderWaiting } from '../renderers/slack-root.ts';
import { matrixFile, renderChecklist, renderVerdict } from '../renderers/slack-thread.ts';
import type { RunState } from '../runs/run-store.ts';

/** What a thread should show now: messages and files, in the order in which they are posted. */
export type ThreadPart =
  | { readonly kind: 'message'; readonly message: SlackMessage }
  | { readonly kind: 'file'; readonly file: ThreadFile };

/** Names of people who clicked something that shows in the thread. */
export interface Clickers {
  readonly cancelledBy?: string | null;
  readonly evidenceBy?: { readonly name: string; readonly at: string } | null;
  readonly opinions?: readonly Opinion[];
}

/**
 * The thread of a run for one of its followers. Pure: the same state gives the same thread.
 */
export function threadOf(
  run: RunState,
  asker: Asker,
  { cancelledBy = null, evidenceBy = null, opinions = [] }: Clickers = {},
): readonly ThreadPart[] {
  const context: ThreadContext = {
    cluster: run.cluster,
    runId: run.runId,
    asker,
    ...(evidenceBy === null ? {} : { evidenceBy }),
    ...(opinions.length === 0 ? {} : { opinions }),
  };
  const closed = renderClosed(context);
  const end = closed === null ? [] : [{ kind: 'message', message: closed } as const];
  if (run.report !== null) {
    const { report } = run;
    const parts = renderVerdict(context, report).flatMap((message) => {
      const file =
        message.key === 'broken'
          ? matrixFile(report)
          : message.key === 'fixes'
            ? fixesFile(report)
            : null;
      return [
        { kind: 'message', message } as const,
        ...(file === null ? [] : [{ kind: 'file', file } as const]),
      ];
    });
    return [...parts, ...end];
  }
  const root = openRoot(run, context, cancelledBy);
  const messages =
    run.checklist.length === 0 ? [root] : [root, renderChecklist(context, run.checklist)];
  return [...messages.map((message) => ({ kind: 'message', message }) as const), ...end];
}

/** The root of a run without a verdict. */
function openRoot(run: RunState, context: ThreadContext, cancelledBy: string | null): SlackMessage {
  if (run.cancelled !== null) {
    const { cancelled, startedAt, stopped } = run;
    const by = cancelledBy ?? cancelled.userName;
    const stage = stopped ?? (startedAt === null ? 'none' : 'stopping');
    return renderCancelled(context, { by, at: cancelled.at, stage });
  }
  if (run.failed !== null) return renderFailed(context, run.failed);
  if (run.noWorker === null) return renderOpened(context);
  return renderWaiting(context, waitingWords(run.cluster, run.noWorker.lastSeen));
}

function waitingWords(cluster: string, lastSeen: string | null): string {
  const seen =
    lastSeen === null
      ? 'None has ever been seen'
      : `The last one was seen at ${lastSeen.replace('T', ' ').replace(/\.\d+Z$|Z$/u, ' UTC')}`;
  return `No worker for ${cluster} has taken this run yet. ${seen}. Start one, or look at its log; the run waits for it.`;
}
