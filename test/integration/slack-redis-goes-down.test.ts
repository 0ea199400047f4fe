import { expect, it } from 'vitest';

import { slackScene } from '../support/slack-scene.ts';

const { slack, bot } = await slackScene();

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
