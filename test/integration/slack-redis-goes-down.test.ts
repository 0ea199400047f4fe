import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SlackBot, startSlackBot } from '../support/slack-bot.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';

let slack: SlackStandIn;
let bot: SlackBot;

beforeAll(async () => {
  slack = await startSlackStandIn();
  bot = await startSlackBot(slack);
});
afterAll(async () => {
  await bot?.close();
  await slack?.close();
});

it('tells the asker within a second that nothing was stored', async () => {
  await bot.redis.stop();
  const tookMs: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    const reaction = await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'prod' });
    tookMs.push(reaction.ms);

    expect(reaction.inTime).toBe(true);
    expect(reaction.text).toMatch(/Redis/u);
  }
  // A busy machine makes one late, but hardly all.
  expect(Math.min(...tookMs)).toBeLessThan(1_000);
  expect(slack.roots('C0OPS')).toHaveLength(0);
  expect(
    (await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'help' })).text,
  ).toContain('I find out why');
  expect(slack.complaints).toEqual([]);
});
