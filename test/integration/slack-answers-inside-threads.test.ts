import { beforeEach, expect, it } from 'vitest';
import { RUN_AGAIN_ACTION } from '../../src/renderers/slack-buttons.ts';
import { ALERT_SHORTCUT } from '../../src/triggers/alert-shortcut.ts';
import { HEALTHY_REPORT } from '../support/sample-reports.ts';
import { slackScene } from '../support/slack-scene.ts';
import { type Message, shown } from '../support/slack-stand-in/workspace.ts';

let alert: Message;

const { slack, bot } = await slackScene();
beforeEach(() => {
  alert = slack.say({
    user: 'U0MAYA',
    channel: 'C0OPS',
    text: '[FIRING:1] KubeAggregatedAPIDown (cluster prod, severity critical)',
  });
});

/** Root and checklist of the healthy verdict, in the thread of `alert` and nowhere else. */
async function healthyInTheThread(cluster = 'prod'): Promise<readonly Message[]> {
  const roots = slack.roots('C0OPS').length;
  await bot.verdict(await bot.runId(cluster), cluster, { ...HEALTHY_REPORT, cluster });
  const answers = await slack.until('the answer in the thread', () => {
    const replies = slack.thread('C0OPS', alert.ts).filter(({ user }) => user === 'U0METRICSD');
    return replies.some((each) => shown(each).text.includes('healthy')) && replies;
  });
  expect(slack.roots('C0OPS')).toHaveLength(roots);
  expect(answers.every(({ threadTs }) => threadTs === alert.ts)).toBe(true);
  expect(slack.complaints).toEqual([]);
  return answers;
}

it('answers a mention in the thread where it was made, once for an event delivered twice', async () => {
  const mention = { user: 'U0LIN', channel: 'C0OPS', text: 'prod', threadTs: alert.ts };
  expect((await slack.mention({ ...mention, again: true })).inTime).toBe(true);

  const [first] = await healthyInTheThread();
  expect(JSON.stringify(shown(first ?? expect.fail()).blocks)).toContain('asked by Lin');
  expect(slack.ephemerals('U0LIN')).toEqual([]);
});

it('says in the thread, to the asker alone, what it did not understand', async () => {
  await slack.mention({ user: 'U0LIN', channel: 'C0OPS', text: 'prdo', threadTs: alert.ts });
  const hint = await slack.until('a hint', () => slack.ephemerals('U0LIN').at(-1));

  expect(shown(hint).text).toContain('Did you mean `/metrics-diag prod`?');
  expect(hint.threadTs).toBe(alert.ts);
});

it('diagnoses the cluster that a message names, in the thread of that message', async () => {
  const shortcut = { user: 'U0LIN', message: alert, callbackId: ALERT_SHORTCUT };
  expect((await slack.useShortcut(shortcut)).inTime).toBe(true);
  const [first] = await healthyInTheThread();

  await slack.clickButton({
    user: 'U0MAYA',
    channel: 'C0OPS',
    ts: first?.ts ?? '',
    actionId: RUN_AGAIN_ACTION,
  });
  await healthyInTheThread();
});

it('asks which cluster when the message does not say', async () => {
  alert = slack.say({ user: 'U0MAYA', channel: 'C0OPS', text: 'kubectl top says 503 again' });
  await slack.useShortcut({ user: 'U0LIN', message: alert, callbackId: ALERT_SHORTCUT });
  const submitted = await slack.submitView({
    user: 'U0LIN',
    blockId: 'cluster',
    actionId: 'cluster-select',
    value: 'staging',
  });

  expect(submitted).toMatchObject({ inTime: true, payload: {} });
  await healthyInTheThread('staging');
});
