import { afterEach, expect, it } from 'vitest';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { type SlackBot, startSlackBot } from '../support/slack-bot.ts';
import { type SlackStandIn, startSlackStandIn } from '../support/slack-stand-in/slack-stand-in.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

/** Root, checklist, broken, paths.png, why, fixes and fixes.txt. */
const WHOLE_THREAD = 7;
const CHANNEL = 'C0OPS';

let slack: SlackStandIn;
let bot: SlackBot;

async function start(readsHistory: boolean): Promise<void> {
  slack = await startSlackStandIn({
    readsHistory,
    channels: [{ id: CHANNEL, name: 'ops', kind: 'public', members: ['U0LIN', 'U0METRICSD'] }],
  });
  bot = await startSlackBot(slack);
}

afterEach(async () => {
  await bot?.close();
  await slack?.close();
});

/** Slack does the work of each of the first `times` posts, and the caller never hears of it. */
async function threadWhilePostsHang(times: number): Promise<readonly string[]> {
  slack.fail({ method: 'chat.postMessage', times, how: { kind: 'accept-then-hang' } });
  await slack.typeCommand({ user: 'U0LIN', channel: CHANNEL, text: 'prod' });
  await bot.verdict(await bot.runId('prod'), 'prod', FOUNDING_REPORT);
  const file = await slack.until('the file with the fixes, which comes last', () =>
    slack.messages.find(({ files }) => files[0]?.name === 'fixes.txt'),
  );
  expect(file.channel).toBe(CHANNEL);
  return slack.messages.map((message) => message.files[0]?.name ?? shown(message).text);
}

it('posts each message once where the app may read history', async () => {
  await start(true);
  const texts = await threadWhilePostsHang(3);

  expect(texts).toHaveLength(WHOLE_THREAD);
  expect(new Set(texts).size).toBe(WHOLE_THREAD);
  expect(slack.roots(CHANNEL)).toHaveLength(1);
  expect(slack.complaints).toEqual([]);
});

it('repeats that message, and no other, where it may not', async () => {
  await start(false);
  const texts = await threadWhilePostsHang(1);

  expect(texts).toHaveLength(WHOLE_THREAD + 1);
  expect(slack.roots(CHANNEL)).toHaveLength(2);
  expect(slack.complaints).toEqual([]);
});
