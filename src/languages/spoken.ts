import type { Translate } from './translate.ts';

/** Fields of Block Kit, and of messages around blocks, whose text people read. */
const READ = new Set(['text', 'alt_text', 'accessibility_label']);

/**
 * A message, view or block in another language. Ids, values, addresses and metadata stay: only what people read is
 * translated, wherever it stands.
 */
export function spoken<T>(value: T, translate: Translate): T {
  return within(value, translate) as T;
}

function within(value: unknown, translate: Translate): unknown {
  if (Array.isArray(value)) return value.map((each) => within(each, translate));
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      READ.has(key) && typeof inner === 'string' ? translate(inner) : within(inner, translate),
    ]),
  );
}

/** Parts of a page whose text is no prose. */
const VERBATIM = /(<(?:script|style|pre)\b[\s\S]*?<\/(?:script|style|pre)>)/u;
const READ_ATTRIBUTE = /\b(aria-label|title|placeholder)="([^"]*)"/gu;

/** A page of HTML in another language: its prose and labels; scripts, styles and quoted answers stay as they are. */
export function spokenPage(html: string, translate: Translate, tag: string): string {
  const pieces = html.split(VERBATIM).map((piece, index) => {
    if (index % 2 === 1) return piece;
    return piece
      .replace(/<code>([^<`]*)<\/code>/gu, '`$1`')
      .split(/(<[^>]+>)/u)
      .map((part, i) =>
        i % 2 === 1
          ? part.replace(
              READ_ATTRIBUTE,
              (_, name: string, text: string) => `${name}="${translate(text)}"`,
            )
          : translate(part),
      )
      .join('')
      .replace(/`([^`<]*)`/gu, '<code>$1</code>');
  });
  return pieces.join('').replace('<html lang="en">', `<html lang="${tag}">`);
}
