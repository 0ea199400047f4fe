import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSlackWebClient, type SlackCall } from '../../src/clients/slack.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';

let slack: SlackStandIn;

beforeAll(async () => {
  slack = await startSlackStandIn();
});
afterAll(() => slack?.close());

it('by method and outcome, a 429 apart', async () => {
  const calls: SlackCall[] = [];
  const web = createSlackWebClient(
    { botToken: slack.botToken, apiUrl: slack.apiUrl, mode: { kind: 'socket', appToken: 'x' } },
    pino({ level: 'silent' }),
    (call) => calls.push(call),
  );
  await web.users.info({ user: 'U0LIN' });
  await web.users.info({ user: 'U0NOBODY' }).catch(() => undefined);
  slack.fail({
    method: 'users.info',
    times: 1,
    how: { kind: 'rate-limited', retryAfterSeconds: 30 },
  });
  const startedAt = performance.now();
  await web.users.info({ user: 'U0LIN' }).catch(() => undefined);

  expect(calls.map(({ outcome }) => outcome)).toEqual(['ok', 'error', 'rate-limited']);
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});
