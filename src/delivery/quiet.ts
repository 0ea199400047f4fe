import type { AlertStore } from '../runs/alert-store.ts';
import type { Trigger } from '../runs/jobs.ts';
import type { Mutes } from '../runs/mutes.ts';
import type { RunState, RunStore, Subscription } from '../runs/run-store.ts';
import { outcomeOf, type Schedules, scheduleId } from '../runs/schedules.ts';
import type { ShowAgain } from '../runs/show-again.ts';

/** What decides who hears of a run. */
export interface QuietDeps {
  readonly store: Pick<RunStore, 'message'>;
  readonly alertThreads: { readonly alerts: Pick<AlertStore, 'ofThread'> };
  readonly schedules: Pick<Schedules, 'told' | 'saveTold'>;
  readonly mutes: Pick<Mutes, 'of' | 'hold' | 'held'>;
  /** Asks the bot to look at a run's threads again, at once or later. */
  readonly showAgain: ShowAgain;
  readonly nowMs: () => number;
}

/** One follower of a run, among all of them. */
export interface Follower {
  readonly run: RunState;
  readonly subscription: Subscription;
  readonly all: readonly Subscription[];
}

type QuietTrigger = Extract<Trigger, { readonly kind: 'schedule' | 'alert' }>;

/** `known`: nothing that was not told before. `held`: a mute keeps it back, or kept it until it was not worth saying. */
export type Hearing = 'speaks' | 'known' | 'held';

/** After a mute has ended, by whoever's clock, what it held back is looked at. */
const AFTER_MUTE_MS = 1_000;

/**
 * Whether a run speaks to a follower as it stands now. To people it always does; to alerts and schedules not while the
 * cluster is muted, to schedules only when it is news. A thread that was once begun is brought to its end.
 */
export async function hearingOf(deps: QuietDeps, follower: Follower): Promise<Hearing> {
  const { run, subscription } = follower;
  const { trigger, cluster, id } = subscription;
  if (trigger.kind !== 'schedule' && trigger.kind !== 'alert') return 'speaks';
  if ((await deps.store.message(run.runId, id, 'root')) !== null) return 'speaks';
  const mute = await deps.mutes.of(cluster);
  if (mute !== null) {
    await deps.mutes.hold(cluster, id, { runId: run.runId, requestedAt: run.requestedAt });
    const delayMs = Date.parse(mute.until) - deps.nowMs() + AFTER_MUTE_MS;
    await deps.showAgain({ runId: run.runId, cluster }, Math.max(delayMs, AFTER_MUTE_MS));
    return 'held';
  }
  if (await isOver(deps, trigger, follower)) return 'held';
  return trigger.kind === 'alert' || (await isNews(deps, follower)) ? 'speaks' : 'known';
}

/** What a mute held back is not worth saying after it, once the alert is resolved or a newer check was held as well. */
async function isOver(
  { mutes, alertThreads }: QuietDeps,
  trigger: QuietTrigger,
  { run, subscription }: Follower,
): Promise<boolean> {
  const held = await mutes.held(subscription.cluster, subscription.id);
  if (held === null) return false;
  if (held.runId !== run.runId) return held.requestedAt > run.requestedAt;
  if (trigger.kind === 'schedule') return false;
  const group = await alertThreads.alerts.ofThread(trigger.groupKeyHash, run.runId);
  return group !== null && group.resolvedAt !== null;
}

/** News is the first check, and any that ended otherwise than the channel was told last. */
async function isNews(
  { schedules }: QuietDeps,
  { run, subscription, all }: Follower,
): Promise<boolean> {
  const { channel } = subscription;
  // Somebody asked in that channel as well, and has a thread there.
  if (all.some((each) => each.channel === channel && opensThread(each))) return false;
  const told = await schedules.told(scheduleId({ cluster: run.cluster, channel }));
  if (told === null) return run.cancelled === null;
  const outcome = outcomeOf(run);
  return outcome !== null && outcome !== told.state && told.at <= run.requestedAt;
}

/** A last check speaks in the thread of the alert that it closes. */
function opensThread({ threadTs, trigger }: Subscription): boolean {
  const isLastCheck = trigger.kind === 'alert' && trigger.lastCheckOf !== undefined;
  return threadTs === null && trigger.kind !== 'schedule' && !isLastCheck;
}

/** Notes what the channel of a schedule knows by now, once the run has ended. */
export async function noteTold(
  { schedules }: Pick<QuietDeps, 'schedules'>,
  { run, subscription }: Follower,
): Promise<void> {
  const { trigger, channel } = subscription;
  const state = outcomeOf(run);
  if (trigger.kind !== 'schedule' || state === null) return;
  const id = scheduleId({ cluster: run.cluster, channel });
  const told = await schedules.told(id);
  if (told !== null && told.at > run.requestedAt) return;
  await schedules.saveTold(id, { state, at: run.requestedAt });
}
