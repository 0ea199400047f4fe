import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import { configFile, type RoleProcess, startRole } from '../support/roles/role-process.ts';
import { shown } from '../support/roles/shown.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';

let redis: EmbeddedRedis;
let slack: SlackStandIn;
let role: RoleProcess;

beforeAll(async () => {
  redis = await startEmbeddedRedis();
  slack = await startSlackStandIn();
  role = await startRole('all', {
    METRICS_DIAG_CONFIG: configFile(
      'clusters: [{ name: prod, access: { kubeconfig: /nowhere/kubeconfig } }]',
    ),
    REDIS_URL: redis.url,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  });
});
afterAll(async () => {
  await role?.stop();
  await slack?.close();
  await redis?.stop();
});

it('says so in the thread, and takes the next request', async () => {
  await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'prod' });
  await slack.until('the reason', () =>
    slack.roots('C0OPS').some((root) => shown(root).includes('/nowhere/kubeconfig')),
  );

  await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'prod' });
  await slack.until(
    'the reason again',
    () =>
      slack.roots('C0OPS').length === 2 &&
      slack.roots('C0OPS').every((root) => shown(root).includes('/nowhere/kubeconfig')),
  );
  expect(slack.complaints).toEqual([]);
});
