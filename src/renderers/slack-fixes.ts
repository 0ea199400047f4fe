import type { KnownBlock } from '@slack/types';
import type { Fix } from '../core/fixes/fix.ts';
import type { Report } from '../core/report/report.ts';
import { bold, fenceLine, inlineCode, plainSentence, sentence, visible } from './mrkdwn.ts';
import { codeSections, fit, sections } from './slack-blocks.ts';
import type { SlackMessage, ThreadFile } from './slack-message.ts';

/** The file that holds every variant of every fix. */
export const FIXES_FILENAME = 'fixes.txt';

/** How to mend it: the first variant of each fix in full, the others named and kept in the file. */
export function renderFixes(report: Report): SlackMessage | null {
  const fixes = report.causes.flatMap((cause) => cause.fixes);
  if (fixes.length === 0) return null;
  return {
    key: 'fixes',
    text: plainSentence(
      `${report.cluster ?? 'The cluster'}, how to mend it: ${fixes.map(({ title }) => title).join('. ')}.`,
    ),
    blocks: fit(
      fixes.flatMap(fixBlocks),
      (count) =>
        `${count} more blocks of commands are left out here; ${FIXES_FILENAME} in this thread has them all.`,
    ),
  };
}

function fixBlocks(fix: Fix): readonly KnownBlock[] {
  const [first, ...others] = fix.variants;
  const where = fix.where.map(inlineCode).join(', ');
  const heading = `${bold(fix.title)}${where === '' ? '' : ` · on ${where}`}`;
  const tools = others.map(({ tool }) => sentence(tool)).join(' · ');
  return [
    ...(first === undefined
      ? sections([heading])
      : codeSections(`${heading}\nWith ${sentence(first.tool)}:`, first.commands.map(fenceLine))),
    ...(others.length === 0 ? [] : sections([`Other tools: ${tools} (see ${FIXES_FILENAME})`])),
    ...steps('Undo', first?.undo ?? fix.undo),
    ...steps('Verify', fix.verify),
    ...sections([
      ...(fix.risk === '' ? [] : [`Risk: ${sentence(fix.risk)}`]),
      ...fix.notes.map((note) => `• ${cited(note)}`),
    ]),
  ];
}

/** Undo and verify hold sentences and commands; a sentence begins and ends like one. */
function steps(title: string, lines: readonly string[]): readonly KnownBlock[] {
  const said = lines.filter(isSentence);
  const typed = lines.filter((line) => !isSentence(line)).map(fenceLine);
  const words = said.map((line) => sentence(line));
  return [
    ...(words.length === 0 ? [] : sections([`${title}: ${words.join(' ')}`])),
    ...(typed.length === 0 ? [] : codeSections(words.length === 0 ? `${title}:` : '', typed)),
  ];
}

function isSentence(line: string): boolean {
  return /^\p{Lu}.*[.)]$/su.test(line.trim());
}

/** Pages of those who make the software, which our own notes cite. */
const KNOWN_PAGE =
  /^https:\/\/(?:docs\.rke2\.io|docs\.k3s\.io|kubernetes\.io|docs\.tigera\.io|docs\.cilium\.io|github\.com)\/[\w./#-]*\w$/u;

/** A note whose citation can be clicked; any other address stays plain text. */
function cited(note: string): string {
  const cut = note.lastIndexOf(' ') + 1;
  const last = note.slice(cut);
  return KNOWN_PAGE.test(last) ? `${sentence(note.slice(0, cut))} <${last}>` : sentence(note);
}

/** All fixes with all variants as a text file; null when the message already shows everything. */
export function fixesFile(report: Report): ThreadFile | null {
  const message = renderFixes(report);
  if (message === null) return null;
  const fixes = report.causes.flatMap((cause) => cause.fixes);
  const whole = fixes.flatMap(fixBlocks).length === message.blocks.length;
  if (whole && fixes.every(({ variants }) => variants.length <= 1)) return null;
  return {
    key: 'fixes-file',
    filename: FIXES_FILENAME,
    title: `All ways to mend ${visible(report.cluster ?? 'the cluster')}`,
    altText: null,
    content: { kind: 'text', text: `${fixes.map(fixText).join('\n\n')}\n` },
  };
}

function fixText(fix: Fix): string {
  const part = (title: string, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : [`## ${title}`, ...lines, ''];
  return [
    `# ${fix.title} (${fix.where.join(', ')})`,
    ...(fix.risk === '' ? [] : [`# Risk: ${fix.risk}`]),
    ...fix.notes.map((note) => `# ${note}`),
    '',
    ...fix.variants.flatMap(({ tool, commands, undo = [] }) => [
      ...part(tool, commands),
      ...part(`Undo of ${tool}`, undo),
    ]),
    ...part('Undo', fix.undo),
    ...part('Verify', fix.verify),
  ]
    .map(visible)
    .join('\n');
}
