import type { Fix } from './fix.ts';
import { VERIFY_METRICS_API } from './metrics-server-values.ts';

/** Brings Service addresses back to work on these nodes, or does without them. */
export function routeToPods(nodes: readonly string[]): Fix {
  return {
    title: 'Let kube-proxy write its rules again, or dial pods directly',
    where: nodes,
    variants: [
      {
        tool: 'kubectl',
        commands: [
          'kubectl -n kube-system get pods -o wide | grep -E "kube-proxy|cilium"   # one on each of these nodes, Ready?',
          ...nodes
            .slice(0, 3)
            .map(
              (node) =>
                `kubectl -n kube-system logs --tail=30 $(kubectl -n kube-system get pods -o name --field-selector spec.nodeName=${node} | grep kube-proxy)`,
            ),
        ],
      },
      {
        tool: 'shell',
        commands: [
          'iptables-save -t nat | grep -c KUBE-SVC; nft list ruleset | grep -c kube-proxy; ipvsadm -Ln | head   # rules in one of them?',
        ],
      },
      {
        tool: 'flag of kube-apiserver',
        commands: [
          '--enable-aggregator-routing=true   # it then dials the pod, without kube-proxy',
        ],
      },
    ],
    risk: 'a restart of kube-proxy leaves the rules in place; the flag restarts kube-apiserver',
    undo: ['Take the flag out again.'],
    verify: [...VERIFY_METRICS_API],
    notes: [
      'Rules that are there and do not work: look for two iptables variants side by side (iptables -V, iptables-legacy-save).',
    ],
  };
}
