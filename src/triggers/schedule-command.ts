import { type BotCluster, findCluster } from '../config/role-config.ts';
import { readDuration, spellDuration } from '../renderers/durations.ts';
import { inlineCode, sentence } from '../renderers/mrkdwn.ts';
import { MAX_SCHEDULES, type Schedule, scheduleId } from '../runs/schedules.ts';
import { dayAndTime } from './run-commands.ts';
import { mayDo, type Visitor } from './slack-access.ts';
import { type Asked, COMMAND, type Desk, permit, unknownCluster } from './slack-desk.ts';

/** A diagnosis makes Pods on nodes and takes up to a minute: more often is monitoring, which Prometheus does better. */
const MIN_EVERY_MS = 15 * 60_000;
/** What runs found is remembered for a week; rarer checks could not say what changed. */
const MAX_EVERY_MS = 7 * 86_400_000;

const SAY = {
  usage: (cluster: string) =>
    `\`${COMMAND} schedule ${cluster} every 6h\` checks ${cluster} that often and tells this channel when the verdict changes; \`${COMMAND} schedule ${cluster} off\` ends it.`,
  interval: (words: string) =>
    `I do not understand ${words} as an interval: \`${COMMAND} schedule <cluster> every 6h\` takes minutes (\`m\`), hours (\`h\`) or days (\`d\`), from ${spellDuration(MIN_EVERY_MS)} to ${spellDuration(MAX_EVERY_MS)}.`,
  tooShort: (asked: string) =>
    `Every ${asked} is too often: a diagnosis makes Pods on the nodes. The shortest interval is ${spellDuration(MIN_EVERY_MS)}.`,
  tooLong: (asked: string) =>
    `Every ${asked} is too seldom: runs are remembered for a week. The longest interval is ${spellDuration(MAX_EVERY_MS)}.`,
  tooMany: `There are ${MAX_SCHEDULES} schedules already, which is the most; \`${COMMAND} schedule\` lists them.`,
  set: (cluster: string, every: string, joined: boolean) =>
    `${cluster} is checked every ${every} from now on, and this channel hears of it when the verdict changes. ${joined ? 'A run is already under way; what it finds counts as the first check.' : 'The first check is under way.'} \`${COMMAND} schedule <cluster> off\` ends it.`,
  removed: (cluster: string) => `Checks of ${cluster} for this channel are off.`,
  notHere: (cluster: string) => `No checks of ${cluster} are scheduled for this channel.`,
  elsewhere: (cluster: string, channels: string) =>
    `No checks of ${cluster} are scheduled for this channel, but for ${channels}: type it there.`,
  none: `No checks are scheduled. \`${COMMAND} schedule <cluster> every 6h\` adds one.`,
  heading: (count: number) =>
    count === 1 ? 'One check is scheduled:' : `${count} checks are scheduled:`,
  line: (cluster: string, words: string) => `• ${cluster}: ${words}`,
  words: (every: string, channel: string, name: string) =>
    `checked every ${every} for <#${channel}>, scheduled by ${name}`,
  next: (words: string, next: string) => `${words}; next at ${next}`,
} as const;

/** `schedule`: lists; `schedule <cluster> every 6h`: adds or changes; `schedule <cluster> off`: removes. */
export async function scheduleText(desk: Desk, rest: string, asked: Asked): Promise<string> {
  const [wanted = '', ...words] = rest.split(' ');
  if (wanted === '') return listText(desk, asked);
  const cluster = findCluster(desk.clusters, wanted);
  if (cluster === null) return unknownCluster(desk, wanted);
  const how = words.join(' ').toLowerCase();
  if (how === '') return SAY.usage(inlineCode(cluster.name).replaceAll('`', ''));
  if (how === 'off') return off(desk, cluster, asked);
  return every(desk, { cluster, how }, asked);
}

async function every(
  desk: Desk,
  { cluster, how }: { readonly cluster: BotCluster; readonly how: string },
  asked: Asked,
): Promise<string> {
  const everyMs = readDuration(how.replace(/^every\s+/u, ''));
  if (everyMs === null) return SAY.interval(inlineCode(how));
  if (everyMs < MIN_EVERY_MS) return SAY.tooShort(spellDuration(everyMs));
  if (everyMs > MAX_EVERY_MS) return SAY.tooLong(spellDuration(everyMs));
  const { name } = cluster;
  const { user, userName, channel, responseUrl } = asked;
  const detail = { every: spellDuration(everyMs) };
  const refused = await permit(desk, { cluster, action: 'schedule', detail }, asked);
  if (refused !== null) return refused;
  const id = scheduleId({ cluster: name, channel });
  const others = (await desk.schedules.list()).filter((each) => scheduleId(each) !== id);
  if (others.length >= MAX_SCHEDULES) return SAY.tooMany;
  const at = new Date().toISOString();
  await desk.schedules.set({ cluster: name, channel, everyMs, user, userName, at });
  const { runId, joined } = await desk.requestRun({
    cluster: name,
    trigger: { kind: 'schedule', channel, everyMs, user, userName, responseUrl },
  });
  desk.log.info({ runId, cluster: name, everyMs }, 'checks scheduled');
  return SAY.set(inlineCode(name), spellDuration(everyMs), joined);
}

async function off(desk: Desk, cluster: BotCluster, asked: Asked): Promise<string> {
  const wish = { cluster, action: 'schedule', notedAs: 'schedule-off' } as const;
  const refused = await permit(desk, wish, asked);
  if (refused !== null) return refused;
  const { name } = cluster;
  if (await desk.schedules.remove(scheduleId({ cluster: name, channel: asked.channel }))) {
    return SAY.removed(inlineCode(name));
  }
  const others = (await desk.schedules.list()).filter((each) => each.cluster === name);
  if (others.length === 0) return SAY.notHere(inlineCode(name));
  return SAY.elsewhere(inlineCode(name), others.map(({ channel }) => `<#${channel}>`).join(', '));
}

async function listText(desk: Desk, visitor: Visitor): Promise<string> {
  const all = await desk.schedules.list();
  const open = await Promise.all(
    all.map(async (schedule) => {
      const cluster = findCluster(desk.clusters, schedule.cluster);
      if (cluster === null) return [];
      const access = await mayDo(cluster, 'diagnose', { visitor, membersOf: desk.membersOf });
      return access.allowed ? [schedule] : [];
    }),
  );
  const shown = open.flat();
  if (shown.length === 0) return SAY.none;
  const lines = await Promise.all(
    shown.map(async (schedule) => {
      const words = await scheduleWords(desk, schedule);
      const next = schedule.next === null ? words : SAY.next(words, dayAndTime(schedule.next));
      return SAY.line(inlineCode(schedule.cluster), next);
    }),
  );
  return [SAY.heading(lines.length), ...lines].join('\n');
}

/** How often, for which channel, and who scheduled it. */
export async function scheduleWords(
  { nameOf }: Pick<Desk, 'nameOf'>,
  { everyMs, channel, ...person }: Schedule,
): Promise<string> {
  return SAY.words(spellDuration(everyMs), channel, sentence(await nameOf(person)));
}
