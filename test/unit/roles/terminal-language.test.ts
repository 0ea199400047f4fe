import { describe, expect, it } from 'vitest';
import { languageOfLocale } from '../../../src/languages/tags.ts';
import { runExplain } from '../../../src/roles/explain-command.ts';
import { spokenToBrowser } from '../../../src/roles/terminal-language.ts';

const LOG =
  'E0101 12:00:00.000000 1 scraper.go:140] "Failed to scrape node" err="Get \\"https://10.0.0.25:10250/metrics/resource\\": x509: cannot validate certificate for 10.0.0.25 because it doesn\'t contain any IP SANs" node="worker-0"';
const HAN = /\p{Script=Han}/u;

async function explained(
  options: { readonly lang?: string; readonly output?: 'text' | 'json'; readonly isTty?: boolean },
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  let said = '';
  await runExplain(
    { output: 'text', ...options },
    {
      out: (text) => {
        said += text;
      },
      isTty: options.isTty ?? false,
      env,
      readInput: () => Promise.resolve(LOG),
    },
  );
  return said.replace(/\br[0-9a-f]{8}\b/u, 'RUN');
}

describe('the language of a terminal', () => {
  it.each([
    ['LANG', { LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
    ['LC_ALL before LANG', { LC_ALL: 'C', LANG: 'zh_CN.UTF-8' }, 'en'],
    ['an empty variable is none', { LC_ALL: '', LC_MESSAGES: 'zh_CN', LANG: 'C' }, 'zh-CN'],
    ['traditional script is another', { LANG: 'zh_TW.UTF-8' }, 'en'],
    ['none', {}, 'en'],
  ])('follows the locale: %s', (_, env, language) => {
    expect(languageOfLocale(env)).toBe(language);
  });

  it('is that of the locale, or of --lang before it; ids and quotations stay', async () => {
    const chinese = await explained({}, { LANG: 'zh_CN.UTF-8' });

    expect(chinese).toMatch(/kubelet-tls-no-ip-san.*\p{Script=Han}/u);
    expect(chinese).toContain("doesn't contain any IP SANs");
    expect(await explained({ lang: 'en' }, { LANG: 'zh_CN.UTF-8' })).not.toMatch(HAN);
    expect(await explained({ lang: '中文' })).toBe(chinese);
  });

  it('is found under the colours', async () => {
    const colours = await explained({ lang: 'zh-CN', isTty: true });

    expect(colours).toContain('\u001b[1m');
    expect(colours).toMatch(HAN);
  });

  it('is no matter for JSON: the schema is one', async () => {
    expect(await explained({ output: 'json', lang: 'zh-CN' })).not.toMatch(HAN);
  });

  it('refuses one that is not spoken here, and says which are', async () => {
    await expect(explained({ lang: 'klingon' })).rejects.toThrow('--lang takes en or zh-CN');
  });

  it('goes for the page, too', async () => {
    const page = '<html lang="en"><h2>Why</h2></html>';

    expect(await spokenToBrowser(page, 'zh-CN', { env: {} })).toMatch(
      /^<html lang="zh-CN"><h2>\p{Script=Han}+<\/h2><\/html>$/u,
    );
    expect(await spokenToBrowser(page, 'en', { env: {} })).toBe(page);
  });
});
