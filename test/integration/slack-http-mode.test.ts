import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RUN_AGAIN_ACTION } from '../../src/renderers/slack-buttons.ts';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { type SlackBot, startSlackBot } from '../support/slack-bot.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

let slack: SlackStandIn;
let bot: SlackBot;
let port: number;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: free } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return free;
}

beforeAll(async () => {
  port = await freePort();
  slack = await startSlackStandIn({ requestUrl: `http://127.0.0.1:${port}/slack/events` });
  bot = await startSlackBot(slack, {
    mode: { kind: 'http', signingSecret: slack.signingSecret, host: '127.0.0.1', port },
  });
});
afterAll(async () => {
  await bot?.close();
  await slack?.close();
});

it('takes signed commands and clicks', async () => {
  const reaction = await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'prod' });
  expect(reaction).toMatchObject({ inTime: true, text: null });
  await bot.verdict(await bot.runId('prod'), 'prod', FOUNDING_REPORT);
  const root = await slack.until('the verdict', () => {
    const [first] = slack.roots('C0OPS');
    return first !== undefined && shown(first).text.includes('broken') && first;
  });
  await slack.clickButton({
    user: 'U0MAYA',
    channel: 'C0OPS',
    ts: root.ts,
    actionId: RUN_AGAIN_ACTION,
  });
  await slack.until('a second root', () => slack.roots('C0OPS').length === 2);

  expect(
    (await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'help' })).text,
  ).toContain('I find out');
  expect(slack.complaints).toEqual([]);
});

it('refuses what is not signed', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/slack/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(Math.floor(Date.now() / 1_000)),
      'x-slack-signature': 'v0=0000000000000000000000000000000000000000000000000000000000000000',
    },
    body: 'command=%2Fmetrics-diag&text=prod',
  });

  expect(response.status).toBe(401);
});
