import type { Fix, FixVariant } from './fix.ts';

/** Finds the rule that drops forwarded traffic: which one it is cannot be seen from outside. */
export function showFilters(scope: {
  readonly nodes: readonly string[];
  readonly what: string;
  readonly port: number | null;
  /** Who must get through to whom; without it the rule has to be found first. */
  readonly pass?: { readonly from: readonly string[]; readonly to: readonly string[] };
}): Fix {
  const filter = scope.port === null ? '' : ` | grep -E 'policy|${scope.port}|REJECT|DROP'`;
  return {
    title: `Find and remove the rule that drops ${scope.what}`,
    where: scope.nodes,
    variants: [
      ...letPass(scope.port, scope.pass),
      {
        tool: 'iptables (the rule itself)',
        commands: [
          `iptables -L FORWARD -vn --line-numbers${filter}   # the rule whose counter rises during a run; also the policy of the chain`,
          'iptables -D FORWARD <line>   # only that rule',
        ],
      },
      {
        tool: 'nftables',
        commands: [
          'nft -a list ruleset | grep -B4 -A20 "hook forward"',
          'nft delete rule <family> <table> <chain> handle <number>',
        ],
      },
      {
        tool: 'firewalld',
        commands: [
          '# put the pod and service ranges into the trusted zone (the ranges of RKE2 and k3s as an example)',
          'firewall-cmd --permanent --zone=trusted --add-source=10.42.0.0/16',
          'firewall-cmd --permanent --zone=trusted --add-source=10.43.0.0/16',
          'firewall-cmd --reload',
        ],
      },
      {
        tool: 'kubectl (policies of the CNI)',
        commands: [
          'kubectl get globalnetworkpolicies.crd.projectcalico.org,networkpolicies.crd.projectcalico.org -A',
          'kubectl get ciliumnetworkpolicies,ciliumclusterwidenetworkpolicies -A',
        ],
      },
    ],
    risk: 'removing a rule opens what it shut: delete the one, not the chain',
    undo: ['Insert the deleted rule again: iptables -I FORWARD <line> <rule>.'],
    verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
    notes: [
      "Traffic from the pod's own node never passes FORWARD, which is why one API server still works.",
    ],
  };
}

const MAX_PASSED = 32;

/** Lets through what the rule drops, before it: works at once, and leaves the search for the rule for later. */
function letPass(
  port: number | null,
  pass: { readonly from: readonly string[]; readonly to: readonly string[] } | undefined,
): readonly FixVariant[] {
  const pairs = (pass?.from ?? []).flatMap((from) => (pass?.to ?? []).map((to) => [from, to]));
  if (port === null || pairs.length === 0 || pairs.length > MAX_PASSED) return [];
  const lines = (verb: string): readonly string[] =>
    pairs.map(([from = '', to = '']) => {
      const tool = to.includes(':') ? 'ip6tables' : 'iptables';
      return `${tool} ${verb} -p tcp -s ${from} -d ${to} --dport ${port} -j ACCEPT`;
    });
  return [{ tool: 'iptables', commands: lines('-I FORWARD 1'), undo: lines('-D FORWARD') }];
}
