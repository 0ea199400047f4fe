import { findCluster } from '../config/role-config.ts';
import { inlineCode, sentence } from '../renderers/mrkdwn.ts';
import { clusterNotes } from './cluster-notes.ts';
import { languageText } from './language-command.ts';
import { muteText, unmuteText } from './mute-command.ts';
import { cancelText, dayAndTime, historyText, showText } from './run-commands.ts';
import { scheduleText } from './schedule-command.ts';
import { type Asked, COMMAND, type Desk, diagnose } from './slack-desk.ts';

/** Commands with what follows them; their names are never translated. */
const VERBS: Readonly<
  Record<string, (desk: Desk, rest: string, asked: Asked) => Promise<string | null>>
> = {
  help: (desk) => Promise.resolve(helpText(desk)),
  clusters: (desk) => clustersText(desk),
  history: historyText,
  show: showText,
  cancel: cancelText,
  schedule: scheduleText,
  mute: muteText,
  unmute: unmuteText,
  language: languageText,
};

const SAY = {
  oneAtATime: (wanted: string) =>
    `I take one cluster at a time: \`${COMMAND} ${wanted}\`. \`${COMMAND} help\` shows all that I understand.`,
  help: (cluster: string) =>
    [
      'I find out why the Kubernetes Metrics API of a cluster is broken, and what to type to mend it.',
      `• \`${COMMAND} ${cluster}\` diagnoses the cluster and answers in a thread here`,
      `• \`${COMMAND} ${cluster} deep\` also reads packet filters on the nodes at fault, for those who may`,
      `• \`${COMMAND} options\` asks for cluster, depth, nodes and channel in a form`,
      `• \`${COMMAND}\` alone takes the default cluster of this channel, if it has one`,
      `• \`${COMMAND} clusters\` lists the clusters that I know`,
      `• \`${COMMAND} history ${cluster}\` lists its last runs, \`${COMMAND} show <run>\` says what one of them found`,
      `• \`${COMMAND} cancel <run>\` stops a run that has no verdict yet`,
      `• \`${COMMAND} schedule ${cluster} every 6h\` checks it that often and tells this channel when the verdict changes; \`${COMMAND} schedule\` lists, \`${COMMAND} schedule ${cluster} off\` ends it`,
      `• \`${COMMAND} mute ${cluster} 2h [reason]\` keeps its alerts and scheduled checks silent for so long, \`${COMMAND} unmute ${cluster}\` ends that`,
      `• \`${COMMAND} explain <pasted text>\` says what logs, kubectl output or an error mean; only you see the answer`,
      `• \`${COMMAND} language 中文\` or \`${COMMAND} language english\` chooses what you read, with \`here\` behind it what this channel reads`,
      `• \`${COMMAND} help\` shows this`,
    ].join('\n'),
  clusters: (count: number) => (count === 1 ? 'I know one cluster:' : `I know ${count} clusters:`),
  cluster: (name: string, verdict: string) => `• ${name}: ${verdict}`,
  clusterAlso: (name: string, aliases: string, verdict: string) =>
    `• ${name} (also ${aliases}): ${verdict}`,
  never: 'never diagnosed, or not for a week',
  verdict: (verdict: string, at: string) => `${verdict} at ${at}`,
} as const;

/** Answers words that were typed after the command or a mention. Null when the thread is the answer. */
export async function answerWords(desk: Desk, text: string, asked: Asked): Promise<string | null> {
  const [first = '', ...rest] = text
    .trim()
    .split(/\s+/u)
    .filter((part) => part !== '')
    .map((part) => part.replace(/^`|`$/gu, ''));
  if (first === '') {
    const usual = desk.defaultClusterByChannel[asked.channel];
    return usual === undefined ? helpText(desk) : diagnose(desk, usual, asked);
  }
  const verb = first.toLowerCase();
  // A cluster may be called like a command: then the name alone means the cluster.
  const isCluster = findCluster(desk.clusters, first) !== null;
  const answer = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (answer !== undefined && (!isCluster || rest.length > 0)) {
    return answer(desk, rest.join(' '), asked);
  }
  if (rest.length === 0) return diagnose(desk, first, asked);
  if (rest.length === 1 && /^(?:--)?deep$/iu.test(rest[0] ?? '')) {
    return diagnose(desk, first, asked, { deep: true });
  }
  return SAY.oneAtATime(sentence(first).replaceAll('`', ''));
}

function helpText({ clusters }: Desk): string {
  return SAY.help(clusters[0]?.name ?? 'prod');
}

async function clustersText(desk: Desk): Promise<string> {
  const { clusters, store } = desk;
  const notesOf = await clusterNotes(desk);
  const lines = await Promise.all(
    clusters.map(async ({ name, aliases }) => {
      const last = await store.lastVerdict(name);
      const verdict = last === null ? SAY.never : SAY.verdict(last.verdict, dayAndTime(last.at));
      const said = [verdict, ...(await notesOf(name))].join('; ');
      return aliases.length === 0
        ? SAY.cluster(inlineCode(name), said)
        : SAY.clusterAlso(inlineCode(name), aliases.map(inlineCode).join(', '), said);
    }),
  );
  return [SAY.clusters(clusters.length), ...lines].join('\n');
}
