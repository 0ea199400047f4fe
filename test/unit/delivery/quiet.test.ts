import { expect, it } from 'vitest';
import { type Hearing, hearingOf, noteTold } from '../../../src/delivery/quiet.ts';
import type { Held, Mute } from '../../../src/runs/mutes.ts';
import type { PostedMessage, RunState, Subscription } from '../../../src/runs/run-store.ts';
import type { Told } from '../../../src/runs/schedules.ts';
import { alertGroup } from '../../support/alert-group.ts';
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

const ALERT: Subscription = {
  ...SCHEDULED,
  id: 'alert-abc',
  trigger: {
    kind: 'alert',
    source: 'alertmanager',
    channel: 'C0OPS',
    groupKeyHash: 'abc',
    alertNames: ['KubeAggregatedAPIDown'],
    firingSince: AT,
  },
};
const HELD: Held = { runId: 'r1', requestedAt: AT };
const MUTE: Mute = {
  user: 'U0LIN',
  userName: 'lin',
  at: AT,
  until: '2026-11-22T15:00:00.000Z',
  reason: 'upgrade',
};

interface Scene {
  readonly run?: Partial<RunState>;
  readonly told?: Told | null;
  readonly root?: PostedMessage | null;
  readonly others?: readonly Subscription[];
  readonly subscription?: Subscription;
  readonly mute?: Mute | null;
  readonly held?: Held | null;
  readonly resolvedAt?: string | null;
}

async function scene({ run = {}, told = null, root = null, others = [], ...rest }: Scene) {
  const { mute = null, held = null, resolvedAt = null } = rest;
  const calls: string[] = [];
  const subscription = rest.subscription ?? SCHEDULED;
  const saved: Told[] = [];
  const deps = {
    nowMs: () => Date.parse(AT),
    store: { message: () => Promise.resolve(root) },
    alertThreads: { alerts: { ofThread: () => Promise.resolve(alertGroup({ resolvedAt })) } },
    mutes: {
      of: () => Promise.resolve(mute),
      held: () => Promise.resolve(held),
      hold: (_cluster: string, id: string, { runId }: Held) =>
        Promise.resolve(void calls.push(`hold ${runId} from ${id}`)),
    },
    showAgain: ({ runId }: { readonly runId: string }, delayMs?: number) =>
      Promise.resolve(void calls.push(`show ${runId} after ${delayMs}`)),
    schedules: {
      told: () => Promise.resolve(told),
      saveTold: (_id: string, now: Told) => Promise.resolve(void saved.push(now)),
    },
  };
  const follower = { run: { ...RUN, ...run }, subscription, all: [subscription, ...others] };
  const hearing = await hearingOf(deps, follower);
  if (hearing !== 'held') await noteTold(deps, follower);
  return { hearing, saved, calls };
}
const BEFORE = '2026-11-22T08:00:00.000Z';
const RUNNING = { report: null, verdictAt: null };

it.each<[string, Scene, Hearing]>([
  ['the first check, from its beginning', { run: RUNNING }, 'speaks'],
  ['a verdict that changed', { told: { state: 'healthy', at: BEFORE } }, 'speaks'],
  ['the same verdict', { told: { state: 'broken', at: BEFORE } }, 'known'],
  [
    'a verdict that is not the last word',
    { run: { report: { ...HEALTHY_REPORT, final: false } }, told: { state: 'broken', at: BEFORE } },
    'known',
  ],
  ['a run under way', { run: RUNNING, told: { state: 'broken', at: BEFORE } }, 'known'],
  [
    'a run that failed',
    { run: { ...RUNNING, failed: 'no' }, told: { state: 'broken', at: BEFORE } },
    'speaks',
  ],
  [
    'a second run that failed',
    { run: { ...RUNNING, failed: 'no' }, told: { state: 'failed', at: BEFORE } },
    'known',
  ],
  [
    'a run that no worker takes',
    { run: { ...RUNNING, noWorker: { lastSeen: null } }, told: { state: 'broken', at: BEFORE } },
    'speaks',
  ],
  [
    'a run that somebody cancelled',
    { run: { ...RUNNING, cancelled: { user: 'U', userName: 'u', at: AT } } },
    'known',
  ],
  [
    'an old run after a newer one was told',
    { told: { state: 'healthy', at: '2026-11-22T15:00:00.000Z' } },
    'known',
  ],
  [
    'a run that somebody follows in the same channel',
    { told: { state: 'healthy', at: BEFORE }, others: [ASKED] },
    'known',
  ],
  [
    'a run whose thread has begun',
    {
      told: { state: 'broken', at: BEFORE },
      root: { channel: 'C0OPS', ts: '1', hash: '' },
    },
    'speaks',
  ],
  ['what a person asked for', { subscription: ASKED, others: [SCHEDULED], run: RUNNING }, 'speaks'],
  ['an alert', { subscription: ALERT, run: RUNNING }, 'speaks'],
  ['an alert of a muted cluster', { subscription: ALERT, mute: MUTE }, 'held'],
  ['a changed verdict of a muted cluster', { mute: MUTE }, 'held'],
  [
    'an alert whose thread was begun before the mute',
    { subscription: ALERT, mute: MUTE, root: { channel: 'C0OPS', ts: '1', hash: '' } },
    'speaks',
  ],
  ['what a person asks of a muted cluster', { subscription: ASKED, mute: MUTE }, 'speaks'],
  ['an alert that still fires after the mute', { subscription: ALERT, held: HELD }, 'speaks'],
  [
    'an alert that was resolved during the mute',
    { subscription: ALERT, held: HELD, resolvedAt: AT },
    'held',
  ],
  [
    'a check that was held, and a newer one as well',
    {
      told: { state: 'healthy', at: BEFORE },
      held: { runId: 'r2', requestedAt: '2026-11-22T15:00:00.000Z' },
    },
    'held',
  ],
  [
    'the newest check that was held',
    { told: { state: 'healthy', at: BEFORE }, held: HELD },
    'speaks',
  ],
])('says whether a channel hears of %s', async (_what, given, hearing) => {
  expect((await scene(given)).hearing).toBe(hearing);
});

it('looks again at what a mute holds back when it ends, and notes nothing as told', async () => {
  const { calls, saved } = await scene({
    subscription: ALERT,
    mute: MUTE,
    told: { state: 'healthy', at: BEFORE },
  });
  expect(calls).toEqual(['hold r1 from alert-abc', 'show r1 after 3601000']);
  expect((await scene({ mute: MUTE, told: { state: 'healthy', at: BEFORE } })).saved).toEqual([]);
  expect(saved).toEqual([]);
});

it('notes what the channel knows once the run has ended, and never an older run', async () => {
  expect((await scene({ run: RUNNING })).saved).toEqual([]);
  expect((await scene({ told: { state: 'healthy', at: BEFORE }, others: [ASKED] })).saved).toEqual([
    { state: 'broken', at: AT },
  ]);
  const newer = { state: 'healthy', at: '2026-11-22T15:00:00.000Z' };
  expect((await scene({ told: newer })).saved).toEqual([]);
});
