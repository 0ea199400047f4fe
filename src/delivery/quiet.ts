import type { Trigger } from '../runs/jobs.ts';
import type { RunState, RunStore, Subscription } from '../runs/run-store.ts';
import { outcomeOf, type Schedules, scheduleId } from '../runs/schedules.ts';

/** What decides who hears of a run. */
export interface QuietDeps {
  readonly store: Pick<RunStore, 'message'>;
  readonly schedules: Pick<Schedules, 'told' | 'saveTold'>;
}

/** One follower of a run, among all of them. */
export interface Follower {
  readonly run: RunState;
  readonly subscription: Subscription;
  readonly all: readonly Subscription[];
}

type ScheduleTrigger = Extract<Trigger, { readonly kind: 'schedule' }>;

/**
 * Whether a follower hears of a run as it stands now. People and alerts always do; a schedule when it is news, and a
 * thread that was once begun is brought to its end.
 */
export async function hears(deps: QuietDeps, follower: Follower): Promise<boolean> {
  const { run, subscription } = follower;
  const { trigger } = subscription;
  if (trigger.kind !== 'schedule') return true;
  if ((await deps.store.message(run.runId, subscription.id, 'root')) !== null) return true;
  return isNews(deps, trigger, follower);
}

/** News is the first check, and any that ended otherwise than the channel was told last. */
async function isNews(
  { schedules }: QuietDeps,
  { channel }: ScheduleTrigger,
  { run, all }: Follower,
): Promise<boolean> {
  // Somebody asked in that channel as well, and has a thread there.
  const isThere = all.some(
    (each) =>
      each.channel === channel && each.threadTs === null && each.trigger.kind !== 'schedule',
  );
  if (isThere) return false;
  const told = await schedules.told(scheduleId({ cluster: run.cluster, channel }));
  if (told === null) return run.cancelled === null;
  const outcome = outcomeOf(run);
  return outcome !== null && outcome !== told.state && told.at <= run.requestedAt;
}

/** Notes what the channel of a schedule knows by now, once the run has ended. */
export async function noteTold(
  { schedules }: QuietDeps,
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
