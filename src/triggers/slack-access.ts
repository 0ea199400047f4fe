import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import type { BotCluster } from '../config/role-config.ts';

/** Members of a user group are asked for at most this often; somebody new waits that long. */
const GROUP_TTL_MS = 5 * 60 * 1_000;

/** Who asks, and from where. */
export interface Visitor {
  readonly user: string;
  readonly channel: string;
}

/** Yes, or the one sentence that says why not and who can change it. */
export type Access = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/** Reads members of Slack user groups, keeping them for five minutes, and the last known ones while Slack is away. */
export function createGroupMembers(
  web: WebClient,
  log: Logger,
  nowMs: () => number = Date.now,
): (group: string) => Promise<readonly string[]> {
  const known = new Map<string, { readonly members: readonly string[]; readonly at: number }>();
  return async (group) => {
    const cached = known.get(group);
    if (cached !== undefined && nowMs() - cached.at < GROUP_TTL_MS) return cached.members;
    try {
      const { users = [] } = await web.usergroups.users.list({ usergroup: group });
      known.set(group, { members: users, at: nowMs() });
      return users;
    } catch (error) {
      if (cached === undefined) throw error;
      log.warn({ err: error, group }, 'user group not read; the last known members count');
      return cached.members;
    }
  };
}

/**
 * Whether somebody may ask about a cluster: in one of its channels, if it names any, and among its users or
 * groups, if it names any. Empty lists mean everybody.
 */
export async function mayAsk(
  { name, allow }: BotCluster,
  { user, channel }: Visitor,
  membersOf: (group: string) => Promise<readonly string[]>,
): Promise<Access> {
  if (allow.channels.length > 0 && !allow.channels.includes(channel)) {
    const where = allow.channels.map((id) => `<#${id}>`).join(', ');
    return { allowed: false, why: `\`${name}\` may only be asked about in ${where}.` };
  }
  if (allow.users.length === 0 && allow.userGroups.length === 0) return { allowed: true };
  if (allow.users.includes(user)) return { allowed: true };
  for (const group of allow.userGroups) {
    try {
      if ((await membersOf(group)).includes(user)) return { allowed: true };
    } catch {
      return {
        allowed: false,
        why: `Slack did not say who belongs to the group that may ask about \`${name}\`. Try again in a minute.`,
      };
    }
  }
  return {
    allowed: false,
    why: `You are not on the list of people who may ask about \`${name}\`. Whoever keeps the metrics-diag configuration can add you (\`clusters[].allow\`).`,
  };
}
