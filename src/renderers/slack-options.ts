import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';

/** Callback id of the form with the options of a run. */
export const OPTIONS_VIEW = 'run-options';
/** Options of a select menu (https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element). */
const MAX_OPTIONS = 100;
/** Room for some dozen node names. */
const MAX_NODES_CHARS = 1_000;

/** Blocks of the form; each holds one element, whose action id is `value`. */
export const OPTIONS_BLOCKS = {
  cluster: 'cluster',
  depth: 'depth',
  nodes: 'nodes',
  channel: 'channel',
} as const;
export const OPTIONS_VALUE = 'value';

const WORDS = {
  title: 'Diagnose a cluster',
  submit: 'Diagnose',
  close: 'Close',
  cluster: 'Cluster',
  depth: 'How deep',
  quick: 'Quick: read the cluster, try the paths, count packets',
  deep: 'Deep: also read packet filters on the nodes at fault (for those who may)',
  nodes: 'Nodes that must be among those tried',
  nodesHint: 'Names, separated by spaces. Small clusters are tried whole; of big ones a sample is.',
  channel: 'Where the answer goes',
} as const;

const plain = (text: string) => ({ type: 'plain_text', text }) as const;
const option = (text: string, value: string): PlainTextOption => ({ text: plain(text), value });

/** The form: cluster, depth, nodes, channel. */
export function renderOptions(
  clusters: readonly string[],
  chosen: { readonly cluster: string | null; readonly channel: string | null },
): ModalView {
  const options = clusters.slice(0, MAX_OPTIONS).map((name) => option(name, name));
  const initial = options.find(({ value }) => value === chosen.cluster);
  const quick = option(WORDS.quick, 'quick');
  const blocks: KnownBlock[] = [
    {
      type: 'input',
      block_id: OPTIONS_BLOCKS.cluster,
      label: plain(WORDS.cluster),
      element: {
        type: 'static_select',
        action_id: OPTIONS_VALUE,
        options,
        ...(initial === undefined ? {} : { initial_option: initial }),
      },
    },
    {
      type: 'input',
      block_id: OPTIONS_BLOCKS.depth,
      label: plain(WORDS.depth),
      element: {
        type: 'radio_buttons',
        action_id: OPTIONS_VALUE,
        options: [quick, option(WORDS.deep, 'deep')],
        initial_option: quick,
      },
    },
    {
      type: 'input',
      block_id: OPTIONS_BLOCKS.nodes,
      optional: true,
      label: plain(WORDS.nodes),
      hint: plain(WORDS.nodesHint),
      element: {
        type: 'plain_text_input',
        action_id: OPTIONS_VALUE,
        max_length: MAX_NODES_CHARS,
      },
    },
    {
      type: 'input',
      block_id: OPTIONS_BLOCKS.channel,
      label: plain(WORDS.channel),
      element: {
        type: 'conversations_select',
        action_id: OPTIONS_VALUE,
        response_url_enabled: true,
        ...(chosen.channel === null
          ? { default_to_current_conversation: true }
          : { initial_conversation: chosen.channel }),
      },
    },
  ];
  return {
    type: 'modal',
    callback_id: OPTIONS_VIEW,
    title: plain(WORDS.title),
    submit: plain(WORDS.submit),
    close: plain(WORDS.close),
    blocks,
  };
}
