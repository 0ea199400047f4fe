import { FILTER_STAGES } from '../evidence/burst-stage.ts';
import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import type { Link } from '../evidence/overlay-links.ts';
import type { ContainerLog, PodObject } from '../evidence/snapshot.ts';
import { isAiling } from './agent-pods.ts';
import type { Claim } from './define-cause.ts';

/** Why an agent of the CNI cannot write its rules or devices, by its own words. */
export type ComplaintKind = 'kernel-module' | 'iptables';

/** The last such words of an agent that is not ready. */
export interface AgentComplaint {
  readonly kind: ComplaintKind;
  readonly pod: PodObject;
  readonly node: string;
  readonly words: string;
  /** The same container complained of nothing else afterwards: it is this that holds it up now. */
  readonly newest: boolean;
}

/**
 * Words of iptables, ipset, iproute2, modprobe, flannel and Felix when the kernel lacks something. `No such file or
 * directory` from nf_tables means an extension that it could not load, too.
 */
const KERNEL_WORDS: readonly RegExp[] = [
  /missing kernel module/i,
  /modprobe: .{0,40}Module \S+ not found/i,
  /do you need to insmod|iptables who\?/i,
  /Table does not exist/i,
  // `… by userspace` is an ipset too old for its kernel, which lacks nothing.
  /revision \d+ not supported(?! by userspace)/i,
  /set type not supported/i,
  /RULE_\w+ failed \(No such file or directory\)/,
  /\/proc\/sys\/net\/bridge\S*: no such file|br_netfilter.{0,80}(?:not found|no such file|failed)/i,
  /unknown device type/i,
  /(?:vxlan|ipip|wireguard|registering network|flannel exited).{0,120}operation not supported/i,
  /Cannot open session to kernel/i,
];

/** Words of two iptables variants in each other's way, or of one too old for its caller. */
const IPTABLES_WORDS: readonly RegExp[] = [
  /is incompatible, use 'nft' tool|incompatible nft rules/i,
  /(?:RULE|CHAIN)_\w+ failed \(Invalid argument\)/,
  // With `Permission denied` the agent lacks a right, not a variant.
  /Could not fetch rule set generation id: Invalid argument/i,
  /ip6?tables.{0,120}unknown option/i,
];

/** A later trouble of another kind: an old warning about modules does not say why the agent fails now. */
const OTHER_TROUBLE =
  /\bdial (?:tcp|udp)|i\/o timeout|connection refused|no route to host|no such host|x509|\bUnauthorized\b|\bforbidden\b|datastore|deadline exceeded|address already in use|out of memory|no space left/i;

/** Bounded, so that hostile lines cost nothing. */
const MAX_LINE = 1_000;

function kindOf(line: string): ComplaintKind | null {
  const text = line.slice(0, MAX_LINE);
  if (KERNEL_WORDS.some((pattern) => pattern.test(text))) return 'kernel-module';
  return IPTABLES_WORDS.some((pattern) => pattern.test(text)) ? 'iptables' : null;
}

/** One for each agent that is not ready and says why; agents that are ready are not asked, their old errors are litter. */
export function agentComplaints({
  cniPods,
  cniLogs,
}: {
  readonly cniPods: readonly PodObject[];
  readonly cniLogs: Facts['cniLogs'];
}): readonly AgentComplaint[] {
  return cniPods
    .filter((pod) => isAiling(pod) && !pod.deleting)
    .flatMap((pod) => {
      const { nodeName: node } = pod;
      if (node === null) return [];
      const said = ailingContainers(pod, valueOr(cniLogs, []))
        .flatMap((lines) => lastComplaint(lines) ?? [])
        .toSorted((a, b) => Number(b.newest) - Number(a.newest));
      return said.slice(0, 1).map((complaint) => ({ ...complaint, pod, node }));
    });
}

/** What each container of an agent that is not ready said, the oldest first. */
function ailingContainers(
  pod: PodObject,
  logs: readonly ContainerLog[],
): readonly (readonly string[])[] {
  const own = logs.filter((log) => log.namespace === pod.namespace && log.pod === pod.name);
  const ready = new Set(pod.statuses.flatMap((one) => (one.ready ? [one.name] : [])));
  const names = [...pod.statuses.map(({ name }) => name), ...own.map(({ container }) => container)];
  return [...new Set(names)]
    .filter((name) => !ready.has(name))
    .map((name) => {
      const logged = own.filter(({ container }) => container === name);
      const status = pod.statuses.find((one) => one.name === name);
      return [
        ...logged.filter(({ previous }) => previous).flatMap(({ lines }) => lines),
        ...(status?.last?.message?.split('\n') ?? []),
        ...logged.filter(({ previous }) => !previous).flatMap(({ lines }) => lines),
        ...(status?.message?.split('\n') ?? []),
      ];
    });
}

function lastComplaint(
  lines: readonly string[],
): Pick<AgentComplaint, 'kind' | 'words' | 'newest'> | null {
  const at = lines.findLastIndex((line) => kindOf(line) !== null);
  const words = lines[at]?.trim();
  const kind = words === undefined ? null : kindOf(words);
  if (words === undefined || kind === null) return null;
  const newest = !lines.slice(at + 1).some((line) => OTHER_TROUBLE.test(line.slice(0, MAX_LINE)));
  return { kind, words, newest };
}

/** What one kind of complaint amounts to on the pod network. */
export interface Complained {
  readonly complaints: readonly AgentComplaint[];
  readonly nodes: readonly string[];
  /** Dead links with one of these nodes that no filter cuts, their machines in reach of each other. */
  readonly dead: readonly Link[];
  /** One of them is of a node whose agent is held up by this and nothing newer. */
  readonly sure: boolean;
}

/** The complaints of a kind, and what is dead with their nodes. */
export function complained(
  kind: ComplaintKind,
  facts: {
    readonly cniPods: readonly PodObject[];
    readonly cniLogs: Facts['cniLogs'];
    readonly links: readonly Link[];
  },
): Complained {
  const complaints = agentComplaints(facts).filter((each) => each.kind === kind);
  const nodes = [...new Set(complaints.map(({ node }) => node))].toSorted();
  const dead = facts.links.filter(
    (link) =>
      link.small === 'dead' &&
      link.underlay !== 'dead' &&
      link.nodes.some((node) => nodes.includes(node)),
  );
  const unfiltered = dead.filter(
    ({ bursts }) => !bursts.some(({ stage }) => FILTER_STAGES.has(stage)),
  );
  const sure = complaints.some(
    ({ node, newest }) => newest && unfiltered.some((link) => link.nodes.includes(node)),
  );
  return { complaints, nodes, dead: unfiltered, sure };
}

const SHOWN = 3;
const MAX_QUOTE = 240;

/** The agents' words, and how many paths are dead with them. */
export function complaintClaims({ complaints, dead }: Complained): Claim[] {
  return [
    ...complaints.slice(0, SHOWN).map(({ pod, node, words }) => ({
      text: `agent ${pod.name} on ${node} is not ready and says: ${words.slice(0, MAX_QUOTE)}`,
      evidence: 'snapshot.cniLogs',
    })),
    ...dead.slice(0, 1).map((link) => ({
      text: `pods on ${link.nodes[0]} and ${link.nodes[1]} do not reach each other, the machines do`,
      evidence: link.results[0]?.id ?? 'reach',
    })),
  ];
}
