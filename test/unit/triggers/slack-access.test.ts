import { expect, it } from 'vitest';
import type { BotCluster } from '../../../src/config/role-config.ts';
import { mayAsk } from '../../../src/triggers/slack-access.ts';

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
  const access = await mayAsk(cluster(allow), lin, members);

  expect(access.allowed).toBe(allowed);
  if (!access.allowed) expect(access.why).toMatch(/^.{20,}\.$/u);
});
