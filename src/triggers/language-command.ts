import { type LanguageTag, languageNamed } from '../languages/tags.ts';
import { type Asked, COMMAND, type Desk } from './slack-desk.ts';

const SAY = {
  usage: `Which language? \`${COMMAND} language 中文\` or \`${COMMAND} language english\` is for what only you read and for threads that you open; with \`here\` behind it for this channel; \`default\` instead of a language forgets the choice.`,
  own: {
    en: 'I speak English to you from now on, and in the threads that you open where the channel has no language of its own.',
    'zh-CN':
      'I speak Chinese to you from now on, and in the threads that you open where the channel has no language of its own.',
  },
  here: {
    en: 'Threads in this channel are in English from now on.',
    'zh-CN': 'Threads in this channel are in Chinese from now on.',
  },
  ownForgotten: 'I speak to you as this channel or workspace does.',
  hereForgotten: 'Threads in this channel are in the language of who asks, else of the workspace.',
} as const satisfies Record<string, string | Record<LanguageTag, string>>;

/** `language <name> [here]`: what the asker, or the whole channel, reads from now on. Noted, since it changes what others see. */
export async function languageText(desk: Desk, rest: string, asked: Asked): Promise<string> {
  const [name = '', where = ''] = rest.split(' ');
  const forget = name.toLowerCase() === 'default';
  const language = languageNamed(name);
  const isHere = where.toLowerCase() === 'here';
  if ((language === null && !forget) || (where !== '' && !isHere)) return SAY.usage;
  const { user, userName, channel } = asked;
  if (isHere) {
    await desk.audit.append({
      actor: { kind: 'person', id: user, name: userName },
      action: 'language-chosen',
      cluster: null,
      runId: null,
      detail: { channel, language: language ?? 'default' },
    });
  }
  await desk.languages.choose(isHere ? channel : user, language);
  if (isHere) return language === null ? SAY.hereForgotten : SAY.here[language];
  return language === null ? SAY.ownForgotten : SAY.own[language];
}
