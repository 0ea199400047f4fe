import type { Logger } from 'pino';
import { type BotCluster, findCluster } from '../config/role-config.ts';
import type { AuditLog } from '../runs/audit-log.ts';
import type { RequestedRun, RunRequest } from '../runs/request-run.ts';
import { type Schedule, type Schedules, scheduleId } from '../runs/schedules.ts';

export interface ScheduleTickDeps {
  readonly clusters: readonly BotCluster[];
  readonly schedules: Pick<Schedules, 'remove'>;
  readonly audit: AuditLog;
  readonly requestRun: (request: RunRequest) => Promise<RequestedRun>;
  readonly log: Logger;
}

/** A scheduled check is due: asks for a run. A cluster that is no longer configured loses its schedule. */
export async function handleTick(deps: ScheduleTickDeps, schedule: Schedule): Promise<void> {
  const { clusters, schedules, audit, requestRun, log } = deps;
  const { channel, everyMs, user, userName } = schedule;
  const id = scheduleId(schedule);
  const cluster = findCluster(clusters, schedule.cluster)?.name;
  const actor = { kind: 'schedule', id, name: userName } as const;
  const note = (action: string): Promise<void> =>
    audit.append({ actor, action, cluster: schedule.cluster, runId: null, detail: { channel } });
  if (cluster === undefined) {
    await note('schedule-dropped');
    await schedules.remove(id);
    log.warn({ cluster: schedule.cluster, channel }, 'schedule of an unknown cluster removed');
    return;
  }
  await note('diagnose');
  const { runId, joined } = await requestRun({
    cluster,
    trigger: { kind: 'schedule', channel, everyMs, user, userName, responseUrl: null },
  });
  log.info({ runId, cluster, joined }, 'scheduled check requested');
}
