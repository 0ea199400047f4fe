import { scheduleWords } from './schedule-command.ts';
import type { Desk } from './slack-desk.ts';

/** What lists of clusters say beside the last verdict: scheduled checks. Finished mrkdwn, one line each. */
export async function clusterNotes(
  desk: Pick<Desk, 'schedules' | 'nameOf'>,
): Promise<(cluster: string) => Promise<readonly string[]>> {
  const schedules = await desk.schedules.list();
  return (cluster) =>
    Promise.all(
      schedules
        .filter((each) => each.cluster === cluster)
        .map((schedule) => scheduleWords(desk, schedule)),
    );
}
