import type { SlackStandIn } from './slack-stand-in/slack-stand-in.ts';
import { type Message, shown } from './slack-stand-in/workspace.ts';

const HAS_VERDICT = /: (?:Metrics API|degraded|inconclusive)/u;
/** A run ends within some 50 s when an API server hangs; this only ends a hanging test. */
const WAIT_MS = 120_000;
/** How often a question that was left open is asked again before that is taken for the answer. */
const MAX_ASKED = 3;

/**
 * Asks and gives the root of the thread that answers, once it has a verdict: the first one that decides, or with
 * `wait: 'final'` the last. A machine that starves the program is told `inconclusive`; its reader asks again, and so
 * does this.
 */
export async function decidedVerdict(
  slack: SlackStandIn,
  {
    channel,
    ask,
    wait,
  }: {
    readonly channel: string;
    readonly ask: () => Promise<unknown>;
    readonly wait: 'first' | 'final';
  },
): Promise<Message> {
  for (let asked = 1; ; asked += 1) {
    const before = slack.roots(channel).length;
    await ask();
    const root = await slack.until(
      'the verdict',
      () => {
        const answer = slack.roots(channel)[before];
        return answer !== undefined && hasVerdict(answer, wait) && answer;
      },
      WAIT_MS,
    );
    if (!isInconclusive(root) || asked === MAX_ASKED) return root;
  }
}

/** Whether a root shows a verdict that will stay: an open one may yet be settled by the last answers. */
export function hasVerdict(root: Message, wait: 'first' | 'final'): boolean {
  const { text, blocks } = shown(root);
  if (!HAS_VERDICT.test(text)) return false;
  const isFinal = !JSON.stringify(blocks).includes('outstanding');
  return isFinal || (wait === 'first' && !isInconclusive(root));
}

export function isInconclusive(root: Message): boolean {
  return shown(root).text.includes(': inconclusive');
}
