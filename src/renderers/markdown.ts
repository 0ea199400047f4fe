import type { Fix } from '../core/fixes/fix.ts';
import type { ManualCheck } from '../core/report/by-hand.ts';
import { type ReachMatrix, reachMatrices } from '../core/report/reach-matrix.ts';
import type { RankedCause, Report } from '../core/report/report.ts';
import { plain, seconds, VERDICTS } from './words.ts';

/** The report as Markdown (CommonMark with tables), for tickets and wikis. Cluster text cannot break out of its place. */
export function renderMarkdown(report: Report): string {
  const { mark, word } = VERDICTS[report.verdict];
  const title = report.cluster === null ? word : `${report.cluster}: ${word}`;
  const parts = [
    `# ${mark} ${text(title)}`,
    text(report.headline),
    ...report.impact.sentences.map(text),
    `_Run ${text(report.runId)}, ${text(report.takenAt)}, ${seconds(report.tookMs)}._`,
    section(
      'What was looked at',
      bullets(report.checklist.map(({ state, text: line }) => `${state}: ${line}`)),
    ),
    section(
      'What is broken',
      [report.pattern.map(text).join('\n\n'), ...reachMatrices(report).map(table)]
        .filter((part) => part !== '')
        .join('\n\n'),
    ),
    section(
      'Why',
      [...report.causes.map(cause), ruledOut(report)].filter((part) => part !== '').join('\n\n'),
    ),
    section(
      'What changed since the last healthy run',
      report.changes === undefined || report.changes.items.length === 0
        ? ''
        : [
            `The last healthy run was at ${text(report.changes.since)}. A hint where to look, no proof:`,
            bullets(report.changes.items.map((item) => item.text)),
          ].join('\n\n'),
    ),
    section(
      'What is not known',
      bullets([
        ...report.unexplained,
        ...report.notSeen,
        ...report.unknown.map(({ id, missing }) => `${id}: lacks ${missing.join(', ')}`),
      ]),
    ),
    section('To run by hand, since no probe ran', report.byHand.map(manualCheck).join('\n\n')),
    section(
      'How to mend it',
      report.causes.flatMap(({ fixes }) => fixes.map(fixText)).join('\n\n'),
    ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Escapes what CommonMark would read as markup or HTML. */
function text(value: string): string {
  return plain(value)
    .replaceAll('\n', ' ')
    .replaceAll(/[\\`*_{}[\]<>#|~&]/g, (character) =>
      character === '<' ? '&lt;' : character === '&' ? '&amp;' : `\\${character}`,
    );
}

function section(title: string, body: string): string {
  return body === '' ? '' : `## ${title}\n\n${body}`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${text(line)}`).join('\n');
}

const CELL_WORDS = { open: 'ok', dead: '**dead**', mixed: '**in part**', untested: '·' } as const;
const TABLE_NODES = 20;

function table({ layer, nodes, cells }: ReachMatrix): string {
  if (cells.every(({ state }) => state === 'untested')) return '';
  const shown = nodes.slice(0, TABLE_NODES);
  const row = (from: string): string =>
    `| ${text(from)} | ${shown.map((to) => (from === to ? '–' : CELL_WORDS[cells.find((one) => one.from === from && one.to === to)?.state ?? 'untested'])).join(' | ')} |`;
  return [
    `${layer} (rows send, columns receive${shown.length < nodes.length ? `; ${shown.length} of ${nodes.length} nodes` : ''})`,
    '',
    `| | ${shown.map(text).join(' | ')} |`,
    `| --- |${' --- |'.repeat(shown.length)}`,
    ...shown.map(row),
  ].join('\n');
}

function cause(one: RankedCause): string {
  return [
    `**${one.verdict === 'confirmed' ? 'Confirmed' : 'Suspected'}: ${text(one.id)}.** ${text(one.headline)}`,
    '',
    bullets([
      ...one.because.map((claim) => `${claim.text} (${claim.evidence})`),
      ...one.contradicts.map((claim) => `but: ${claim.text} (${claim.evidence})`),
    ]),
    ...(one.settle === null ? [] : ['', `To settle it: ${text(one.settle)}`]),
  ].join('\n');
}

function ruledOut(report: Report): string {
  return report.ruledOut.length === 0
    ? ''
    : `Ruled out: ${report.ruledOut.map(({ id, because }) => `${text(id)} (${text(because)})`).join(', ')}`;
}

function manualCheck({ question, on, commands, reading }: ManualCheck): string {
  const places = on.map(({ node, address }) => `${node} (${address})`).join(', ');
  return `${text(question)} On ${text(places)}:\n\n${fence(commands)}\n\n${text(reading)}`;
}

function fixText(fix: Fix): string {
  return [
    `### ${text(fix.title)} (on ${text(fix.where.join(', '))})`,
    ...fix.variants.flatMap(({ tool, commands, undo }) => [
      `${text(tool)}:\n\n${fence(commands)}`,
      ...(undo === undefined ? [] : [`Undo of ${text(tool)}:\n\n${fence(undo)}`]),
    ]),
    `Risk: ${text(fix.risk)}`,
    ...(fix.undo.length === 0 ? [] : [`Undo:\n\n${fence(fix.undo)}`]),
    `Verify:\n\n${fence(fix.verify)}`,
    ...(fix.notes.length === 0 ? [] : [bullets(fix.notes)]),
  ].join('\n\n');
}

/** A code fence longer than any run of backticks inside it (CommonMark 4.5). */
function fence(lines: readonly string[]): string {
  const body = lines.map((line) => plain(line, 20_000)).join('\n');
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}\n${body}\n${ticks}`;
}
