import { translateTo } from '../languages/languages.ts';
import { spoken, spokenPage } from '../languages/spoken.ts';
import type { LanguageTag } from '../languages/tags.ts';
import type { ThreadFile } from '../renderers/slack-message.ts';
import type { ThreadPart } from './thread-messages.ts';

/** A message in the channel's language, or a file with what is said beside it. Commands in a file are the same everywhere. */
export function spokenPart(part: ThreadPart, language: LanguageTag): ThreadPart {
  const translate = translateTo(language);
  if (part.kind === 'message') return spoken(part, translate);
  const { file } = part;
  const { title, altText, comment, content } = file;
  return {
    kind: 'file',
    file: {
      ...file,
      title: translate(title),
      altText: altText === null ? null : translate(altText),
      ...(comment === undefined ? {} : { comment: translate(comment) }),
      content: { ...content, text: spokenFile(file, language) },
    },
  };
}

function spokenFile({ filename, content }: ThreadFile, language: LanguageTag): string {
  const translate = translateTo(language);
  if (content.kind === 'svg') return content.text; // the shipped font has no Chinese letters
  return filename.endsWith('.html')
    ? spokenPage(content.text, translate, language)
    : translate(content.text);
}
