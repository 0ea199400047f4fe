import type { ClusterClient } from '../clients/cluster-client.ts';
import type { ProbePodOutcome } from '../core/evidence/probe-results.ts';
import type { PodPlan } from './plan.ts';
import type { ListenerTarget } from './plan-checks.ts';
import { type PodLook, unfinishedOutcome } from './pod-status.ts';
import { podName } from './probe-pod.ts';
import { createAll, deletePods, podsPath, type RunPodsOptions, runSelector } from './run-pods.ts';
import { watchPods } from './watch-pods.ts';

export interface ListenerState {
  readonly plan: PodPlan;
  readonly outcome: ProbePodOutcome;
  /** Where it can be reached; null while it has no address or does not run. */
  readonly target: ListenerTarget | null;
}

export interface Listeners {
  /** All listeners, as soon as each runs or cannot, at the latest `waitMs` after now. */
  settled(waitMs: number): Promise<readonly ListenerState[]>;
  /** Deletes them. */
  stop(): Promise<void>;
}

/** Creates the listeners at once; whoever needs their addresses waits for `settled`. */
export function startListeners(
  client: ClusterClient,
  plans: readonly PodPlan[],
  options: RunPodsOptions,
): Listeners {
  const runId = plans[0]?.runId ?? '';
  const watch =
    plans.length === 0
      ? null
      : watchPods(client, {
          path: podsPath(options.namespace),
          selector: runSelector(runId, options.attempt),
          signal: options.signal,
        });
  const nameOf = (plan: PodPlan): string => podName(plan, options.attempt);
  const created = createAll(client, plans, options);
  return {
    async settled(waitMs) {
      if (watch === null) return [];
      const until = options.now() + waitMs;
      const refused = await created;
      const names = plans.filter((plan) => !refused.has(plan)).map(nameOf);
      const looks = await watch.until(
        (seen) => names.every((name) => isSettled(seen.get(name))),
        until - options.now(),
      );
      watch.stop();
      return plans.map((plan) =>
        stateOf(plan, looks.get(nameOf(plan)) ?? null, refused.get(plan) ?? null),
      );
    },
    async stop() {
      watch?.stop();
      await created;
      await deletePods(client, options.namespace, plans.map(nameOf));
    },
  };
}

function isSettled(look: PodLook | undefined): boolean {
  if (look === undefined) return false;
  return look.state.kind === 'running' ? look.podIp !== null : look.state.kind !== 'pending';
}

function stateOf(
  plan: PodPlan,
  look: PodLook | null,
  refusal: Pick<ProbePodOutcome, 'outcome' | 'detail'> | null,
): ListenerState {
  const base = { node: plan.node, kind: plan.kind, podIp: look?.podIp ?? null };
  if (refusal !== null) return { plan, target: null, outcome: { ...base, ...refusal } };
  if (look?.state.kind !== 'running' || look.podIp === null || plan.listenPort === null) {
    return { plan, target: null, outcome: { ...base, ...unfinishedOutcome(look) } };
  }
  return {
    plan,
    target: { node: plan.node, address: look.podIp, port: plan.listenPort },
    outcome: { ...base, outcome: 'ok', detail: '' },
  };
}
