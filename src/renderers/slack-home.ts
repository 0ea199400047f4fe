import type { HomeView, KnownBlock, SectionBlock } from '@slack/types';
import { inlineCode, plainSentence, sentence } from './mrkdwn.ts';
import { section, sections, smallPrint } from './slack-blocks.ts';
import { optionsButton } from './slack-buttons.ts';

/** A view holds 100 blocks (https://docs.slack.dev/surfaces/app-home); one for each cluster, and some around them. */
const MAX_CLUSTERS = 80;
/** Lines below a cluster; `schedule` lists all. */
const MAX_NOTES = 4;

const WORDS = {
  title: 'metrics-diag',
  lead: 'Finds out why the Kubernetes Metrics API of a cluster is broken, and what to type to mend it.',
  clusters: 'Clusters',
  cluster: (name: string, lines: readonly string[]) => [`*${name}*`, ...lines].join('\n'),
  never: 'Never diagnosed, or not for a week.',
  last: (verdict: string, at: string) => `${verdict} at ${at}`,
  more: (count: number, command: string) => `${count} more clusters: \`${command} clusters\`.`,
  runs: 'Last runs',
  noRuns: 'None within a week.',
  run: (run: string, cluster: string, at: string, state: string, who: string) =>
    `• ${run} ${cluster} ${at} · ${state} · ${who}`,
  howTo: 'How to ask',
  how: (command: string, cluster: string) => [
    `• \`${command} ${cluster}\` in a channel, \`@metrics-diag ${cluster}\` inside a thread: a diagnosis, answered there.`,
    '• *Diagnose this* in the menu of an alert: the answer comes into its thread. *Explain this*: what a log or an error means, for you alone.',
    `• \`${command} options\` opens the form that the buttons above open. \`${command} help\` shows all commands.`,
  ],
} as const;

/** What the Home tab shows; words of state and of askers are finished mrkdwn. */
export interface HomeFacts {
  readonly command: string;
  readonly clusters: readonly {
    readonly name: string;
    readonly last: { readonly verdict: string; readonly at: string } | null;
    /** What else there is to know of it, each finished mrkdwn. */
    readonly notes: readonly string[];
  }[];
  readonly runs: readonly {
    readonly runId: string;
    readonly cluster: string;
    readonly at: string;
    readonly state: string;
    readonly who: string;
  }[];
}

/** The Home tab: clusters with their last verdict and a button each, the last runs, how to ask. */
export function renderHome({ command, clusters, runs }: HomeFacts): HomeView {
  const left = clusters.length - MAX_CLUSTERS;
  const lines = runs.map(({ runId, cluster, at, state, who }) =>
    WORDS.run(inlineCode(runId), inlineCode(cluster), at, state, who),
  );
  const blocks: KnownBlock[] = [
    header(WORDS.title),
    smallPrint(sentence(WORDS.lead)),
    header(WORDS.clusters),
    ...clusters.slice(0, MAX_CLUSTERS).map(clusterBlock),
    ...(left > 0 ? [smallPrint(WORDS.more(left, command))] : []),
    header(WORDS.runs),
    ...sections(lines.length === 0 ? [WORDS.noRuns] : lines),
    header(WORDS.howTo),
    ...sections(WORDS.how(command, clusters[0]?.name ?? 'prod')),
  ];
  return { type: 'home', blocks };
}

function header(text: string): KnownBlock {
  return { type: 'header', text: { type: 'plain_text', text: plainSentence(text) } };
}

function clusterBlock({ name, last, notes }: HomeFacts['clusters'][number]): SectionBlock {
  const verdict = last === null ? WORDS.never : WORDS.last(last.verdict, last.at);
  return {
    ...section(WORDS.cluster(inlineCode(name), [verdict, ...notes.slice(0, MAX_NOTES)])),
    accessory: optionsButton(name),
  };
}
