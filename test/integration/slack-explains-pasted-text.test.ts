import { expect, it } from 'vitest';
import { EXPLAIN_SHORTCUT } from '../../src/triggers/explain-door.ts';
import { slackScene } from '../support/slack-scene.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

const LOG =
  'W0727 13:33:47.904111       1 x509.go:172] x509: subject with cn=kubernetes-proxy is not in the allowed list: [system:auth-proxy]';

const { slack } = await slackScene();

it('answers the command to the asker alone, and starts no run', async () => {
  const { text } = await slack.typeCommand({
    user: 'U0LIN',
    channel: 'C0OPS',
    text: `explain ${LOG}`,
  });
  expect(text).toContain('requestheader-allowed-names');
  expect(slack.roots('C0OPS')).toEqual([]);
  expect(slack.complaints).toEqual([]);
});

it('explains the message on which the shortcut is used, in its thread, to the asker alone', async () => {
  const root = slack.say({ user: 'U0MAYA', channel: 'C0OPS', text: 'metrics are gone' });
  const message = slack.say({ user: 'U0MAYA', channel: 'C0OPS', text: LOG, threadTs: root.ts });
  const { inTime } = await slack.useShortcut({
    user: 'U0LIN',
    message,
    callbackId: EXPLAIN_SHORTCUT,
  });
  expect(inTime).toBe(true);
  const answer = await slack.until('an answer', () =>
    slack.ephemerals('U0LIN').find((one) => JSON.stringify(shown(one)).includes('frontproxy')),
  );
  expect(JSON.stringify(shown(answer).blocks)).toContain('frontproxy-allowed-names');
  expect(slack.thread('C0OPS', root.ts).every(({ user }) => user === 'U0MAYA')).toBe(true);
  expect(slack.complaints).toEqual([]);
});

it('answers a mention inside a thread there', async () => {
  const root = slack.say({ user: 'U0MAYA', channel: 'C0OPS', text: 'and again' });
  await slack.mention({
    user: 'U0MAYA',
    channel: 'C0OPS',
    text: `explain ${LOG}`,
    threadTs: root.ts,
  });
  const answer = await slack.until('an answer', () => slack.ephemerals('U0MAYA').at(-1));
  expect(answer.threadTs).toBe(root.ts);
});
