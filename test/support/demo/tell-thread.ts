import type { SlackStandIn } from '../slack-stand-in/slack-stand-in.ts';
import { type Message, shown } from '../slack-stand-in/workspace.ts';

/** Looks for news this often. */
const LOOK_MS = 100;
const BOLD = '\u001b[1m';
const DIM = '\u001b[2m';
const RESET = '\u001b[0m';

/** Prints what comes into a channel and its threads: new messages whole, edited ones by the lines that are new. */
export function tellThread(
  slack: SlackStandIn,
  {
    channel,
    isTty,
    write,
  }: { readonly channel: string; readonly isTty: boolean; readonly write: (text: string) => void },
): () => void {
  const told = new Map<string, ReadonlySet<string>>();
  const look = (): void => {
    for (const message of slack.messages) {
      if (message.channel !== channel || message.user === 'U0LIN') continue;
      const lines = wordsOf(message, isTty);
      const before = told.get(message.ts);
      const fresh = before === undefined ? lines : lines.filter((line) => !before.has(line));
      told.set(message.ts, new Set(lines));
      if (fresh.length === 0) continue;
      const indent = message.threadTs === null ? '' : '    ';
      const kind =
        message.onlyFor !== null ? 'only Lin sees: ' : before === undefined ? '' : 'edited: ';
      const label = isTty ? `${DIM}${kind}${RESET}` : kind;
      write(`${fresh.map((line, i) => `${indent}${i === 0 ? label : ''}${line}`).join('\n')}\n\n`);
    }
  };
  const timer = setInterval(look, LOOK_MS);
  return () => {
    clearInterval(timer);
    look();
  };
}

function wordsOf(message: Message, isTty: boolean): readonly string[] {
  const { text, blocks } = shown(message);
  const parts = (blocks as readonly Block[]).map(blockWords).filter((part) => part !== '');
  const whole = parts.length > 0 ? parts.join('\n') : text;
  const files = message.files.map(
    ({ name, altText }) => `[file ${name}${altText === null ? '' : `: ${altText}`}]`,
  );
  return [...(whole === '' ? [] : plain(whole, isTty).split('\n')), ...files];
}

interface Block {
  readonly type: string;
  readonly text?: { readonly text: string };
  readonly elements?: readonly { readonly text?: string | { readonly text: string } }[];
}

function blockWords({ type, text, elements = [] }: Block): string {
  const inside = elements.map((each) =>
    typeof each.text === 'string' ? each.text : (each.text?.text ?? ''),
  );
  if (type === 'actions') return inside.map((label) => `[${label}]`).join(' ');
  return text?.text ?? inside.join(' ');
}

/** mrkdwn for a terminal: marks away, entities back, code blocks indented. */
function plain(mrkdwn: string, isTty: boolean): string {
  return mrkdwn
    .split(/```\n?([\s\S]*?)\n?```/u)
    .map((part, i) =>
      i % 2 === 1
        ? part.replace(/^/gmu, '    ')
        : part
            .replace(/`([^`\n]+)`/gu, '$1')
            .replace(/<(https:[^>|]+)>/gu, '$1')
            .replace(/(^|\s)\*([^*\n]+)\*/gu, isTty ? `$1${BOLD}$2${RESET}` : '$1$2'),
    )
    .join('\n')
    .replace(/\n{2,}/gu, '\n')
    .trimEnd()
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
