import type { Claim } from '../../core/causes/define-cause.ts';
import type { Fix } from '../../core/fixes/fix.ts';
import type { RankedCause, Report } from '../../core/report/report.ts';
import { escaped, prose } from './html-text.ts';
import { HTML_WORDS as WORDS } from './html-words.ts';

/** Causes with the facts behind them and their fixes, then what was ruled out or not seen. */
export function causesHtml(report: Report): string {
  const { causes, ruledOut, unknown, unexplained, notSeen, verdict } = report;
  const nothing = verdict === 'healthy' ? WORDS.healthyCause : WORDS.noCause;
  return `<h2 id="why">${WORDS.causes}</h2>
${causes.length === 0 ? `<p>${nothing}</p>` : causes.map(causeHtml).join('\n')}
${listed(
  WORDS.unexplained,
  unexplained.map((each) => prose(each)),
)}
${listed(
  WORDS.ruledOut,
  ruledOut.map(({ id, because }) => `<code>${escaped(id)}</code>: ${prose(because)}`),
)}
${listed(
  WORDS.unknown,
  unknown.map(({ id, missing, settle }) => {
    const gaps = missing.length === 0 ? '' : `: ${escaped(missing.join(', '))}`;
    return `<code>${escaped(id)}</code>${gaps}${settle === null ? '' : `. ${prose(settle)}`}`;
  }),
)}
${listed(
  WORDS.notSeen,
  notSeen.map((each) => prose(each)),
)}`;
}

function listed(title: string, items: readonly string[]): string {
  return items.length === 0
    ? ''
    : `<h3>${title}</h3><ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

function causeHtml(cause: RankedCause): string {
  return `<section class="cause ${cause.verdict}">
<h3>${WORDS.cause[cause.verdict]}: <code>${escaped(cause.id)}</code></h3>
<p>${prose(cause.headline)}</p>
${claims(WORDS.because, cause.because)}
${claims(WORDS.contradicts, cause.contradicts)}
${cause.settle === null ? '' : `<p>${prose(WORDS.settle(cause.settle))}</p>`}
${cause.fixes.length === 0 ? '' : `<h3>${WORDS.fixes}</h3>${cause.fixes.map(fixHtml).join('\n')}`}
</section>`;
}

function claims(title: string, items: readonly Claim[]): string {
  return listed(
    title,
    items.map(
      ({ text, evidence }) =>
        `${prose(text)} <small class="soft">${escaped(WORDS.fact(evidence))}</small>`,
    ),
  );
}

function fixHtml(fix: Fix): string {
  const code = (lines: readonly string[]): string =>
    lines.length === 0 ? '' : `<pre>${escaped(lines.join('\n'))}</pre>`;
  return `<details><summary>${escaped(fix.title)} <small class="soft">${escaped(fix.where.join(', '))}</small></summary>
${fix.risk === '' ? '' : `<p>${prose(WORDS.risk(fix.risk))}</p>`}
${fix.variants.map(({ tool, commands }) => `<h4>${escaped(tool)}</h4>${code(commands)}`).join('')}
${fix.undo.length === 0 ? '' : `<h4>${WORDS.undo}</h4>${code(fix.undo)}`}
${fix.verify.length === 0 ? '' : `<h4>${WORDS.verify}</h4>${code(fix.verify)}`}
${fix.notes.length === 0 ? '' : `<ul>${fix.notes.map((note) => `<li>${prose(note)}</li>`).join('')}</ul>`}</details>`;
}
