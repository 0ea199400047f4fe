import type { PodPlan } from '../probes/plan.ts';
import { runNodePlan, startListenerPlan } from '../probes/run-probe.ts';
import { leave, plannedWork } from './probe-message.ts';

/** Runs the plan in PROBE_PLAN and leaves the answer for the kubelet. */
plannedWork(async (plan) => {
  if (plan.kind === 'node' || plan.listenPort === null) leave(await runNodePlan(plan));
  else await listenUntilToldToStop(plan, plan.listenPort);
});

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
