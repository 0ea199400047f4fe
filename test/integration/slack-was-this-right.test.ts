import { expect, it } from 'vitest';
import { connectProducer, disconnect, waitUntilReady } from '../../src/clients/redis.ts';
import { RIGHT_ACTION, WRONG_ACTION } from '../../src/renderers/slack-buttons.ts';
import { runCli } from '../../src/roles/cli.ts';
import { createFeedbackStore, type Feedback, type FeedbackStore } from '../../src/runs/feedback.ts';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { slackScene } from '../support/slack-scene.ts';
import { type Message, shown } from '../support/slack-stand-in/workspace.ts';

const CHANNEL = 'C0OPS';
const { slack, bot, type, noted } = await slackScene();
const blocks = (message: Message) => JSON.stringify(shown(message).blocks);
async function allOf(store: FeedbackStore): Promise<readonly Feedback[]> {
  const all: Feedback[] = [];
  for await (const each of store.all()) all.push(each);
  return all;
}
const hostile = 'it was <!channel> *the* `MTU`, token=abcdef123456';

it('keeps who says what of a verdict, shows it, and exports it', async () => {
  await type('prod');
  const runId = await bot.runId('prod');
  await bot.verdict(runId, 'prod', { ...FOUNDING_REPORT, final: false });
  const root = await slack.until('the root', () => slack.roots(CHANNEL)[0]);
  await slack.until('the verdict', () => shown(root).text.includes('broken'));
  expect(blocks(root)).not.toContain(RIGHT_ACTION);
  await bot.verdict(runId, 'prod', FOUNDING_REPORT);
  await slack.until('the buttons', () => blocks(root).includes(RIGHT_ACTION));

  const click = { channel: CHANNEL, ts: root.ts };
  await slack.clickButton({ ...click, user: 'U0LIN', actionId: RIGHT_ACTION });
  await slack.clickButton({ ...click, user: 'U0LIN', actionId: RIGHT_ACTION });
  await slack.until('who says so', () => blocks(root).includes('👍 Lin: this was right.'));
  await slack.clickButton({ ...click, user: 'U0MAYA', actionId: WRONG_ACTION });
  const { view } = await slack.openedView();
  expect(JSON.stringify(view)).toContain('What was it really?');
  const sent = await slack.submitForm({
    user: 'U0MAYA',
    channel: CHANNEL,
    values: { what: { value: { type: 'plain_text_input', value: hostile } } },
  });
  expect(sent).toMatchObject({ inTime: true, payload: {} });
  await slack.until('the other opinion', () => blocks(root).includes('👎 Maya: this was wrong.'));
  expect(blocks(root)).toContain('it was &lt;!channel&gt; `*the*` `MTU`, token=[redacted]');

  const lines: string[] = [];
  const code = await runCli(['feedback', 'export'], {
    out: (text) => lines.push(text),
    err: () => undefined,
    isTty: false,
    env: { REDIS_URL: bot.redis.url },
  });
  expect(code).toBe(0);
  const said = lines.map((line) => JSON.parse(line) as Feedback);
  expect(said).toEqual([
    expect.objectContaining({ user: 'U0LIN', right: true, text: '', runId, verdict: 'broken' }),
    expect.objectContaining({ user: 'U0MAYA', right: false, cluster: 'prod' }),
  ]);
  expect(said[1]?.causes).toEqual(['confirmed overlay-port-blocked']);
  expect(said[1]?.text).not.toContain('abcdef123456');
  expect(await noted()).toEqual([
    'U0LIN diagnose prod',
    'U0LIN said-right prod',
    'U0LIN said-right prod',
    'U0MAYA said-wrong prod',
  ]);
  expect(slack.complaints).toEqual([]);
});

it('keeps one answer for each person and run, and drops the oldest beyond the bound', async () => {
  const redis = connectProducer(bot.redis.url, () => undefined);
  await waitUntilReady(redis, 5_000);
  const store = createFeedbackStore(redis, 3);
  const [sample] = await allOf(store);
  for (let n = 0; n < 6; n += 1) {
    const at = new Date(Date.UTC(2030, 0, 1, n)).toISOString();
    await store.give({ ...(sample ?? expect.fail()), runId: `r${n}`, at, right: true });
    await store.give({ ...(sample ?? expect.fail()), runId: `r${n}`, at, right: false });
  }
  const kept = await allOf(store);
  expect(kept.map(({ runId, right }) => [runId, right])).toEqual([
    ['r3', false],
    ['r4', false],
    ['r5', false],
  ]);
  expect(await redis.hlen('{metrics-diag}:feedback')).toBe(3);
  disconnect(redis);
});
