import type { SplitText } from './split-text.ts';
import type { Statement } from './statement.ts';

const CIDR = /\b(?<ip>\d{1,3}(?:\.\d{1,3}){3})\/(?<bits>\d{1,2})\b/g;
const ADDRESS = /(?<![\d./])(?<ip>\d{1,3}(?:\.\d{1,3}){3})(?![\d./])/g;
const POD_RANGE =
  /pod[-_ ]?(?:network|cidr|subnet|range)|cluster-?cidr|ip-?pool|ipipmode|vxlanmode|pod 网段|\bpool\b/i;
const SERVICE_RANGE = /service|svc/i;
const NODE_WORDS = /\bnodes?\b|\bhosts?\b|internal-?ip|节点|machines?|\bReady\b/i;
/** A single address or a node's own slice is no pool: pools are at most /24. */
const MAX_BITS = 24;

/** Node addresses that lie inside a pod range, where a text tells both. */
export function overlappingRanges({ records }: SplitText): readonly Statement[] {
  const pools = records.flatMap(({ text, line }, at) => {
    const above = records.slice(Math.max(0, at - 2), at).some((near) => POD_RANGE.test(near.text));
    if (!(POD_RANGE.test(text) || above) || SERVICE_RANGE.test(text)) return [];
    return [...text.matchAll(CIDR)].flatMap(({ groups }) => {
      const bits = Number(groups?.['bits']);
      const ip = numberOf(groups?.['ip'] ?? '');
      return ip === null || bits > MAX_BITS || bits < 8
        ? []
        : [{ ip, bits, cidr: `${groups?.['ip'] ?? ''}/${bits}`, line }];
    });
  });
  if (pools.length === 0) return [];
  for (const { text, line } of records) {
    if (!NODE_WORDS.test(text) || /podcidr|dial tcp|https?:/i.test(text)) continue;
    for (const { groups } of text.matchAll(ADDRESS)) {
      const ip = numberOf(groups?.['ip'] ?? '');
      const pool = pools.find((one) => ip !== null && inside(ip, one));
      if (pool === undefined) continue;
      return [
        {
          kind: 'ranges-overlap',
          leg: null,
          stance: 'stated',
          verbatim: true,
          host: groups?.['ip'] ?? null,
          port: null,
          node: null,
          value: pool.cidr,
          quote: `${groups?.['ip'] ?? ''} lies inside ${pool.cidr} (line ${pool.line})`,
          line,
        },
      ];
    }
  }
  return [];
}

function numberOf(address: string): number | null {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function inside(ip: number, range: { readonly ip: number; readonly bits: number }): boolean {
  const size = 2 ** (32 - range.bits);
  return Math.floor(ip / size) === Math.floor(range.ip / size);
}
