import type { AllMiddlewareArgs, App, SlackActionMiddlewareArgs } from '@slack/bolt';
import {
  CANCEL_ACTION,
  EVIDENCE_ACTION,
  RIGHT_ACTION,
  RUN_AGAIN_ACTION,
  VERIFY_ACTION,
} from '../renderers/slack-buttons.ts';
import { renderOptions } from '../renderers/slack-options.ts';
import { listenForShortcut } from './alert-shortcut.ts';
import { answerWords } from './answer-words.ts';
import { showEvidence } from './evidence-door.ts';
import { explanationOf, listenForExplain } from './explain-door.ts';
import { listenForFeedback, sayRight } from './feedback-door.ts';
import { listenForHome, namesOf, optionsOf } from './home-door.ts';
import { cancelText } from './run-commands.ts';
import {
  type Asked,
  COMMAND,
  createDesk,
  type Desk,
  diagnose,
  inTime,
  type SlackTriggerDeps,
  spokenTo,
} from './slack-desk.ts';
import { verifyFix } from './verify-door.ts';

/** Of the asker alone goes on into the run: where the click was made is of no use to it. */
function runAgain(
  desk: Desk,
  cluster: string,
  { messageTs: _clicked, ...asked }: Asked & { readonly messageTs: string | null },
): Promise<string | null> {
  return diagnose(desk, cluster, asked);
}

/** Buttons by their action. */
const BUTTONS = [
  [RUN_AGAIN_ACTION, runAgain],
  [CANCEL_ACTION, cancelText],
  [EVIDENCE_ACTION, showEvidence],
  [VERIFY_ACTION, verifyFix],
  [RIGHT_ACTION, sayRight],
] as const;

/** Opens every door of Slack. A command or click is answered within a second, once what was asked is stored. */
export function listenToSlack(app: App, deps: SlackTriggerDeps): void {
  const desk = createDesk(deps);
  listenForCommand(app, desk);
  for (const button of BUTTONS) listenForButton(app, desk, button);
  listenForMention(app, desk);
  listenForShortcut(app, desk);
  listenForExplain(app, desk);
  listenForHome(app, desk);
  listenForFeedback(app, desk);
}

function listenForCommand(app: App, desk: Desk): void {
  app.command(COMMAND, async ({ command, ack, client }) => {
    const reader = { user: command.user_id, channel: command.channel_id };
    const options = optionsOf(desk, command.text);
    if (options !== null) {
      await ack();
      await client.views.open({
        trigger_id: command.trigger_id,
        view: await spokenTo(
          desk,
          reader,
          renderOptions(namesOf(desk), { ...options, channel: command.channel_id }),
        ),
      });
      return;
    }
    const explanation = explanationOf(desk, command.text);
    if (explanation !== null) {
      await ack({ response_type: 'ephemeral', ...(await spokenTo(desk, reader, explanation)) });
      return;
    }
    const answer = await inTime(
      desk,
      reader,
      answerWords(desk, command.text, {
        kind: 'slash-command',
        user: command.user_id,
        userName: command.user_name,
        channel: command.channel_id,
        threadTs: null,
        responseUrl: command.response_url,
      }),
    );
    await (answer === null ? ack() : ack({ response_type: 'ephemeral', text: answer }));
  });
}

/** A click: who, where, and the button's value. */
function clicked({ body, action }: ClickArgs): {
  readonly value: string;
  readonly asked: Asked & { readonly messageTs: string | null };
} {
  const channel = 'channel' in body ? body.channel?.id : undefined;
  const message = 'message' in body ? body.message : undefined;
  const userName = 'name' in body.user && typeof body.user.name === 'string' ? body.user.name : '';
  return {
    value: 'value' in action && typeof action.value === 'string' ? action.value : '',
    asked: {
      kind: 'button',
      user: body.user.id,
      userName: userName === '' ? body.user.id : userName,
      channel: channel ?? body.user.id,
      threadTs: threadOf(message),
      responseUrl: 'response_url' in body ? (body.response_url ?? null) : null,
      messageTs: message?.ts ?? null,
    },
  };
}

type ClickArgs = Pick<SlackActionMiddlewareArgs & AllMiddlewareArgs, 'body' | 'action'>;

/** A button whose answer, if it has one, only who clicked sees. */
function listenForButton(
  app: App,
  desk: Desk,
  [actionId, answerTo]: readonly [
    string,
    (
      desk: Desk,
      value: string,
      asked: Asked & { readonly messageTs: string | null },
    ) => Promise<string | null>,
  ],
): void {
  app.action(actionId, async ({ body, action, ack, respond }) => {
    const { value, asked } = clicked({ body, action });
    const answer = await inTime(desk, asked, answerTo(desk, value, asked));
    await ack();
    if (answer !== null) {
      await respond({ response_type: 'ephemeral', replace_original: false, text: answer });
    }
  });
}

/** The thread that a message stands in; null for one that stands in the channel, with or without a thread below it. */
function threadOf(message: { readonly [key: string]: unknown } | undefined): string | null {
  const root = message?.['thread_ts'];
  return typeof root === 'string' && root !== message?.['ts'] ? root : null;
}

/**
 * `@metrics-diag prod`: works inside threads, where Slack knows no commands; there the answer comes into that thread.
 * Slack may deliver an event twice (https://docs.slack.dev/apis/events-api), so each is taken once.
 */
function listenForMention(app: App, desk: Desk): void {
  app.event('app_mention', async ({ event, body, client }) => {
    if (event.user === undefined || 'bot_id' in event) return; // bots that mention bots would talk for ever
    const { user, channel, thread_ts: threadTs = null } = event;
    const words = event.text.replace(/<@[A-Z0-9]+(?:\|[^>]*)?>/gu, ' ');
    const inThread = threadTs === null ? {} : { thread_ts: threadTs };
    const explanation = explanationOf(desk, words);
    if (explanation !== null) {
      const said = await spokenTo(desk, { channel, user }, explanation);
      await client.chat.postEphemeral({ channel, user, ...said, ...inThread });
      return;
    }
    const work = async (): Promise<string | null> => {
      if (!(await desk.store.firstTime('slack-event', body.event_id))) return null;
      return answerWords(desk, words, {
        kind: 'mention',
        user,
        userName: user,
        channel,
        threadTs,
        responseUrl: null,
      });
    };
    const text = await inTime(desk, { channel, user }, work());
    if (text === null) return;
    await client.chat.postEphemeral({ channel, user, text, ...inThread });
  });
}
