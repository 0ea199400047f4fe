import { renderVerify, type VerifyState } from '../renderers/slack-verify.ts';
import type { Trigger } from '../runs/jobs.ts';
import type { RunState, RunStore } from '../runs/run-store.ts';
import { compareRuns } from '../runs/verify.ts';
import type { PeopleNames } from './people-names.ts';
import type { ThreadPart } from './thread-messages.ts';

type VerifyTrigger = Extract<Trigger, { readonly kind: 'verify' }>;

/** The one message of a run that verifies another, in the thread of that one. */
export async function verifyPart(
  { store, nameOf }: { readonly store: Pick<RunStore, 'run'>; readonly nameOf: PeopleNames },
  run: RunState,
  trigger: VerifyTrigger,
): Promise<ThreadPart> {
  const name = await nameOf(trigger);
  const before = await store.run(trigger.of);
  const { runId, cluster, requestedAt: at } = run;
  const context = { runId, cluster, name, at, of: trigger.of };
  return {
    kind: 'message',
    message: renderVerify(context, stateOf(run, before)),
  };
}

function stateOf(run: RunState, before: RunState | null): VerifyState {
  const { report, failed, cancelled, noWorker } = run;
  if (cancelled !== null) return { kind: 'cancelled' };
  if (failed !== null) return { kind: 'failed', why: failed };
  if (report === null) return { kind: noWorker === null ? 'running' : 'waiting' };
  if (before === null || before.report === null) return { kind: 'forgotten' };
  return { kind: 'compared', change: compareRuns(before.report, report), final: report.final };
}
