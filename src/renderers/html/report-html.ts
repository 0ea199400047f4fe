import { createHash } from 'node:crypto';
import type { Evidence } from '../../core/evidence/evidence.ts';
import type { Report } from '../../core/report/report.ts';
import { visible } from '../mrkdwn.ts';
import { causesHtml } from './html-causes.ts';
import { matrixHtml } from './html-matrix.ts';
import { HTML_SCRIPT } from './html-script.ts';
import { HTML_STYLE } from './html-style.ts';
import { embeddedJson, escaped, prose } from './html-text.ts';
import { HTML_WORDS as WORDS } from './html-words.ts';

/** Slack takes about 1 MB as a text file: these keep a big cluster's report below it. */
const MAX_CHECKS = 1_500;
const MAX_SECTION_CHARS = 30_000;
const MAX_RAW_CHARS = 350_000;

/**
 * The evidence of a run as one HTML file that loads nothing. Everything that is not ours is escaped; the content
 * security policy admits this style and this script by their hashes, and nothing else.
 *
 * @param evidence - scrubbed of secrets; null where it is no longer kept
 */
export function renderHtml(report: Report, evidence: Evidence | null): string {
  const cluster = report.cluster ?? '';
  const title = escaped(WORDS.title(cluster));
  const policy = `default-src 'none'; style-src '${hashOf(HTML_STYLE)}'; script-src '${hashOf(HTML_SCRIPT)}'; base-uri 'none'; form-action 'none'`;
  const seconds = (report.tookMs / 1_000).toFixed(1);
  const checks = report.reach.slice(0, MAX_CHECKS).map(({ layer, ms, ...row }) => ({
    layer,
    ms,
    from: visible(row.from),
    to: visible(row.to),
    target: visible(row.target),
    check: visible(row.check),
    outcome: visible(row.outcome),
  }));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><title>${title}</title>
<style>${HTML_STYLE}</style></head><body>
<header><p class="soft">${title}</p>
<h1><span class="verdict ${report.verdict}">${WORDS.verdict[report.verdict]}</span> ${prose(report.headline)}</h1>
${report.impact.sentences.map((line) => `<p>${prose(line)}</p>`).join('')}
${report.pattern.map((line) => `<p>${prose(line)}</p>`).join('')}
<p class="soft">${escaped(WORDS.run(report.runId, report.takenAt, seconds))}${report.final ? '' : ` ${WORDS.notFinal}`}</p></header>
${apiServersHtml(report)}
${matrixHtml(report)}
${causesHtml(report)}
${checksHtml(report)}
${rawHtml(evidence)}
<footer><p class="soft">${WORDS.footer}</p></footer>
<script type="application/json" id="data">${embeddedJson({ checks })}</script>
<script>${HTML_SCRIPT}</script>
</body></html>
`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function apiServersHtml({ apiServers }: Report): string {
  const heads = Object.values(WORDS.columns).map((head) => `<th scope="col">${head}</th>`);
  const rows = apiServers.map(
    ({ name, address, outcome, status, ms, body }) =>
      `<tr><th scope="row">${escaped(name)}</th><td><code>${escaped(address)}</code></td><td><span class="verdict ${outcome === 'ok' ? 'open' : 'dead'}">${escaped(outcome)}</span></td><td>${status ?? WORDS.none}</td><td>${ms ?? WORDS.none}</td><td>${body === '' ? WORDS.none : `<pre>${escaped(body)}</pre>`}</td></tr>`,
  );
  return `<h2 id="api-servers">${WORDS.apiServers}</h2><p class="soft">${WORDS.apiServersLead}</p>
<div class="scroll"><table class="list"><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function checksHtml({ reach }: Report): string {
  if (reach.length === 0) return '';
  const heads = Object.values(WORDS.checkColumns).map((head) => `<th scope="col">${head}</th>`);
  const rows = reach.slice(0, MAX_CHECKS).map((row) => {
    const td = (cell: string): string => `<td>${escaped(cell)}</td>`;
    const target = `<td class="long">${escaped(row.target)}</td>`;
    const rest = [row.layer, row.check, row.outcome].map(td).join('');
    return `<tr class="check">${td(row.from)}${td(row.to)}${target}${rest}<td>${row.ms ?? ''}</td></tr>`;
  });
  const left = reach.length - rows.length;
  return `<h2 id="checks">${WORDS.checks}</h2><p class="soft">${WORDS.checksLead(reach.length)}</p>
<div class="tools" hidden><label>${WORDS.filterChecks} <input type="search" data-filters=".check"></label></div>
<div class="scroll"><table class="list"><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>
${left > 0 ? `<p class="soft">${WORDS.left(left)}</p>` : ''}`;
}

/** Each part of the evidence under its own name, folded; the largest are cut so that the file stays small. */
function rawHtml(evidence: Evidence | null): string {
  const heading = `<h2 id="raw">${WORDS.raw}</h2>`;
  if (evidence === null) return `${heading}<p>${WORDS.noEvidence}</p>`;
  let room = MAX_RAW_CHARS;
  const parts = (['snapshot', 'probes'] as const).flatMap((side) =>
    Object.entries(evidence[side]).map(([key, value]) => {
      const json = JSON.stringify(value, null, 1) ?? '';
      const shown = json.slice(0, Math.min(MAX_SECTION_CHARS, room));
      room -= shown.length;
      const rest = shown.length < json.length ? `<p class="soft">${WORDS.cutHere}</p>` : '';
      return `<details class="raw"><summary><code>${escaped(`${side}.${key}`)}</code></summary><pre>${escaped(shown, MAX_SECTION_CHARS)}</pre>${rest}</details>`;
    }),
  );
  return `${heading}<p class="soft">${WORDS.rawLead}</p>
<div class="tools" hidden><label>${WORDS.filterRaw} <input type="search" data-filters=".raw"></label></div>
${parts.join('\n')}`;
}
