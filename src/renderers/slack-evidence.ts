import type { Evidence } from '../core/evidence/evidence.ts';
import type { Report } from '../core/report/report.ts';
import { renderHtml } from './html/report-html.ts';
import { inlineCode, sentence, visible } from './mrkdwn.ts';
import { clockTime, type ThreadFile } from './slack-message.ts';

const WORDS = {
  asked: (name: string, time: string) =>
    `${name} asked for the evidence at ${time}; it is in the thread.`,
  comment: (run: string, name: string) =>
    `The evidence of run ${run}, for ${name}: open the HTML file in a browser, it needs no network. The bundle beside it can be diagnosed again: \`metrics-diag diagnose --bundle FILE\`.`,
  commentAlone: (run: string, name: string) =>
    `The report of run ${run}, for ${name}: open the HTML file in a browser, it needs no network. The bundle itself is no longer kept.`,
  title: (cluster: string) => `Evidence: ${cluster}`,
  bundleTitle: (cluster: string) => `Bundle: ${cluster}`,
} as const;

/** Who clicked *Show evidence*. */
export function evidenceAsked({
  name,
  at,
}: {
  readonly name: string;
  readonly at: string;
}): string {
  return WORDS.asked(sentence(name), clockTime(at));
}

/** The HTML report with the bundle beside it, or the report alone where the evidence is not kept any more. */
export function evidenceFile(
  report: Report,
  kept: { readonly bundle: Uint8Array; readonly evidence: Evidence } | null,
  askedBy: string,
): ThreadFile {
  const cluster = visible(report.cluster ?? 'cluster');
  const stem = `${cluster}-${report.runId}`.replace(/[^\w.-]/gu, '-');
  const comment = kept === null ? WORDS.commentAlone : WORDS.comment;
  const file: ThreadFile = {
    key: 'evidence',
    filename: `${stem}.html`,
    title: WORDS.title(cluster),
    altText: null,
    content: { kind: 'text', text: renderHtml(report, kept?.evidence ?? null) },
    comment: comment(inlineCode(report.runId), sentence(askedBy)),
  };
  if (kept === null) return file;
  const bundle = {
    filename: `${stem}.json.gz`,
    title: WORDS.bundleTitle(cluster),
    bytes: kept.bundle,
  };
  return { ...file, beside: [bundle] };
}
