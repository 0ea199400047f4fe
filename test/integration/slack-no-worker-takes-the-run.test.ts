import { expect, it } from 'vitest';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { slackScene } from '../support/slack-scene.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

const { slack, bot } = await slackScene({ noWorkerCheckMs: 300 });

it('says so in the root, with when one was last seen, and recovers when one comes', async () => {
  await bot.store.workerSeen('prod', '2026-11-22T13:59:58.123Z');
  await slack.typeCommand({ user: 'U0LIN', channel: 'C0OPS', text: 'prod' });
  const root = await slack.until('the waiting root', () => {
    const [first] = slack.roots('C0OPS');
    return first !== undefined && shown(first).text.includes('waiting for a worker') && first;
  });
  expect(shown(root).text).toContain('The last one was seen at 2026-11-22 13:59:58 UTC');

  const runId = await bot.runId('prod');
  await bot.say(runId, 'prod', { kind: 'progress', checklist: FOUNDING_REPORT.checklist });
  await slack.until(
    'the run to go on',
    () => shown(root).text === 'prod: diagnosing the Metrics API.',
  );
  await bot.say(runId, 'prod', {
    kind: 'failed',
    sentence:
      'No API server of prod answers from the worker (connection refused at 192.168.77.1:6443).',
  });
  await slack.until('the end', () =>
    shown(root).text.startsWith('prod: not diagnosed. No API server'),
  );

  expect(slack.complaints).toEqual([]);
});
