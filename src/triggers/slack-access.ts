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

/** What somebody may be allowed to do with a cluster; `diagnose` also covers looking at its runs. */
export type Action = 'diagnose' | 'deep' | 'cancel' | 'schedule' | 'mute';

/** Yes, or the one sentence that says why not and who can change it. */
export type Access = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

type Who = Pick<BotCluster['allow'], 'users' | 'userGroups' | 'channels'>;

interface Refusals {
  readonly elsewhere: (cluster: string, channels: string) => string;
  readonly notListed: (cluster: string) => string;
  readonly groupUnread: (cluster: string) => string;
}

const WORDS: Readonly<Record<Action, Refusals>> = {
  diagnose: {
    elsewhere: (cluster, channels) => `\`${cluster}\` may only be asked about in ${channels}.`,
    notListed: (cluster) =>
      `You are not on the list of people who may ask about \`${cluster}\`. Whoever keeps the metrics-diag configuration can add you (\`clusters[].allow\`).`,
    groupUnread: (cluster) =>
      `Slack did not say who belongs to the group that may ask about \`${cluster}\`. Try again in a minute.`,
  },
  deep: {
    elsewhere: (cluster, channels) =>
      `Deep mode of \`${cluster}\` may only be asked for in ${channels}.`,
    notListed: (cluster) =>
      `You are not on the list of people who may ask for deep mode of \`${cluster}\`, whose probes carry NET_ADMIN. Whoever keeps the metrics-diag configuration can add you (\`clusters[].allow.deep\`); without \`deep\` you may ask.`,
    groupUnread: (cluster) =>
      `Slack did not say who belongs to the group that may ask for deep mode of \`${cluster}\`. Try again in a minute.`,
  },
  cancel: {
    elsewhere: (cluster, channels) =>
      `Runs of \`${cluster}\` may only be cancelled in ${channels}.`,
    notListed: (cluster) =>
      `You are not on the list of people who may cancel runs of \`${cluster}\`. Whoever keeps the metrics-diag configuration can add you (\`clusters[].allow.cancel\`).`,
    groupUnread: (cluster) =>
      `Slack did not say who belongs to the group that may cancel runs of \`${cluster}\`. Try again in a minute.`,
  },
  schedule: {
    elsewhere: (cluster, channels) =>
      `Checks of \`${cluster}\` may only be scheduled in ${channels}.`,
    notListed: (cluster) =>
      `You are not on the list of people who may schedule checks of \`${cluster}\`. Whoever keeps the metrics-diag configuration can add you (\`clusters[].allow.schedule\`).`,
    groupUnread: (cluster) =>
      `Slack did not say who belongs to the group that may schedule checks of \`${cluster}\`. Try again in a minute.`,
  },
  mute: {
    elsewhere: (cluster, channels) => `\`${cluster}\` may only be muted in ${channels}.`,
    notListed: (cluster) =>
      `You are not on the list of people who may mute \`${cluster}\`. Whoever keeps the metrics-diag configuration can add you (\`clusters[].allow.mute\`).`,
    groupUnread: (cluster) =>
      `Slack did not say who belongs to the group that may mute \`${cluster}\`. Try again in a minute.`,
  },
};

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
 * Whether somebody may do something with a cluster. Who may not ask about it may do nothing with it; beyond that an
 * action without a list of its own is open, save deep mode, which is closed until somebody is named.
 */
export async function mayDo(
  { name, allow }: BotCluster,
  action: Action,
  { visitor, membersOf }: Looking,
): Promise<Access> {
  const looking = { visitor, membersOf };
  const base = await within({ name, who: allow, action: 'diagnose' }, looking);
  if (!base.allowed || action === 'diagnose') return base;
  const who = allow[action];
  if (action === 'deep' && (who === undefined || isEmpty(who))) {
    return { allowed: false, why: WORDS.deep.notListed(name) };
  }
  return who === undefined ? base : within({ name, who, action }, looking);
}

interface Looking {
  readonly visitor: Visitor;
  readonly membersOf: (group: string) => Promise<readonly string[]>;
}

function isEmpty({ users, userGroups, channels }: Who): boolean {
  return users.length + userGroups.length + channels.length === 0;
}

/** In one of the channels, if any is named, and among the users or groups, if any is named. Empty lists mean everybody. */
async function within(
  rule: { readonly name: string; readonly who: Who; readonly action: Action },
  { visitor, membersOf }: Looking,
): Promise<Access> {
  const { name, who } = rule;
  const words = WORDS[rule.action];
  if (who.channels.length > 0 && !who.channels.includes(visitor.channel)) {
    const channels = who.channels.map((id) => `<#${id}>`).join(', ');
    return { allowed: false, why: words.elsewhere(name, channels) };
  }
  if (who.users.length === 0 && who.userGroups.length === 0) return { allowed: true };
  if (who.users.includes(visitor.user)) return { allowed: true };
  for (const group of who.userGroups) {
    try {
      if ((await membersOf(group)).includes(visitor.user)) return { allowed: true };
    } catch {
      return { allowed: false, why: words.groupUnread(name) };
    }
  }
  return { allowed: false, why: words.notListed(name) };
}
