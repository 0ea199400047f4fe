import { writeFileSync } from 'node:fs';
import { answerLine, decodePlan, encodeAnswer } from '../probes/codec.ts';
import type { PodPlan } from '../probes/plan.ts';
import type { EncodableAnswer } from '../probes/wire.ts';

/** The kubelet's default `terminationMessagePath`. */
const DEFAULT_TERMINATION_LOG = '/dev/termination-log';

/** The message is what counts; the line in the log comes sooner where the kubelet can be asked for it. */
export function leave(answer: EncodableAnswer): void {
  const message = encodeAnswer(answer);
  writeFileSync(process.env['PROBE_TERMINATION_LOG'] ?? DEFAULT_TERMINATION_LOG, message);
  process.stdout.write(answerLine(message));
}

/** Does the work of the plan in PROBE_PLAN and ends the process. */
export function plannedWork(work: (plan: PodPlan) => Promise<void>): void {
  const done = async (): Promise<void> => work(decodePlan(process.env['PROBE_PLAN'] ?? ''));
  // An open socket or a running ping must not keep the Pod alive once the answer is written.
  done().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : 'the probe failed');
      process.exit(1);
    },
  );
}
