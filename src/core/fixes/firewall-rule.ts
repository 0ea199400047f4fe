import ipaddr from 'ipaddr.js';
import type { Fix, FixVariant } from './fix.ts';
import { deleteByComment } from './nft-comment.ts';

/** One opening in a packet filter, as narrow as the evidence allows. */
export interface RuleScope {
  /** Nodes whose filter is to be opened. */
  readonly nodes: readonly string[];
  /** `ipip` is IP protocol 4, which has no ports. */
  readonly protocol: 'tcp' | 'udp' | 'ipip';
  /** Null for `ipip` only. */
  readonly port: number | null;
  /** Single addresses or ranges that may send. */
  readonly from: readonly string[];
  readonly verify: readonly string[];
  readonly notes: readonly string[];
}

const IPIP_PROTOCOL = 4;
/** Commands are written out for so many senders; beyond, one set or range must stand for them. */
const MAX_SOURCES_SPELLED = 64;

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

function checked({ from, port, protocol, nodes }: RuleScope): readonly string[] {
  const what = protocol === 'ipip' ? 'IPIP' : `${port ?? 'no port'}/${protocol}`;
  const where = nodes.join(', ');
  if (from.length === 0) throw new RangeError(`refusing to open ${what} on ${where} to everyone`);
  if (protocol !== 'ipip' && (port === null || port < 1 || port > 65_535)) {
    throw new RangeError(`no rule without a port for ${protocol} on ${where}`);
  }
  return [...new Set(from)].map((source) => {
    const [address = '', bits] = source.split('/');
    if (!ipaddr.isValid(address)) throw new RangeError(`${source} is not an address`);
    const parsed = ipaddr.parse(address);
    const unspecified = parsed.range() === 'unspecified';
    if (unspecified || (bits !== undefined && !(Number(bits) > 0))) {
      throw new RangeError(`refusing to open ${what} on ${where} to everyone (${source})`);
    }
    return source;
  });
}

function spell({ protocol, port }: RuleScope): string {
  return protocol === 'ipip' ? `IP protocol ${IPIP_PROTOCOL} (IPIP)` : `${port}/${protocol}`;
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
  const element =
    scope.protocol === 'ipip'
      ? 'protocol value="ipip"'
      : `port port="${scope.port}" protocol="${scope.protocol}"`;
  const richRule = (verb: 'add' | 'remove', source: string): string =>
    `firewall-cmd --permanent --${verb}-rich-rule='rule family="${isV6(source) ? 'ipv6' : 'ipv4'}" source address="${source}" ${element} accept'`;
  return {
    tool: 'firewalld',
    commands: [...spelled(sources, (source) => richRule('add', source)), 'firewall-cmd --reload'],
    undo: [...spelled(sources, (source) => richRule('remove', source)), 'firewall-cmd --reload'],
  };
}

function ufw(scope: RuleScope, sources: readonly string[]): FixVariant {
  if (scope.protocol === 'ipip') {
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
  const rule = (verb: string, source: string): string =>
    `ufw ${verb} allow proto ${scope.protocol} from ${source} to any port ${scope.port}`;
  return {
    tool: 'ufw',
    commands: spelled(sources, (source) => rule('insert 1', source)),
    undo: spelled(sources, (source) => rule('delete', source)),
  };
}

function nftables(scope: RuleScope, sources: readonly string[]): FixVariant {
  const match =
    scope.protocol === 'ipip'
      ? `meta l4proto ${IPIP_PROTOCOL}`
      : `${scope.protocol} dport ${scope.port}`;
  const comment = `metrics-diag ${scope.protocol === 'ipip' ? 'ipip' : `${scope.port}/${scope.protocol}`}`;
  const rule = (family: 'ip' | 'ip6', members: readonly string[]): string[] =>
    members.length === 0
      ? []
      : [
          `nft insert rule inet filter input ${family} saddr { ${members.join(', ')} } ${match} accept comment '"${comment}"'`,
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
  const match =
    scope.protocol === 'ipip'
      ? `-p ${IPIP_PROTOCOL}`
      : `-p ${scope.protocol} --dport ${scope.port}`;
  const rule = (verb: string, source: string): string =>
    `${isV6(source) ? 'ip6tables' : 'iptables'} ${verb} ${match} -s ${source} -j ACCEPT`;
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
