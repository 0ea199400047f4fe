/** All words of a Slack message: an alerting app puts them into attachments and blocks. */
export function wordsOf(message: Readonly<Record<string, unknown>>): string {
  const { text, attachments, blocks } = message;
  const said = typeof text === 'string' ? [text] : [];
  // Blocks repeat the text where there is one.
  const parts = said.join('').trim() === '' ? [attachments, blocks] : [attachments];
  return [...said, ...parts.flatMap(stringsIn)].join('\n');
}

/** Keys under which people's words stand; the others are ids, types and addresses of pictures. */
const WORDY: ReadonlySet<string> = new Set(['text', 'pretext', 'title', 'value', 'fallback']);
const MAX_DEPTH = 12;

function stringsIn(part: unknown, depth = 0): readonly string[] {
  if (typeof part !== 'object' || part === null || depth > MAX_DEPTH) return [];
  if (Array.isArray(part)) return part.flatMap((one) => stringsIn(one, depth + 1));
  return Object.entries(part).flatMap(([key, value]): readonly string[] =>
    typeof value === 'string' ? (WORDY.has(key) ? [value] : []) : stringsIn(value, depth + 1),
  );
}
