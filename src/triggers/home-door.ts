import type { App } from '@slack/bolt';
import { z } from 'zod';
import { OPTIONS_ACTION } from '../renderers/slack-buttons.ts';
import { renderHome } from '../renderers/slack-home.ts';
import {
  OPTIONS_BLOCKS,
  OPTIONS_VALUE,
  OPTIONS_VIEW,
  renderOptions,
} from '../renderers/slack-options.ts';
import type { RunState } from '../runs/run-store.ts';
import { clusterNotes } from './cluster-notes.ts';
import { dayAndTime, recentRuns, stateWords, whoWords } from './run-commands.ts';
import { mayDo } from './slack-access.ts';
import { COMMAND, type Desk, diagnose, inTime, spokenTo } from './slack-desk.ts';
import { VERDICT_WORDS } from './verdict-words.ts';

/** Runs on the Home tab, and how many of each cluster are looked at for them. */
const MAX_RUNS = 10;
/** Kubernetes' names of nodes: RFC 1123 subdomains. Anything else in the form is no node. */
const NODE_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/u;
const MAX_NODES = 24;

const chosen = z.object({ selected_option: z.object({ value: z.string() }) });
const formSchema = z.object({
  [OPTIONS_BLOCKS.cluster]: z.object({ [OPTIONS_VALUE]: chosen }),
  [OPTIONS_BLOCKS.depth]: z.object({ [OPTIONS_VALUE]: chosen }),
  [OPTIONS_BLOCKS.nodes]: z.object({
    [OPTIONS_VALUE]: z.object({ value: z.string().nullish() }),
  }),
  [OPTIONS_BLOCKS.channel]: z.object({
    [OPTIONS_VALUE]: z.object({ selected_conversation: z.string() }),
  }),
});
const urlsSchema = z.array(z.object({ response_url: z.string() })).catch([]);

/** Slack gives an address for the chosen channel, since the form asks for one (`response_url_enabled`). */
function firstUrl(urls: unknown): string | null {
  return urlsSchema.parse(urls)[0]?.response_url ?? null;
}

/** The Home tab, and the form with the options of a run, which its buttons and `options` open. */
export function listenForHome(app: App, desk: Desk): void {
  app.event('app_home_opened', async ({ event, client }) => {
    if (event.tab !== 'home') return;
    const { user } = event;
    // The Home tab is nobody's channel.
    const view = await spokenTo(desk, { user, channel: user }, await homeOf(desk, user));
    await client.views.publish({ user_id: user, view });
  });
  app.action(OPTIONS_ACTION, async ({ action, body, ack, client }) => {
    await ack();
    if (!('trigger_id' in body)) return;
    const cluster = 'value' in action && typeof action.value === 'string' ? action.value : null;
    await client.views.open({
      trigger_id: body.trigger_id,
      view: await spokenTo(
        desk,
        { user: body.user.id, channel: body.user.id },
        renderOptions(namesOf(desk), { cluster, channel: null }),
      ),
    });
  });
  app.view(OPTIONS_VIEW, async ({ ack, body, view }) => {
    const form = formSchema.parse(view.state.values);
    const wanted = form.cluster.value.selected_option.value;
    const names = (form.nodes.value.value ?? '').split(/[\s,]+/u);
    const answer = await inTime(
      desk,
      { user: body.user.id, channel: form.channel.value.selected_conversation },
      diagnose(
        desk,
        wanted,
        {
          kind: 'modal',
          user: body.user.id,
          userName: body.user.name,
          channel: form.channel.value.selected_conversation,
          threadTs: null,
          responseUrl: 'response_urls' in body ? firstUrl(body.response_urls) : null,
        },
        {
          deep: form.depth.value.selected_option.value === 'deep',
          nodes: names.filter((name) => NODE_NAME.test(name)).slice(0, MAX_NODES),
        },
      ),
    );
    await (answer === null
      ? ack()
      : ack({
          response_action: 'errors',
          errors: { [OPTIONS_BLOCKS.cluster]: withoutMarkup(answer) },
        }));
  });
}

/** Errors of a view are plain text: code marks and links would be shown as they are. */
export function withoutMarkup(mrkdwn: string): string {
  return mrkdwn.replaceAll('`', '').replace(/<[^|>]*\|([^>]*)>/gu, '$1');
}

/** `options [cluster]`: the form with that cluster chosen; null for any other words, and for a cluster of that name. */
export function optionsOf(desk: Desk, words: string): { readonly cluster: string | null } | null {
  const match = /^\s*options(?:\s+(?<cluster>\S+))?\s*$/iu.exec(words);
  if (match === null) return null;
  const isCluster = desk.clusters.some(({ name, aliases }) =>
    [name, ...aliases].includes('options'),
  );
  const cluster = match.groups?.['cluster']?.toLowerCase() ?? null;
  return isCluster && cluster === null ? null : { cluster };
}

/** Names of the clusters, as the form offers them. */
export function namesOf({ clusters }: Pick<Desk, 'clusters'>): readonly string[] {
  return clusters.map(({ name }) => name);
}

async function homeOf(desk: Desk, user: string) {
  const allowed = await Promise.all(
    desk.clusters.map(async (cluster) => {
      // From a channel where it may be asked about, if it names any: the form asks for one.
      const visitor = { user, channel: cluster.allow.channels[0] ?? '' };
      return (await mayDo(cluster, 'diagnose', { visitor, membersOf: desk.membersOf })).allowed;
    }),
  );
  const open = desk.clusters.filter((_, index) => allowed[index]);
  const notesOf = await clusterNotes(desk);
  const clusters = await Promise.all(
    open.map(async ({ name }) => {
      const last = await desk.store.lastVerdict(name);
      return {
        name,
        notes: await notesOf(name),
        last:
          last === null ? null : { verdict: VERDICT_WORDS[last.verdict], at: dayAndTime(last.at) },
      };
    }),
  );
  const all = await Promise.all(open.map(({ name }) => recentRuns(desk, name, MAX_RUNS)));
  const runs = all
    .flat()
    .toSorted((a, b) => b.requestedAt.localeCompare(a.requestedAt))
    .slice(0, MAX_RUNS);
  return renderHome({
    command: COMMAND,
    clusters,
    runs: await Promise.all(runs.map((run) => runLine(desk, run))),
  });
}

async function runLine(desk: Desk, run: RunState) {
  return {
    runId: run.runId,
    cluster: run.cluster,
    at: dayAndTime(run.requestedAt),
    state: stateWords(run),
    who: await whoWords(desk, run.trigger),
  };
}
