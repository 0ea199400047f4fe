import { findCluster } from '../config/role-config.ts';
import { readDuration, spellDuration } from '../renderers/durations.ts';
import { inlineCode, sentence } from '../renderers/mrkdwn.ts';
import type { Mute } from '../runs/mutes.ts';
import { withoutSecrets } from '../scrub.ts';
import { dayAndTime } from './run-commands.ts';
import { type Asked, COMMAND, type Desk, permit, unknownCluster } from './slack-desk.ts';

/** Less is over before anybody notices it. */
const MIN_MUTE_MS = 5 * 60_000;
/** A mute that outlives its reason hides the next incident. */
const MAX_MUTE_MS = 14 * 86_400_000;
/** A line of a list. */
export const MAX_REASON_CHARS = 150;

const SAY = {
  usage: `For how long? \`${COMMAND} mute <cluster> 2h [reason]\` takes minutes (\`m\`), hours (\`h\`) or days (\`d\`), from ${spellDuration(MIN_MUTE_MS)} to ${spellDuration(MAX_MUTE_MS)}; \`${COMMAND} unmute <cluster>\` ends it.`,
  which: `Which cluster? \`${COMMAND} unmute <cluster>\` lets its alerts and scheduled checks speak again.`,
  bounds: (asked: string) =>
    `${asked} is not possible: a mute lasts from ${spellDuration(MIN_MUTE_MS)} to ${spellDuration(MAX_MUTE_MS)}.`,
  set: (cluster: string, until: string) =>
    `${cluster} is muted until ${until}: its alerts and scheduled checks open no thread. Runs go on and stand in \`history\`, who asks gets an answer, and threads that are open are brought to their end. What still holds then is said then.`,
  notMuted: (cluster: string) => `${cluster} is not muted.`,
  removed: (cluster: string, name: string) =>
    `${cluster} is no longer muted (it was by ${name}); what was held back and still holds is said now.`,
  muted: (name: string, until: string) => `🔕 muted by ${name} until ${until}`,
  mutedFor: (name: string, until: string, reason: string) =>
    `🔕 muted by ${name} until ${until}: ${reason}`,
} as const;

/** `mute <cluster> <duration> [reason]`: alerts and scheduled checks of a cluster say nothing for a while. */
export async function muteText(desk: Desk, rest: string, asked: Asked): Promise<string> {
  const [wanted = '', length = '', ...words] = rest.split(' ');
  if (wanted === '') return SAY.usage;
  const cluster = findCluster(desk.clusters, wanted);
  if (cluster === null) return unknownCluster(desk, wanted);
  const ms = readDuration(length);
  if (ms === null) return SAY.usage;
  if (ms < MIN_MUTE_MS || ms > MAX_MUTE_MS) return SAY.bounds(spellDuration(ms));
  const now = Date.now();
  const at = new Date(now).toISOString();
  const until = new Date(now + ms).toISOString();
  const refused = await permit(desk, { cluster, action: 'mute', detail: { until } }, asked);
  if (refused !== null) return refused;
  const { user, userName } = asked;
  const reason = withoutSecrets(words.join(' ')).slice(0, MAX_REASON_CHARS);
  await desk.mutes.set(cluster.name, { user, userName, at, until, reason });
  return SAY.set(inlineCode(cluster.name), dayAndTime(until));
}

/** `unmute <cluster>`: also says what was held back. */
export async function unmuteText(desk: Desk, wanted: string, asked: Asked): Promise<string> {
  if (wanted === '') return SAY.which;
  const cluster = findCluster(desk.clusters, wanted);
  if (cluster === null) return unknownCluster(desk, wanted);
  const refused = await permit(desk, { cluster, action: 'mute', notedAs: 'unmute' }, asked);
  if (refused !== null) return refused;
  const mute = await desk.mutes.remove(cluster.name);
  const name = inlineCode(cluster.name);
  if (mute === null) return SAY.notMuted(name);
  for (const { runId } of await desk.mutes.allHeld(cluster.name)) {
    await desk.showAgain({ runId, cluster: cluster.name });
  }
  return SAY.removed(name, sentence(await desk.nameOf(mute)));
}

/** That a cluster is muted, by whom, until when and why. */
export async function muteWords(
  { nameOf }: Pick<Desk, 'nameOf'>,
  { until, reason, ...person }: Mute,
): Promise<string> {
  const name = sentence(await nameOf(person));
  return reason === ''
    ? SAY.muted(name, dayAndTime(until))
    : SAY.mutedFor(name, dayAndTime(until), sentence(reason));
}
