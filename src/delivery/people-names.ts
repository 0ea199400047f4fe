import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';

/** Names of people change rarely. */
const NAME_TTL_MS = 60 * 60 * 1_000;

/** Slack lets a display name be as long; ours is told by nobody else. */
const MAX_NAME_CHARS = 80;

/** The name that people know someone by; their handle when Slack does not say. */
export type PeopleNames = (person: {
  readonly user: string;
  readonly userName: string;
}) => Promise<string>;

/** Asks Slack for names and keeps them for an hour. */
export function createPeopleNames({
  web,
  log,
  nowMs = Date.now,
}: {
  readonly web: WebClient;
  readonly log: Logger;
  readonly nowMs?: () => number;
}): PeopleNames {
  const known = new Map<string, { readonly name: string; readonly at: number }>();
  return async ({ user, userName }) => {
    const cached = known.get(user);
    if (cached !== undefined && nowMs() - cached.at < NAME_TTL_MS) return cached.name;
    let name = userName;
    try {
      const { user: found } = await web.users.info({ user });
      name = found?.profile?.display_name || found?.real_name || userName;
    } catch (error) {
      log.debug({ err: error }, 'name of a person not read');
    }
    name = name.slice(0, MAX_NAME_CHARS);
    known.set(user, { name, at: nowMs() });
    return name;
  };
}
