import type { Fix } from './fix.ts';

/** Finds the rule that drops forwarded traffic: which one it is cannot be seen from outside. */
export function showFilters(scope: {
  readonly nodes: readonly string[];
  readonly what: string;
  readonly port: number | null;
}): Fix {
  const filter = scope.port === null ? '' : ` | grep -E 'policy|${scope.port}|REJECT|DROP'`;
  return {
    title: `Find and remove the rule that drops ${scope.what}`,
    where: scope.nodes,
    variants: [
      {
        tool: 'iptables',
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
