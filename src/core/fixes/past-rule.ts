import ipaddr from 'ipaddr.js';
import type { NamedRule } from '../evidence/deep-results.ts';
import type { FilterOwner } from '../rules/owner.ts';
import type { Fix, FixVariant } from './fix.ts';
import { deleteByComment } from './nft-comment.ts';

/** What shall pass, as narrow as the evidence allows. */
export interface RuleOpening {
  readonly protocol: 'tcp' | 'udp' | 'ipip';
  readonly port: number | null;
  /** Addresses or ranges of the other side. */
  readonly peers: readonly string[];
  /** Whether the peers send (`-s`) or receive (`-d`). */
  readonly side: 'from' | 'to';
  readonly verify: readonly string[];
}

export interface PastRule {
  readonly node: string;
  readonly rule: NamedRule;
  readonly opening: RuleOpening;
}

const IPIP_PROTOCOL = 4;
const MAX_PEERS_SPELLED = 64;

/**
 * One rule just before the one that swallows the packets. Only for plain rules: what a tool wrote it writes again,
 * and its own way comes first (see `ownerFirst`). Null too where nobody is named to be let through.
 */
export function pastRule({ node, rule, opening }: PastRule): Fix | null {
  const peers = [...new Set(opening.peers)].filter(isNarrow).slice(0, MAX_PEERS_SPELLED);
  if (peers.length === 0 || (rule.owner !== 'iptables' && rule.owner !== 'nftables')) return null;
  const variant =
    rule.backend === 'nft' ? nftables(rule, opening, peers) : iptables(rule, opening, peers);
  const what = opening.protocol === 'ipip' ? 'IPIP' : `${opening.port ?? ''}/${opening.protocol}`;
  const place =
    rule.place === 'policy'
      ? `the policy of chain ${rule.chain}`
      : `${rule.place} of chain ${rule.chain}`;
  return {
    title: `Let ${what} pass before ${place} on ${node}`,
    where: [node],
    variants: [variant],
    risk: `lets ${what} pass for ${peers.length === 1 ? 'one peer' : `${peers.length} peers`} of the cluster, for nobody else`,
    undo:
      rule.backend === 'nft'
        ? [deleteByComment(rule, commentOf(opening))]
        : variant.commands.map((command) =>
            command.replace(/ -(?:I (\S+) \d+|A (\S+)) /, ' -D $1$2 '),
          ),
    verify: opening.verify,
    notes: [
      `The rule that has the packets: ${rule.text === '' ? place : rule.text}`,
      rule.backend === 'nft'
        ? 'To keep it over a restart, put it into the file that made this table (/etc/nftables.conf as a rule).'
        : 'To keep it over a restart, save it where this rule is kept (iptables-save, netfilter-persistent).',
    ],
  };
}

/** By which the undo finds the rule. */
function commentOf({ protocol, port }: Pick<RuleOpening, 'protocol' | 'port'>): string {
  return `metrics-diag ${protocol === 'ipip' ? protocol : `${port ?? ''}/${protocol}`}`;
}

/** No fix opens anything to everyone. */
function isNarrow(peer: string): boolean {
  const [address = '', bits] = peer.split('/');
  return ipaddr.isValid(address) && (bits === undefined || Number(bits) > 0);
}

function iptables(
  { backend, table, chain, place }: NamedRule,
  { protocol, port, side }: RuleOpening,
  peers: readonly string[],
): FixVariant {
  const match = protocol === 'ipip' ? `-p ${IPIP_PROTOCOL}` : `-p ${protocol} --dport ${port ?? 0}`;
  const number = /^rule (\d+)$/.exec(place)?.[1];
  const at = number === undefined ? `-A ${chain}` : `-I ${chain} ${number}`;
  const suffix = backend === 'iptables-legacy' ? '-legacy' : '';
  const flag = side === 'from' ? '-s' : '-d';
  return {
    tool: 'iptables',
    commands: peers.map(
      (peer) =>
        `${peer.includes(':') ? 'ip6tables' : 'iptables'}${suffix} -t ${table} ${at} ${match} ${flag} ${peer} -j ACCEPT`,
    ),
  };
}

function nftables(
  { family, table, chain, place }: NamedRule,
  { protocol, port, side }: RuleOpening,
  peers: readonly string[],
): FixVariant {
  const handle = /^handle (\d+)$/.exec(place)?.[1];
  const at =
    handle === undefined
      ? `nft add rule ${family} ${table} ${chain}`
      : `nft insert rule ${family} ${table} ${chain} position ${handle}`;
  const match =
    protocol === 'ipip' ? `meta l4proto ${IPIP_PROTOCOL}` : `${protocol} dport ${port ?? 0}`;
  const end = side === 'from' ? 'saddr' : 'daddr';
  const comment = commentOf({ protocol, port });
  const line = (of: 'ip' | 'ip6', members: readonly string[]): readonly string[] =>
    members.length === 0
      ? []
      : [`${at} ${of} ${end} { ${members.join(', ')} } ${match} accept comment '"${comment}"'`];
  return {
    tool: 'nftables',
    commands: [
      ...line(
        'ip',
        peers.filter((peer) => !peer.includes(':')),
      ),
      ...line(
        'ip6',
        peers.filter((peer) => peer.includes(':')),
      ),
    ],
  };
}

/** Which variants speak to whose rules. */
const TOOLS: Partial<Record<FilterOwner, RegExp>> = {
  firewalld: /firewalld/i,
  ufw: /ufw/i,
  nftables: /nftables/i,
  iptables: /^iptables/i,
  docker: /^iptables/i,
  calico: /CNI|kubectl/i,
  cilium: /CNI|kubectl/i,
  'kube-router': /CNI|kubectl/i,
};

/** The variants of the owners first: another tool's rule would be overwritten, or stand behind the one that drops. */
export function ownerFirst(fix: Fix, owners: readonly FilterOwner[]): Fix {
  const tools = owners.flatMap((owner) => TOOLS[owner] ?? []);
  const isTheirs = ({ tool }: FixVariant): boolean => tools.some((pattern) => pattern.test(tool));
  return {
    ...fix,
    variants: [
      ...fix.variants.filter(isTheirs),
      ...fix.variants.filter((variant) => !isTheirs(variant)),
    ],
  };
}
