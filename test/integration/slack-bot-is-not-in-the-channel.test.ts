import { expect, it } from 'vitest';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { CLUSTERS } from '../support/slack-bot.ts';
import { slackScene } from '../support/slack-scene.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

const { slack, bot } = await slackScene({
  clusters: [
    ...CLUSTERS,
    ...['one', 'two'].map((name) => ({
      name,
      aliases: [],
      allow: { users: [], userGroups: [], channels: [] },
    })),
  ],
  standIn: {
    writesPublic: false,
    channels: [
      { id: 'G0SECRET', name: 'secret', kind: 'private', members: ['U0LIN', 'U0MAYA'] },
      { id: 'D0TALK', name: 'Maya', kind: 'dm', members: ['U0LIN', 'U0MAYA'] },
      { id: 'C0OLD', name: 'old', kind: 'public', members: ['U0LIN'], archived: true },
      { id: 'C0OTHER', name: 'other', kind: 'public', members: ['U0LIN'] },
    ],
  },
});

it.each([
  ['a private channel', 'G0SECRET', 'prod', '/invite @metrics-diag'],
  ['a conversation of two people', 'D0TALK', 'staging', '/invite @metrics-diag'],
  ['an archived channel', 'C0OLD', 'one', 'This channel is archived'],
  ['a public channel that it may not write in', 'C0OTHER', 'two', '/invite @metrics-diag'],
])(
  'answers the asker alone in %s, five messages at most',
  async (_name, channel, cluster, hint) => {
    const seen = () => slack.ephemerals('U0LIN').filter((each) => each.channel === channel);
    await slack.typeCommand({ user: 'U0LIN', channel, text: cluster });
    const runId = await bot.runId(cluster);
    await slack.until('the first word', () => seen().length === 1);
    const report = { ...FOUNDING_REPORT, cluster };
    for (const item of report.checklist) {
      await bot.say(runId, cluster, { kind: 'progress', checklist: [item] });
    }
    await bot.verdict(runId, cluster, { ...report, final: false });
    await slack.until('the verdict', () => seen().length === 5);
    await bot.verdict(runId, cluster, { ...report, headline: 'Something else.' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    const texts = seen().map((each) => shown(each).text);

    expect(texts[0]).toContain(hint.replace('`', ''));
    expect(texts[1]).toContain(`${cluster}: Metrics API broken.`);
    expect(texts).toHaveLength(5);
    expect(slack.roots(channel)).toHaveLength(0);
    expect(slack.complaints).toEqual([]);
  },
);

it('opens a thread for all once it was invited', async () => {
  slack.setChannel({
    id: 'G0SECRET',
    name: 'secret',
    kind: 'private',
    members: ['U0LIN', 'U0METRICSD'],
  });
  await slack.typeCommand({ user: 'U0LIN', channel: 'G0SECRET', text: 'prod' });
  await bot.verdict(await bot.runId('prod'), 'prod', FOUNDING_REPORT);

  await slack.until('the root', () => slack.roots('G0SECRET').length === 1);
});
