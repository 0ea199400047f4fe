import type { App, MessageShortcut } from '@slack/bolt';
import type { View } from '@slack/types';
import { z } from 'zod';
import type { BotCluster } from '../config/role-config.ts';
import { withoutMarkup } from './home-door.ts';
import { type Asked, type Desk, diagnose, inTime, spokenTo } from './slack-desk.ts';

/** Callback id of the message shortcut "Diagnose this", as `slack-manifest.yaml` registers it. */
export const ALERT_SHORTCUT = 'diagnose-this';
/** Callback id of the question which cluster a message is about. */
const WHICH_CLUSTER = 'which-cluster';
const CLUSTER_BLOCK = 'cluster';
const CLUSTER_SELECT = 'cluster-select';
/** Options of a select menu (https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element). */
const MAX_OPTIONS = 100;

const placeSchema = z.object({ channel: z.string(), threadTs: z.string() });
const chosenSchema = z.object({
  [CLUSTER_BLOCK]: z.object({
    [CLUSTER_SELECT]: z.object({ selected_option: z.object({ value: z.string() }) }),
  }),
});

/**
 * "Diagnose this" on anybody's message: the answer comes into that message's thread. The cluster is the one that the
 * message names, else the channel's default, else the asker is asked (at once: a trigger id lives three seconds).
 */
export function listenForShortcut(app: App, desk: Desk): void {
  app.shortcut<MessageShortcut>(
    { type: 'message_action', callback_id: ALERT_SHORTCUT },
    async ({ shortcut, ack, respond, client }) => {
      const { channel, message, user } = shortcut;
      const threadTs = placeSchema.shape.threadTs
        .catch(shortcut.message_ts)
        .parse(message.thread_ts);
      const cluster =
        clusterIn(wordsOf(message), desk.clusters) ??
        desk.defaultClusterByChannel[channel.id] ??
        onlyOne(desk.clusters);
      if (cluster === null) {
        await ack();
        await client.views.open({
          trigger_id: shortcut.trigger_id,
          view: await spokenTo(
            desk,
            { user: user.id, channel: channel.id },
            whichCluster(desk.clusters, { channel: channel.id, threadTs }),
          ),
        });
        return;
      }
      const asked: Asked = {
        kind: 'shortcut',
        user: user.id,
        userName: user.name ?? user.id,
        channel: channel.id,
        threadTs,
        responseUrl: shortcut.response_url,
      };
      const answer = await inTime(desk, asked, diagnose(desk, cluster, asked));
      await ack();
      if (answer !== null) {
        await respond({ response_type: 'ephemeral', replace_original: false, text: answer });
      }
    },
  );
  app.view(WHICH_CLUSTER, async ({ ack, body, view }) => {
    const place = placeSchema.parse(JSON.parse(view.private_metadata));
    const chosen = chosenSchema.parse(view.state.values)[CLUSTER_BLOCK][CLUSTER_SELECT];
    const answer = await inTime(
      desk,
      { user: body.user.id, channel: place.channel },
      diagnose(desk, chosen.selected_option.value, {
        kind: 'shortcut',
        user: body.user.id,
        userName: body.user.name,
        channel: place.channel,
        threadTs: place.threadTs,
        responseUrl: null,
      }),
    );
    await (answer === null
      ? ack()
      : ack({ response_action: 'errors', errors: { [CLUSTER_BLOCK]: withoutMarkup(answer) } }));
  });
}

/** All words of a message: an alerting app puts them into attachments and blocks. */
function wordsOf(message: MessageShortcut['message']): string {
  const { text, attachments, blocks } = message as Record<string, unknown>;
  return [text, attachments, blocks]
    .filter((part) => part !== undefined)
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part)))
    .join('\n');
}

/** The one cluster that a text names as a word of its own; null when it names none, or several. */
export function clusterIn(
  text: string,
  clusters: readonly Pick<BotCluster, 'name' | 'aliases'>[],
): string | null {
  const words = new Set(text.toLowerCase().match(/[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?/gu) ?? []);
  const named = clusters.filter(({ name, aliases }) =>
    [name, ...aliases].some((each) => words.has(each)),
  );
  return named.length === 1 ? (named[0]?.name ?? null) : null;
}

function onlyOne(clusters: readonly BotCluster[]): string | null {
  return clusters.length === 1 ? (clusters[0]?.name ?? null) : null;
}

function whichCluster(clusters: readonly BotCluster[], place: z.output<typeof placeSchema>): View {
  return {
    type: 'modal',
    callback_id: WHICH_CLUSTER,
    private_metadata: JSON.stringify(place),
    title: { type: 'plain_text', text: 'Diagnose this' },
    submit: { type: 'plain_text', text: 'Diagnose' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      {
        type: 'input',
        block_id: CLUSTER_BLOCK,
        label: { type: 'plain_text', text: 'Which cluster is the message about?' },
        hint: {
          type: 'plain_text',
          text: 'The message names none, or several. The answer comes into its thread.',
        },
        element: {
          type: 'static_select',
          action_id: CLUSTER_SELECT,
          options: clusters.slice(0, MAX_OPTIONS).map(({ name }) => ({
            text: { type: 'plain_text', text: name },
            value: name,
          })),
        },
      },
    ],
  };
}
