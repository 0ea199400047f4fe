import { UserError } from '../errors.ts';
import { spokenPage } from '../languages/spoken.ts';
import { type LanguageTag, languageNamed, languageOfLocale } from '../languages/tags.ts';
import type { Terminal } from './cli.ts';

/** Colours of a terminal (ECMA-48 SGR), as `renderers/terminal.ts` writes them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins them.
const SGR = /(\u001b\[[\d;]*m)/u;

/**
 * What people read in a terminal, in the language of `--lang`, else of the locale. Loads the translation only when
 * one is needed.
 *
 * @throws UserError `language-unknown`
 */
export async function spokenToTerminal(
  text: string,
  wanted: string | undefined,
  { env }: Pick<Terminal, 'env'>,
): Promise<string> {
  const language = terminalLanguage(wanted, env);
  if (language === 'en') return text;
  const { translateTo } = await import('../languages/languages.ts');
  const translate = translateTo(language);
  return text
    .split('\n')
    .map((line) =>
      line
        .split(SGR)
        .map((piece, index) => (index % 2 === 1 ? piece : translate(piece)))
        .join(''),
    )
    .join('\n');
}

/** The HTML report in the same language. @throws UserError `language-unknown` */
export async function spokenToBrowser(
  html: string,
  wanted: string | undefined,
  { env }: Pick<Terminal, 'env'>,
): Promise<string> {
  const language = terminalLanguage(wanted, env);
  if (language === 'en') return html;
  const { translateTo } = await import('../languages/languages.ts');
  return spokenPage(html, translateTo(language), language);
}

/** @throws UserError `language-unknown` */
export function terminalLanguage(wanted: string | undefined, env: Terminal['env']): LanguageTag {
  if (wanted === undefined) return languageOfLocale(env);
  const language = languageNamed(wanted);
  if (language !== null) return language;
  throw new UserError(
    'language-unknown',
    `"${wanted}" is not a language that is spoken here: --lang takes en or zh-CN.`,
  );
}
