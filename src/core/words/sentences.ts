import type { TextRecord } from './split-text.ts';

/** One sentence of a record; a log line is mostly one. */
export interface Sentence {
  readonly text: string;
  readonly lower: string;
  readonly line: number;
  /** Place of its record in the text. */
  readonly record: number;
}

const SENTENCE_END =
  /(?<=[.!?;])["')]{0,2}\s{1,20}(?=["'(]{0,2}[A-Za-z0-9\u4e00-\u9fff`-])|(?<=[。！？；])/;

/** Cuts records into sentences. A full stop inside an address or a version ends nothing: no blank follows it. */
export function sentencesOf(records: readonly TextRecord[]): readonly Sentence[] {
  return records.flatMap(({ text, line }, record) =>
    text
      .split(SENTENCE_END)
      .filter((part) => part.trim() !== '')
      .map((part) => ({ text: part, lower: part.toLowerCase(), line, record })),
  );
}
