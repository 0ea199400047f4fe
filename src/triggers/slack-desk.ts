import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { type BotCluster, findCluster } from '../config/role-config.ts';
import { inlineCode, sentence } from '../renderers/mrkdwn.ts';
import type { AuditLog } from '../runs/audit-log.ts';
import type { PersonTrigger, Trigger } from '../runs/jobs.ts';
import type { RequestedRun } from '../runs/request-run.ts';
import type { RunStore } from '../runs/run-store.ts';
import { nearestName } from './nearest-name.ts';
import { createGroupMembers, mayAsk, type Visitor } from './slack-access.ts';

/** The command, as `slack-manifest.yaml` registers it. */
export const COMMAND = '/metrics-diag';
/** Slack gives three seconds; past one the asker is told. */
export const ACK_BUDGET_MS = 1_000;

/** Links to threads kept at hand. */
const MAX_LINKS = 1_000;

export interface SlackTriggerDeps {
  readonly clusters: readonly BotCluster[];
  readonly defaultClusterByChannel: Readonly<Record<string, string>>;
  readonly requestRun: (request: {
    readonly cluster: string;
    readonly trigger: Trigger;
  }) => Promise<RequestedRun>;
  readonly store: RunStore;
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
}

/** Opens the desk; the doors hand it who asks. */
export function createDesk(deps: SlackTriggerDeps): Desk {
  return { ...deps, links: new Map(), membersOf: createGroupMembers(deps.web, deps.log) };
}

/** The answer, or a sentence when it takes too long or fails: the asker is never left with Slack's own error. */
export async function inTime(
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

/** Answers words that were typed after the command or a mention. Null when the thread is the answer. */
export async function answerWords(desk: Desk, text: string, asked: Asked): Promise<string | null> {
  const [word = '', ...rest] = text
    .trim()
    .split(/\s+/u)
    .filter((part) => part !== '');
  const wanted = word.replace(/^`|`$/gu, '');
  if (wanted === '') {
    const usual = desk.defaultClusterByChannel[asked.channel];
    return usual === undefined ? helpText(desk) : diagnose(desk, usual, asked);
  }
  const cluster = findCluster(desk.clusters, wanted);
  if (cluster === null && wanted.toLowerCase() === 'help') return helpText(desk);
  if (cluster === null && wanted.toLowerCase() === 'clusters') return clustersText(desk);
  if (rest.length > 0) {
    return `I take one cluster at a time: \`${COMMAND} ${sentence(wanted).replaceAll('`', '')}\`. \`${COMMAND} help\` shows all that I understand.`;
  }
  return diagnose(desk, wanted, asked);
}

/** Asks for a run. Null when its thread is the answer. */
export async function diagnose(desk: Desk, wanted: string, asked: Asked): Promise<string | null> {
  const cluster = findCluster(desk.clusters, wanted);
  if (cluster === null) return unknownCluster(desk, wanted);
  const access = await mayAsk(cluster, asked, desk.membersOf);
  // Before it happens: what cannot be noted is not done.
  await desk.audit.append({
    actor: { kind: 'person', id: asked.user, name: asked.userName },
    action: access.allowed ? 'diagnose' : 'diagnose-refused',
    cluster: cluster.name,
    runId: null,
    detail: { door: asked.kind, channel: asked.channel },
  });
  if (!access.allowed) return access.why;
  const run = await desk.requestRun({ cluster: cluster.name, trigger: asked });
  desk.log.info({ runId: run.runId, cluster: cluster.name, joined: run.joined }, 'run requested');
  if (!run.joined) return null;
  const name = inlineCode(cluster.name);
  if (run.added) {
    return `A run of ${name} is already under way (run ${inlineCode(run.runId)}); its answer comes ${asked.threadTs === null ? 'to this channel' : 'here'} too.`;
  }
  const link = await linkToThread(desk, run, asked.channel);
  return `A run of ${name} is already under way (run ${inlineCode(run.runId)}), see ${link}.`;
}

/** Links do not change; asking Slack for each of fifty askers would cost the rate limit. */
function rememberLink(links: Map<string, string>, root: string, link: string): void {
  const [oldest] = links.keys();
  if (links.size >= MAX_LINKS && oldest !== undefined) links.delete(oldest);
  links.set(root, link);
}

async function linkToThread(
  { store, web, log, links }: Desk,
  run: RequestedRun,
  channel: string,
): Promise<string> {
  const fallback = 'its thread in this channel';
  if (run.subscription === null) return fallback;
  try {
    const root = await store.message(run.runId, run.subscription.id, 'root');
    if (root === null) return fallback;
    const id = `${channel}/${root.ts}`;
    const known = links.get(id);
    if (known !== undefined) return known;
    const { permalink } = await web.chat.getPermalink({ channel, message_ts: root.ts });
    if (permalink === undefined) return fallback;
    const link = `<${permalink}|its thread>`;
    rememberLink(links, id, link);
    return link;
  } catch (error) {
    log.debug({ err: error }, 'permalink not read');
    return fallback;
  }
}

function unknownCluster({ clusters }: Desk, wanted: string): string {
  const names = clusters.flatMap(({ name, aliases }) => [name, ...aliases]);
  const near = nearestName(wanted, names);
  const guess = near === null ? '' : ` Did you mean \`${COMMAND} ${near}\`?`;
  const known = clusters.map(({ name }) => inlineCode(name)).join(', ');
  return `I know no cluster ${inlineCode(wanted)}.${guess} I know: ${known}.`;
}

function helpText({ clusters }: Desk): string {
  const [first] = clusters;
  const example = first?.name ?? 'prod';
  return [
    'I find out why the Kubernetes Metrics API of a cluster is broken, and what to type to mend it.',
    `• \`${COMMAND} ${example}\` diagnoses the cluster and answers in a thread here`,
    `• \`${COMMAND}\` alone takes the default cluster of this channel, if it has one`,
    `• \`${COMMAND} clusters\` lists the clusters that I know`,
    `• \`${COMMAND} explain <pasted text>\` says what logs, kubectl output or an error mean; only you see the answer`,
    `• \`${COMMAND} help\` shows this`,
  ].join('\n');
}

async function clustersText({ clusters, store }: Desk): Promise<string> {
  const lines = await Promise.all(
    clusters.map(async ({ name, aliases }) => {
      const last = await store.lastVerdict(name);
      const also = aliases.length === 0 ? '' : ` (also ${aliases.map(inlineCode).join(', ')})`;
      const verdict =
        last === null
          ? 'never diagnosed, or not for a week'
          : `${last.verdict} at ${last.at.slice(0, 16).replace('T', ' ')} UTC`;
      return `• ${inlineCode(name)}${also}: ${verdict}`;
    }),
  );
  return [
    `I know ${clusters.length === 1 ? 'one cluster' : `${clusters.length} clusters`}:`,
    ...lines,
  ].join('\n');
}
