import type { Platform } from '../evidence/facts.ts';
import type { Observed } from '../evidence/observed.ts';
import type { Fix, FixVariant } from './fix.ts';
import { deleteByComment } from './nft-comment.ts';

export interface TrustScope {
  readonly nodes: readonly string[];
  readonly ports: readonly number[];
  /** Pod ranges of the cluster's nodes; empty when the CNI hands out addresses by itself. */
  readonly ranges: readonly string[];
  readonly platform: Observed<Platform>;
  /** What listens there; the node's own kubelet unless said. */
  readonly what?: string;
}

/** The default ranges of RKE2 and k3s, used in words only when nodes state none. */
const RANCHER_POD_RANGE = '10.42.0.0/16';
const RANCHER_SERVICE_RANGE = '10.43.0.0/16';
const MAX_RANGES_SPELLED = 8;
/** By which the undo finds its rules. */
const COMMENT = 'metrics-diag pod range';

/** Lets a node's own pods reach its kubelet. */
export function trustPodRange({
  nodes,
  ports,
  ranges,
  platform,
  what = 'the kubelet',
}: TrustScope): Fix {
  const distro = platform.state === 'known' ? platform.value : 'unknown';
  const rancher = distro === 'rke2' || distro === 'k3s';
  const spelled =
    ranges.length > 0 && ranges.length <= MAX_RANGES_SPELLED
      ? ranges
      : [rancher ? RANCHER_POD_RANGE : '<pod range>'];
  const zone = (verb: 'add' | 'remove'): readonly string[] => [
    ...[...spelled, ...(rancher ? [RANCHER_SERVICE_RANGE] : [])].map(
      (range) => `firewall-cmd --permanent --zone=trusted --${verb}-source=${range}`,
    ),
    'firewall-cmd --reload',
  ];
  const trusted: FixVariant = { tool: 'firewalld', commands: zone('add'), undo: zone('remove') };
  const each = (line: (range: string, port: number) => string): string[] =>
    spelled.flatMap((range) => ports.map((port) => line(range, port)));
  return {
    title: `Let pods reach ${what} (${ports.join(', ')}/tcp) from this node`,
    where: nodes,
    variants: [
      trusted,
      {
        tool: 'ufw',
        commands: each(
          (range, port) => `ufw prepend allow proto tcp from ${range} to any port ${port}`,
        ),
        undo: each((range, port) => `ufw delete allow proto tcp from ${range} to any port ${port}`),
      },
      {
        tool: 'nftables',
        commands: each(
          (range, port) =>
            `nft insert rule inet filter input ip saddr ${range} tcp dport ${port} accept comment '"${COMMENT}"'`,
        ),
        undo: [deleteByComment({ family: 'inet', table: 'filter', chain: 'input' }, COMMENT)],
      },
      {
        tool: 'iptables',
        commands: each(
          (range, port) => `iptables -I INPUT 1 -p tcp --dport ${port} -s ${range} -j ACCEPT`,
        ),
        undo: each(
          (range, port) => `iptables -D INPUT -p tcp --dport ${port} -s ${range} -j ACCEPT`,
        ),
      },
      {
        tool: 'CNI host policies',
        commands: [
          '# Calico HostEndpoint or Cilium host firewall in use: allow the same there',
          'kubectl get hostendpoints.crd.projectcalico.org,ciliumclusterwidenetworkpolicies',
        ],
      },
    ],
    risk: 'pods may then open connections to this port of the node; it asks every caller for credentials',
    undo: ['CNI host policies: put back what was changed'],
    verify: ['Run the diagnosis again: it tries these paths again.', 'kubectl top nodes'],
    notes: [
      rancher
        ? `${distro === 'rke2' ? 'RKE2' : 'k3s'} advises to disable firewalld or to trust the pod and service ranges: https://docs.${distro}.io/${distro === 'rke2' ? 'known_issues' : 'installation/requirements'}`
        : 'The same firewall often keeps pods from other ports of their node, too (DNS on the host, 6443).',
    ],
  };
}
