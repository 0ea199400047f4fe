/**
 * Slack's mrkdwn for text that we did not write: names, log lines and error bodies of a cluster.
 *
 * Everything in a report is treated as foreign, since sentences of ours carry names of theirs. The one
 * markup let through is a pair of backticks. Slack has no escape character for `*`, `_`, `~` and `:x:`
 * (only `&`, `<` and `>` have entities, https://docs.slack.dev/messaging/formatting-message-text/#escaping),
 * so a word that would be formatted is shown as code, where nothing is formatted and which still copies verbatim.
 */

/** Foreign sentences are cut here: escaping makes at most five characters of one, so that 500 stay below a section's 3,000. */
const MAX_SENTENCE_CHARS = 500;
/** A notification is one or two sentences; with entities it stays below `text`'s 4,000. */
const MAX_TEXT_SENTENCE_CHARS = 700;

/** More than any cut below keeps: what stands beyond is not looked at. */
const MAX_RAW_CHARS = 4_000;

/** Controls but tab and newline, format characters (zero-width, bidi, tags), half characters, and letters without ink. */
const UNSEEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|\u034f|[\u115f\u1160\u3164\uffa0]/gu;

/** Words that Slack would format outside code: `*a`, `b_`, `~c`, `:fire:`, and MAC or IPv6 addresses (`:ab:` is an emoji; a workspace's own have names in any script); not `13:59:58`. */
const FORMATTED =
  /[*~]|(?:^|[^\p{L}\p{N}])_|_(?:$|[^\p{L}\p{N}])|:(?!\d{1,2}:)[\p{L}\p{M}\p{N}_+'-]+:/u;

/** `@here` and its like, also at the head of a word: with `parse: none` plain ones are inert, but a fallback reader may still act on them. */
const BROADCAST = /@(here|channel|everyone|group)/giu;

/** Takes away what nobody sees: control, zero-width and direction-changing characters. Keeps tab and newline. */
export function visible(raw: string): string {
  return raw.replace(/\r\n?/g, '\n').replace(UNSEEN, '');
}

/** The three characters that Slack reads as its own; the ampersand first. */
export function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function oneLine(raw: string): string {
  return visible(raw.slice(0, MAX_RAW_CHARS))
    .replace(/\s+/g, ' ')
    .trim()
    .replace(BROADCAST, '@ $1');
}

/** Cuts by code points, and says that it did. */
export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const mark = ' … (cut)';
  return `${text
    .slice(0, maxChars - mark.length)
    .replace(/\p{Cs}$/u, '')
    .trimEnd()}${mark}`;
}

/** `10.42.0.20`, `10.42.0.20:10250`, `10.42.0.0/24`. */
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d{1,5})?$/u;

function safeWord(word: string, names: ReadonlySet<string>): string {
  const [, open = '', core = '', close = ''] =
    /^([("'[]*)(.*?)((?:'s)?[)\]"',.;:!?]*)$/su.exec(word) ?? [];
  const isCode = FORMATTED.test(word) || names.has(core.replace(/:\d+$/u, '')) || IPV4.test(core);
  return isCode && core !== ''
    ? `${escapeEntities(open)}\`${escapeEntities(core)}\`${escapeEntities(close)}`
    : escapeEntities(word);
}

function outsideCode(text: string, names: ReadonlySet<string>): string {
  return text
    .split(' ')
    .map((word) => safeWord(word, names))
    .join(' ');
}

/**
 * A name as inline code, on one line.
 *
 * @returns mrkdwn that cannot end its own code span, or `(empty)` where nothing visible is left
 */
export function inlineCode(raw: string): string {
  const text = oneLine(raw).replaceAll('`', "'");
  return text === '' ? '(empty)' : `\`${escapeEntities(cut(text, MAX_SENTENCE_CHARS))}\``;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * A sentence of the report: pairs of backticks stay code, all else is shown as it is spelt.
 *
 * @param names - words to show as code, such as the names of the nodes; IPv4 addresses always are
 */
export function sentence(raw: string, names: ReadonlySet<string> = NO_NAMES): string {
  const text = cut(oneLine(raw).replace(/`{2,}/g, "'"), MAX_SENTENCE_CHARS);
  const parts = text.split('`');
  // An even number of parts means an odd number of backticks: the last one opens nothing.
  const last = parts.length % 2 === 0 ? `'${parts.pop() ?? ''}` : '';
  const spelt = parts.map((part, index) =>
    index % 2 === 0
      ? outsideCode(part, names)
      : part.trim() === ''
        ? ''
        : `\`${escapeEntities(part)}\``,
  );
  return spelt.join('') + outsideCode(last, names);
}

/** The same sentence for `text` (notifications, screen readers), where code marks would only be read aloud. */
export function plainSentence(raw: string): string {
  // Once more at the end: what a mark stood in or behind may be such a word without it.
  const plain = unformatted(oneLine(raw).replaceAll('`', '')).replace(BROADCAST, '@ $1');
  return escapeEntities(cut(plain, MAX_TEXT_SENTENCE_CHARS));
}

/** One bold run of our own words with foreign names in it: Slack cannot nest, so the markers are taken from the names. */
export function bold(raw: string): string {
  return `*${escapeEntities(cut(unformatted(oneLine(raw)), MAX_SENTENCE_CHARS))}*`;
}

/** Takes the markers away where showing a word as code is not possible. */
function unformatted(text: string): string {
  return text
    .replace(/[*`~]/g, "'")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, ' ')
    .replace(/:(?=(?!\d{1,2}:)[\p{L}\p{M}\p{N}_+'-]+:)/gu, '.');
}

/** A line of a code block: nothing in it can close the block. */
export function fenceLine(raw: string): string {
  return escapeEntities(visible(raw).replaceAll('```', "'''"));
}
