import { type CellState, type ReachMatrix, reachMatrices } from '../../core/report/reach-matrix.ts';
import type { Report } from '../../core/report/report.ts';
import { attribute, escaped } from './html-text.ts';
import { HTML_WORDS as WORDS } from './html-words.ts';

/** More rows are neither read nor light: 40 squared, twice, is 200 kB of HTML. */
const MAX_NODES = 40;

/** A letter beside the colour: colour alone tells nobody. */
const LETTER: Readonly<Record<CellState, string>> = {
  open: '✓',
  dead: '✗',
  mixed: '!',
  untested: '·',
};

/** Both matrices as tables, to hover and to filter. */
export function matrixHtml(report: Report): string {
  const panels = reachMatrices(report).map(panel).join('\n');
  const legend = (Object.keys(LETTER) as CellState[])
    .map((state) => `<span class="verdict ${state}">${LETTER[state]}</span> ${WORDS.state[state]}`)
    .join(' &nbsp; ');
  return `<h2 id="paths">${WORDS.matrix}</h2>
<p class="soft">${WORDS.matrixLead}</p><p class="soft">${legend}</p>
${panels}`;
}

function panel(matrix: ReachMatrix): string {
  const heading = `<h3>${WORDS.layer[matrix.layer]}</h3>`;
  if (matrix.cells.every(({ state }) => state === 'untested')) {
    return `${heading}<p class="soft">${WORDS.notTested}</p>`;
  }
  const nodes = drawn(matrix);
  const hidden = matrix.nodes.length - nodes.length;
  const states = new Map(
    matrix.cells.map(({ from, to, state }) => [JSON.stringify([from, to]), state]),
  );
  const row = (from: string): string => {
    const cells = nodes.map((to) => {
      if (to === from) return '<td class="self"></td>';
      const state = states.get(JSON.stringify([from, to])) ?? 'untested';
      const title = attribute(WORDS.cell(from, to, WORDS.state[state]));
      return `<td class="${state}" tabindex="0" title="${title}">${LETTER[state]}</td>`;
    });
    return `<tr data-node="${attribute(from)}"><th scope="row">${escaped(from)}</th>${cells.join('')}</tr>`;
  };
  return `<section class="panel" data-layer="${matrix.layer}">${heading}
<div class="tools" hidden><label>${WORDS.filterNodes} <input type="search"></label>
<button type="button" aria-pressed="false">${WORDS.onlyFaults}</button></div>
<div class="scroll"><table class="matrix"><thead><tr><th></th>${nodes.map((node) => `<th scope="col">${escaped(node)}</th>`).join('')}</tr></thead>
<tbody>${nodes.map(row).join('\n')}</tbody></table></div>
${hidden > 0 ? `<p class="soft">${WORDS.hidden(hidden)}</p>` : ''}
<div class="detail" role="status"></div></section>`;
}

/** All nodes, or where there are too many those with a fault first. */
function drawn({ nodes, cells }: ReachMatrix): readonly string[] {
  if (nodes.length <= MAX_NODES) return nodes;
  const hurt = new Set(
    cells
      .filter(({ state }) => state === 'dead' || state === 'mixed')
      .flatMap(({ from, to }) => [from, to]),
  );
  const first = nodes.filter((node) => hurt.has(node));
  return [...first, ...nodes.filter((node) => !hurt.has(node))].slice(0, MAX_NODES);
}
