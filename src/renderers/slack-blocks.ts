import type { KnownBlock, SectionBlock } from '@slack/types';
import { MAX_BLOCKS, MAX_BLOCKS_JSON_CHARS, MAX_SECTION_CHARS } from './block-kit-limits.ts';
import { cut, escapeEntities } from './mrkdwn.ts';

/** Below Slack's 3,000, so that a line end or a fence never tips a section over. */
const SECTION_BUDGET_CHARS = MAX_SECTION_CHARS - 100;
/** Room for the sentence that says what was left out. */
const MESSAGE_BUDGET_CHARS = MAX_BLOCKS_JSON_CHARS - 800;
/** A root message is read in the channel; its parts and a thread reply stay well below 50 blocks. */
const BLOCK_BUDGET = MAX_BLOCKS - 2;
/** Opening and closing fence with their line ends. */
const FENCE_CHARS = 8;

/** A section; `verbatim` keeps Slack from making links, channels and mentions out of names. */
export function section(text: string): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: fitted(text), verbatim: true } };
}

/** One line of small print. */
export function smallPrint(text: string): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: fitted(text), verbatim: true }] };
}

/** Names may be long, and several may stand in one line: cut, with whatever code was open closed again. */
function fitted(text: string): string {
  if (text.length <= SECTION_BUDGET_CHARS) return text;
  const short = cutEscaped(text, SECTION_BUDGET_CHARS);
  const parts = short.split('```');
  if (parts.length % 2 === 0) return `${short}\n\`\`\``;
  const outside = parts.filter((_, index) => index % 2 === 0).join('');
  return outside.split('`').length % 2 === 0 ? `${short}\`` : short;
}

/** Joins finished mrkdwn lines into as few sections as fit. A line must be shorter than a section. */
export function sections(lines: readonly string[]): readonly SectionBlock[] {
  const packed: string[] = [];
  for (const line of lines) {
    const last = packed.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= SECTION_BUDGET_CHARS) {
      packed[packed.length - 1] = `${last}\n${line}`;
    } else {
      packed.push(line);
    }
  }
  return packed.map(section);
}

/**
 * A heading and its code block, split into as many blocks as it needs, each closed on its own.
 *
 * @param lines - lines that passed `fenceLine`
 */
export function codeSections(heading: string, lines: readonly string[]): readonly SectionBlock[] {
  const room = SECTION_BUDGET_CHARS - FENCE_CHARS - heading.length - 1;
  const chunks: string[][] = [[]];
  let used = 0;
  for (const line of lines.map((whole) => cutEscaped(whole, room))) {
    if (used + line.length + 1 > room && used > 0) {
      chunks.push([]);
      used = 0;
    }
    chunks.at(-1)?.push(line);
    used += line.length + 1;
  }
  return chunks.map((chunk, index) => {
    const code = `\`\`\`\n${chunk.join('\n')}\n\`\`\``;
    return section(index === 0 && heading !== '' ? `${heading}\n${code}` : code);
  });
}

/** Cuts escaped text without leaving half an entity behind. */
function cutEscaped(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  return cut(text, maxChars).replace(/&(?:a|am|amp|l|lt|g|gt)?(?= … \(cut\)$)/u, '');
}

/**
 * Keeps a message within 50 blocks and 12,000 characters of JSON.
 *
 * @param leftOut - says in one sentence what a given number of blocks held and where to find it
 * @param below - blocks that follow whatever is left out
 */
export function fit(
  blocks: readonly KnownBlock[],
  leftOut: (count: number) => string,
  below: readonly KnownBlock[] = [],
): readonly KnownBlock[] {
  let size = 2 + JSON.stringify(below).length;
  const kept: KnownBlock[] = [];
  for (const block of blocks) {
    size += JSON.stringify(block).length + 1;
    if (kept.length + below.length >= BLOCK_BUDGET || size > MESSAGE_BUDGET_CHARS) break;
    kept.push(block);
  }
  const dropped = blocks.length - kept.length;
  return [...kept, ...(dropped === 0 ? [] : [section(escapeEntities(leftOut(dropped)))]), ...below];
}
