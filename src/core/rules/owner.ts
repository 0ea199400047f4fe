import type { Chain, Rule } from './rule-set.ts';

/** Who writes a rule and will write it again: the tool that a fix must speak to. */
export const FILTER_OWNERS = [
  'firewalld',
  'ufw',
  'calico',
  'cilium',
  'kube-router',
  'kube-proxy',
  'kubelet',
  'flannel',
  'docker',
  'libvirt',
  'fail2ban',
  'tailscale',
  'nftables',
  'iptables',
] as const;

export type FilterOwner = (typeof FILTER_OWNERS)[number];

/** Chains by name, as each tool makes them; the first that fits decides. */
const CHAIN_NAMES: readonly (readonly [FilterOwner, RegExp])[] = [
  ['ufw', /^ufw6?-/],
  ['calico', /^(?:filter-|mangle-|raw-|nat-)?cali-/],
  ['cilium', /^(?:OLD_)?CILIUM_/],
  // https://github.com/cloudnativelabs/kube-router/blob/master/docs/how-it-works.md; k3s and RKE2 use its policies.
  ['kube-router', /^KUBE-(?:ROUTER|POD-FW|NWPLCY|SVC-.*-FW)/],
  ['kubelet', /^KUBE-(?:FIREWALL|KUBELET|MARK-DROP)/],
  ['kube-proxy', /^KUBE-/],
  ['flannel', /^FLANNEL-/],
  ['docker', /^DOCKER/],
  ['libvirt', /^LIBVIRT_/],
  ['fail2ban', /^f2b-/],
  ['tailscale', /^ts-/],
  // firewalld on its iptables backend.
  [
    'firewalld',
    /^(?:INPUT|FORWARD|OUTPUT|FWD[IO]?|IN|PRE|POST)_(?:direct|ZONES|POLICIES|IN_ZONES|OUT_ZONES|[a-z]+_(?:allow|deny|log|pre|post))/,
  ],
];

const TABLE_NAMES: Readonly<Record<string, FilterOwner>> = {
  firewalld: 'firewalld',
  firewalld_policy_drop: 'firewalld',
  calico: 'calico',
  'kube-proxy': 'kube-proxy',
  cilium: 'cilium',
  'docker-bridges': 'docker',
  libvirt_network: 'libvirt',
  'f2b-table': 'fail2ban',
};

/**
 * The owner of a rule, or of a chain's policy (`rule` null): whose name the table or the chain bears, whose comment
 * the rule. A policy belongs to the tool whose chains hang below it; ufw, for one, sets INPUT to DROP.
 */
export function ownerOf(chain: Chain, rule: Rule | null): FilterOwner {
  const named = TABLE_NAMES[chain.table] ?? byChainName(chain.name);
  if (named !== null && named !== undefined) return named;
  if (rule === null) {
    const hanging = chain.rules
      .map(({ verdict }) =>
        verdict.kind === 'jump' || verdict.kind === 'goto' ? byChainName(verdict.target) : null,
      )
      .find((owner) => owner !== null && OWNS_POLICIES.has(owner));
    if (hanging !== undefined && hanging !== null) return hanging;
  }
  if (rule !== null) {
    const comment = byComment(rule.text);
    if (comment !== null) return comment;
  }
  return chain.backend === 'nft' ? 'nftables' : 'iptables';
}

/** Tools that set the policies of the built-in chains; others only add rules. */
const OWNS_POLICIES: ReadonlySet<FilterOwner> = new Set(['ufw', 'firewalld', 'docker']);

function byChainName(name: string): FilterOwner | null {
  return CHAIN_NAMES.find(([, pattern]) => pattern.test(name))?.[0] ?? null;
}

function byComment(text: string): FilterOwner | null {
  if (/--comment "?cali:/.test(text)) return 'calico';
  if (/--comment "?(?:cilium|CILIUM)/.test(text)) return 'cilium';
  if (/--comment "?flanneld /.test(text)) return 'flannel';
  if (/--comment "?kube-router/.test(text)) return 'kube-router';
  return null;
}
