import { isMachineText } from './stance.ts';

/** Text beyond this is left out from the middle: what broke stands at the start or the end of a paste. */
export const MAX_TEXT_CHARS = 1_048_576;
/** A longer line is cut into pieces that overlap, so that no expression meets more than this. */
export const MAX_RECORD_CHARS = 2_000;
const OVERLAP_CHARS = 200;
/** Wrapped prose and wrapped log lines are put together again up to so many lines. */
const MAX_JOINED_LINES = 6;

/** A log record, a table row or a sentence that was wrapped, with the number of its first line. */
export interface TextRecord {
  readonly text: string;
  /** The same in lower case, for the quick look before any expression is tried. */
  readonly lower: string;
  readonly line: number;
}

export interface SplitText {
  readonly lines: readonly string[];
  readonly records: readonly TextRecord[];
  /** Characters left out from the middle; 0 when all was read. */
  readonly leftOut: number;
}

/** Cuts a pasted text into records of bounded size. */
export function splitText(pasted: string): SplitText {
  const kept = Math.floor(MAX_TEXT_CHARS / 2);
  const leftOut = Math.max(0, pasted.length - MAX_TEXT_CHARS);
  const text = leftOut === 0 ? pasted : `${pasted.slice(0, kept)}\n${pasted.slice(-kept)}`;
  const lines = plain(text).split('\n');
  return { lines, records: recordsOf(lines), leftOut };
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };
/** Full-width forms that Chinese input methods write, as ASCII. */
const FULL_WIDTH_OFFSET = 0xfee0;

/** Undoes what terminals, chat programs and JSON do to text, so that words are spelled one way. */
function plain(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\u001b\[[0-9;]{0,20}[A-Za-z]/g, '')
    .replace(/```/g, '\n')
    .replace(/<(https?:\/\/[^|>\s]{1,400})(?:\|[^>\n]{0,400})?>/g, '$1')
    .replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u00a0\u3000\u200b\ufeff]/g, ' ')
    .replace(/[\uff01-\uff5e]/g, (wide) =>
      String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_OFFSET),
    )
    .replace(/\\[nrt]/g, ' ')
    .replace(/\\{1,8}(["'])/g, '$1');
}

/** What begins a new record: a date, klog's header, a prompt, a list mark, `key: value`, a quote mark of mail. */
const BEGINS =
  /^\s{0,20}(?:\d{4}-\d\d|\d{1,2}:\d\d|[IWEF]\d{4} |\[|[$#>*•|+-]|\d{1,3}[.)]\s|[A-Z][a-z]{2} [ \d]?\d |time=|ts=|level=|\{|[\w./-]{1,40}[:=]\s|[A-Z][A-Z_-]{3,20}\s{2})/;
const ENDS = /[.!?:;。！？；,|{}]\s{0,10}$/;
const TABLE_GAP = /\S {3,60}\S/;

function recordsOf(lines: readonly string[]): TextRecord[] {
  const records: TextRecord[] = [];
  let held = '';
  let heldFrom = 0;
  let heldLines = 0;
  let lastLength = 0;
  const flush = (): void => {
    if (held.trim() !== '') records.push(...pieces(held, heldFrom));
    held = '';
    heldLines = 0;
  };
  lines.forEach((line, index) => {
    const begins =
      heldLines === 0 ||
      heldLines >= MAX_JOINED_LINES ||
      line.trim() === '' ||
      BEGINS.test(line.slice(0, 80)) ||
      TABLE_GAP.test(line.slice(0, 200)) ||
      ENDS.test(held.slice(-12)) ||
      lastLength < MIN_WRAPPED_CHARS ||
      (isMachineText(held) && isProse(line)) ||
      held.length + line.length > MAX_RECORD_CHARS;
    if (begins) {
      flush();
      heldFrom = index + 1;
    }
    lastLength = line.length;
    held = held === '' ? line : `${held.trimEnd()} ${line.trimStart()}`;
    heldLines += 1;
  });
  flush();
  return records;
}

/** A line that was wrapped fills its width; a shorter one ended by itself. */
const MIN_WRAPPED_CHARS = 50;
const SMALL_WORDS =
  /\b(?:the|a|an|on|in|is|are|and|but|we|it|from|that|this|of|to|for|with|not|our|all|has|have|when)\b/gi;

/** A person's sentence below a log line is no continuation of it. */
function isProse(line: string): boolean {
  return (
    (line.slice(0, 100).match(SMALL_WORDS)?.length ?? 0) >= 3 && !/["=]/.test(line.slice(0, 60))
  );
}

function pieces(text: string, line: number): TextRecord[] {
  const cut: TextRecord[] = [];
  for (let at = 0; at < text.length; at += MAX_RECORD_CHARS - OVERLAP_CHARS) {
    const piece = text.slice(at, at + MAX_RECORD_CHARS);
    cut.push({ text: piece, lower: piece.toLowerCase(), line });
    if (at + MAX_RECORD_CHARS >= text.length) break;
  }
  return cut;
}
