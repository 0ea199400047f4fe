import { expect, it } from 'vitest';
import type { Report } from '../../src/core/report/report.ts';
import { until } from '../support/runs/run-bench.ts';
import { FOUNDING_REPORT, HEALTHY_REPORT } from '../support/sample-reports.ts';
import { CLUSTERS } from '../support/slack-bot.ts';
import { slackScene } from '../support/slack-scene.ts';
import { shown } from '../support/slack-stand-in/workspace.ts';

const OPEN = { users: [], userGroups: [], channels: [] };
const VAULT = {
  name: 'vault',
  aliases: [],
  allow: { ...OPEN, schedule: { ...OPEN, users: ['U0MAYA'] } },
};
const CHANNEL = 'C0OPS';
const { slack, bot, type, noted } = await slackScene({ clusters: [...CLUSTERS, VAULT] });

/** The tick that BullMQ holds, now instead of in hours. */
async function tick(): Promise<string> {
  const queue = bot.queues.runs('prod');
  const [job] = await bot.ticks.getDelayed();
  await job?.promote();
  return until('a run', () => queue.getDeduplicationJobId('prod'));
}
async function check(report: Report): Promise<void> {
  const runId = await tick();
  await bot.verdict(runId, 'prod', report);
  await until('the verdict to be stored', async () => (await bot.store.run(runId))?.report);
  await allSaid();
}
/** Whatever a verdict leads to is said at once: the queue is empty when all of it was. */
async function allSaid(): Promise<void> {
  await until('an empty queue', async () => {
    const jobs = await bot.queues.reports.getJobs(['waiting', 'active', 'delayed']);
    return jobs.every(({ data }) => data.kind === 'no-worker-check');
  });
}
const roots = () => slack.roots(CHANNEL).map((each) => shown(each).text);

it('checks at once, and later speaks only of what changed', async () => {
  expect(await type('schedule')).toContain('No checks are scheduled');
  expect(await type('schedule production every 6h')).toMatch(
    /^`prod` is checked every 6 h from now on, .* The first check is under way\./u,
  );
  await bot.verdict(await bot.runId('prod'), 'prod', FOUNDING_REPORT);
  await slack.until('the first verdict', () => roots()[0]?.includes('broken'));
  await allSaid();
  const [first] = slack.roots(CHANNEL);
  expect(JSON.stringify(shown(first ?? expect.fail()).blocks)).toContain(
    'checked every 6 h, scheduled by Lin',
  );

  await check(FOUNDING_REPORT);
  expect(roots()).toHaveLength(1);
  await check({ ...HEALTHY_REPORT, final: false });
  expect(roots()).toHaveLength(1);
  await check(HEALTHY_REPORT);
  expect(roots()).toHaveLength(2);
  expect(JSON.stringify(shown(slack.roots(CHANNEL)[1] ?? expect.fail()).blocks)).toContain(
    'Before this check: 🔴 Metrics API broken.',
  );
  await check(HEALTHY_REPORT);
  expect(roots()).toHaveLength(2);
  expect(slack.complaints).toEqual([]);
});

it('lists what is scheduled, also on the Home tab, and ends it', async () => {
  expect(await type('schedule')).toMatch(
    /^One check is scheduled:\n• `prod`: checked every 6 h for <#C0OPS>, scheduled by Lin; next at 20\d\d-/u,
  );
  expect(JSON.stringify(await slack.openHome('U0MAYA'))).toContain(
    'checked every 6 h for <#C0OPS>, scheduled by Lin',
  );
  const elsewhere = { user: 'U0LIN', channel: 'C0PLATFORM', text: 'schedule prod off' };
  expect((await slack.typeCommand(elsewhere)).text).toContain('but for <#C0OPS>: type it there');
  expect(await type('schedule prod off')).toBe('Checks of `prod` for this channel are off.');
  expect(await bot.ticks.getDelayed()).toEqual([]);
  expect(await type('schedule prod off')).toContain('No checks of `prod` are scheduled');
});

it.each([
  ['schedule prod every 5m', 'The shortest interval is 15 min.'],
  ['schedule prod every 30d', 'The longest interval is 7 d.'],
  ['schedule prod every now and then', 'from 15 min to 7 d'],
  ['schedule prod every 6', 'from 15 min to 7 d'],
  ['schedule prod', '`/metrics-diag schedule prod every 6h`'],
  ['schedule prud every 6h', 'Did you mean'],
])('refuses %s with the bounds', async (words, said) => {
  expect(await type(words)).toContain(said);
  expect(await bot.schedules.list()).toEqual([]);
});

it('lets only those schedule who may, and notes each of them and each check', async () => {
  expect(await type('schedule vault every 2 hours')).toContain('who may schedule checks');
  expect(await type('schedule vault every 2 hours', 'U0MAYA')).toContain('every 2 h');
  expect(await type('schedule vault off', 'U0MAYA')).toContain('are off');

  const lines = await noted();
  expect(lines.filter((line) => line.startsWith('prod/C0OPS diagnose prod'))).toHaveLength(4);
  expect(lines.slice(-3)).toEqual([
    'U0LIN schedule-refused vault',
    'U0MAYA schedule vault',
    'U0MAYA schedule-off vault',
  ]);
  expect(slack.complaints).toEqual([]);
});
