import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import { healthyWorld } from '../sim/healthy-world.ts';
import {
  type StandInCluster,
  startStandInCluster,
} from '../support/api-server/stand-in-cluster.ts';
import { configFile, type RoleProcess, startRole } from '../support/roles/role-process.ts';
import { shown } from '../support/roles/shown.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';
import { decidedVerdict, hasVerdict, isOpen } from '../support/slack-verdict.ts';

let redis: EmbeddedRedis;
let cluster: StandInCluster;
let slack: SlackStandIn;
const roles: RoleProcess[] = [];
/** The recovery itself is timed on small stages (integration tier); this only ends a hanging test. */
const WAIT_MS = 120_000;

beforeAll(async () => {
  redis = await startEmbeddedRedis();
  cluster = await startStandInCluster(healthyWorld());
  slack = await startSlackStandIn();
  roles.push(
    await startRole('bot', {
      METRICS_DIAG_CONFIG: configFile('clusters: [{ name: prod }]'),
      REDIS_URL: redis.url,
      SLACK_BOT_TOKEN: slack.botToken,
      SLACK_APP_TOKEN: slack.appToken,
      SLACK_API_URL: slack.apiUrl,
    }),
  );
});
afterAll(async () => {
  for (const role of roles) role.kill();
  await slack?.close();
  await cluster?.stop();
  await redis?.stop();
});

const startWorker = async (): Promise<RoleProcess> => {
  const worker = await startRole('worker', {
    METRICS_DIAG_CONFIG: configFile(cluster.configYaml()),
    REDIS_URL: redis.url,
  });
  roles.push(worker);
  return worker;
};

const ask = () => slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'prod' });
const probePods = () =>
  cluster.objects('pods').filter(({ metadata }) => metadata.namespace === 'metrics-diag');

it('ends in the same thread after a restart, with nothing doubled and no Pod left', async () => {
  await cluster.setFaults(
    [{ kind: 'overlay-blocked', scope: { into: ['prod01'] }, at: 'host', action: 'drop' }],
    60_000,
  );
  const worker = await startWorker();
  await ask();
  // Three listeners, and one Pod of the first wave at least.
  await slack.until('probe Pods run', () => probePods().length > 3, WAIT_MS);

  worker.kill();
  await startWorker();
  const root = await slack.until(
    'verdict',
    () => slack.roots('C0OPS').find((each) => hasVerdict(each, 'first')),
    WAIT_MS,
  );

  expect(slack.roots('C0OPS')).toHaveLength(1);
  const thread = slack.thread('C0OPS', root.ts).map(shown);
  expect(new Set(thread).size).toBe(thread.length);
  await slack.until('no probe Pod left', () => probePods().length === 0, WAIT_MS);
  // A machine that starved the second worker as well gets an open verdict, and another when asked again.
  const decided = isOpen(root)
    ? await decidedVerdict(slack, { channel: 'C0OPS', ask, wait: 'first' })
    : root;
  expect(shown(decided)).toContain('8472/udp');
  expect(slack.complaints).toEqual([]);
});
