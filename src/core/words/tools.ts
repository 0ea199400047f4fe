import type { SplitText, TextRecord } from './split-text.ts';
import type { Statement, StatementKind } from './statement.ts';

/** Tables and tool output whose meaning stands in several lines. Lines may be shuffled: rows are read one by one. */
export function statementsOfTools({ records, lines }: SplitText): readonly Statement[] {
  return [
    ...emptySearches(lines),
    ...pings(records),
    ...captures(records),
    ...topRows(records),
    ...sharedAddresses(records),
    ...policies(records),
  ];
}

function told(
  kind: StatementKind,
  { text, line }: TextRecord,
  more: Partial<Statement> = {},
): Statement {
  return {
    kind,
    leg: null,
    stance: 'stated',
    verbatim: true,
    host: null,
    port: null,
    node: null,
    value: null,
    quote: text.trim().slice(0, QUOTE_CHARS),
    line,
    ...more,
  };
}

const QUOTE_CHARS = 160;
/** A command and its result stand this close together. */
const NEAR_RECORDS = 4;
/** IPv4 over VXLAN on Ethernet leaves 1,450 bytes, 1,422 of them data; 1,200 always passes a sane network. */
const LARGE_PING_BYTES = 1_200;

/** `ping -s N` with its loss; the size stands in the command or in the first line of the answer. */
function pings(records: readonly TextRecord[]): Statement[] {
  return records.flatMap((record, at) => {
    if (!record.lower.includes('packets transmitted')) return [];
    const received = /transmitted, (\d{1,6}) (?:packets )?received/i.exec(record.text)?.[1];
    if (received === undefined) return [];
    const near = records.slice(Math.max(0, at - NEAR_RECORDS), at + 1).toReversed();
    const size = near
      .map(({ text }) => /\s-s ?(\d{1,5})\b|\) (\d{1,5})\(\d{1,5}\) bytes of data/.exec(text))
      .find((match) => match !== null);
    const bytes = Number(size?.[1] ?? size?.[2] ?? Number.NaN);
    const lost = received === '0';
    if (bytes >= LARGE_PING_BYTES) {
      return [told(lost ? 'large-packets-lost' : 'large-packets-pass', record)];
    }
    const unsized: Statement[] = [told(lost ? 'ping-fails' : 'ping-works', record)];
    return lost || Number.isNaN(bytes) ? unsized : [...unsized, told('small-packets-pass', record)];
  });
}

const ENCAPSULATED =
  / > [\w.:-]{1,80}\.(?:8472|4789|6081|otv|vxlan)\b|\b(?:OTV|VXLAN), flags|ip-proto-4|ipip-proto-4/i;
const NOTHING_CAPTURED = /^\s{0,8}0 packets (?:captured|received by filter)/i;

/** One side of a capture shows the overlay's packets, the other shows none. */
function captures(records: readonly TextRecord[]): Statement[] {
  const sent = records.find(({ text }) => ENCAPSULATED.test(text));
  const none = records.find(({ text }) => NOTHING_CAPTURED.test(text));
  return sent === undefined || none === undefined ? [] : [told('encapsulated-lost', none)];
}

const TOP_ROW =
  /^\s{0,8}(?<name>[\w.-]{1,120})\s{1,40}(?<cpu>\d{1,9}n?m?|<unknown>)\s{1,40}(?<share>\d{1,4}%|<unknown>)\s{1,40}(?:\d{1,12}[KMG]i|<unknown>)\s{1,40}(?:\d{1,4}%|<unknown>)/;
const TOP_POD_ROW =
  /^\s{0,8}(?:[\w.-]{1,63}\s{1,40})?[\w.-]{3,253}\s{1,40}\d{1,9}m\s{1,40}\d{1,12}[KMG]i\s{0,20}$/;

function topRows(records: readonly TextRecord[]): Statement[] {
  return records.flatMap((record) => {
    const row = TOP_ROW.exec(record.text)?.groups;
    if (row !== undefined) {
      return [
        row['cpu'] === '<unknown>'
          ? told('metrics-missing', record, { node: row['name'] ?? null })
          : told('numbers-served', record),
      ];
    }
    return TOP_POD_ROW.test(record.text) ? [told('numbers-served', record)] : [];
  });
}

/** `node-ip: 10.0.0.2` in two files, or the same InternalIP in two rows of a table. */
const OWN_ADDRESS =
  /^\s{0,12}(?:-{0,2}(?<key>node-ip|public-ip|[\w./]{0,40}public-ip|projectcalico\.org\/IPv4Address))["']?[:=]\s{0,4}"?(?<ip>\d{1,3}(?:\.\d{1,3}){3})/i;
const NODE_ROW =
  /^\s{0,8}(?<name>[\w.-]{1,120})\s{1,40}(?:Ready|NotReady)[\w,]{0,40}\s{1,40}[\w,<>-]{1,80}\s{1,40}\w{1,20}\s{1,40}v\d[\w.+-]{1,40}\s{1,40}(?<ip>\d{1,3}(?:\.\d{1,3}){3})/;

function sharedAddresses(records: readonly TextRecord[]): Statement[] {
  const rows = new Map<string, Set<string>>();
  const files = new Map<string, number>();
  const shared: Statement[] = [];
  for (const record of records) {
    const row = NODE_ROW.exec(record.text)?.groups;
    const ip = row?.['ip'];
    if (ip !== undefined) {
      const names = (rows.get(ip) ?? new Set()).add(row?.['name'] ?? '');
      rows.set(ip, names);
      if (names.size === 2) {
        const [first = ''] = names;
        shared.push(told('address-shared', record, { value: ip, node: first }));
        shared.push(told('address-shared', record, { value: ip, node: row?.['name'] ?? null }));
      }
    }
    const own = OWN_ADDRESS.exec(record.text)?.groups;
    if (own !== undefined) {
      const key = `${own['key'] ?? ''} ${own['ip'] ?? ''}`;
      const times = (files.get(key) ?? 0) + 1;
      files.set(key, times);
      // One file shown twice looks the same: never proof.
      if (times === 2) {
        shared.push(told('address-shared', record, { value: own['ip'] ?? null, verbatim: false }));
      }
    }
  }
  return shared;
}

/** A NetworkPolicy as YAML, or rows of `kubectl get netpol`. */
function policies(records: readonly TextRecord[]): Statement[] {
  const manifest = records.find(({ text }) => /kind["']?: ?"?NetworkPolicy\b/.test(text));
  const header = records.findIndex(({ text }) => /NAME\s{2,60}POD-SELECTOR/.test(text));
  const row = header < 0 ? undefined : records[header + 1];
  return [manifest, row].flatMap((record) =>
    record === undefined ? [] : [told('policy-denies', record, { verbatim: false })],
  );
}

/** A command line that looks for metrics-server, with or without a prompt. */
const SEARCH = /kubectl [^\n]{0,80}\|\s{0,4}grep [^\n|]{0,12}metrics[\w.-]{0,30}["']?\s{0,8}$/i;
/** What kubectl prints when a selector or a namespace holds none, beside the command that asked. */
const NONE = /no resources found/i;
const ASKED = /\bget [^\n]{0,60}(?:deploy|pods?\b|\bpo\b)[^\n]{0,60}metrics-server/i;
const PROMPT = /^\s{0,8}(?:[\w@.:~/()[\]-]{0,60}[$#>%]\s|kubectl |helm |\$|error)/i;

/** A search with the next command right below it: it found nothing. At the end of the text it may have been cut off. */
function emptySearches(lines: readonly string[]): Statement[] {
  return lines.flatMap((text, at) => {
    const next = lines.slice(at + 1, at + 3).find((line) => line.trim() !== '') ?? '';
    const head = text.slice(0, SEARCH_CHARS);
    const none = ASKED.test(head) && (NONE.test(head) || NONE.test(next));
    if (!none && !(SEARCH.test(text.slice(-SEARCH_CHARS)) && PROMPT.test(next))) return [];
    const kind = /apiservices?/i.test(text) ? 'apiservice-not-found' : 'provider-not-found';
    const record = { text, lower: text.toLowerCase(), line: at + 1 };
    // Whoever pasted it may have left out the answer.
    return [told(kind, record, { verbatim: false })];
  });
}

const SEARCH_CHARS = 240;
