import type { Queue } from 'bullmq';
import type { ChecklistItem, Report } from '../core/report/report.ts';
import type { ReportEvent, StoppedPods } from './jobs.ts';
import type { RunWorkStore } from './run-work-store.ts';

/** Tells the bot what a run has come to; events leave in the order of the calls. */
export interface RunEvents {
  progress(checklist: readonly ChecklistItem[]): Promise<void>;
  verdict(report: Report): Promise<void>;
  failed(sentence: string): Promise<void>;
  /** The run has stopped, since somebody cancelled it. */
  cancelled(pods: StoppedPods): Promise<void>;
}

/** Numbers a run's events and puts them on `reports`. */
export function createRunEvents(
  { reports, work }: { readonly reports: Queue<ReportEvent>; readonly work: RunWorkStore },
  run: { readonly runId: string; readonly cluster: string },
): RunEvents {
  let last: Promise<void> = Promise.resolve();
  const send = (make: (head: { runId: string; cluster: string; seq: number }) => ReportEvent) => {
    const sent = last.then(async () => {
      const event = make({ ...run, seq: await work.nextSeq(run.runId) });
      await reports.add(event.kind, event);
    });
    last = sent.catch(() => undefined); // the caller of `sent` hears of it; the next event is tried all the same
    return sent;
  };
  return {
    progress: (checklist) => send((head) => ({ kind: 'progress', ...head, checklist })),
    verdict: (report) => send((head) => ({ kind: 'verdict', ...head, report })),
    failed: (sentence) => send((head) => ({ kind: 'failed', ...head, sentence })),
    cancelled: (pods) => send((head) => ({ kind: 'cancelled', ...head, pods })),
  };
}
