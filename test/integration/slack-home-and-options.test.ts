import { expect, it } from 'vitest';
import type { BotCluster } from '../../src/config/role-config.ts';
import { OPTIONS_ACTION } from '../../src/renderers/slack-buttons.ts';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { CLUSTERS } from '../support/slack-bot.ts';
import { slackScene } from '../support/slack-scene.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

const CLOSED: BotCluster = {
  name: 'vault',
  aliases: [],
  allow: { users: ['U0MAYA'], userGroups: [], channels: [] },
};

const { slack, bot } = await slackScene({ clusters: [...CLUSTERS, CLOSED] });

const form = (cluster: string, depth: string, nodes: string | null, channel = 'C0OPS') => ({
  user: 'U0LIN',
  channel,
  values: {
    cluster: { value: { type: 'static_select', selected_option: { value: cluster } } },
    depth: { value: { type: 'radio_buttons', selected_option: { value: depth } } },
    nodes: { value: { type: 'plain_text_input', value: nodes } },
    channel: { value: { type: 'conversations_select', selected_conversation: channel } },
  },
});

it('shows the clusters that somebody may ask about, and how to', async () => {
  const home = JSON.stringify(await slack.openHome('U0LIN'));

  expect(home).toContain('*`prod`*\\nNever diagnosed');
  expect(home).toContain('*`staging`*');
  expect(home).not.toContain('vault');
  expect(home).toContain('None within a week.');
  expect(home).toContain('`/metrics-diag options`');
  expect(JSON.stringify(await slack.openHome('U0MAYA'))).toContain('*`vault`*');
});

it('leads from the Home tab through the form to a thread, with the nodes that were asked for', async () => {
  await slack.openHome('U0LIN');
  const click = { user: 'U0LIN', actionId: OPTIONS_ACTION, value: 'staging' };
  expect((await slack.clickHome(click)).inTime).toBe(true);
  const { view } = await slack.openedView();
  expect(JSON.stringify(view)).toContain(
    '"initial_option":{"text":{"type":"plain_text","text":"staging"}',
  );

  const sent = await slack.submitForm(
    form('staging', 'quick', 'worker-7, worker-9 <!channel> $(x)'),
  );
  expect(sent).toMatchObject({ inTime: true, payload: {} });
  const runId = await bot.runId('staging');
  const job = await bot.queues.runs('staging').getJob(runId);
  expect(job?.data.nodes).toEqual(['worker-7', 'worker-9']);
  expect(job?.data.trigger).toMatchObject({ kind: 'modal', channel: 'C0OPS', user: 'U0LIN' });
  await bot.verdict(runId, 'staging', { ...FOUNDING_REPORT, cluster: 'staging' });
  const root = await slack.until('the verdict', () =>
    slack.roots('C0OPS').find((each) => shown(each).text.includes('broken')),
  );
  expect(JSON.stringify(shown(root).blocks)).toContain('asked by Lin');

  const home = JSON.stringify(await slack.openHome('U0LIN'));
  expect(home).toMatch(/\*`staging`\*\\n🔴 broken at \d{4}-/u);
  expect(home).toContain(`• \`${runId}\` \`staging\``);
});

it('opens for the channel where it was typed, and says in the form why not', async () => {
  const typed = await slack.typeCommand({
    user: 'U0LIN',
    channel: 'C0PLATFORM',
    text: 'options prod',
  });
  expect(typed).toMatchObject({ inTime: true, text: null });
  // The form opens after the command is acknowledged.
  await expect
    .poll(async () => JSON.stringify((await slack.openedView()).view))
    .toContain('"initial_conversation":"C0PLATFORM"');

  const refused = await slack.submitForm(form('prod', 'deep', null));
  expect(refused.payload).toMatchObject({ response_action: 'errors' });
  expect(JSON.stringify(refused.payload)).toContain('may ask for deep mode of prod');
  expect(JSON.stringify(refused.payload)).not.toContain('`');
  expect(slack.complaints).toEqual([]);
});
