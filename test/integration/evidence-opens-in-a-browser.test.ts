import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import type { Report } from '../../src/core/report/report.ts';
import { renderHtml } from '../../src/renderers/html/report-html.ts';
import { findChromium, openChromium, type Page } from '../support/chromium.ts';
import { FOUNDING_REPORT } from '../support/sample-reports.ts';

const chromium = findChromium();
if (chromium === null) console.warn('SKIPPED: no chromium here (apt-get install chromium)');

const ATTACK =
  '</script><script>document.title="taken"</script><img src=x onerror="document.title=1">';
const REPORT: Report = {
  ...FOUNDING_REPORT,
  pattern: [...FOUNDING_REPORT.pattern, ATTACK],
  apiServers: FOUNDING_REPORT.apiServers.map((each) => ({ ...each, body: ATTACK })),
  reach: FOUNDING_REPORT.reach.map((row) =>
    row.from === 'prod03' ? { ...row, target: ATTACK } : row,
  ),
};
const evidence = { snapshot: { logs: [ATTACK], nodes: 'n' }, probes: { ran: 'yes' } };

describe.skipIf(chromium === null)('the HTML report in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'metrics-diag-html-'));
  const url = pathToFileURL(join(folder, 'evidence.html')).href;
  let page: Page;
  beforeAll(async () => {
    writeFileSync(
      join(folder, 'evidence.html'),
      renderHtml(REPORT, evidence as unknown as Evidence),
    );
    page = await openChromium(chromium ?? '');
  });
  afterAll(async () => {
    await page?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('loads nothing but itself, runs nothing that it was fed, and breaks no policy', async () => {
    await page.open(url);

    expect(page.requests).toEqual([url]);
    expect(page.complaints).toEqual([]);
    expect(await page.evaluate('document.title')).toBe('prod: evidence of a diagnosis');
    expect(await page.evaluate('document.images.length')).toBe(0);
  });

  it('lets nothing in that is added later', async () => {
    await page.open(url);
    await page.evaluate(
      `(() => { const s = document.createElement('script'); s.textContent = 'document.title = 2'; document.body.append(s); })()`,
    );

    expect(await page.evaluate('document.title')).toBe('prod: evidence of a diagnosis');
    expect(page.complaints.join()).toContain('Content Security Policy');
  });

  it('shows the checks of a pair that is pointed at, as text', async () => {
    await page.open(url);
    const detail = (cell: string) =>
      page.evaluate<string>(
        `(() => { const c = document.querySelector('[data-layer=overlay] td[title="${cell}"]'); c.dispatchEvent(new MouseEvent('mouseover', { bubbles: true })); return document.querySelector('[data-layer=overlay] .detail').textContent; })()`,
      );

    expect(await detail('prod02 to prod01: dead')).toBe(
      'prod02 to prod01: dead · tcp 10.42.0.20:10250: timeout (4000 ms)',
    );
    expect(await detail('prod03 to prod02: works')).toContain(`tcp ${ATTACK}: open`);
    expect(await page.evaluate('document.title')).toBe('prod: evidence of a diagnosis');
  });

  it('filters nodes, faults, checks and raw answers', async () => {
    await page.open(url);
    const shown = (selector: string) =>
      page.evaluate<number>(
        `[...document.querySelectorAll('${selector}')].filter((e) => e.offsetParent !== null).length`,
      );
    const typeInto = (selector: string, words: string) =>
      page.evaluate(
        `(() => { const i = document.querySelector('${selector}'); i.value = '${words}'; i.dispatchEvent(new Event('input')); })()`,
      );
    const rows = '[data-layer=underlay] tbody tr';
    expect(await shown(rows)).toBe(3);
    await typeInto('[data-layer=underlay] input', 'prod02');
    expect(await shown(rows)).toBe(1);
    await typeInto('[data-layer=underlay] input', '');
    await page.evaluate(`document.querySelector('[data-layer=underlay] button').click()`);
    expect(await shown(rows)).toBe(0); // no fault in the underlay

    const all = await shown('.check');
    await typeInto('input[data-filters=".check"]', 'timeout');
    expect(await shown('.check')).toBe(
      FOUNDING_REPORT.reach.filter((r) => r.outcome === 'timeout').length,
    );
    expect(all).toBe(FOUNDING_REPORT.reach.length);
    await typeInto('input[data-filters=".raw"]', 'snapshot.nodes');
    expect(await shown('.raw')).toBe(1);
  });

  it.each([
    { width: 360, dark: false },
    { width: 360, dark: true },
    { width: 1200, dark: false },
    { width: 1200, dark: true },
  ])('fits a screen of $width pixels (dark: $dark) and keeps its contrast', async (look) => {
    await page.open(url, look);
    if (process.env['KEEP_SCREENSHOTS'] !== undefined) {
      const name = `evidence-${look.width}-${look.dark ? 'dark' : 'light'}.png`;
      writeFileSync(join(process.env['KEEP_SCREENSHOTS'], name), await page.screenshot());
    }

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      look.width,
    );
    const pairs = await page.evaluate<readonly (readonly [string, string])[]>(
      `[...document.querySelectorAll('.verdict,.matrix td,p,th')].filter((e) => e.textContent.trim() !== '').map((e) => {
        let box = e; while (getComputedStyle(box).backgroundColor === 'rgba(0, 0, 0, 0)' && box.parentElement) box = box.parentElement;
        return [getComputedStyle(e).color, getComputedStyle(box).backgroundColor];
      })`,
    );
    expect(pairs.length).toBeGreaterThan(20);
    // WCAG 2.1, 1.4.3: 4.5 to 1 for text.
    expect(Math.min(...pairs.map(([ink, ground]) => contrast(ink, ground)))).toBeGreaterThan(4.5);
  });
});

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

/** https://www.w3.org/TR/WCAG21/#dfn-relative-luminance */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/gu) ?? []).slice(0, 3).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.039_28 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
