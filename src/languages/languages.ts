import type { LanguageTag } from './tags.ts';
import { createTranslate, type Translate } from './translate.ts';
import { ZH_CN } from './zh-CN/index.ts';

const inChinese = createTranslate(ZH_CN);

const TRANSLATE: Readonly<Record<LanguageTag, Translate>> = {
  en: (text) => text,
  'zh-CN': inChinese,
};

/** How texts are said in a language. */
export function translateTo(language: LanguageTag): Translate {
  return TRANSLATE[language];
}
