import type { App, MessageShortcut } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import { findCluster } from '../config/role-config.ts';
import { explainText } from '../core/report/explain-report.ts';
import { renderExplanation } from '../renderers/slack-explain.ts';
import { newRunId } from '../runs/diagnose.ts';
import { withoutSecrets } from '../scrub.ts';
import { wordsOf } from './message-words.ts';
import { COMMAND, type Desk, spokenTo } from './slack-desk.ts';

/** Callback id of the message shortcut "Explain this", as `slack-manifest.yaml` registers it. */
export const EXPLAIN_SHORTCUT = 'explain-this';
/** Slack cuts the text of a message here (https://docs.slack.dev/reference/methods/chat.postMessage). */
const MAX_MESSAGE_CHARS = 40_000;

/** What the asker alone gets to read. */
export interface Explanation {
  readonly text: string;
  readonly blocks?: KnownBlock[];
}

/** `explain`, then flags, then the text; a cluster of that name is only meant when nothing follows. */
const ASKS = /^\s*explain\b[:\s]*(?<rest>[\s\S]*)$/iu;
const FLAG = /^--?(?<name>platform|cni|k8s-version)[=\s]+(?<value>\S+)\s*/u;

/**
 * The answer to `explain <pasted text>`; null when something else was asked. The text is read in this process, kept
 * nowhere, logged nowhere and sent to nobody but the asker.
 */
export function explanationOf({ clusters, log }: Desk, words: string): Explanation | null {
  const rest = ASKS.exec(words)?.groups?.['rest'];
  if (rest === undefined) return null;
  if (rest.trim() === '') {
    return findCluster(clusters, 'explain') === null ? { text: USAGE } : null;
  }
  const { flags, text } = withFlags(rest);
  log.info({ chars: text.length }, 'text explained');
  return explain(text, flags);
}

const USAGE = `Paste the text behind the word: \`${COMMAND} explain <logs, kubectl output, an error message>\`, or use *Explain this* in the menu of a message. Only you see the answer.`;

function withFlags(rest: string): {
  readonly flags: Readonly<Record<string, string>>;
  readonly text: string;
} {
  const flags: Record<string, string> = {};
  let text = rest.trimStart();
  for (let match = FLAG.exec(text); match !== null; match = FLAG.exec(text)) {
    flags[match.groups?.['name'] ?? ''] = match.groups?.['value'] ?? '';
    text = text.slice(match[0].length);
  }
  return { flags, text };
}

function explain(text: string, flags: Readonly<Record<string, string>>): Explanation {
  const startedAt = Date.now();
  const report = explainText({
    text: withoutSecrets(text.slice(0, MAX_MESSAGE_CHARS)),
    context: {
      platform: flags['platform'] ?? null,
      cni: flags['cni'] ?? null,
      k8sVersion: flags['k8s-version'] ?? null,
    },
    runId: newRunId(),
    takenAt: new Date(startedAt).toISOString(),
    tookMs: Date.now() - startedAt,
  });
  const { text: words, blocks } = renderExplanation(report);
  return { text: words, blocks: [...blocks] };
}

/** "Explain this" on anybody's message: the asker alone sees the answer, in the thread where the message stands. */
export function listenForExplain(app: App, desk: Desk): void {
  app.shortcut<MessageShortcut>(
    { type: 'message_action', callback_id: EXPLAIN_SHORTCUT },
    async ({ shortcut, ack, respond }) => {
      await ack();
      const words = wordsOf(shortcut.message);
      desk.log.info({ chars: words.length }, 'message explained');
      const reader = { user: shortcut.user.id, channel: shortcut.channel.id };
      const thread: unknown = shortcut.message['thread_ts'];
      await respond({
        response_type: 'ephemeral',
        replace_original: false,
        ...(await spokenTo(desk, reader, explain(words, {}))),
        ...(typeof thread === 'string' ? { thread_ts: thread } : {}),
      });
    },
  );
}
