/** Full-width stops by their narrow ones. */
const WIDE_STOP: Readonly<Record<string, string>> = {
  '.': '\u3002',
  ',': '\uff0c',
  ';': '\uff1b',
  ':': '\uff1a',
};

/** Chinese signs and the stops of their width. */
const WIDE = String.raw`\p{Script=Han}\u3000-\u303f\uff00-\uffef`;
const STOPS = String.raw`\u3001\u3002\uff08\uff09\uff0c\uff1a\uff1b`;

const RULES: readonly (readonly [RegExp, string | ((found: string, sign: string) => string)])[] = [
  // A stop behind one is of its width.
  [
    new RegExp(
      '(?<=[\\p{Script=Han}\\u201d\\uff09][)`*]*)([.,;:])(?: |(?=$|\\p{Script=Han}))',
      'gmu',
    ),
    (found, sign) => WIDE_STOP[sign] ?? found,
  ],
  // A stop at the end of what is Chinese before it.
  [/(?<=\p{Script=Han}[^.]{0,80}[\w`)])\.(?=$| ?\p{Script=Han})/gmu, '\u3002'],
  // Brackets around Chinese are of its width.
  [/ ?\(([^()\n]*\p{Script=Han}[^()\n]*)\)/gu, '\uff08$1\uff09'],
  // Between signs of full width there is no space, nor beside their stops.
  [new RegExp(`(?<=[${WIDE}]) +(?=[${WIDE}])`, 'gu'), ''],
  [new RegExp(`(?<=[${STOPS}]) +(?=\\S)| +(?=[${STOPS}])`, 'gu'), ''],
  // Slack ends bold and code only before a space or a narrow stop.
  [/(?<=\p{Script=Han})(?=`[^`]+`)|(?<=`[^`]+`)(?=\p{Script=Han})/gu, ' '],
  [/(?<=[^\s*]\*)(?=[\p{Script=Han}])/gu, ' '],
];

/** Puts a translation in order that was put together from pieces: spaces and stops as Chinese text has them. */
export function tidy(text: string): string {
  return RULES.reduce(
    (said, [rule, by]) =>
      typeof by === 'string' ? said.replace(rule, by) : said.replace(rule, by),
    text,
  );
}
