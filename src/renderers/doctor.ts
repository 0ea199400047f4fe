import type { Finding } from '../doctor/finding.ts';
import { type Paint, painter, type TerminalOptions } from './terminal.ts';
import { plain } from './words.ts';

const MARKS: Readonly<Record<Finding['state'], string>> = {
  ok: '[x]',
  wrong: '[!]',
  'worth-a-look': '[?]',
  skipped: '[-]',
};

/** The findings by area; what mends a trouble stands below it. The last line counts. */
export function renderFindings(found: readonly Finding[], { colour }: TerminalOptions): string {
  const paint = painter(colour);
  const areas = [...new Set(found.map(({ area }) => area))];
  const sections = areas.map((area) =>
    [
      paint('bold', plain(area)),
      ...found.filter((each) => each.area === area).flatMap((each) => lines(each, paint)),
    ].join('\n'),
  );
  return `${[...sections, paint('bold', summary(found))].join('\n\n')}\n`;
}

function lines({ state, what, why, mend }: Finding, paint: Paint): readonly string[] {
  const mark = state === 'wrong' ? paint('red', MARKS[state]) : MARKS[state];
  return [
    `${mark} ${plain(what)}`,
    ...(why === null ? [] : [`    ${plain(why)}`]),
    ...mend.map((line) => `      ${plain(line)}`),
  ];
}

function summary(found: readonly Finding[]): string {
  const count = (state: Finding['state']): number =>
    found.filter((each) => each.state === state).length;
  const wrong = count('wrong');
  const look = count('worth-a-look');
  const noted = look === 0 ? '' : `, ${look} worth a look`;
  return wrong === 0 ? `Nothing is wrong${noted}.` : `${wrong} wrong${noted}.`;
}
