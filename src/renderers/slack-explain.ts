import type { KnownBlock } from '@slack/types';
import type { RankedCause, Report } from '../core/report/report.ts';
import { bold, fenceLine, plainSentence, sentence } from './mrkdwn.ts';
import { codeSections, fit, section, sections, smallPrint } from './slack-blocks.ts';
import { sayFor } from './slack-message.ts';
import { VERDICTS } from './slack-verdicts.ts';
import { renderWhy } from './slack-why.ts';

/** The answer to a pasted text, one message: verdict, words relied on, what would settle it, the first fix. */
export function renderExplanation(report: Report): {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
} {
  const { emoji, words } = VERDICTS[report.verdict];
  const say = sayFor(report);
  const why = renderWhy({ cluster: 'The text' }, report);
  return {
    text: plainSentence(`${words}. ${report.headline}`),
    blocks: fit(
      [
        section(`${emoji} ${bold(`${words}.`)} ${say(report.headline)}`),
        ...(report.pattern.length === 0 ? [] : sections(report.pattern.map(say))),
        ...(why?.blocks ?? []),
        ...report.causes.slice(0, 1).flatMap(firstFix),
        smallPrint('From the text alone, nothing was measured · seen by you alone'),
      ],
      (count) =>
        `${count} more blocks are left out here; metrics-diag explain on a terminal has all.`,
    ),
  };
}

function firstFix({ fixes }: RankedCause): readonly KnownBlock[] {
  const [fix] = fixes;
  const variant = fix?.variants[0];
  if (fix === undefined || variant === undefined) return [];
  return [
    ...codeSections(
      `${bold(fix.title)}\nWith ${sentence(variant.tool)}:`,
      variant.commands.map(fenceLine),
    ),
    ...sections([`Risk: ${sentence(fix.risk)}`]),
  ];
}
