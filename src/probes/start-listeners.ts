import { z } from 'zod';
import type { ClusterClient } from '../clients/cluster-client.ts';
import type { ProbePodOutcome } from '../core/evidence/probe-results.ts';
import type { PodPlan } from './plan.ts';
import type { ListenerTarget } from './plan-checks.ts';
import { type PodLook, unfinishedOutcome } from './pod-status.ts';
import { podName } from './probe-pod.ts';
import { createAll, deletePods, podsPath, type RunPodsOptions, runSelector } from './run-pods.ts';
import { type PodWatch, watchPods } from './watch-pods.ts';

export interface ListenerState {
  readonly plan: PodPlan;
  readonly outcome: ProbePodOutcome;
  /** Where it can be reached; null while it has no address or does not run. */
  readonly target: ListenerTarget | null;
}

/** How long listeners are waited for, milliseconds from now. */
export interface ListenerPatience {
  /** For all of them. */
  readonly usualMs: number;
  /** For those that a kubelet has taken up and that nothing is known to hold up. */
  readonly slowMs: number;
  /** For those whose image is being pulled. */
  readonly pullMs: number;
  /** Told once, with the nodes that pull. */
  readonly onPull?: (nodes: readonly string[]) => void;
}

export interface SettledListeners {
  readonly states: readonly ListenerState[];
  /** From their creation until the last of those that run was seen to; 0 when none does. */
  readonly slowestMs: number;
}

export interface Listeners {
  /** All listeners, as soon as each runs, cannot, or is not worth waiting for any longer. */
  settled(patience: ListenerPatience): Promise<SettledListeners>;
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
  const startedAt = options.now();
  const runningAt = new Map<string, number>();
  const watch =
    plans.length === 0
      ? null
      : watchPods(client, {
          path: podsPath(options.namespace),
          selector: runSelector(runId, options.attempt),
          signal: options.signal,
          onLook: ({ name, state }) => {
            if (state.kind === 'running' && !runningAt.has(name))
              runningAt.set(name, options.now() - startedAt);
          },
        });
  const nameOf = (plan: PodPlan): string => podName(plan, options.attempt);
  const created = createAll(client, plans, options);
  return {
    async settled(patience) {
      if (watch === null) return { states: [], slowestMs: 0 };
      const from = options.now();
      const refused = await created;
      const awaited = plans.filter((plan) => !refused.has(plan));
      const wait = (some: readonly PodPlan[], ms: number): ReturnType<PodWatch['until']> =>
        watch.until(
          (seen) => some.every((plan) => isSettled(seen.get(nameOf(plan)))),
          Math.max(0, from + ms - options.now()),
        );
      let looks = await wait(awaited, patience.usualMs);
      const open = awaited.filter((plan) => isStarting(looks.get(nameOf(plan))));
      if (open.length > 0) {
        const words = await Promise.all(
          open.map((plan) => whatHoldsUp(client, options.namespace, nameOf(plan))),
        );
        const pulling = open.filter((_, index) => words[index] === 'pull');
        if (pulling.length > 0) patience.onPull?.(pulling.map(({ node }) => node));
        looks = await wait(
          open.filter((_, index) => words[index] === null),
          patience.slowMs,
        );
        if (pulling.length > 0) looks = await wait(pulling, patience.pullMs);
      }
      watch.stop();
      return {
        states: plans.map((plan) =>
          stateOf(plan, looks.get(nameOf(plan)) ?? null, refused.get(plan) ?? null),
        ),
        slowestMs: Math.max(0, ...runningAt.values()),
      };
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

/** A kubelet has taken it up: one that none did (its node is away) would be waited for in vain. */
function isStarting(look: PodLook | undefined): boolean {
  return look !== undefined && !isSettled(look) && look.state.kind === 'pending'
    ? look.state.detail !== ''
    : look?.state.kind === 'running' && look.podIp === null;
}

const event = z.object({ reason: z.string() });
const EVENTS_LIMIT_MS = 1_000;
const MAX_EVENTS = 20;

/** What a Pod that does not run yet waits for, by its events (kubernetes pkg/kubelet/events/event.go); null: nothing that is known. */
async function whatHoldsUp(
  client: ClusterClient,
  namespace: string,
  name: string,
): Promise<'pull' | 'failure' | null> {
  const listed = await client.list(`/api/v1/namespaces/${namespace}/events`, {
    query: { fieldSelector: `involvedObject.name=${name}` },
    timeoutMs: EVENTS_LIMIT_MS,
    maxItems: MAX_EVENTS,
  });
  if (listed.kind === 'refused') return null;
  const reasons = new Set(listed.items.flatMap((item) => event.safeParse(item).data?.reason ?? []));
  if ([...reasons].some((reason) => reason.startsWith('Failed'))) return 'failure';
  return reasons.has('Pulling') && !reasons.has('Pulled') ? 'pull' : null;
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
