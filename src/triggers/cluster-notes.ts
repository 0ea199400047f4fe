import { muteWords } from './mute-command.ts';
import { scheduleWords } from './schedule-command.ts';
import type { Desk } from './slack-desk.ts';

/** What lists of clusters say beside the last verdict: mutes, quiet times, known causes and scheduled checks. Finished mrkdwn, one line each. */
export async function clusterNotes(
  desk: Pick<Desk, 'schedules' | 'mutes' | 'nameOf' | 'alertNotes'>,
): Promise<(cluster: string) => Promise<readonly string[]>> {
  const schedules = await desk.schedules.list();
  return async (cluster) => {
    const mute = await desk.mutes.of(cluster);
    const checks = await Promise.all(
      schedules
        .filter((each) => each.cluster === cluster)
        .map((schedule) => scheduleWords(desk, schedule)),
    );
    return [
      ...(mute === null ? [] : [await muteWords(desk, mute)]),
      ...(await desk.alertNotes(cluster)),
      ...checks,
    ];
  };
}
