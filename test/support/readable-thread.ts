import type { KnownBlock } from '@slack/types';
import type { ThreadPart } from '../../src/delivery/thread-messages.ts';
import type { SlackMessage, ThreadFile } from '../../src/renderers/slack-message.ts';

/** A thread as a person reads it, block by block, for golden files. */
export function readableThread(parts: readonly ThreadPart[]): string {
  return parts
    .map((part) =>
      part.kind === 'message' ? readableMessage(part.message) : readableFile(part.file),
    )
    .join('\n');
}

/** One message: its key, its plain text, and what each block shows. */
export function readableMessage({ key, text, blocks }: SlackMessage): string {
  return `===== ${key}\ntext: ${text}\n-----\n${blocks.map(readableBlock).join('\n')}\n`;
}

function readableBlock(block: KnownBlock): string {
  if (block.type === 'section') return block.text?.text ?? '';
  if (block.type === 'context') {
    return block.elements.map((each) => ('text' in each ? `(${each.text})` : '')).join(' ');
  }
  if (block.type === 'actions') {
    return block.elements.map((each) => ('text' in each ? `[${each.text.text}]` : '')).join(' ');
  }
  return `<${block.type}>`;
}

function readableFile({ key, filename, title, altText, content }: ThreadFile): string {
  const shown = altText ?? content.text;
  return `===== ${key}: file ${filename}, "${title}"\n${shown}\n`;
}
