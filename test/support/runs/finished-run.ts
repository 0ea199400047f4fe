import type { Report } from '../../../src/core/report/report.ts';
import type { RunState } from '../../../src/runs/run-store.ts';

export const RUN_ID = 'r0f0e1d2';

/** A run of `prod` whose last answers are in. */
export function finishedRun(report: Report): RunState {
  return {
    runId: RUN_ID,
    cluster: 'prod',
    requestedAt: '2026-11-22T14:02:01.000Z',
    trigger: { kind: 'cli' },
    deep: false,
    startedAt: '2026-11-22T14:02:02.000Z',
    seq: 9,
    checklist: report.checklist,
    report,
    verdictAt: '2026-11-22T14:02:09.000Z',
    failed: null,
    noWorker: null,
    cancelled: null,
    stopped: null,
  };
}
