import {
  type CorpusText,
  corpus,
  type Marked,
  mark,
  VARIANTS,
  type Variant,
} from '../../test/support/explain-corpus.ts';

type Row = { readonly text: CorpusText; readonly marked: Marked };

/** `npm run bench -- explain`: both halves of the corpus, every variant, by kind of text, with what was confused. */
export function benchExplain(half: string | null): Promise<void> {
  const texts = corpus().filter((one) => half === null || one.half === half);
  const lines: string[] = [];
  for (const variant of Object.keys(VARIANTS) as Variant[]) {
    const rows = texts.map((text) => ({ text, marked: mark(text, variant) }));
    lines.push(`\n## ${variant}`, ...table(rows), ...confusions(rows));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  return Promise.resolve();
}

function table(rows: readonly Row[]): readonly string[] {
  const halves = [...new Set(rows.map(({ text }) => text.half))].toSorted();
  const kinds = [...new Set(rows.map(({ text }) => text.kind))].toSorted();
  const line = (half: string, kind: string | null): string => {
    const own = rows.filter(
      ({ text }) => text.half === half && (kind === null || text.kind === kind),
    );
    const count = (value: Marked['mark']): number =>
      own.filter(({ marked }) => marked.mark === value).length;
    const extra = own.filter(({ marked }) => marked.extra.length > 0).length;
    const confirmed = own.filter(({ marked }) => marked.confirmedWrong.length > 0).length;
    return `| ${half} | ${kind ?? 'all'} | ${own.length} | ${count('right')} | ${count('silent')} | ${count('wrong')} | ${extra} | ${confirmed} |`;
  };
  return [
    '| half | kind | texts | first cause right | named nothing | first cause wrong | names an unsupported cause | confirmed and wrong |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...halves.flatMap((half) => [line(half, null), ...kinds.map((kind) => line(half, kind))]),
  ];
}

function confusions(rows: readonly Row[]): readonly string[] {
  return rows
    .filter(({ marked }) => marked.mark !== 'right' || marked.extra.length > 0)
    .map(
      ({ text, marked }) =>
        `- ${text.half} ${text.name}: expected ${text.expect ?? 'none'}, got ${marked.got ?? 'none'}${marked.extra.length > 0 ? `, unsupported ${marked.extra.join(', ')}` : ''}`,
    );
}
