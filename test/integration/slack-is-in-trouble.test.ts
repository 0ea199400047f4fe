import { beforeEach, describe, expect, it } from 'vitest';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { slackScene } from '../support/slack-scene.ts';
import type { Fault } from '../support/slack-stand-in/faults.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

/** Root, checklist, broken, paths.png, why, fixes and fixes.txt. */
const WHOLE_THREAD = 7;

const EDIT_INTERVAL_MS = 200;

/** Each test has a channel and a cluster of its own, since all share one bot. */
const PLACES = Array.from({ length: 20 }, (_, i) => ({ channel: `C${i}PLACE`, cluster: `c${i}` }));

let serial = -1;
let channel = '';
let cluster = '';

const { slack, bot } = await slackScene({
  editIntervalMs: EDIT_INTERVAL_MS,
  clusters: PLACES.map(({ cluster }) => ({
    name: cluster,
    aliases: [],
    allow: { users: [], userGroups: [], channels: [] },
  })),
  standIn: {
    channels: PLACES.map(({ channel }) => ({
      id: channel,
      name: channel.toLowerCase(),
      kind: 'public',
      members: ['U0LIN'],
    })),
  },
});
beforeEach(() => {
  serial += 1;
  const place = PLACES[serial];
  if (place === undefined) throw new Error('more tests than places');
  ({ channel, cluster } = place);
  slack.heal();
});

async function wholeThread(): Promise<readonly string[]> {
  const root = await slack.until('the root', () => slack.roots(channel)[0]);
  await slack.until('the verdict', () => shown(root).text.includes('broken'));
  await slack.until(
    'the whole thread',
    () => slack.thread(channel, root.ts).length >= WHOLE_THREAD,
    30_000,
  );
  await new Promise((resolve) => setTimeout(resolve, 400));
  return slack
    .thread(channel, root.ts)
    .map((each) => each.files[0]?.name ?? shown(each).text.slice(0, 20));
}

async function ask(): Promise<void> {
  await slack.typeCommand({ user: 'U0LIN', channel, text: cluster });
  await bot.verdict(await bot.runId(cluster), cluster, FOUNDING_REPORT);
}

describe('nothing is lost and nothing is doubled', () => {
  const faults: readonly [string, Fault][] = [
    [
      'it limits the rate of posts',
      { method: 'chat.postMessage', times: 3, how: { kind: 'rate-limited', retryAfterSeconds: 1 } },
    ],
    [
      'it limits the rate of edits',
      { method: 'chat.update', times: 2, how: { kind: 'rate-limited', retryAfterSeconds: 1 } },
    ],
    ['it answers 500', { method: '*', times: 6, how: { kind: 'http', status: 500 } }],
    [
      'it reports trouble of its own',
      { method: 'chat.postMessage', times: 2, how: { kind: 'refused', code: 'internal_error' } },
    ],
    [
      'uploads fail',
      { method: 'files.completeUploadExternal', times: 2, how: { kind: 'http', status: 503 } },
    ],
  ];

  it.each(faults)('when %s', async (_name, fault) => {
    slack.fail(fault);
    await ask();
    const texts = await wholeThread();

    expect(texts).toHaveLength(WHOLE_THREAD);
    expect(new Set(texts).size).toBe(texts.length);
    expect(slack.roots(channel)).toHaveLength(1);
    expect(slack.complaints).toEqual([]);
  });
});

it('repeats one message at most when Slack took it and never said so', async () => {
  await slack.typeCommand({ user: 'U0LIN', channel, text: cluster });
  const runId = await bot.runId(cluster);
  const root = await slack.until('the root', () => slack.roots(channel)[0]);
  slack.fail({ method: 'chat.postMessage', times: 1, how: { kind: 'accept-then-hang' } });
  await bot.verdict(runId, cluster, FOUNDING_REPORT);
  await slack.until(
    'the rest',
    () => slack.thread(channel, root.ts).length === WHOLE_THREAD + 1,
    30_000,
  );

  expect(slack.roots(channel)).toHaveLength(1);
});

it('sends the words alone when Slack refuses a form', async () => {
  slack.fail({
    method: 'chat.postMessage',
    times: 1,
    how: { kind: 'refused', code: 'invalid_blocks' },
  });
  await slack.typeCommand({ user: 'U0LIN', channel, text: cluster });
  const root = await slack.until('the root', () => slack.roots(channel)[0]);

  expect(shown(root).blocks).toHaveLength(1);
});

it('does without files where it may not upload them', async () => {
  slack.fail({
    method: 'files.getUploadURLExternal',
    times: 99,
    how: { kind: 'refused', code: 'missing_scope' },
  });
  const before = slack.calls.length;
  await ask();
  const root = await slack.until('the root', () => slack.roots(channel)[0]);
  const refused = (): number =>
    slack.calls
      .slice(before)
      .filter(({ method, outcome }) => method.startsWith('files.') && outcome === 'missing_scope')
      .length;
  await slack.until('both files to be given up', () => refused() === 2);
  expect(slack.thread(channel, root.ts)).toHaveLength(WHOLE_THREAD - 2);
});

it('posts the verdict anew when someone deleted the root', async () => {
  await slack.typeCommand({ user: 'U0LIN', channel, text: cluster });
  const runId = await bot.runId(cluster);
  const root = await slack.until('the root', () => slack.roots(channel)[0]);
  slack.remove(root);
  await bot.verdict(runId, cluster, FOUNDING_REPORT);
  const fresh = await slack.until('a new root', () => slack.roots(channel)[0]);

  await slack.until('its thread', () => slack.thread(channel, fresh.ts).length === WHOLE_THREAD);
  expect(shown(fresh).text).toContain('broken');
});

it('edits the checklist at most once in the interval, and the verdict at once', async () => {
  await slack.typeCommand({ user: 'U0LIN', channel, text: cluster });
  const runId = await bot.runId(cluster);
  const root = await slack.until('the root', () => slack.roots(channel)[0]);
  const startedAt = Date.now();
  for (let i = 0; i < 20; i += 1) {
    await bot.say(runId, cluster, {
      kind: 'progress',
      checklist: [{ id: 'paths', state: 'running', text: `Paths: ${i} of 20` }],
    });
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  const checklist = await slack.until('the last state', () => {
    const [, second] = slack.thread(channel, root.ts);
    return second !== undefined && shown(second).text.includes('19 of 20') && second;
  });
  // One that arrived late may stand close before the next: what counts is how many there were in that time.
  const intervals = (Date.now() - startedAt) / EDIT_INTERVAL_MS;

  expect(checklist.revisions.length - 1).toBeLessThanOrEqual(Math.ceil(intervals));
  expect(checklist.revisions.length).toBeLessThan(20);
  expect(slack.complaints).toEqual([]);
});

it('comes back after its connection was cut and after a refresh', async () => {
  for (const lose of [() => slack.dropConnections(), () => slack.refreshConnections()]) {
    lose();
    await slack.until('the connection to be lost', () => slack.connections() === 0);
    await slack.until('a new connection', () => slack.connections() === 1);
  }

  expect((await slack.typeCommand({ user: 'U0LIN', channel, text: 'help' })).inTime).toBe(true);
});
