import type { ReachMatrix } from '../core/report/reach-matrix.ts';
import { plain } from './words.ts';

/** The font that is shipped, so that a picture looks the same on every machine. */
export const FONT_FAMILY = 'DejaVu Sans';

/** A picture with more rows is no longer readable on a phone. */
const MAX_NODES = 24;
const CELL = 34;
const LABEL_CHARS = 18;

const MARGIN = 20;
const TITLE_HEIGHT = 34;
const LEGEND_HEIGHT = 30;
const CAPTION_LINE_HEIGHT = 17;
/** Of DejaVu Sans at 12 px, on average. */
const CAPTION_CHAR_WIDTH = 6.6;
const CAPTION_LINE_CHARS = 76;
const MAX_CAPTION_CHARS = 300;

const LOOK = {
  open: { fill: '#d7f0dd', ink: '#14612c', letter: '✓' },
  dead: { fill: '#c0262d', ink: '#ffffff', letter: '✗' },
  mixed: { fill: '#f6c344', ink: '#4a3500', letter: '!' },
  untested: { fill: '#eceff1', ink: '#78838a', letter: '·' },
} as const;

/**
 * Draws the overlay above the underlay, node × node. Each state has a letter as well as a colour. Beyond
 * `MAX_NODES` only nodes with a fault are drawn, and the picture says so.
 *
 * @param caption - what the picture shows, in words; wrapped below the title
 * @returns null when nothing was tested
 */
export function matrixSvg(
  matrices: readonly ReachMatrix[],
  title: string,
  caption = '',
): string | null {
  const tested = matrices.filter(({ cells }) => cells.some(({ state }) => state !== 'untested'));
  if (tested.length === 0) return null;
  const lines = wrapped(plain(caption, MAX_CAPTION_CHARS));
  let top = MARGIN + TITLE_HEIGHT + lines.length * CAPTION_LINE_HEIGHT;
  const panels = tested.map((matrix) => {
    const panel = drawPanel(matrix, top);
    top += panel.height;
    return panel;
  });
  const words = Math.max(0, ...lines.map((line) => line.length)) * CAPTION_CHAR_WIDTH;
  const width = Math.max(420, words, ...panels.map((panel) => panel.width)) + 2 * MARGIN;
  const height = top + LEGEND_HEIGHT + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${FONT_FAMILY}">
<rect width="100%" height="100%" fill="#ffffff"/>
${label(title, { x: MARGIN, y: MARGIN + 14, size: 16, ink: '#1d1c1d' })}
${lines.map((line, at) => label(line, { x: MARGIN, y: MARGIN + TITLE_HEIGHT - 2 + at * CAPTION_LINE_HEIGHT, size: 12, ink: '#1d1c1d' })).join('\n')}
${panels.map(({ svg }) => svg).join('\n')}
${legend(top + 8)}
</svg>`;
}

function drawPanel(
  matrix: ReachMatrix,
  top: number,
): { readonly svg: string; readonly width: number; readonly height: number } {
  const nodes = drawnNodes(matrix);
  const labelWidth =
    24 + Math.min(LABEL_CHARS, Math.max(...nodes.map((node) => node.length))) * 7.6;
  const left = MARGIN + labelWidth;
  const head = 24 + Math.min(LABEL_CHARS, Math.max(...nodes.map((node) => node.length))) * 5.2;
  const states = new Map(
    matrix.cells.map(({ from, to, state }) => [JSON.stringify([from, to]), state]),
  );
  const hidden = matrix.nodes.length - nodes.length;
  const parts = [
    label(
      `${matrix.layer}${hidden > 0 ? ` (${hidden} nodes without a fault are not drawn)` : ''}: rows send, columns receive`,
      { x: MARGIN, y: top + 12, size: 12, ink: '#454245' },
    ),
  ];
  nodes.forEach((to, column) => {
    const x = left + column * CELL + CELL / 2 + 4;
    const y = top + head - 4;
    parts.push(
      `<g transform="rotate(-40 ${x} ${y})">${label(short(to), { x, y, size: 11, ink: '#1d1c1d' })}</g>`,
    );
  });
  nodes.forEach((from, row) => {
    const y = top + head + row * CELL;
    parts.push(label(short(from), { x: MARGIN, y: y + CELL / 2 + 4, size: 12, ink: '#1d1c1d' }));
    nodes.forEach((to, column) =>
      parts.push(
        square(
          left + column * CELL,
          y,
          from === to ? null : (states.get(JSON.stringify([from, to])) ?? 'untested'),
        ),
      ),
    );
  });
  return {
    svg: parts.join('\n'),
    width: labelWidth + nodes.length * CELL + 60,
    height: head + nodes.length * CELL + 24,
  };
}

function drawnNodes({ nodes, cells }: ReachMatrix): readonly string[] {
  if (nodes.length <= MAX_NODES) return nodes;
  const hurt = new Set(
    cells
      .filter(({ state }) => state === 'dead' || state === 'mixed')
      .flatMap(({ from, to }) => [from, to]),
  );
  return [
    ...nodes.filter((node) => hurt.has(node)),
    ...nodes.filter((node) => !hurt.has(node)),
  ].slice(0, MAX_NODES);
}

function square(x: number, y: number, state: keyof typeof LOOK | null): string {
  if (state === null)
    return `<rect x="${x}" y="${y}" width="${CELL - 2}" height="${CELL - 2}" fill="#f8f8f8"/>`;
  const { fill, ink, letter } = LOOK[state];
  return `<rect x="${x}" y="${y}" width="${CELL - 2}" height="${CELL - 2}" rx="4" fill="${fill}"/><text x="${x + (CELL - 2) / 2}" y="${y + CELL / 2 + 5}" font-size="16" text-anchor="middle" fill="${ink}">${letter}</text>`;
}

function legend(y: number): string {
  const words = { open: 'works', dead: 'dead', mixed: 'in part', untested: 'not tested' } as const;
  return (Object.keys(LOOK) as (keyof typeof LOOK)[])
    .map((state, index) => {
      const x = MARGIN + index * 98;
      return `<rect x="${x}" y="${y}" width="14" height="14" rx="3" fill="${LOOK[state].fill}"/>${label(`${LOOK[state].letter} ${words[state]}`, { x: x + 20, y: y + 12, size: 12, ink: '#454245' })}`;
    })
    .join('');
}

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly ink: string;
}

function label(words: string, { x, y, size, ink }: Spot): string {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${ink}">${xml(plain(words, 120))}</text>`;
}

/** Lines of whole words. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= CAPTION_LINE_CHARS) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function short(name: string): string {
  return name.length > LABEL_CHARS ? `${name.slice(0, LABEL_CHARS - 1)}…` : name;
}

function xml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
