import { writeFileSync } from 'node:fs';
import { answerLine, decodePlan, encodeAnswer } from '../probes/codec.ts';
import type { PodPlan } from '../probes/plan.ts';
import { runNodePlan, startListenerPlan } from '../probes/run-probe.ts';
import type { EncodableAnswer } from '../probes/wire.ts';

/** The kubelet's default `terminationMessagePath`. */
const DEFAULT_TERMINATION_LOG = '/dev/termination-log';

/** Runs the plan in PROBE_PLAN and leaves the answer for the kubelet. */
async function main(): Promise<void> {
  const plan = decodePlan(process.env['PROBE_PLAN'] ?? '');
  if (plan.kind === 'node' || plan.listenPort === null) {
    leave(await runNodePlan(plan));
    return;
  }
  await listenUntilToldToStop(plan, plan.listenPort);
}

async function listenUntilToldToStop(plan: PodPlan, port: number): Promise<void> {
  const listener = await startListenerPlan(plan, port);
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
    setTimeout(resolve, plan.deadlineMs);
  });
  leave(await listener.answer());
  listener.close();
}

/** The message is what counts; the line in the log comes sooner where the kubelet can be asked for it. */
function leave(answer: EncodableAnswer): void {
  const message = encodeAnswer(answer);
  writeFileSync(process.env['PROBE_TERMINATION_LOG'] ?? DEFAULT_TERMINATION_LOG, message);
  process.stdout.write(answerLine(message));
}

// An open socket or a running ping must not keep the Pod alive once the answer is written.
main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : 'the probe failed');
    process.exit(1);
  },
);
