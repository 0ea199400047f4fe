import { expect, it } from 'vitest';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { slackScene } from '../support/slack-scene.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

const { slack, bot, type, noted } = await slackScene({
  languages: { language: 'en', languageByChannel: { C0PLATFORM: 'zh-CN' } },
});

const HAN = /\p{Script=Han}/u;

async function verdictIn(channel: string, user: string): Promise<string> {
  const before = slack.roots(channel).length;
  await slack.typeCommand({ user, channel, text: 'prod' });
  await bot.verdict(await bot.runId('prod'), 'prod', FOUNDING_REPORT);
  return slack.until('the verdict', () => {
    const root = slack.roots(channel).at(-1);
    const { text } = root === undefined ? { text: '' } : shown(root);
    return slack.roots(channel).length > before && /broken|故障/u.test(text) ? text : undefined;
  });
}

it('speaks to each person as they chose, and answers to the choice in that language', async () => {
  expect(await type('help')).not.toMatch(/我/u);
  expect(await type('language 中文')).toMatch(HAN);
  expect(await type('help')).toMatch(/^[^\n]*\p{Script=Han}[^\n]*\n• `\/metrics-diag prod`/u);
  expect(await type('mars')).toMatch(/`mars`.*`prod`/u);
  expect(JSON.stringify(await slack.openHome('U0LIN'))).toMatch(HAN);
  expect(await type('help', 'U0MAYA')).not.toMatch(/我/u);

  expect(await type('language english')).not.toMatch(HAN);
  expect(await type('help')).not.toMatch(/我/u);
});

it('a thread is in the language of its channel, else of who asked', async () => {
  await type('language 中文', 'U0MAYA');

  expect(await verdictIn('C0OPS', 'U0LIN')).toMatch(/^prod: Metrics API broken\./u);
  expect(await verdictIn('C0OPS', 'U0MAYA')).toMatch(/^prod.*故障/u);
  expect(await verdictIn('C0PLATFORM', 'U0LIN')).toMatch(/^prod.*故障/u);

  expect(await type('language english here')).toBe(
    'Threads in this channel are in English from now on.',
  );
  expect(await verdictIn('C0OPS', 'U0MAYA')).toMatch(/^prod: Metrics API broken\./u);
  expect(await noted()).toContain('U0LIN language-chosen null');
  expect(slack.complaints).toEqual([]);
});

it.each(['language', 'language klingon', 'language 中文 there'])(
  'says what it takes: %s',
  async (words) => {
    expect(await type(words)).toContain('/metrics-diag language 中文');
  },
);
