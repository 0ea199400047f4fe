import {
  DEFAULT_CNI,
  DEFAULT_POD_CIDR,
  DISTROS,
  type Distro,
  type Encapsulation,
  PORT_CNIS,
  type PortCni,
  type RuleSet,
  type RuleTool,
} from '../core/ports/port-row.ts';
import { portTable } from '../core/ports/port-table.ts';
import { ruleSets } from '../core/ports/rule-set.ts';
import { UserError } from '../errors.ts';
import { type PortPage, renderPortPage, renderRuleScript } from '../renderers/ports.ts';
import type { Terminal } from './cli.ts';

export interface PortsArguments {
  readonly distro?: Distro;
  readonly cni?: PortCni;
  readonly encapsulation?: Encapsulation;
  readonly servers?: string;
  readonly agents?: string;
  readonly podCidr?: string;
  readonly tool?: RuleTool;
  readonly for?: 'servers' | 'agents';
  readonly undo?: boolean;
  readonly output: 'text' | 'json';
}

/** `metrics-diag ports`: which ports a cluster needs between its machines, and rules that open just these. Asks nobody. */
export function runPorts(args: PortsArguments, terminal: Pick<Terminal, 'out'>): 0 {
  const pages = pagesOf(args);
  const { tool } = args;
  if (tool === undefined) {
    terminal.out(
      args.output === 'json'
        ? `${JSON.stringify(pages, null, 2)}\n`
        : `${pages.map(renderPortPage).join('\n\n')}\n`,
    );
    return 0;
  }
  const page = pages[0];
  if (page === undefined || pages.length > 1) {
    throw new UserError(
      'ports-unclear',
      'Rules need to know which cluster: give --distro (rke2, k3s or kubeadm), and with kubeadm --cni as well.',
    );
  }
  const sets = setsOf(page, args, tool);
  terminal.out(
    args.output === 'json'
      ? `${JSON.stringify({ ...page, tool, ruleSets: sets }, null, 2)}\n`
      : renderRuleScript(page, sets, args.undo === true ? 'remove' : 'add'),
  );
  return 0;
}

/** Without a distribution every one; without a CNI the distribution's own, or each where it has none. */
function pagesOf(args: PortsArguments): readonly PortPage[] {
  const { distro, cni, tool, encapsulation = null } = args;
  const named = distro ?? null;
  const servers = list(args.servers);
  const severalServers = servers.length > 1 || servers.some((each) => each.includes('/'));
  return (named === null ? DISTROS : [named])
    .flatMap((each) => {
      const wanted = cni ?? DEFAULT_CNI[each];
      return (wanted === null || wanted === undefined ? PORT_CNIS : [wanted]).map((its) => ({
        distro: each,
        cni: its,
      }));
    })
    .map((page) => ({
      ...page,
      rows: portTable({ ...page, encapsulation, severalServers }),
      notes: notesOf(page, tool),
    }));
}

function list(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((part) => part !== '');
}

function setsOf(page: PortPage, args: PortsArguments, tool: RuleTool): readonly RuleSet[] {
  const servers = list(args.servers);
  const agents = list(args.agents);
  if (servers.length === 0) {
    throw new UserError(
      'ports-addresses',
      'Rules need the addresses of the machines: give --servers 10.0.0.1,10.0.0.2 (or ranges), and --agents if there are any.',
    );
  }
  const pods = args.podCidr === undefined ? [DEFAULT_POD_CIDR[page.distro]] : list(args.podCidr);
  try {
    return ruleSets({
      rows: page.rows,
      addresses: { servers, agents, pods: pods.filter((range) => range !== null) },
      tool,
    }).filter(({ on }) => args.for === undefined || args.for === on);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError('ports-addresses', `These rules cannot be written: ${error.message}.`);
  }
}

/** Sources: docs.rke2.io/known_issues, docs.k3s.io/installation/requirements, the CNIs' own requirements. */
function notesOf(
  { distro, cni }: Pick<PortPage, 'distro' | 'cni'>,
  tool: RuleTool | undefined,
): readonly string[] {
  return [
    'Never open the overlay to the world: whoever reaches it can send packets into the pod network.',
    'Pods also need their forwarded traffic to pass (FORWARD); a host firewall that drops it needs the pod and service ranges trusted.',
    ...(distro === 'rke2' && cni === 'canal' && (tool ?? 'firewalld') === 'firewalld'
      ? ['RKE2 advises against firewalld together with Canal: https://docs.rke2.io/known_issues']
      : []),
    ...(distro === 'k3s' && ['firewalld', 'ufw'].includes(tool ?? 'ufw')
      ? [
          'k3s advises to switch firewalld and ufw off: https://docs.k3s.io/installation/requirements',
        ]
      : []),
    ...(distro === 'kubeadm'
      ? [
          "kubeadm has no pod range of its own: --pod-cidr names yours, so that a node's pods reach it.",
        ]
      : []),
    ...(tool === 'iptables' || tool === 'nftables'
      ? [
          `These rules last until the next boot: save them (${tool === 'iptables' ? 'netfilter-persistent save, or iptables-save' : '/etc/nftables.conf'}).`,
        ]
      : []),
  ];
}
