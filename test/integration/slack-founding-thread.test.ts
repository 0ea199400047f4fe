import { expect, it } from 'vitest';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { slackScene } from '../support/slack-scene.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

const CHANNEL = 'C0OPS';

const { slack, bot } = await slackScene();

it('shows a run from the command to the last file, in order, and asks nothing twice', async () => {
  const reaction = await slack.typeCommand({ user: 'U0LIN', channel: CHANNEL, text: 'prod' });
  expect(reaction).toMatchObject({ inTime: true, text: null });
  const [root] = await slack.until('the root', () => {
    const roots = slack.roots(CHANNEL);
    return roots.length > 0 && roots;
  });
  if (root === undefined) throw new Error('no root');
  expect(shown(root).text).toBe('prod: diagnosing the Metrics API.');

  const runId = await bot.runId('prod');
  const { checklist } = FOUNDING_REPORT;
  await bot.say(runId, 'prod', {
    kind: 'progress',
    checklist: checklist.map((item) => ({ ...item, state: 'running' })),
  });
  await slack.until('the checklist', () => slack.thread(CHANNEL, root.ts).length === 2);
  for (let done = 1; done <= checklist.length; done += 1) {
    await bot.say(runId, 'prod', {
      kind: 'progress',
      checklist: checklist.map((item, i) => ({ ...item, state: i < done ? 'done' : 'running' })),
    });
  }
  await bot.verdict(runId, 'prod', FOUNDING_REPORT);
  await slack.until('the last file', () => slack.thread(CHANNEL, root.ts).length === 7);
  const thread = slack.thread(CHANNEL, root.ts);

  expect(shown(root).text).toMatch(/^prod: Metrics API broken\./u);
  expect(JSON.stringify(shown(root).blocks)).toContain('asked by Lin');
  expect(
    thread.slice(1).map((each) => each.files[0]?.name ?? shown(each).text.slice(0, 24)),
  ).toEqual([
    'prod: 4 of 4 checks done',
    'prod, what is broken: No',
    'paths.png',
    'prod, why: confirmed ove',
    'prod, how to mend it: Al',
    'fixes.txt',
  ]);
  expect(thread[3]?.files[0]?.altText).toContain('prod01');
  expect(
    Buffer.from(thread[3]?.files[0]?.bytes ?? [])
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');
  expect(slack.complaints).toEqual([]);

  const before = slack.calls.length;
  await bot.verdict(runId, 'prod', FOUNDING_REPORT);
  await bot.queues.reports.add('opened', { kind: 'opened', runId, cluster: 'prod', seq: 0 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(slack.calls.slice(before).map(({ method }) => method)).toEqual([]);
});

it('takes back a finding that the last answers overturned', async () => {
  await slack.typeCommand({ user: 'U0LIN', channel: 'C0PLATFORM', text: 'staging' });
  const runId = await bot.runId('staging');
  const report = { ...FOUNDING_REPORT, cluster: 'staging' };
  await bot.verdict(runId, 'staging', { ...report, final: false });
  const root = await slack.until('the root', () => slack.roots('C0PLATFORM')[0]);
  await slack.until('the thread', () => slack.thread('C0PLATFORM', root.ts).length === 7);

  await bot.verdict(runId, 'staging', {
    ...report,
    verdict: 'healthy',
    headline: 'All is well.',
    causes: [],
    pattern: [],
  });
  await slack.until('the new verdict', () => shown(root).text.includes('healthy'));
  const fixes = await slack.until('the fixes to be taken back', () =>
    slack
      .thread('C0PLATFORM', root.ts)
      .find((each) => each.revisions.length > 1 && shown(each).text.startsWith('No longer holds')),
  );

  expect(fixes).toBeDefined();
  expect(slack.thread('C0PLATFORM', root.ts)).toHaveLength(7);
  expect(slack.complaints).toEqual([]);
});
