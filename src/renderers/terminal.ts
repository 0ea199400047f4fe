import type { Fix, FixVariant } from '../core/fixes/fix.ts';
import { type ReachMatrix, reachMatrices } from '../core/report/reach-matrix.ts';
import type { ChecklistItem, RankedCause, Report } from '../core/report/report.ts';
import { plain, seconds, VERDICTS } from './words.ts';

/** How the text is drawn. Without colour it reads the same. */
export interface TerminalOptions {
  readonly colour: boolean;
}

const SGR = { bold: '1', dim: '2', red: '31', green: '32', yellow: '33' } as const;
/** Styles a text, or leaves it as it is. */
export type Paint = (style: keyof typeof SGR, text: string) => string;

/** Styles for a terminal; without colour texts stay as they are. */
export function painter(colour: boolean): Paint {
  return (style, text) => (colour ? `\u001b[${SGR[style]}m${text}\u001b[0m` : text);
}

/** The report for a terminal: what is so, what is broken, why; the fixes last, just above the prompt. */
export function renderTerminal(report: Report, { colour }: TerminalOptions): string {
  const paint = painter(colour);
  const sections = [
    head(report, paint),
    report.checklist.map((item) => renderChecklistItem(item)).join('\n'),
    broken(report, paint),
    why(report, paint),
    changed(report, paint),
    gaps(report, paint),
    byHand(report, paint),
    report.causes.flatMap(({ fixes }) => fixes.map((fix) => renderFix(fix, paint))).join('\n\n'),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

const MARKS: Readonly<Record<ChecklistItem['state'], string>> = {
  pending: '[ ]',
  running: '[.]',
  done: '[x]',
  failed: '[!]',
  skipped: '[-]',
};

/** One checklist line, e.g. `[x] API servers: 1 of 3 serves metrics.k8s.io`. */
export function renderChecklistItem({ state, text }: ChecklistItem): string {
  return `${MARKS[state]} ${plain(text)}`;
}

function head(report: Report, paint: Paint): string {
  const { mark, word } = VERDICTS[report.verdict];
  const colour =
    report.verdict === 'healthy' ? 'green' : report.verdict === 'broken' ? 'red' : 'yellow';
  const subject = report.cluster === null ? '' : `${plain(report.cluster)}: `;
  return [
    `${mark} ${paint('bold', paint(colour, `${subject}${word}.`))} ${plain(report.headline)}`,
    ...report.impact.sentences.map((sentence) => plain(sentence)),
    paint(
      'dim',
      `${certainty(report)} in ${seconds(report.tookMs)} · run ${plain(report.runId)}${report.final ? '' : ' · some answers are still outstanding'}`,
    ),
  ].join('\n');
}

function certainty(report: Report): string {
  if (report.verdict === 'healthy') return 'Checked';
  return report.causes[0]?.verdict === 'confirmed'
    ? 'Confirmed'
    : report.causes[0] === undefined
      ? 'No cause found'
      : 'Suspected';
}

function broken(report: Report, paint: Paint): string {
  const drawn = reachMatrices(report).filter(({ cells }) =>
    cells.some(({ state }) => state !== 'untested'),
  );
  const words = report.pattern.map((sentence) => plain(sentence));
  if (drawn.length === 0 && words.length === 0) return '';
  return [
    paint('bold', patternTitle(report)),
    ...words,
    ...drawn.map((matrix) => drawMatrix(matrix, paint)),
  ].join('\n');
}

function patternTitle({ cluster, verdict }: Report): string {
  if (cluster === null) return 'What it is about';
  return verdict === 'healthy' ? 'What was checked' : 'What is broken';
}

const CELLS = { open: 'ok', dead: 'XX', mixed: '!!', untested: ' .' } as const;
/** Beyond this many nodes only rows and columns with a fault are drawn. */
const FULL_MATRIX_NODES = 12;

function drawMatrix({ layer, nodes, cells }: ReachMatrix, paint: Paint): string {
  const hurt = new Set(
    cells
      .filter(({ state }) => state === 'dead' || state === 'mixed')
      .flatMap(({ from, to }) => [from, to]),
  );
  const shown = (
    nodes.length <= FULL_MATRIX_NODES ? nodes : nodes.filter((node) => hurt.has(node))
  ).slice(0, FULL_MATRIX_NODES);
  if (shown.length === 0) return `  ${layer}: every tested pair of ${nodes.length} nodes works`;
  const width = Math.max(...shown.map((node) => node.length), 6);
  const state = (from: string, to: string): string => {
    if (from === to) return ' -';
    const text =
      CELLS[cells.find((cell) => cell.from === from && cell.to === to)?.state ?? 'untested'];
    return text === 'ok'
      ? paint('green', text)
      : text === 'XX'
        ? paint('red', text)
        : paint('yellow', text);
  };
  const pad = (text: string): string => plain(text, width).padEnd(width);
  return [
    `  ${layer} (rows send, columns receive; ok works, XX dead, !! in part, . not tested)`,
    `  ${''.padEnd(width)}  ${shown.map((node) => pad(node)).join('  ')}`,
    ...shown.map((from) =>
      `  ${pad(from)}  ${shown.map((to) => state(from, to) + ' '.repeat(width - 2)).join('  ')}`.trimEnd(),
    ),
    ...(shown.length < nodes.length
      ? [`  (${nodes.length - shown.length} more nodes are not drawn)`]
      : []),
  ].join('\n');
}

/** So many causes are ruled out with their reasons; all reasons are in the JSON. */
const REASONED = 6;

function why(report: Report, paint: Paint): string {
  if (report.causes.length === 0) return '';
  const near = report.ruledOut.slice(0, REASONED);
  const rest = report.ruledOut.slice(REASONED);
  const ruledOut =
    near.length === 0
      ? []
      : [
          `Ruled out: ${near.map(({ id, because }) => `${id} (${plain(because)})`).join(' · ')}${rest.length === 0 ? '' : ` · also ${rest.map(({ id }) => id).join(', ')}`}`,
        ];
  return [
    paint('bold', 'Why'),
    ...report.causes.map((cause) => renderCause(cause, paint)),
    ...ruledOut,
  ].join('\n');
}

function changed({ changes }: Report, paint: Paint): string {
  if (changes === undefined || changes.items.length === 0) return '';
  return [
    paint(
      'bold',
      `What changed since the last healthy run (${plain(changes.since)}); a hint, no proof`,
    ),
    ...changes.items.map(({ text }) => `  • ${plain(text)}`),
  ].join('\n');
}

function renderCause(cause: RankedCause, paint: Paint): string {
  return [
    `${paint('bold', `${cause.verdict === 'confirmed' ? 'Confirmed' : 'Suspected'}: ${cause.id}`)} ${plain(cause.headline)}`,
    ...cause.because.map(({ text }) => `  • ${plain(text)}`),
    ...cause.contradicts.map(({ text }) => `  • but: ${plain(text)}`),
    ...(cause.settle === null ? [] : [`  To settle it: ${plain(cause.settle)}`]),
  ].join('\n');
}

function gaps(report: Report, paint: Paint): string {
  const lines = [
    ...report.unexplained.map((text) => `  • not explained: ${plain(text)}`),
    ...report.notSeen.map((text) => `  • not seen: ${plain(text)}`),
    ...report.unknown.map(
      ({ id, missing, settle }) =>
        `  • ${id}: unknown, lacks ${plain(missing.join('; '))}${settle === null ? '' : `; to settle it: ${plain(settle)}`}`,
    ),
  ];
  return lines.length === 0 ? '' : [paint('bold', 'What is not known'), ...lines].join('\n');
}

function byHand({ byHand: checks }: Report, paint: Paint): string {
  if (checks.length === 0) return '';
  return [
    paint('bold', 'To run by hand, since no probe ran'),
    ...checks.flatMap(({ question, on, commands, reading }) => [
      `  ${plain(question)}`,
      `  On ${on.map(({ node, address }) => `${plain(node)} (${plain(address)})`).join(', ')}:`,
      ...commands.map((command) => `    ${plain(command, 20_000)}`),
      `  ${paint('dim', plain(reading))}`,
    ]),
  ].join('\n');
}

/** A fix with all its variants, undo and verify. */
export function renderFix(fix: Fix, paint: Paint): string {
  const [first, ...others] = fix.variants;
  const block = (commands: readonly string[]): readonly string[] =>
    commands.map((command) => `    ${plain(command, 20_000)}`);
  const way = ({ commands, undo }: FixVariant): readonly string[] => [
    ...block(commands),
    ...(undo === undefined ? [] : ['    and to undo it:', ...block(undo)]),
  ];
  return [
    `${paint('bold', `Fix: ${plain(fix.title)}`)} (on ${plain(fix.where.join(', '))})`,
    ...(first === undefined ? [] : [`  ${plain(first.tool)}:`, ...way(first)]),
    ...others.flatMap((variant) => [`  or ${plain(variant.tool)}:`, ...way(variant)]),
    `  Risk: ${plain(fix.risk)}`,
    ...(fix.undo.length === 0 ? [] : ['  Undo:', ...block(fix.undo)]),
    '  Verify:',
    ...block(fix.verify),
    ...fix.notes.map((note) => `  Note: ${plain(note)}`),
  ].join('\n');
}
