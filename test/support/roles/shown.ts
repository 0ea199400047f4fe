import type { Message } from '../slack-stand-in/workspace.ts';

/** All that a message shows now. */
export function shown(message: Message | undefined): string {
  const revision = message?.revisions.at(-1);
  return `${revision?.text ?? ''}\n${JSON.stringify(revision?.blocks ?? [])}`;
}
