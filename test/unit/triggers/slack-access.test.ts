import { expect, it } from 'vitest';
import type { BotCluster } from '../../../src/config/role-config.ts';
import { type Action, mayDo } from '../../../src/triggers/slack-access.ts';

const cluster = (allow: Partial<BotCluster['allow']>): BotCluster => ({
  name: 'prod',
  aliases: [],
  allow: { users: [], userGroups: [], channels: [], ...allow },
});
const lin = { user: 'U0LIN', channel: 'C0OPS' };
const members = (group: string): Promise<readonly string[]> =>
  group === 'S0SRE' ? Promise.resolve(['U0LIN']) : Promise.reject(new Error('no such group'));

it.each([
  ['nobody is named', {}, true],
  ['the person is named', { users: ['U0LIN'] }, true],
  ['the group holds the person', { userGroups: ['S0SRE'] }, true],
  [
    'only the group, not the list, holds the person',
    { users: ['U0X'], userGroups: ['S0SRE'] },
    true,
  ],
  ['somebody else is named', { users: ['U0X'] }, false],
  ['the group cannot be read', { userGroups: ['S0GONE'] }, false],
  ['the channel is named', { channels: ['C0OPS'] }, true],
  ['another channel is named', { channels: ['C0X'] }, false],
  ['the person is named but not the channel', { users: ['U0LIN'], channels: ['C0X'] }, false],
])('when %s', async (_name, allow, allowed) => {
  const access = await mayDo(cluster(allow), 'diagnose', { visitor: lin, membersOf: members });

  expect(access.allowed).toBe(allowed);
  if (!access.allowed) expect(access.why).toMatch(/^.{20,}\.$/u);
});

const who = (users: readonly string[]) => ({ users: [...users], userGroups: [], channels: [] });

it.each<readonly [string, Action, Partial<BotCluster['allow']>, boolean]>([
  ['deep mode names nobody', 'deep', {}, false],
  ['deep mode has an empty list', 'deep', { deep: who([]) }, false],
  ['deep mode names the person', 'deep', { deep: who(['U0LIN']) }, true],
  ['deep mode names somebody else', 'deep', { deep: who(['U0X']) }, false],
  [
    'deep mode names a channel, this one',
    'deep',
    { deep: { ...who([]), channels: ['C0OPS'] } },
    true,
  ],
  [
    'deep mode names a group that holds the person',
    'deep',
    { deep: { ...who([]), userGroups: ['S0SRE'] } },
    true,
  ],
  ['deep mode names who may not even ask', 'deep', { users: ['U0X'], deep: who(['U0LIN']) }, false],
  ['cancelling has no list', 'cancel', {}, true],
  ['cancelling has an empty list', 'cancel', { cancel: who([]) }, true],
  ['cancelling names somebody else', 'cancel', { cancel: who(['U0X']) }, false],
  ['scheduling is another list than cancelling', 'schedule', { cancel: who(['U0X']) }, true],
  ['scheduling names somebody else', 'schedule', { schedule: who(['U0X']) }, false],
  ['muting is for another channel', 'mute', { mute: { ...who([]), channels: ['C0X'] } }, false],
])('where %s, %s', async (_name, action, allow, allowed) => {
  const access = await mayDo(cluster(allow), action, { visitor: lin, membersOf: members });

  expect(access.allowed).toBe(allowed);
  if (!access.allowed) expect(access.why).toMatch(/^.{20,}\.$/u);
});
