/** Languages that people may read, by their BCP 47 tag. English is what everything is written in. */
export const LANGUAGES = ['en', 'zh-CN'] as const;
export type LanguageTag = (typeof LANGUAGES)[number];

/** What people call each language, in lower case. */
const NAMES: Readonly<Record<string, LanguageTag>> = {
  en: 'en',
  english: 'en',
  英文: 'en',
  英语: 'en',
  zh: 'zh-CN',
  cn: 'zh-CN',
  'zh-cn': 'zh-CN',
  zh_cn: 'zh-CN',
  'zh-hans': 'zh-CN',
  chinese: 'zh-CN',
  中文: 'zh-CN',
  简体: 'zh-CN',
  简体中文: 'zh-CN',
};

/** The language that somebody means, in any case; null for one that is not spoken here. */
export function languageNamed(name: string): LanguageTag | null {
  const key = name.toLowerCase();
  return Object.hasOwn(NAMES, key) ? (NAMES[key] ?? null) : null;
}

/**
 * The language of a POSIX locale, in the order of
 * https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html#tag_08_02; traditional script is not spoken.
 */
export function languageOfLocale(env: Readonly<Record<string, string | undefined>>): LanguageTag {
  const locale = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(
    (each) => each !== undefined && each !== '',
  );
  return /^zh(?:_(?:CN|SG))?(?:[.@]|$)/u.test(locale ?? '') ? 'zh-CN' : 'en';
}
