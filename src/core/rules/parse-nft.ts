import { type Left, leftOf, matchesRight } from './nft-values.ts';
import {
  anyOf,
  type Chain,
  type Choice,
  type Hook,
  type Match,
  NOT,
  type Rule,
  type Trilean,
  toTrilean,
  type Verdict,
} from './rule-set.ts';

type Json = Readonly<Record<string, unknown>>;

const HOOKS: Readonly<Record<string, Hook>> = {
  ingress: 'ingress',
  prerouting: 'prerouting',
  input: 'input',
  forward: 'forward',
  output: 'output',
  postrouting: 'postrouting',
};

/** Sets and verdict maps by `family table name`. */
export interface NamedSets {
  readonly elements: ReadonlyMap<string, readonly unknown[]>;
}

/**
 * Reads `nft -j list ruleset`. Rules that were written by iptables hold `xt` expressions, which this listing
 * does not spell: their matches are `maybe`.
 *
 * @returns null when the text is not what nft prints
 */
export function parseNft(text: string): readonly Chain[] | null {
  const items = itemsOf(text);
  if (items === null) return null;
  const sets = new Map<string, readonly unknown[]>();
  for (const { kind, value } of items) {
    if ((kind === 'set' || kind === 'map') && Array.isArray(value['elem'])) {
      sets.set(keyOf(value, String(value['name'])), value['elem']);
    }
  }
  const chains = new Map<string, Chain & { readonly rules: Rule[] }>();
  for (const { kind, value } of items) {
    if (kind === 'chain') chains.set(keyOf(value, String(value['name'])), chainOf(value));
    if (kind === 'rule') {
      const chain = chains.get(keyOf(value, String(value['chain'])));
      chain?.rules.push(ruleOf(value, { elements: sets }));
    }
  }
  return [...chains.values()];
}

/** Whether a table was written by iptables: its rules are to be read from iptables-save. */
export function tablesOfIptables(chains: readonly Chain[]): ReadonlySet<string> {
  return new Set(
    chains
      .filter(
        ({ family, table, base, name }) =>
          (family === 'ip' || family === 'ip6') &&
          IPTABLES_TABLES.has(table) &&
          (base === null || IPTABLES_CHAINS.has(name)),
      )
      .map(({ family, table }) => `${family} ${table}`),
  );
}

const IPTABLES_TABLES = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);
const IPTABLES_CHAINS = new Set(['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']);

function itemsOf(text: string): readonly { kind: string; value: Json }[] | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isJson(parsed) || !Array.isArray(parsed['nftables'])) return null;
  return parsed['nftables'].flatMap((item: unknown) => {
    if (!isJson(item)) return [];
    const [kind] = Object.keys(item);
    const value = kind === undefined ? undefined : item[kind];
    return kind !== undefined && isJson(value) ? [{ kind, value }] : [];
  });
}

function keyOf(value: Json, name: string): string {
  return `${String(value['family'])} ${String(value['table'])} ${name}`;
}

function chainOf(value: Json): Chain & { readonly rules: Rule[] } {
  const hook = HOOKS[String(value['hook'])];
  return {
    backend: 'nft',
    family: String(value['family']),
    table: String(value['table']),
    name: String(value['name']),
    base:
      hook === undefined
        ? null
        : {
            hook,
            priority: Number(value['prio'] ?? 0),
            policy: value['policy'] === 'drop' ? 'drop' : 'accept',
            type: String(value['type']),
            packets: null,
            device: typeof value['dev'] === 'string' ? value['dev'] : null,
          },
    rules: [],
  };
}

function ruleOf(value: Json, sets: NamedSets): Rule {
  const expressions = Array.isArray(value['expr']) ? value['expr'].filter(isJson) : [];
  const scope = { ...sets, table: keyOf(value, '') };
  const matches: Match[] = [];
  let verdict: Verdict = { kind: 'continue' };
  let packets: number | null = null;
  for (const expression of expressions) {
    const [kind = ''] = Object.keys(expression);
    const part = expression[kind];
    if (kind === 'counter' && isJson(part)) packets = Number(part['packets'] ?? 0);
    const found = verdictOf(kind, part, scope);
    if (found !== null) verdict = found;
    else matches.push(...matchOf(kind, part, scope));
  }
  const place = `handle ${String(value['handle'])}`;
  return { place, matches, verdict, packets, text: '' };
}

interface Scope extends NamedSets {
  readonly table: string;
}

function verdictOf(kind: string, part: unknown, scope: Scope): Verdict | null {
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'return':
    case 'continue':
      return { kind };
    case 'reject':
      return { kind: 'reject' };
    case 'jump':
    case 'goto':
      return isJson(part) ? { kind, target: String(part['target']) } : { kind: 'elsewhere' };
    case 'queue':
    case 'fwd':
    case 'tproxy':
    case 'synproxy':
      return { kind: 'elsewhere' };
    case 'notrack':
      return { kind: 'mark', apply: (state) => ({ ...state, tracked: 'untracked' }) };
    case 'mangle':
      return mangleOf(part);
    case 'vmap':
      return isJson(part) ? mapOf(part, scope) : { kind: 'elsewhere' };
    default:
      return null;
  }
}

/** `meta mark set 0x10`; anything computed leaves the mark unknown. */
function mangleOf(part: unknown): Verdict {
  const key = isJson(part) && isJson(part['key']) ? part['key'] : {};
  const meta = isJson(key['meta']) ? key['meta']['key'] : null;
  if (meta !== 'mark' || !isJson(part)) return { kind: 'continue' };
  const value = part['value'];
  return {
    kind: 'mark',
    apply: (state) =>
      typeof value === 'number'
        ? { ...state, mark: value | 0, markKnown: -1 }
        : { ...state, mark: 0, markKnown: 0 },
  };
}

function mapOf(part: Json, scope: Scope): Verdict {
  const left = leftOf(part['key']);
  const rows = rowsOf(part['data'], scope);
  if (rows === null) return { kind: 'elsewhere' };
  const read = rows.map(([key, value]) => ({
    key,
    verdict: isJson(value) ? inlineVerdict(value, scope) : null,
  }));
  return {
    kind: 'map',
    choose(packet, state): Choice {
      const seen = read.map((row) => ({
        ...row,
        hit: matchesRight(left(packet, state), row.key, scope),
      }));
      const yes = seen.find(({ hit }) => hit === 'yes');
      if (yes !== undefined) return { sure: true, verdict: yes.verdict };
      const maybe = seen.filter(({ hit }) => hit === 'maybe');
      if (maybe.length === 0) return { sure: true, verdict: null };
      return { sure: false, verdicts: maybe.flatMap(({ verdict }) => verdict ?? []) };
    },
  };
}

function rowsOf(data: unknown, scope: Scope): readonly (readonly [unknown, unknown])[] | null {
  const rows =
    typeof data === 'string' && data.startsWith('@')
      ? scope.elements.get(`${scope.table}${data.slice(1)}`)
      : isJson(data) && Array.isArray(data['set'])
        ? data['set']
        : undefined;
  if (!Array.isArray(rows)) return null;
  return rows.flatMap((row: unknown) => (Array.isArray(row) ? [[row[0], row[1]] as const] : []));
}

function inlineVerdict(value: Json, scope: Scope): Verdict | null {
  const [kind = ''] = Object.keys(value);
  return verdictOf(kind, value[kind], scope);
}

/** Statements that neither match nor decide. */
const NEUTRAL = new Set([
  'counter',
  'log',
  'set',
  'map',
  'meter',
  'masquerade',
  'snat',
  'dnat',
  'redirect',
  'flow',
  'dup',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'xt target',
]);

function matchOf(kind: string, part: unknown, scope: Scope): readonly Match[] {
  if (NEUTRAL.has(kind)) return [];
  if (kind !== 'match' || !isJson(part)) return [() => 'maybe'];
  const left = leftOf(part['left']);
  const { op, right } = part;
  return [
    (packet, state): Trilean => {
      const value = left(packet, state);
      // A field that the packet does not have never matches, not even with `!=`.
      if (value.kind === 'other-protocol') return 'no';
      const equal = (): Trilean => matchesRight(value, right, scope);
      switch (op) {
        case '==':
          return equal();
        case 'in':
          return Array.isArray(right)
            ? anyOf(right.map((one) => matchesRight(value, one, scope)))
            : equal();
        case '!=':
          return NOT[equal()];
        case '<':
        case '>':
        case '<=':
        case '>=':
          return compared(value, op, right);
        default:
          return 'maybe';
      }
    },
  ];
}

function compared(value: Left, op: '<' | '>' | '<=' | '>=', right: unknown): Trilean {
  if (value.kind !== 'value' || typeof value.value !== 'number' || typeof right !== 'number') {
    return 'maybe';
  }
  switch (op) {
    case '<':
      return toTrilean(value.value < right);
    case '>':
      return toTrilean(value.value > right);
    case '<=':
      return toTrilean(value.value <= right);
    case '>=':
      return toTrilean(value.value >= right);
  }
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
