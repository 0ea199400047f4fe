import type { Claim } from '../core/causes/define-cause.ts';
import type { RankedCause, Report } from '../core/report/report.ts';
import { inlineCode, plainSentence } from './mrkdwn.ts';
import { fit, sections } from './slack-blocks.ts';
import { type Say, type SlackMessage, sayFor, type ThreadContext } from './slack-message.ts';

/** Ruled-out causes named with their reason; the rest is counted. */
const MAX_RULED_OUT = 5;
/** Causes not judged, named with what they lack; the rest is counted. */
const MAX_UNKNOWN = 6;
/** Reasons shown for one cause; the rest is counted. */
const MAX_CLAIMS = 12;

/** Which causes, on what evidence, and what was ruled out or not seen. Null when there is nothing to say. */
export function renderWhy(
  { cluster }: Pick<ThreadContext, 'cluster'>,
  report: Report,
): SlackMessage | null {
  const say = sayFor(report);
  const lines = [
    ...report.causes.flatMap((cause) => causeLines(cause, say)),
    ...(report.causes.length === 0 && report.verdict !== 'healthy'
      ? ['*No cause found.* Nothing that was seen explains all of the above.']
      : []),
    ...changeLines(report, say),
    ...ruledOutLines(report, say),
    ...unknownLines(report, say),
    ...(report.notSeen.length === 0 ? [] : ['*Not seen:*']),
    ...report.notSeen.map((gap) => `• ${say(gap)}`),
  ];
  if (lines.length === 0) return null;
  return {
    key: 'why',
    text: plainSentence(`${cluster}, why: ${whyWords(report)}`),
    blocks: fit(
      sections(lines),
      (count) => `${count} more blocks of reasons are left out here; the JSON report has them all.`,
    ),
  };
}

function whyWords(report: Report): string {
  if (report.causes.length > 0) {
    return report.causes
      .map(({ id, verdict, headline }) => `${verdict} ${id}. ${headline}`)
      .join(' ');
  }
  return report.verdict === 'healthy' ? 'nothing is broken.' : 'no cause explains what was seen.';
}

function causeLines(cause: RankedCause, say: Say): readonly string[] {
  const word = cause.verdict === 'confirmed' ? 'Confirmed' : 'Suspected';
  return [
    `*${word}: ${inlineCode(cause.id)}.* ${say(cause.headline)}`,
    ...claimLines(cause.because, say),
    ...claimLines(cause.contradicts, (text) => `Speaks against it: ${say(text)}`),
    ...(cause.settle === null ? [] : [`Would settle it: ${say(cause.settle)}`]),
  ];
}

function claimLines(claims: readonly Claim[], say: Say): readonly string[] {
  const shown = claims.slice(0, MAX_CLAIMS).map(({ text }) => `• ${say(text)}`);
  const more = claims.length - shown.length;
  return more > 0 ? [...shown, `• and ${more} more of the same kind, left out here`] : shown;
}

function changeLines({ changes }: Report, say: Say): readonly string[] {
  if (changes === undefined || changes.items.length === 0) return [];
  return [
    `*Changed since the last healthy run* (${say(changes.since)}), a hint and no proof:`,
    ...changes.items.map(({ text }) => `• ${say(text)}`),
  ];
}

function ruledOutLines({ ruledOut }: Report, say: Say): readonly string[] {
  if (ruledOut.length === 0) return [];
  const shown = ruledOut
    .slice(0, MAX_RULED_OUT)
    .map(({ id, because }) => `• ${inlineCode(id)}: ${say(because)}`);
  const rest = ruledOut.slice(MAX_RULED_OUT);
  return [
    '*Ruled out:*',
    ...shown,
    ...(rest.length === 0 ? [] : [`• also ${rest.map(({ id }) => inlineCode(id)).join(', ')}`]),
  ];
}

function unknownLines({ unknown }: Report, say: Say): readonly string[] {
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, MAX_UNKNOWN).map(({ id, missing, settle }) => {
    const need = missing.length === 0 ? '' : `: not known: ${say(missing.join('; '))}`;
    return `• ${inlineCode(id)}${need}${settle === null ? '' : `. ${say(settle)}`}`;
  });
  const rest = unknown.slice(MAX_UNKNOWN);
  return [
    '*Not judged, since something was not seen:*',
    ...shown,
    ...(rest.length === 0 ? [] : [`• also ${rest.map(({ id }) => inlineCode(id)).join(', ')}`]),
  ];
}
