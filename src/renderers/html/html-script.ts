/**
 * The script of the HTML report, as it stands in the page. It only shows, hides and marks what is there, and writes
 * text (`textContent`), never markup.
 */
export const HTML_SCRIPT = `
'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  for (const tools of all('.tools')) tools.hidden = false;

  for (const panel of all('.panel')) {
    const layer = panel.dataset.layer;
    const detail = panel.querySelector('.detail');
    const table = panel.querySelector('table');
    const heads = all('thead th', table).slice(1);
    const rows = all('tbody tr', table);
    const nodes = rows.map((row) => row.dataset.node);
    const show = (cell) => {
      for (const each of all('.line,.at', table)) each.classList.remove('line', 'at');
      const from = cell.parentElement.dataset.node;
      const column = cell.cellIndex - 1;
      const to = nodes[column];
      if (from === to || to === undefined) return;
      cell.classList.add('at');
      cell.parentElement.cells[0].classList.add('line');
      heads[column].classList.add('line');
      const checks = data.checks.filter((c) => c.layer === layer && c.from === from && c.to === to);
      const said = checks.map((c) => c.check + ' ' + c.target + ': ' + c.outcome + (c.ms === null ? '' : ' (' + c.ms + ' ms)'));
      detail.textContent = [cell.title, ...said].join(' \\u00b7 ');
    };
    table.addEventListener('mouseover', (event) => { if (event.target.tagName === 'TD') show(event.target); });
    table.addEventListener('focusin', (event) => { if (event.target.tagName === 'TD') show(event.target); });
    const input = panel.querySelector('input');
    const button = panel.querySelector('button');
    const refresh = () => {
      const words = input.value.trim().toLowerCase();
      const hurtOnly = button.getAttribute('aria-pressed') === 'true';
      const hurt = new Set();
      rows.forEach((row, i) => nodes.forEach((node, j) => {
        if (/dead|mixed/.test(row.cells[j + 1].className)) { hurt.add(i); hurt.add(j); }
      }));
      const shown = nodes.map((node, i) => node.toLowerCase().includes(words) && (!hurtOnly || hurt.has(i)));
      rows.forEach((row, i) => {
        row.hidden = !shown[i];
        shown.forEach((yes, j) => { row.cells[j + 1].hidden = !yes; });
      });
      shown.forEach((yes, j) => { heads[j].hidden = !yes; });
    };
    input.addEventListener('input', refresh);
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
      refresh();
    });
  }

  for (const input of all('input[data-filters]')) {
    const items = all(input.dataset.filters);
    const words = items.map((item) => item.textContent.toLowerCase());
    input.addEventListener('input', () => {
      const wanted = input.value.trim().toLowerCase();
      items.forEach((item, i) => { item.hidden = !words[i].includes(wanted); });
    });
  }
})();
`;
