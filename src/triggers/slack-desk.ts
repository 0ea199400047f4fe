import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { type BotCluster, findCluster } from '../config/role-config.ts';
import { createPeopleNames, type PeopleNames } from '../delivery/people-names.ts';
import { translateTo } from '../languages/languages.ts';
import { spoken } from '../languages/spoken.ts';
import { inlineCode } from '../renderers/mrkdwn.ts';
import type { AuditLog } from '../runs/audit-log.ts';
import type { Clicks } from '../runs/clicks.ts';
import type { FeedbackStore } from '../runs/feedback.ts';
import type { PersonTrigger } from '../runs/jobs.ts';
import type { Languages, Reader } from '../runs/languages.ts';
import type { Mutes } from '../runs/mutes.ts';
import type { RequestedRun, RunRequest } from '../runs/request-run.ts';
import type { RunHistory } from '../runs/run-history.ts';
import type { Cancelled, CancelOutcome, RunStore, Subscription } from '../runs/run-store.ts';
import type { Schedules } from '../runs/schedules.ts';
import type { ShowAgain } from '../runs/show-again.ts';
import { nearestName } from './nearest-name.ts';
import { type Action, createGroupMembers, mayDo, type Visitor } from './slack-access.ts';

/** The command, as `slack-manifest.yaml` registers it. */
export const COMMAND = '/metrics-diag';
/** Slack gives three seconds; past one the asker is told. */
export const ACK_BUDGET_MS = 1_000;

/** Links to threads kept at hand. */
const MAX_LINKS = 1_000;

export interface SlackTriggerDeps {
  readonly clusters: readonly BotCluster[];
  readonly defaultClusterByChannel: Readonly<Record<string, string>>;
  readonly requestRun: (request: RunRequest) => Promise<RequestedRun>;
  readonly cancelRun: (
    run: { readonly runId: string; readonly cluster: string },
    by: Cancelled,
  ) => Promise<CancelOutcome>;
  readonly store: RunStore;
  readonly history: RunHistory;
  readonly clicks: Clicks;
  readonly feedback: Pick<FeedbackStore, 'give'>;
  readonly mutes: Pick<Mutes, 'set' | 'remove' | 'of' | 'allHeld'>;
  readonly schedules: Pick<Schedules, 'set' | 'remove' | 'list'>;
  readonly languages: Languages;
  /** What the list of clusters says of alerts. */
  readonly alertNotes: (cluster: string) => Promise<readonly string[]>;
  /** Asks the bot to render a run's threads again. */
  readonly showAgain: ShowAgain;
  readonly audit: AuditLog;
  readonly web: WebClient;
  readonly log: Logger;
  readonly ackBudgetMs?: number;
}

/** Somebody at a door. */
export type Asked = Visitor & Omit<PersonTrigger, 'user' | 'channel'>;

/** What answers at every door. */
export interface Desk extends SlackTriggerDeps {
  /** Links to threads by channel and ts. */
  readonly links: Map<string, string>;
  readonly membersOf: (group: string) => Promise<readonly string[]>;
  readonly nameOf: PeopleNames;
}

/** Opens the desk; the doors hand it who asks. */
export function createDesk(deps: SlackTriggerDeps): Desk {
  return {
    ...deps,
    links: new Map(),
    membersOf: createGroupMembers(deps.web, deps.log),
    nameOf: createPeopleNames(deps),
  };
}

/** The answer, or a sentence when it takes too long or fails: the asker is never left with Slack's own error. */
export async function inTime(
  desk: Desk,
  reader: Reader,
  work: Promise<string | null>,
): Promise<string | null> {
  const answer = await withinBudget(desk, work);
  return answer === null ? null : spokenTo(desk, reader, answer);
}

/** What one person reads: in the language that they chose. Where that cannot be read, in English rather than not at all. */
export async function spokenTo<T>(
  { languages, log }: Pick<Desk, 'languages' | 'log'>,
  reader: Reader,
  said: T,
): Promise<T> {
  try {
    const translate = translateTo(await languages.ofPerson(reader));
    return (typeof said === 'string' ? translate(said) : spoken(said, translate)) as T;
  } catch (error) {
    log.debug({ err: error }, 'language not read');
    return said;
  }
}

async function withinBudget(
  { log, ackBudgetMs = ACK_BUDGET_MS }: Desk,
  work: Promise<string | null>,
): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(
      resolve,
      ackBudgetMs,
      'Storing your request takes too long, Redis may be slow. If no thread appears within a minute, ask again.',
    );
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    log.error({ err: error }, 'command not answered');
    return 'Your request could not be stored, so no run was started: Redis does not answer. Try again in a minute; if it lasts, whoever runs metrics-diag should look at its Redis.';
  } finally {
    clearTimeout(timer);
  }
}

/** What somebody wants to do. */
interface Wish {
  readonly cluster: BotCluster;
  readonly action: Action;
  readonly runId?: string;
  /** The audit log's word for it, where that is not the action. */
  readonly notedAs?: string;
  /** What else the audit log shall hold. */
  readonly detail?: Readonly<Record<string, string>>;
}

/** Whether somebody may do this; noted before it happens, since what cannot be noted is not done. Null, or why not. */
export async function permit(desk: Desk, wish: Wish, asked: Asked): Promise<string | null> {
  const { cluster, action, runId = null, notedAs = action, detail = {} } = wish;
  const access = await mayDo(cluster, action, { visitor: asked, membersOf: desk.membersOf });
  await desk.audit.append({
    actor: { kind: 'person', id: asked.user, name: asked.userName },
    action: access.allowed ? notedAs : `${notedAs}-refused`,
    cluster: cluster.name,
    runId,
    detail: { door: asked.kind, channel: asked.channel, ...detail },
  });
  return access.allowed ? null : access.why;
}

const SAY = {
  joined: (cluster: string, run: string) =>
    `A run of ${cluster} is already under way (run ${run}); its answer comes to this channel too.`,
  joinedHere: (cluster: string, run: string) =>
    `A run of ${cluster} is already under way (run ${run}); its answer comes here too.`,
  followed: (cluster: string, run: string, link: string) =>
    `A run of ${cluster} is already under way (run ${run}), see <${link}|its thread>.`,
  followedNoLink: (cluster: string, run: string) =>
    `A run of ${cluster} is already under way (run ${run}), see its thread in this channel.`,
  notDeep: 'It was not asked to go deep: ask again when it has ended.',
  unknown: (wanted: string, known: string) => `I know no cluster ${wanted}. I know: ${known}.`,
  unknownNear: (wanted: string, near: string, known: string) =>
    `I know no cluster ${wanted}. Did you mean \`${COMMAND} ${near}\`? I know: ${known}.`,
} as const;

/** Asks for a run. Null when its thread is the answer. */
export async function diagnose(
  desk: Desk,
  wanted: string,
  asked: Asked,
  {
    deep = false,
    nodes = [],
  }: { readonly deep?: boolean; readonly nodes?: readonly string[] } = {},
): Promise<string | null> {
  const cluster = findCluster(desk.clusters, wanted);
  if (cluster === null) return unknownCluster(desk, wanted);
  const refused = await permit(desk, { cluster, action: deep ? 'deep' : 'diagnose' }, asked);
  if (refused !== null) return refused;
  const run = await desk.requestRun({
    cluster: cluster.name,
    trigger: asked,
    nodes,
    ...(deep ? { deep: { trace: false } } : {}),
  });
  desk.log.info({ runId: run.runId, cluster: cluster.name, joined: run.joined }, 'run requested');
  if (!run.joined) return null;
  const where = await joinedWords(desk, { run, cluster: cluster.name }, asked);
  return deep && !run.deep ? `${where} ${SAY.notDeep}` : where;
}

async function joinedWords(
  desk: Desk,
  { run, cluster }: { readonly run: RequestedRun; readonly cluster: string },
  asked: Asked,
): Promise<string> {
  const name = inlineCode(cluster);
  const id = inlineCode(run.runId);
  if (run.added) {
    return asked.threadTs === null ? SAY.joined(name, id) : SAY.joinedHere(name, id);
  }
  const link =
    run.subscription === null
      ? null
      : await linkToThread(desk, { runId: run.runId, subscription: run.subscription });
  return link === null ? SAY.followedNoLink(name, id) : SAY.followed(name, id, link);
}

/** Links do not change; asking Slack for each of fifty askers would cost the rate limit. */
function rememberLink(links: Map<string, string>, root: string, link: string): void {
  const [oldest] = links.keys();
  if (links.size >= MAX_LINKS && oldest !== undefined) links.delete(oldest);
  links.set(root, link);
}

/** The address of the first message of a run in one of its threads; null when Slack does not say. */
export async function linkToThread(
  { store, web, log, links }: Desk,
  { runId, subscription }: { readonly runId: string; readonly subscription: Subscription },
): Promise<string | null> {
  try {
    const root = await store.message(runId, subscription.id, 'root');
    if (root === null) return null;
    const { channel, ts } = root;
    const id = `${channel}/${ts}`;
    const known = links.get(id);
    if (known !== undefined) return known;
    const { permalink } = await web.chat.getPermalink({ channel, message_ts: ts });
    if (permalink === undefined) return null;
    rememberLink(links, id, permalink);
    return permalink;
  } catch (error) {
    log.debug({ err: error }, 'permalink not read');
    return null;
  }
}

/** What to say to a name that nobody has. */
export function unknownCluster({ clusters }: Desk, wanted: string): string {
  const names = clusters.flatMap(({ name, aliases }) => [name, ...aliases]);
  const near = nearestName(wanted, names);
  const known = clusters.map(({ name }) => inlineCode(name)).join(', ');
  const asked = inlineCode(wanted);
  return near === null ? SAY.unknown(asked, known) : SAY.unknownNear(asked, near, known);
}
