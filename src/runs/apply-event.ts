import type { ReportEvent } from './jobs.ts';

/**
 * Stores the fields of one event if its `seq` is newer than the stored one; the comparison and the write
 * are one step, since several bot replicas take events. A verdict that comes after somebody cancelled the run is
 * dropped: the thread has said that there will be none.
 */
export const APPLY_IF_NEWER = `
local stored = tonumber(redis.call('HGET', KEYS[1], 'seq') or '0')
local seq = tonumber(ARGV[1])
if ARGV[4] == '1' and redis.call('HEXISTS', KEYS[1], 'cancelled') == 1 then return 0 end
if seq < stored then return 0 end
if seq > stored then
  redis.call('HSETNX', KEYS[1], 'startedAt', ARGV[3])
  redis.call('HDEL', KEYS[1], 'noWorker')
  redis.call('HSET', KEYS[1], 'seq', ARGV[1], unpack(ARGV, 5))
  if ARGV[4] == '1' then redis.call('HSETNX', KEYS[1], 'verdictAt', ARGV[3]) end
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
return 1`;

/** The fields of a run's record that an event sets, as a flat list. */
export function eventFields(event: ReportEvent): readonly string[] {
  switch (event.kind) {
    case 'progress':
      return ['checklist', JSON.stringify(event.checklist)];
    case 'verdict':
      return [
        'report',
        JSON.stringify(event.report),
        'checklist',
        JSON.stringify(event.report.checklist),
      ];
    case 'failed':
      return ['failed', event.sentence];
    case 'cancelled':
      return ['stopped', event.pods];
    case 'opened':
    case 'no-worker-check':
      return [];
  }
}

/** The first to cancel a run that has no verdict and did not fail. */
export const CANCEL_IF_OPEN = `
local run = KEYS[1]
if redis.call('EXISTS', run) == 0 then return 'unknown' end
if redis.call('HEXISTS', run, 'report') == 1 or redis.call('HEXISTS', run, 'failed') == 1 then return 'ended' end
if redis.call('HSETNX', run, 'cancelled', ARGV[1]) == 0 then return 'cancelled-before' end
return 'cancelled'`;
