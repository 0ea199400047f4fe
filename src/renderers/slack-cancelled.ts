import { bold, plainSentence, sentence } from './mrkdwn.ts';
import { alertLine } from './slack-alert.ts';
import { section, smallPrint } from './slack-blocks.ts';
import { buttonRow, runAgainButton } from './slack-buttons.ts';
import { clockTime, type SlackMessage, type ThreadContext } from './slack-message.ts';
import { byline } from './slack-root.ts';

/** How far the stop has come: the worker is on its way, or what became of the probe Pods. */
export type CancelStage = 'stopping' | 'none' | 'removed' | 'left';

const WORDS = {
  title: (cluster: string) => `${cluster}: cancelled.`,
  by: (name: string, time: string) => `Cancelled by ${name} at ${time}, before a verdict.`,
  stage: {
    stopping: 'The worker stops at its next step and removes the probe Pods.',
    none: 'It had not begun, so nothing was made in the cluster.',
    removed: 'The worker has stopped and its probe Pods are removed.',
    left: 'The worker has stopped; its probe Pods could not be removed and end by themselves within minutes.',
  },
  lead: 'Cancelled',
} as const;

/** The root message of a run that somebody cancelled. */
export function renderCancelled(
  context: ThreadContext,
  { by, at, stage }: { readonly by: string; readonly at: string; readonly stage: CancelStage },
): SlackMessage {
  const title = WORDS.title(context.cluster);
  const said = [WORDS.by(by, clockTime(at)), WORDS.stage[stage]];
  return {
    key: 'root',
    text: plainSentence([title, ...said].join(' ')),
    blocks: [
      section(
        [
          `⚪ ${bold(title)} ${said.map((each) => sentence(each)).join(' ')}`,
          ...alertLine(context),
        ].join('\n'),
      ),
      smallPrint(byline(WORDS.lead, context)),
      buttonRow([runAgainButton(context.cluster)]),
    ],
  };
}
