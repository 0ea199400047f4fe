import { expect, it } from 'vitest';
import { hears, noteTold } from '../../../src/delivery/quiet.ts';
import type { PostedMessage, RunState, Subscription } from '../../../src/runs/run-store.ts';
import type { Told } from '../../../src/runs/schedules.ts';
import { FOUNDING_REPORT, HEALTHY_REPORT } from '../../support/sample-reports.ts';

const AT = '2026-11-22T14:00:00.000Z';
const RUN: RunState = {
  runId: 'r1',
  cluster: 'prod',
  requestedAt: AT,
  trigger: { kind: 'cli' },
  deep: false,
  startedAt: AT,
  seq: 3,
  checklist: [],
  report: { ...FOUNDING_REPORT, final: true },
  verdictAt: AT,
  failed: null,
  noWorker: null,
  cancelled: null,
  stopped: null,
};
const SCHEDULED: Subscription = {
  id: 'schedule-C0OPS',
  runId: 'r1',
  cluster: 'prod',
  channel: 'C0OPS',
  threadTs: null,
  trigger: {
    kind: 'schedule',
    channel: 'C0OPS',
    everyMs: 3_600_000,
    user: 'U0LIN',
    userName: 'lin',
    responseUrl: null,
  },
  joined: false,
  createdAt: AT,
};
const ASKED: Subscription = {
  ...SCHEDULED,
  id: 'channel-C0OPS',
  trigger: {
    kind: 'slash-command',
    user: 'U0LIN',
    userName: 'lin',
    channel: 'C0OPS',
    threadTs: null,
    responseUrl: null,
  },
};

interface Scene {
  readonly run?: Partial<RunState>;
  readonly told?: Told | null;
  readonly root?: PostedMessage | null;
  readonly others?: readonly Subscription[];
  readonly subscription?: Subscription;
}

async function scene({ run = {}, told = null, root = null, others = [], ...rest }: Scene) {
  const subscription = rest.subscription ?? SCHEDULED;
  const saved: Told[] = [];
  const deps = {
    store: { message: () => Promise.resolve(root) },
    schedules: {
      told: () => Promise.resolve(told),
      saveTold: (_id: string, now: Told) => Promise.resolve(void saved.push(now)),
    },
  };
  const follower = { run: { ...RUN, ...run }, subscription, all: [subscription, ...others] };
  const heard = await hears(deps, follower);
  await noteTold(deps, follower);
  return { heard, saved };
}
const BEFORE = '2026-11-22T08:00:00.000Z';
const RUNNING = { report: null, verdictAt: null };

it.each<[string, Scene, boolean]>([
  ['the first check, from its beginning', { run: RUNNING }, true],
  ['a verdict that changed', { told: { state: 'healthy', at: BEFORE } }, true],
  ['the same verdict', { told: { state: 'broken', at: BEFORE } }, false],
  [
    'a verdict that is not the last word',
    { run: { report: { ...HEALTHY_REPORT, final: false } }, told: { state: 'broken', at: BEFORE } },
    false,
  ],
  ['a run under way', { run: RUNNING, told: { state: 'broken', at: BEFORE } }, false],
  [
    'a run that failed',
    { run: { ...RUNNING, failed: 'no' }, told: { state: 'broken', at: BEFORE } },
    true,
  ],
  [
    'a second run that failed',
    { run: { ...RUNNING, failed: 'no' }, told: { state: 'failed', at: BEFORE } },
    false,
  ],
  [
    'a run that no worker takes',
    { run: { ...RUNNING, noWorker: { lastSeen: null } }, told: { state: 'broken', at: BEFORE } },
    true,
  ],
  [
    'a run that somebody cancelled',
    { run: { ...RUNNING, cancelled: { user: 'U', userName: 'u', at: AT } } },
    false,
  ],
  [
    'an old run after a newer one was told',
    { told: { state: 'healthy', at: '2026-11-22T15:00:00.000Z' } },
    false,
  ],
  [
    'a run that somebody follows in the same channel',
    { told: { state: 'healthy', at: BEFORE }, others: [ASKED] },
    false,
  ],
  [
    'a run whose thread has begun',
    {
      told: { state: 'broken', at: BEFORE },
      root: { channel: 'C0OPS', ts: '1', hash: '' },
    },
    true,
  ],
  ['what a person asked for', { subscription: ASKED, others: [SCHEDULED], run: RUNNING }, true],
])('says whether a channel hears of %s', async (_what, given, heard) => {
  expect((await scene(given)).heard).toBe(heard);
});

it('notes what the channel knows once the run has ended, and never an older run', async () => {
  expect((await scene({ run: RUNNING })).saved).toEqual([]);
  expect((await scene({ told: { state: 'healthy', at: BEFORE }, others: [ASKED] })).saved).toEqual([
    { state: 'broken', at: AT },
  ]);
  const newer = { state: 'healthy', at: '2026-11-22T15:00:00.000Z' };
  expect((await scene({ told: newer })).saved).toEqual([]);
});
