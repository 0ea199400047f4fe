import type { SlackStandIn } from './slack-stand-in/slack-stand-in.ts';
import { type Message, shown } from './slack-stand-in/workspace.ts';

const HAS_VERDICT = /: (?:Metrics API|degraded|inconclusive)/u;
/** A run ends within some 50 s when an API server hangs; this only ends a hanging test. */
const WAIT_MS = 120_000;
/** How often a question that was left open is asked again before that is taken for the answer. */
const MAX_ASKED = 3;

/**
 * Asks and gives the root of the thread that answers, once it has a verdict: the first one that decides, or with
 * `wait: 'final'` the last. A machine that starves the program is told `inconclusive`, or a mere suspicion; its reader
 * asks again, and so does this. A promise is taken at its word.
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
    if (!isOpen(root) || asked === MAX_ASKED) return root;
  }
}

/** Whether a root shows a verdict that will stay: the last answers may yet settle an open one. */
export function hasVerdict(root: Message, wait: 'first' | 'final'): boolean {
  const { text, blocks } = shown(root);
  if (!HAS_VERDICT.test(text)) return false;
  const isFinal = !JSON.stringify(blocks).includes('outstanding');
  return isFinal || (wait === 'first' && !isOpen(root));
}

/** Neither healthy nor a cause that is confirmed. */
export function isOpen(root: Message): boolean {
  return /Not settled|Suspected, not confirmed|Cause not found/u.test(
    JSON.stringify(shown(root).blocks),
  );
}
