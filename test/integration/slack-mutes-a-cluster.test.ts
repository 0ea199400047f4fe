import { expect, it } from 'vitest';
import type { Trigger } from '../../src/runs/jobs.ts';
import { requestRun } from '../../src/runs/request-run.ts';
import { alertGroup } from '../support/alert-group.ts';
import { until } from '../support/runs/run-bench.ts';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';
import { CLUSTERS } from '../support/slack-bot.ts';
import { slackScene } from '../support/slack-scene.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

const OPEN = { users: [], userGroups: [], channels: [] };
const VAULT = {
  name: 'vault',
  aliases: [],
  allow: { ...OPEN, mute: { ...OPEN, users: ['U0MAYA'] } },
};
const { slack, bot, type, noted } = await slackScene({ clusters: [...CLUSTERS, VAULT] });

/** What the alert door does with the first notification of a group; the worker then finds what it finds. */
async function alertFires(groupKeyHash: string): Promise<string> {
  const trigger: Trigger = {
    kind: 'alert',
    source: 'alertmanager',
    channel: 'C0PLATFORM',
    groupKeyHash,
    alertNames: ['KubeAggregatedAPIDown'],
    firingSince: '2026-11-22T14:00:00.000Z',
  };
  const { runId } = await requestRun(bot, { cluster: 'prod', trigger });
  await bot.alerts.save(alertGroup({ ...trigger, runId }));
  await bot.verdict(runId, 'prod', FOUNDING_REPORT);
  await until('the run to be held', () => bot.mutes.held('prod', `alert-${groupKeyHash}`));
  return runId;
}

it('keeps alerts silent, answers who asks, and says who muted it until when', async () => {
  expect(await type('mute production 2h upgrade of the *CNI*')).toMatch(
    /^`prod` is muted until 20\d\d-\d\d-\d\d \d\d:\d\d UTC:/u,
  );
  expect(await type('clusters', 'U0MAYA')).toMatch(
    /• `prod`.*; 🔕 muted by Lin until 20\d\d-.* UTC: upgrade of the `\*CNI\*`\n/u,
  );
  expect(JSON.stringify(await slack.openHome('U0MAYA'))).toContain('🔕 muted by Lin until 20');

  await alertFires('still-firing');
  const resolved = await alertFires('resolved-meanwhile');
  const group = await bot.alerts.group('resolved-meanwhile');
  const resolvedAt = '2026-11-22T14:30:00.000Z';
  await bot.alerts.save({ ...(group ?? expect.fail()), resolvedAt });
  await bot.say(resolved, 'prod', { kind: 'verdict', report: FOUNDING_REPORT });
  expect(await type('prod')).toBeNull();
  await bot.verdict(await bot.runId('prod'), 'prod', FOUNDING_REPORT);
  await slack.until('the answer', () => slack.roots('C0OPS').length === 1);
  expect(slack.roots('C0PLATFORM')).toEqual([]);

  expect(await type('unmute prod', 'U0MAYA')).toContain('no longer muted (it was by Lin)');
  const root = await slack.until('what was held back', () => slack.roots('C0PLATFORM')[0]);
  await slack.until('all of it', () => slack.thread('C0PLATFORM', root.ts).length === 7);
  expect(slack.roots('C0PLATFORM')).toHaveLength(1);
  expect(shown(root).text).toContain('KubeAggregatedAPIDown firing. prod: Metrics API broken.');
  expect(await type('clusters')).not.toContain('muted');
  expect(slack.complaints).toEqual([]);
});

it.each([
  ['mute prod', 'from 5 min to 14 d'],
  ['mute prod for ever', 'from 5 min to 14 d'],
  ['mute prod 1m', '1 min is not possible'],
  ['mute prod 15d', '15 d is not possible'],
  ['mute prud 2h', 'Did you mean'],
  ['unmute', 'Which cluster?'],
  ['unmute prod', '`prod` is not muted.'],
])('answers %s with what is possible', async (words, said) => {
  expect(await type(words)).toContain(said);
  expect(await bot.mutes.of('prod')).toBeNull();
});

it('lets only those mute who may, and notes each of them', async () => {
  expect(await type('mute vault 1d')).toContain('may mute `vault`');
  expect(await type('mute vault 1d', 'U0MAYA')).toContain('is muted until');
  expect(await type('unmute vault')).toContain('may mute `vault`');
  expect(await type('unmute vault', 'U0MAYA')).toContain('no longer muted');
  expect((await noted()).slice(-4)).toEqual([
    'U0LIN mute-refused vault',
    'U0MAYA mute vault',
    'U0LIN unmute-refused vault',
    'U0MAYA unmute vault',
  ]);
  expect(slack.complaints).toEqual([]);
});
