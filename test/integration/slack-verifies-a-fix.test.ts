import { expect, it } from 'vitest';
import type { Report } from '../../src/core/report/report.ts';
import { VERIFY_ACTION } from '../../src/renderers/slack-buttons.ts';
import { failingPaths } from '../../src/runs/verify.ts';
import { until } from '../support/runs/run-bench.ts';
import { FOUNDING_REPORT, HEALTHY_REPORT } from '../support/sample-reports.ts';
import { slackScene } from '../support/slack-scene.ts';
import { type Message, shown } from '../support/slack-stand-in/workspace.ts';

const CHANNEL = 'C0OPS';
const { slack, bot, type, noted } = await slackScene();
const blocks = (message: Message) => JSON.stringify(shown(message).blocks);

/** What a run of the failing paths alone sees once they work. */
const MENDED: Report = {
  ...FOUNDING_REPORT,
  verdict: 'inconclusive',
  reach: FOUNDING_REPORT.reach.map((row) => ({ ...row, outcome: 'open' })),
  apiServers: FOUNDING_REPORT.apiServers.map((each) => ({ ...each, outcome: 'ok', status: 200 })),
  impact: HEALTHY_REPORT.impact,
};

async function verdict(): Promise<readonly [string, Message]> {
  const before = slack.roots(CHANNEL).length;
  await type('prod');
  const runId = await bot.runId('prod');
  await bot.verdict(runId, 'prod', FOUNDING_REPORT);
  const root = await slack.until('the root', () => slack.roots(CHANNEL)[before]);
  await slack.until('the thread', () => slack.thread(CHANNEL, root.ts).length === 7);
  return [runId, root];
}
const verifying = (of: string) =>
  until('a run that verifies', () => bot.queues.runs('prod').getDeduplicationJobId(`verify-${of}`));

it('tries again what failed, once for all who click, and shows before and after in the thread', async () => {
  const [of, root] = await verdict();
  const click = { channel: CHANNEL, ts: root.ts, actionId: VERIFY_ACTION };
  await slack.clickButton({ ...click, user: 'U0LIN' });
  await slack.clickButton({ ...click, user: 'U0MAYA' });
  const runId = await verifying(of);
  const job = await bot.queues.runs('prod').getJob(runId);
  expect(job?.data.only).toEqual(failingPaths(FOUNDING_REPORT));
  expect(job?.data.only?.paths.length).toBeGreaterThan(0);
  const reply = await slack.until('the reply', () => slack.thread(CHANNEL, root.ts)[7]);
  expect(shown(reply).text).toBe('🔎 prod: trying again what failed…');
  await slack.until('a word for the second', () =>
    slack
      .ephemerals('U0MAYA')
      .some(({ revisions }) => revisions[0]?.text.startsWith('Lin is verifying')),
  );

  await bot.say(runId, 'prod', { kind: 'verdict', report: { ...MENDED, final: false } });
  await bot.say(runId, 'prod', { kind: 'verdict', report: MENDED });
  await slack.until('the result', () => shown(reply).text.includes('all that failed works now'));
  await slack.until('the last word', () => !blocks(reply).includes('outstanding'));
  expect(blocks(reply)).toContain('✅ `prod02` → `prod01` (overlay): 1 of 1 failing checks work');
  expect(blocks(reply)).toContain('clicked by Lin at ');
  expect(slack.thread(CHANNEL, root.ts)).toHaveLength(8);

  // It has not seen the cluster whole: the verdict of the cluster and its history stay.
  expect(await bot.store.lastVerdict('prod')).toMatchObject({ runId: of, verdict: 'broken' });
  expect(await type('history prod')).not.toContain(runId);
  expect(await noted()).toEqual([
    'U0LIN diagnose prod',
    'U0LIN verify prod',
    'U0MAYA verify prod',
    'U0LIN history prod',
  ]);
  expect(slack.complaints).toEqual([]);
});

it('never stands in for a whole run, and can be asked for again', async () => {
  const [of, root] = await verdict();
  const click = { user: 'U0LIN', channel: CHANNEL, ts: root.ts, actionId: VERIFY_ACTION };
  await slack.clickButton(click);
  const first = await verifying(of);
  expect(await type('prod')).toBeNull();
  const whole = await bot.runId('prod');
  expect(whole).not.toBe(first);
  expect((await bot.queues.runs('prod').getJob(whole))?.data.only).toBeUndefined();

  await bot.queues.runs('prod').removeDeduplicationKey(`verify-${of}`);
  await bot.say(first, 'prod', { kind: 'verdict', report: FOUNDING_REPORT });
  const reply = await slack.until('the reply', () => slack.thread(CHANNEL, root.ts)[7]);
  await slack.until('the result', () => shown(reply).text.includes('what failed fails still'));
  expect(blocks(reply)).toContain('still `tcp timeout`');
  await slack.clickButton(click);
  expect(await verifying(of)).not.toBe(first);
  expect(slack.complaints).toEqual([]);
});
