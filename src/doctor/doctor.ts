import type { DoctorConfig } from '../config/load-config.ts';
import type { Logger } from '../logger.ts';
import { type Finding, findings } from './finding.ts';
import { lookAtCluster } from './look-at-cluster.ts';

/** Looks at all that is configured; the areas at once, since each waits for another party. */
export async function examine(config: DoctorConfig, log: Logger): Promise<readonly Finding[]> {
  const areas = await Promise.all([
    Promise.resolve(lookAtConfig(config)),
    redis(config),
    slack(config, log),
    ...config.clusters.map((cluster) => lookAtCluster(cluster, config.place)),
  ]);
  return areas.flat();
}

function lookAtConfig({ problems, file, clusters, role }: DoctorConfig): readonly Finding[] {
  const is = findings('configuration');
  if (problems.length > 0) {
    return problems.map(({ path, message }) =>
      is.wrong({
        what: `${path}: ${message}`,
        why: 'The roles that need it refuse to start.',
        mend: ['# docs/configuration.md lists every key and variable'],
      }),
    );
  }
  const named = file?.clusters.length ?? 0;
  const noWayIn = role === 'bot' ? 0 : named - clusters.length;
  const without = noWayIn === 0 ? '' : `, ${noWayIn} of them without access from here`;
  return [is.ok(`the file is valid: ${named} ${named === 1 ? 'cluster' : 'clusters'}${without}`)];
}

async function redis({ redisUrl, role }: DoctorConfig): Promise<readonly Finding[]> {
  if (redisUrl === null) {
    return role === null || role === 'all'
      ? [findings('redis').skipped('REDIS_URL is not set: `all` starts a Redis of its own')]
      : [];
  }
  const { lookAtRedis } = await import('./look-at-redis.ts');
  return lookAtRedis(redisUrl);
}

async function slack(
  { slack: config, file, role }: DoctorConfig,
  log: Logger,
): Promise<readonly Finding[]> {
  if (config === null) {
    return role === null
      ? [
          findings('slack').skipped(
            'SLACK_BOT_TOKEN is not set: not a place of the bot, or say --role bot',
          ),
        ]
      : [];
  }
  const { lookAtSlack } = await import('./look-at-slack.ts');
  const usesGroups = (file?.clusters ?? []).some(({ allow }) =>
    [allow, allow.deep, allow.cancel, allow.schedule, allow.mute].some(
      (each) => (each?.userGroups.length ?? 0) > 0,
    ),
  );
  return lookAtSlack(config, usesGroups, log);
}
