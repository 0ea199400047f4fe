import { expect, it } from 'vitest';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';

import { slackScene } from '../support/slack-scene.ts';

const { slack, bot } = await slackScene();

function post(path: string, body: object, origin = slack.url): Promise<Response> {
  return fetch(`${slack.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(body),
  });
}

it('takes a command typed on the page and shows its thread', async () => {
  const typed = await post('/page/type', { channel: 'C0OPS', text: '/metrics-diag prod' });
  expect(typed.status).toBe(204);
  await bot.verdict(await bot.runId('prod'), 'prod', FOUNDING_REPORT);
  const root = await slack.until('the root', () => slack.roots('C0OPS')[0]);
  await slack.until('the thread', () => slack.thread('C0OPS', root.ts).length === 7);

  const html = await (await fetch(slack.url)).text();
  expect(html).toContain('Metrics API broken');
  expect(html).toContain('/paths.png');
  expect(html).not.toMatch(/(?:src|href)="https?:/u);
  const [, path = ''] = /"url":"(\/files\/[^"]+paths\.png)"/u.exec(html) ?? [];
  const picture = await fetch(`${slack.url}${path}`);
  expect(picture.headers.get('content-type')).toBe('image/png');

  await post('/page/click', { channel: 'C0OPS', ts: root.ts, actionId: 'run-again' });
  await slack.until('a second root', () => slack.roots('C0OPS').length === 2);
  expect(slack.complaints).toEqual([]);
});

it('says like Slack that commands do not work in threads', async () => {
  await post('/page/type', { channel: 'C0OPS', text: '/metrics-diag prod', threadTs: '1.000001' });

  expect(JSON.stringify(slack.ephemerals('U0LIN'))).toContain('not supported in threads');
});

it('obeys no other page', async () => {
  const typed = await post('/page/type', { channel: 'C0OPS', text: 'x' }, 'https://evil.example');

  expect(typed.status).toBe(403);
});
