import ipaddr from 'ipaddr.js';
import type { Fix, FixVariant } from './fix.ts';
import { deleteByComment } from './nft-comment.ts';

/** One opening in a packet filter, as narrow as the evidence allows. */
export interface RuleScope {
  /** Nodes whose filter is to be opened. */
  readonly nodes: readonly string[];
  /** `ipip` and `esp` are IP protocols 4 and 50, which have no ports; `icmp-echo` is ping. */
  readonly protocol: 'tcp' | 'udp' | 'ipip' | 'esp' | 'icmp-echo';
  /** Null where the protocol has none. */
  readonly port: number | null;
  /** Of a range that begins at `port`. */
  readonly lastPort?: number | null;
  /** Single addresses or ranges that may send. */
  readonly from: readonly string[];
  readonly verify: readonly string[];
  readonly notes: readonly string[];
}

/** Protocols that tools know best by their number. Source: IANA protocol numbers. */
const PROTOCOL_NUMBERS = { ipip: 4, esp: 50 } as const;
const MAX_PORT = 65_535;
/** Commands are written out for so many senders; beyond, one set or range must stand for them. */
export const MAX_SOURCES_SPELLED = 64;

/**
 * A rule that lets the named senders in, spelled for the common tools.
 * @throws RangeError when `from` is empty, no address, or a default route: no fix opens a port to everyone.
 */
export function allowInbound(scope: RuleScope): Fix {
  const sources = checked(scope);
  const what = spell(scope);
  const shown = sources.length <= 3 ? sources.join(' and ') : `the ${sources.length} other nodes`;
  return {
    title: `Allow ${what} from ${shown}`,
    where: scope.nodes,
    variants: [
      firewalld(scope, sources),
      ufw(scope, sources),
      nftables(scope, sources),
      iptables(scope, sources),
      cloud(what, sources),
    ],
    risk: `opens ${what} to ${sources.length === 1 ? 'one address' : `${sources.length} addresses`} of the cluster, to nobody else`,
    undo: ['cloud security group: delete the rule again'],
    verify: scope.verify,
    notes: scope.notes,
  };
}

function checked(scope: RuleScope): readonly string[] {
  const { from, port, lastPort, protocol, nodes } = scope;
  const isPort = (value: number | null): boolean =>
    value !== null && value > 0 && value <= MAX_PORT;
  if (hasPorts(protocol) && !(isPort(port) && isPort(lastPort ?? port))) {
    throw new RangeError(`no rule without a port for ${protocol} on ${nodes.join(', ')}`);
  }
  return narrowSources(from, `${spell(scope)} on ${nodes.join(', ')}`);
}

/**
 * The senders, each once.
 * @param what - what would be opened to them, for the refusal
 * @throws RangeError when there are none, one is no address, or one stands for everyone
 */
export function narrowSources(from: readonly string[], what: string): readonly string[] {
  if (from.length === 0) throw new RangeError(`refusing to open ${what} to everyone`);
  return [...new Set(from)].map((source) => {
    const [address = '', bits] = source.split('/');
    // Dotted to the end: `10.0.0` is an address to the C library, and to nobody who types it.
    const isAddress = ipaddr.IPv6.isValid(address) || ipaddr.IPv4.isValidFourPartDecimal(address);
    if (!isAddress || (bits !== undefined && !ipaddr.isValidCIDR(source))) {
      throw new RangeError(`${source} is not an address`);
    }
    const parsed = ipaddr.parse(address);
    const unspecified = parsed.range() === 'unspecified';
    if (unspecified || (bits !== undefined && !(Number(bits) > 0))) {
      throw new RangeError(`refusing to open ${what} to everyone (${source})`);
    }
    return source;
  });
}

function hasPorts(protocol: RuleScope['protocol']): protocol is 'tcp' | 'udp' {
  return protocol === 'tcp' || protocol === 'udp';
}

/** `8472`, or `2379-2380` with the separator of the tool. */
function ports(
  { port, lastPort }: Pick<RuleScope, 'port' | 'lastPort'>,
  separator: '-' | ':',
): string {
  return lastPort == null ? `${port}` : `${port}${separator}${lastPort}`;
}

/** In words: `8472/udp`, `IP protocol 4 (IPIP)`. */
export function spell(scope: Pick<RuleScope, 'protocol' | 'port' | 'lastPort'>): string {
  const { protocol } = scope;
  if (protocol === 'icmp-echo') return 'ping (ICMP echo request)';
  if (!hasPorts(protocol)) {
    return `IP protocol ${PROTOCOL_NUMBERS[protocol]} (${protocol.toUpperCase()})`;
  }
  return `${ports(scope, '-')}/${protocol}`;
}

function isV6(source: string): boolean {
  return source.includes(':');
}

function spelled(sources: readonly string[], line: (source: string) => string): string[] {
  const lines = sources.slice(0, MAX_SOURCES_SPELLED).map(line);
  const rest = sources.length - lines.length;
  return rest === 0 ? lines : [...lines, `# and the same for ${rest} more node addresses`];
}

function firewalld(scope: RuleScope, sources: readonly string[]): FixVariant {
  const { protocol } = scope;
  const element =
    protocol === 'icmp-echo'
      ? 'icmp-type name="echo-request"'
      : hasPorts(protocol)
        ? `port port="${ports(scope, '-')}" protocol="${protocol}"`
        : `protocol value="${protocol}"`;
  const richRule = (verb: 'add' | 'remove', source: string): string =>
    `firewall-cmd --permanent --${verb}-rich-rule='rule family="${isV6(source) ? 'ipv6' : 'ipv4'}" source address="${source}" ${element} accept'`;
  return {
    tool: 'firewalld',
    commands: [...spelled(sources, (source) => richRule('add', source)), 'firewall-cmd --reload'],
    undo: [...spelled(sources, (source) => richRule('remove', source)), 'firewall-cmd --reload'],
  };
}

function ufw(scope: RuleScope, sources: readonly string[]): FixVariant {
  const { protocol } = scope;
  if (protocol === 'icmp-echo') {
    return {
      tool: 'ufw',
      commands: ['# ufw answers ping unless somebody took that out of /etc/ufw/before.rules'],
      undo: [],
    };
  }
  if (protocol === 'ipip') {
    return {
      tool: 'ufw',
      commands: [
        '# ufw has no word for IP protocol 4: add to /etc/ufw/before.rules above the COMMIT of *filter',
        ...spelled(sources, (source) => `-A ufw-before-input -p 4 -s ${source} -j ACCEPT`),
        'ufw reload',
      ],
      undo: ['# take the lines out of /etc/ufw/before.rules again', 'ufw reload'],
    };
  }
  const to = hasPorts(protocol) ? ` to any port ${ports(scope, ':')}` : '';
  // Not `insert 1`: ufw refuses that while it has no rule yet ("Invalid position '1'", ufw 0.36 frontend.py).
  const rule = (verb: string, source: string): string =>
    `ufw ${verb} allow proto ${protocol} from ${source}${to}`;
  return {
    tool: 'ufw',
    commands: spelled(sources, (source) => rule('prepend', source)),
    undo: spelled(sources, (source) => rule('delete', source)),
  };
}

function nftables(scope: RuleScope, sources: readonly string[]): FixVariant {
  const { protocol } = scope;
  const match = (family: 'ip' | 'ip6'): string => {
    if (protocol === 'icmp-echo') return `${family === 'ip' ? 'icmp' : 'icmpv6'} type echo-request`;
    return hasPorts(protocol)
      ? `${protocol} dport ${ports(scope, '-')}`
      : `meta l4proto ${PROTOCOL_NUMBERS[protocol]}`;
  };
  const comment = `metrics-diag ${hasPorts(protocol) ? `${ports(scope, '-')}/${protocol}` : protocol}`;
  const rule = (family: 'ip' | 'ip6', members: readonly string[]): string[] =>
    members.length === 0
      ? []
      : [
          `nft insert rule inet filter input ${family} saddr { ${members.join(', ')} } ${match(family)} accept comment '"${comment}"'`,
        ];
  return {
    tool: 'nftables',
    commands: [
      '# table and chain names as in the usual /etc/nftables.conf; nft list ruleset shows yours',
      ...rule(
        'ip',
        sources.filter((source) => !isV6(source)),
      ),
      ...rule('ip6', sources.filter(isV6)),
    ],
    undo: [deleteByComment({ family: 'inet', table: 'filter', chain: 'input' }, comment)],
  };
}

function iptables(scope: RuleScope, sources: readonly string[]): FixVariant {
  const { protocol } = scope;
  const match = (v6: boolean): string => {
    if (protocol === 'icmp-echo') {
      return v6 ? '-p ipv6-icmp --icmpv6-type echo-request' : '-p icmp --icmp-type echo-request';
    }
    return hasPorts(protocol)
      ? `-p ${protocol} --dport ${ports(scope, ':')}`
      : `-p ${PROTOCOL_NUMBERS[protocol]}`;
  };
  const rule = (verb: string, source: string): string =>
    `${isV6(source) ? 'ip6tables' : 'iptables'} ${verb} ${match(isV6(source))} -s ${source} -j ACCEPT`;
  return {
    tool: 'iptables',
    commands: spelled(sources, (source) => rule('-I INPUT 1', source)),
    undo: spelled(sources, (source) => rule('-D INPUT', source)),
  };
}

function cloud(what: string, sources: readonly string[]): FixVariant {
  return {
    tool: 'cloud security group',
    commands: [
      `# AWS, OpenStack, Azure, GCP, Hetzner, vSphere/NSX: inbound rule on the nodes' group, ${what}, source: the same group`,
      ...spelled(
        sources,
        (source) => `# or source ${source}${isV6(source) || source.includes('/') ? '' : '/32'}`,
      ),
    ],
  };
}
