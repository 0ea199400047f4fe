import { inRange } from './addresses.ts';
import {
  anyOf,
  type Backend,
  type Chain,
  type Hook,
  type Match,
  matchesDevice,
  matchesMark,
  NOT,
  PROTOCOL_NUMBERS,
  type Rule,
  type Trilean,
  toTrilean,
  type Verdict,
} from './rule-set.ts';

const BASE_HOOKS: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  FORWARD: 'forward',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
};
/** NF_IP_PRI_* of linux/netfilter_ipv4.h. */
const TABLE_PRIORITIES: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  nat: -100,
  filter: 0,
  security: 50,
};

/** Reads `iptables-save -c` of one family: every table, chain and rule with its counters. */
export function parseIptables(
  listing: string,
  { backend, family }: { readonly backend: Backend; readonly family: 'ip' | 'ip6' },
): readonly Chain[] {
  const chains = new Map<string, Chain & { readonly rules: Rule[] }>();
  let table = '';
  for (const line of listing.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const declared = /^:(\S+) (\S+)(?: \[(\d+):\d+\])?/.exec(line);
    if (declared !== null) {
      const [, name = '', policy = '-', packets] = declared;
      const base = policy === '-' ? null : baseOf({ table, name, policy, packets });
      chains.set(`${table} ${name}`, { backend, family, table, name, base, rules: [] });
    }
    const rule = /^(?:\[(\d+):\d+\] )?-A (\S+)(.*)$/.exec(line);
    if (rule !== null) {
      const [, packets, name = '', rest = ''] = rule;
      const chain = chains.get(`${table} ${name}`);
      chain?.rules.push({
        place: `rule ${chain.rules.length + 1}`,
        packets: packets === undefined ? null : Number(packets),
        text: `-A ${name}${rest}`,
        ...parseRule(rest),
      });
    }
  }
  return [...chains.values()];
}

function baseOf(line: {
  readonly table: string;
  readonly name: string;
  readonly policy: string;
  readonly packets: string | undefined;
}): Chain['base'] {
  const hook = BASE_HOOKS[line.name];
  if (hook === undefined) return null;
  return {
    hook,
    priority: TABLE_PRIORITIES[line.table] ?? 0,
    policy: line.policy === 'DROP' ? 'drop' : 'accept',
    type: line.table === 'nat' ? 'nat' : 'filter',
    packets: line.packets === undefined ? null : Number(line.packets),
    device: null,
  };
}

/** Words of a rule; quotes hold comments and prefixes together. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain ?? '',
  );
}

/** One option with its values and whether it was negated. */
interface Option {
  readonly name: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}

function optionsOf(text: string): readonly Option[] {
  const options: { name: string; values: string[]; negated: boolean }[] = [];
  let negated = false;
  for (const word of wordsOf(text)) {
    if (word === '!') {
      negated = true;
    } else if (/^--?[A-Za-z]/.test(word)) {
      options.push({ name: word, values: [], negated });
      negated = false;
    } else {
      options.at(-1)?.values.push(word);
    }
  }
  return options;
}

function parseRule(text: string): Pick<Rule, 'matches' | 'verdict'> {
  const options = optionsOf(text);
  const at = options.findIndex(({ name }) => name === '-j' || name === '-g');
  const matches = (at < 0 ? options : options.slice(0, at)).flatMap(matchOf);
  const target = options[at];
  if (target === undefined) return { matches, verdict: { kind: 'continue' } };
  const name = target.values[0] ?? '';
  return {
    matches,
    verdict:
      target.name === '-g'
        ? { kind: 'goto', target: name }
        : verdictOf(name, options.slice(at + 1)),
  };
}

/** Targets that let the packet go on to the next rule. */
const PASSIVE = new Set([
  'LOG',
  'NFLOG',
  'ULOG',
  'TRACE',
  'TCPMSS',
  'CLASSIFY',
  'DSCP',
  'TOS',
  'TTL',
  'HL',
  'AUDIT',
  'SET',
  'CHECKSUM',
  'CONNMARK',
  'SECMARK',
  'CONNSECMARK',
  'IDLETIMER',
  'RATEEST',
  'LED',
]);

function verdictOf(target: string, options: readonly Option[]): Verdict {
  switch (target) {
    case 'ACCEPT':
      return { kind: 'accept' };
    case 'DROP':
      return { kind: 'drop' };
    case 'REJECT':
      return { kind: 'reject' };
    case 'RETURN':
      return { kind: 'return' };
    case 'MARK':
      return markOf(options);
    case 'NOTRACK':
      return UNTRACK;
    case 'CT':
      return options.some(({ name }) => name === '--notrack') ? UNTRACK : { kind: 'continue' };
    case 'QUEUE':
    case 'NFQUEUE':
    case 'TPROXY':
    case 'SYNPROXY':
    case 'TARPIT':
    case 'DELUDE':
      return { kind: 'elsewhere' };
    default:
      return PASSIVE.has(target) || target === '' ? { kind: 'continue' } : { kind: 'jump', target };
  }
}

const UNTRACK: Verdict = { kind: 'mark', apply: (state) => ({ ...state, tracked: 'untracked' }) };

/** `MARK --set-xmark value/mask`: clears the mask's bits and toggles the value's. */
function markOf(options: readonly Option[]): Verdict {
  const set = options.find(({ name }) => name === '--set-xmark' || name === '--set-mark');
  const [value, mask] = markValue(set?.values[0] ?? '');
  if (value === null || mask === null) {
    return { kind: 'mark', apply: (state) => ({ ...state, mark: 0, markKnown: 0 }) };
  }
  return {
    kind: 'mark',
    apply: (state) => ({
      ...state,
      mark: (state.mark & ~mask) ^ value,
      markKnown: state.markKnown | mask,
    }),
  };
}

function markValue(text: string): readonly [number | null, number | null] {
  const [value = '', mask = '0xffffffff'] = text.split('/');
  const parse = (part: string): number | null => {
    const number = Number(part);
    return part === '' || !Number.isInteger(number) ? null : number | 0;
  };
  return [parse(value), parse(mask)];
}

/** Options that narrow nothing down, or that are told by others. */
const NEUTRAL = new Set(['-m', '--match', '--comment', '-c', '-4', '-6', '--reject-with']);

function matchOf(option: Option): readonly Match[] {
  if (NEUTRAL.has(option.name)) return [];
  const known = READERS[option.name];
  // A rate is a match that no listing decides; neither is whatever this does not know.
  const read: Match = known === undefined ? () => 'maybe' : known(option);
  return [option.negated ? (packet, state) => NOT[read(packet, state)] : read];
}

type Reader = (option: Option) => Match;

const address =
  (end: 'src' | 'dst'): Reader =>
  ({ values }) =>
  (packet) => {
    const value = packet[end];
    if (value === null) return values[0] === '0.0.0.0/0' ? 'yes' : 'maybe';
    return anyOf((values[0] ?? '').split(',').map((range) => toTrilean(inRange(value, range))));
  };

const ports =
  (ends: readonly ('sport' | 'dport')[]): Reader =>
  ({ values }) =>
  (packet) =>
    anyOf(
      ends.flatMap((end) =>
        (values[0] ?? '').split(',').map((range) => portIn(packet[end], range)),
      ),
    );

/** `8472`, `1000:2000`, `:1023`. */
function portIn(port: number | null, range: string): Trilean {
  if (port === null) return 'maybe';
  const [low = '', high] = range.split(':');
  const from = low === '' ? 0 : Number(low);
  const to = high === undefined ? from : high === '' ? 65_535 : Number(high);
  return Number.isInteger(from) && Number.isInteger(to)
    ? toTrilean(port >= from && port <= to)
    : 'maybe';
}

const state: Reader =
  ({ values }) =>
  (_packet, { tracked }) => {
    const wanted = (values[0] ?? '').split(',');
    return toTrilean(wanted.includes(tracked === 'new' ? 'NEW' : 'UNTRACKED'));
  };

/** A probe's packets are addressed to one machine. */
const addressType =
  (end: 'src' | 'dst'): Reader =>
  ({ values }) =>
  (packet) => {
    const local = end === 'dst' ? packet.toLocal : packet.fromLocal;
    const one = (type: string): Trilean => {
      if (type === 'LOCAL') return toTrilean(local);
      if (type === 'UNICAST') return local === null ? 'maybe' : toTrilean(!local);
      return type === 'BROADCAST' || type === 'MULTICAST' || type === 'ANYCAST' ? 'no' : 'maybe';
    };
    return anyOf((values[0] ?? '').split(',').map(one));
  };

const range =
  (end: 'src' | 'dst'): Reader =>
  ({ values }) =>
  (packet) => {
    const value = packet[end];
    return value === null ? 'maybe' : toTrilean(inRange(value, values[0] ?? ''));
  };

const TCP = 6;

const READERS: Readonly<Record<string, Reader>> = {
  '-s': address('src'),
  '-d': address('dst'),
  '-i':
    ({ values }) =>
    (packet) =>
      matchesDevice(packet.iif, values[0] ?? ''),
  '-o':
    ({ values }) =>
    (packet) =>
      matchesDevice(packet.oif, values[0] ?? ''),
  '-p':
    ({ values }) =>
    (packet) => {
      const name = values[0] ?? '';
      if (name === 'all' || name === '0') return 'yes';
      const number = PROTOCOL_NUMBERS[name] ?? Number(name);
      return Number.isInteger(number) ? toTrilean(number === packet.protocol) : 'maybe';
    },
  '--sport': ports(['sport']),
  '--dport': ports(['dport']),
  '--sports': ports(['sport']),
  '--dports': ports(['dport']),
  '--ports': ports(['sport', 'dport']),
  '--ctstate': state,
  '--state': state,
  '--src-type': addressType('src'),
  '--dst-type': addressType('dst'),
  '--src-range': range('src'),
  '--dst-range': range('dst'),
  '--mark':
    ({ values }) =>
    (_packet, seen) => {
      const [value, mask] = markValue(values[0] ?? '');
      return value === null || mask === null ? 'maybe' : matchesMark(seen, value, mask);
    },
  '--pkt-type':
    ({ values }) =>
    () =>
      toTrilean(values[0] === 'unicast' || values[0] === 'host'),
  '--icmp-type': () => (packet) => (packet.protocol === 1 ? 'maybe' : 'no'),
  '--icmpv6-type': () => (packet) => (packet.protocol === 58 ? 'maybe' : 'no'),
  // A connection's first packet is a SYN alone.
  '--tcp-flags':
    ({ values }) =>
    (packet) => {
      if (packet.protocol !== TCP) return 'no';
      const examined = (values[0] ?? '').split(',');
      const set = (values[1] ?? '').split(',').filter((flag) => flag !== 'NONE' && flag !== '');
      const seen = examined.filter((flag) => flag === 'SYN' || flag === 'ALL').length > 0;
      return toTrilean(seen ? set.length === 1 && set[0] === 'SYN' : set.length === 0);
    },
  '--syn': () => (packet) => toTrilean(packet.protocol === TCP),
  // No fragment: probes of small packets.
  '-f': () => () => 'no',
};
