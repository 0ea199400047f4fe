import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSlackDoor } from '../../src/clients/slack.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';

let slack: SlackStandIn;
const log = pino({ level: 'silent' });

beforeAll(async () => {
  slack = await startSlackStandIn();
});
afterAll(() => slack?.close());

it('ends the start with a sentence on which token to check', async () => {
  const door = createSlackDoor(
    {
      botToken: 'xoxb-wrong',
      apiUrl: slack.apiUrl,
      mode: { kind: 'socket', appToken: slack.appToken },
    },
    log,
  );

  await expect(door.start()).rejects.toMatchObject({
    code: 'slack-auth',
    retryable: false,
    message: expect.stringContaining('SLACK_BOT_TOKEN') as string,
  });
  await door.stop();
});

it('waits for a Slack that is away, and can be told to stop waiting', async () => {
  const door = createSlackDoor(
    {
      botToken: slack.botToken,
      apiUrl: 'http://127.0.0.1:9/api/',
      mode: { kind: 'socket', appToken: slack.appToken },
    },
    log,
  );
  const stop = new AbortController();
  const started = door.start(stop.signal);
  setTimeout(() => stop.abort(), 200);

  await expect(started).rejects.toThrow(/stopped while waiting/u);
  expect(door.connected()).toBe(false);
});
