import type { ModalView } from '@slack/types';
import { plainSentence, sentence } from './mrkdwn.ts';

/** Callback id of the form that asks what was wrong. */
export const FEEDBACK_VIEW = 'verdict-was-wrong';
export const FEEDBACK_BLOCK = 'what';
export const FEEDBACK_VALUE = 'value';
/** Two lines on a phone. */
export const MAX_FEEDBACK_CHARS = 300;
/** People named under a verdict; the rest is counted. */
const MAX_NAMED = 3;

const WORDS = {
  title: 'This was wrong',
  submit: 'Send',
  close: 'Close',
  what: 'What was it really? (may be left empty)',
  hint: 'All in the thread can read it, and it is kept with the verdict. Name no secrets.',
  right: (name: string) => `👍 ${name}: this was right.`,
  wrong: (name: string) => `👎 ${name}: this was wrong.`,
  wrongSince: (name: string, text: string) => `👎 ${name}: this was wrong. ${text}`,
  more: (right: number, wrong: number) =>
    `And ${right} more who say that it was right, ${wrong} that it was wrong.`,
} as const;

/** What somebody says of a verdict. */
export interface Opinion {
  readonly name: string;
  readonly right: boolean;
  readonly text: string;
}

/** Who says what of a verdict, one line each, finished mrkdwn. */
export function opinionLines(opinions: readonly Opinion[]): readonly string[] {
  const rest = opinions.slice(MAX_NAMED);
  const right = rest.filter((each) => each.right).length;
  return [
    ...opinions.slice(0, MAX_NAMED).map(opinionLine),
    ...(rest.length === 0 ? [] : [WORDS.more(right, rest.length - right)]),
  ];
}

function opinionLine({ name, right, text }: Opinion): string {
  const who = sentence(name);
  if (right) return WORDS.right(who);
  return text === '' ? WORDS.wrong(who) : WORDS.wrongSince(who, sentence(text));
}

/** The form behind "It was wrong"; `run` comes back with it. */
export function renderFeedbackForm(run: {
  readonly runId: string;
  readonly channel: string;
}): ModalView {
  const plain = (text: string) => ({ type: 'plain_text', text: plainSentence(text) }) as const;
  return {
    type: 'modal',
    callback_id: FEEDBACK_VIEW,
    private_metadata: JSON.stringify(run),
    title: plain(WORDS.title),
    submit: plain(WORDS.submit),
    close: plain(WORDS.close),
    blocks: [
      {
        type: 'input',
        block_id: FEEDBACK_BLOCK,
        optional: true,
        label: plain(WORDS.what),
        hint: plain(WORDS.hint),
        element: {
          type: 'plain_text_input',
          action_id: FEEDBACK_VALUE,
          multiline: true,
          max_length: MAX_FEEDBACK_CHARS,
        },
      },
    ],
  };
}
