import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedRedis, startEmbeddedRedis } from '../../src/clients/embedded-redis.ts';
import { configFile, type RoleProcess, startRole } from '../support/roles/role-process.ts';
import { shown } from '../support/roles/shown.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';

const TOKEN = 'a-long-random-webhook-token';
let redis: EmbeddedRedis;
let slack: SlackStandIn;
let bot: RoleProcess;

beforeAll(async () => {
  redis = await startEmbeddedRedis();
  slack = await startSlackStandIn();
  bot = await startRole('bot', {
    METRICS_DIAG_CONFIG: configFile('clusters: [{ name: prod }]\nalerts: { channel: C0OPS }'),
    METRICS_DIAG_WEBHOOK_TOKEN: TOKEN,
    REDIS_URL: redis.url,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: slack.apiUrl,
  });
});
afterAll(async () => {
  await bot?.stop();
  await slack?.close();
  await redis?.stop();
});

async function notify(status: 'firing' | 'resolved'): Promise<number> {
  const alert = {
    status,
    labels: { alertname: 'KubeAggregatedAPIDown', cluster: 'prod' },
    startsAt: '2026-11-22T13:14:07Z',
    endsAt: status === 'firing' ? '0001-01-01T00:00:00Z' : '2026-11-22T13:31:09Z',
  };
  const response = await fetch(`${bot.httpUrl}/webhooks/alertmanager`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ version: '4', groupKey: '{}:{}', status, alerts: [alert] }),
  });
  return response.status;
}

const root = (): string => shown(slack.roots('C0OPS')[0]);

it('names the alert and since when, joins a repeat, and says when it was resolved', async () => {
  expect(await notify('firing')).toBe(200);
  await slack.until('the thread', () => root().includes('KubeAggregatedAPIDown'));
  expect(root()).toContain('13:14');

  expect(await notify('firing')).toBe(200);
  expect(await notify('resolved')).toBe(200);
  await slack.until('resolved', () => root().toLowerCase().includes('resolved'));
  expect(root()).toContain('13:31');
  expect(slack.roots('C0OPS')).toHaveLength(1);
  expect(slack.complaints).toEqual([]);
});
