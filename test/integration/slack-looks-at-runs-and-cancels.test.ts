import { expect, it } from 'vitest';
import type { BotCluster } from '../../src/config/role-config.ts';
import { CANCEL_ACTION } from '../../src/renderers/slack-buttons.ts';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { CLUSTERS } from '../support/slack-bot.ts';
import { slackScene } from '../support/slack-scene.ts';
import { type Message, shown } from '../support/slack-stand-in/workspace.ts';

const OPEN = { users: [], userGroups: [], channels: [] };
const VAULT: BotCluster = {
  name: 'vault',
  aliases: [],
  allow: {
    ...OPEN,
    cancel: { ...OPEN, users: ['U0MAYA'] },
    deep: { ...OPEN, userGroups: ['S0SRE'] },
  },
};

const type = async (text: string, user = 'U0LIN') =>
  (await slack.typeCommand({ user, channel: 'C0OPS', text })).text;
const blocks = (message: Message) => JSON.stringify(shown(message).blocks);

async function open(text: string): Promise<Message> {
  const before = slack.roots('C0OPS').length;
  expect(await type(text)).toBeNull();
  return slack.until('a root', () => slack.roots('C0OPS')[before]);
}

const { slack, bot } = await slackScene({
  clusters: [...CLUSTERS, VAULT],
  standIn: { userGroups: { S0SRE: ['U0MAYA'] } },
});

it('lists the last runs with verdict, asker and thread, and shows one of them', async () => {
  expect(await type('history prod')).toContain('`prod` has had no run within a week');
  const root = await open('prod');
  const runId = await bot.runId('prod');
  await bot.verdict(runId, 'prod', FOUNDING_REPORT);
  await slack.until('the verdict', () => shown(root).text.includes('broken'));
  const history = (await type('history production')) ?? '';

  expect(history).toMatch(
    new RegExp(
      `^The last run of \`prod\`:\n• \`${runId}\` 20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC · 🔴 broken · asked by Lin · <http.*\\|thread>$`,
      'u',
    ),
  );
  for (const wanted of [runId, `\`${runId}\``, 'prod']) {
    const answer = (await type(`show ${wanted}`)) ?? '';
    expect(answer).toContain(`*Run* \`${runId}\` *of* \`prod\`: 🔴 broken.`);
    expect(answer).toContain('• Confirmed `overlay-port-blocked`:');
    expect(answer).toContain('|Its thread>');
  }
  expect(await type('show r00000000')).toContain('I know no run `r00000000`');
  expect(await type('show')).toContain('Which run?');
  expect(await type('history')).toContain('Which cluster?');
});

it('cancels at a click after a question, says who did it, and offers another run', async () => {
  const root = await open('prod');
  const runId = await bot.runId('prod');
  expect(blocks(root)).toContain('Cancel this run?');
  const click = { channel: 'C0OPS', ts: root.ts, actionId: CANCEL_ACTION };
  const [first, second] = await Promise.all([
    slack.clickButton({ ...click, user: 'U0MAYA' }),
    slack.clickButton({ ...click, user: 'U0LIN' }),
  ]);
  expect([first?.inTime, second?.inTime]).toEqual([true, true]);
  await slack.until('the root to say so', () => shown(root).text.startsWith('prod: cancelled.'));

  expect(shown(root).text).toMatch(
    /Cancelled by (?:Maya|Lin) at \d\d:\d\d UTC, before a verdict\./u,
  );
  expect(blocks(root)).toContain('Run again');
  expect(blocks(root)).not.toContain(CANCEL_ACTION);
  const told = [...slack.ephemerals('U0MAYA'), ...slack.ephemerals('U0LIN')].map(
    (each) => shown(each).text,
  );
  expect(told.filter((text) => text.includes('is cancelled: it stops'))).toHaveLength(1);
  expect(told.filter((text) => text.includes('was cancelled already'))).toHaveLength(1);

  await bot.say(runId, 'prod', { kind: 'cancelled', pods: 'removed' });
  await slack.until('the Pods', () => shown(root).text.includes('its probe Pods are removed'));
  expect(await type('history prod')).toContain('⚪ cancelled · asked by Lin');
  expect(await type('cancel prod')).toContain('nothing to cancel');
  expect(slack.roots('C0OPS').at(-1)?.ts).toBe(root.ts);
});

it('lets only those cancel and go deep who may, and notes each of them', async () => {
  await open('vault');
  const runId = await bot.runId('vault');
  expect(await type(`cancel ${runId}`)).toContain('not on the list of people who may cancel');
  expect(await type('vault deep')).toContain('may ask for deep mode of `vault`');
  expect(await type('prod deep', 'U0MAYA')).toContain('may ask for deep mode of `prod`');
  expect(await type('vault deep', 'U0MAYA')).toMatch(/already under way.*not asked to go deep/u);
  expect(await type('cancel vault', 'U0MAYA')).toContain('is cancelled');
  expect(await type('vault --deep', 'U0MAYA')).toBeNull();
  const job = await bot.queues.runs('vault').getJob(await bot.runId('vault'));
  expect(job?.data.deep).toEqual({ trace: false });

  const noted: string[] = [];
  for await (const entry of bot.audit.entries()) {
    const { actor, action, cluster } = entry as {
      actor: { id: string };
      action: string;
      cluster: string;
    };
    noted.push(`${actor.id} ${action} ${cluster}`);
  }
  expect(noted.slice(-7)).toEqual([
    'U0LIN diagnose vault',
    'U0LIN cancel-refused vault',
    'U0LIN deep-refused vault',
    'U0MAYA deep-refused prod',
    'U0MAYA deep vault',
    'U0MAYA cancel vault',
    'U0MAYA deep vault',
  ]);
  expect(slack.complaints).toEqual([]);
});
