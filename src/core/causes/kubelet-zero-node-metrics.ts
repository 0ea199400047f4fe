import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { podNumbers } from '../evidence/pod-numbers.ts';
import { scrapeComplaints } from '../evidence/scrape-complaints.ts';
import type { ContainerLog, NodeObject } from '../evidence/snapshot.ts';
import type { Fix } from '../fixes/fix.ts';
import { flagValue } from '../fixes/metrics-server-flags.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/** What metrics-server says of an answer without the node's CPU or memory: 0.5 and later with -v=1, before always. */
const INCOMPLETE =
  /Failed getting complete node metric|unable to get (?:CPU|memory|a? ?valid timestamp[^"]*) for (?:metric point for )?node/i;
/** cgroup v2 accounts CPU at its root since Linux 5.8 (metrics-server KNOWN_ISSUES.md). */
const ROOT_STATISTICS_SINCE: readonly [number, number] = [5, 8];
/** Support for cgroup v2 in the kubelet became general in 1.25, and works since 1.22 in part. */
const CGROUP_V2_SINCE: readonly [number, number] = [1, 25];

/**
 * A kubelet answers the scrape without usable numbers of the node itself: CPU or memory is zero or absent.
 *
 * Signature: the node has no metrics, metrics-server does not complain of it, and the pods on that node do have
 * numbers: so the kubelet is scraped, and the node's own numbers were thrown away. Or metrics-server says so. A
 * host with cgroup v2 and a kernel before 5.8 is the usual reason; seen alone it makes a suspicion.
 */
export const kubeletZeroNodeMetrics = defineCause({
  id: 'kubelet-zero-node-metrics',
  title: 'A kubelet reports no CPU or memory of its node',
  needs: ['nodes', 'nodeMetrics', 'providerLogs', 'providerPods'],
  wants: ['podMetrics', 'cniPods', 'nodeFacts', 'takenAt'],
  bears: ['kernel', 'os-image', 'kubelet-version', 'container-runtime'],
  infer(facts): Judgement {
    const without = silentlyMissing(facts);
    if (without.length === 0)
      return {
        kind: 'ruled-out',
        because: 'every node has metrics, or metrics-server complains of its scrape',
      };
    const pods = { state: 'known', value: facts.providerPods, source: '' } as const;
    const numbers = podNumbers({ ...facts, providerPods: pods });
    const lines = facts.providerLogs.flatMap((log) => (log.previous ? [] : log.lines));
    const judged = without.map((node) => {
      const proof = proofOf(node, lines, numbers);
      return { node, proof, hints: hintsOf(node, facts) };
    });
    const proven = judged.filter(({ proof }) => proof.length > 0);
    const likely = judged.filter(({ hints }) => hints.length > 0);
    const mine = proven.length > 0 ? proven : likely;
    const nodes = mine.map(({ node }) => node.name).toSorted();
    const [first] = nodes;
    if (first === undefined)
      return {
        kind: 'unknown',
        missing: ['whether pods on the nodes without metrics have numbers'],
        settle: `kubectl get --raw /api/v1/nodes/${without[0]?.name ?? 'NODE'}/proxy/metrics/resource | grep ^node_   # zero or no lines: the kubelet gives none`,
      };
    const common = {
      headline: `The kubelets of ${list(nodes)} are scraped, but report no CPU or memory of the node itself.`,
      where: { nodes, from: [], to: nodes, layer: null, direction: null },
      because: mine.flatMap(({ proof, hints }) => [...proof, ...hints]),
      explains: [...nodes.map((node) => `node-metrics:${node}`), 'hpa:*'],
      fixes: [cgroupFix(nodes)],
    } as const;
    if (proven.length > 0) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle: `kubectl get --raw /api/v1/nodes/${first}/proxy/metrics/resource | grep ^node_   # node_cpu_usage_seconds_total 0, or no such line, proves it`,
    };
  },
  fromWords: spokenBy('kubelet-zero-node-metrics', ({ nodes }) => [
    cgroupFix(nodes.length > 0 ? nodes : ['every node']),
  ]),
});

type Handed = Pick<Facts, 'podMetrics' | 'cniPods' | 'nodeFacts' | 'takenAt'> & {
  readonly nodes: readonly NodeObject[];
  readonly nodeMetrics: readonly string[];
  readonly providerLogs: readonly ContainerLog[];
  readonly providerPods: Extract<Facts['providerPods'], { state: 'known' }>['value'];
};

/** Two scrapes of the slowest setting in use. */
const YOUNG_MS = 150_000;

/** Ready nodes without metrics of which metrics-server says nothing, though it has run long enough to know them. */
function silentlyMissing(facts: Handed): readonly NodeObject[] {
  const { nodes, nodeMetrics, providerPods, providerLogs, takenAt } = facts;
  const now = takenAt.state === 'known' ? Date.parse(takenAt.value) : Number.NaN;
  const isOld = (createdAt: string | null): boolean => now - Date.parse(createdAt ?? '') > YOUNG_MS;
  const picks = providerPods.some(({ containers }) =>
    containers.some(({ args }) => flagValue(args, 'node-selector') !== null),
  );
  if (picks || !providerPods.some(({ ready, createdAt }) => ready && isOld(createdAt))) return [];
  const named = new Set(
    scrapeComplaints({ logs: providerLogs, nodes, takenAt })
      .filter(({ text }) => !INCOMPLETE.test(text))
      .map(({ node }) => node),
  );
  return nodes.filter(
    ({ name, ready, createdAt }) =>
      ready.state === 'known' &&
      ready.value &&
      isOld(createdAt) &&
      !nodeMetrics.includes(name) &&
      !named.has(name),
  );
}

function proofOf(
  { name, internalIps }: NodeObject,
  lines: readonly string[],
  numbers: ReadonlyMap<string, boolean> | null,
): readonly Claim[] {
  const line = lines.findLast(
    (each) =>
      INCOMPLETE.test(each) &&
      [name, ...internalIps].some(
        (word) => each.includes(`"${word}"`) || each.includes(`"${word}\\"`),
      ),
  );
  return [
    ...(line === undefined
      ? []
      : [
          {
            text: `${name}: ${INCOMPLETE.exec(line)?.[0] ?? ''}`,
            evidence: 'snapshot.providerLogs',
          },
        ]),
    ...(numbers?.get(name) === true
      ? [
          {
            text: `pods on ${name} have numbers, the node has none: its kubelet is scraped`,
            evidence: 'snapshot.podMetrics',
          },
        ]
      : []),
  ];
}

function hintsOf({ name, kernel, kubeletVersion }: NodeObject, facts: Handed): readonly Claim[] {
  const cgroup = valueOr(facts.nodeFacts, []).find(({ node }) => node === name)?.cgroup;
  if (cgroup !== 2) return [];
  return [
    ...(isBefore(kernel, ROOT_STATISTICS_SINCE)
      ? [
          {
            text: `${name} runs cgroup v2 on kernel ${kernel} (5.8 is needed)`,
            evidence: 'nodeFacts',
          },
        ]
      : []),
    ...(isBefore(kubeletVersion, CGROUP_V2_SINCE)
      ? [
          {
            text: `${name} runs cgroup v2 with kubelet ${kubeletVersion} (1.25 is needed)`,
            evidence: 'nodeFacts',
          },
        ]
      : []),
  ];
}

/** Compares the first two numbers of a version; one that cannot be read is not before anything. */
function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, a, b] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (a === undefined || b === undefined) return false;
  return Number(a) < major || (Number(a) === major && Number(b) < minor);
}

function cgroupFix(nodes: readonly string[]): Fix {
  return {
    title: 'Give the kubelet control groups that it can read',
    where: nodes,
    variants: [
      {
        tool: 'upgrade',
        commands: [
          'uname -r; stat -fc %T /sys/fs/cgroup   # cgroup2fs: kernel 5.8 or later and Kubernetes 1.25 or later are needed',
        ],
      },
      {
        tool: 'cgroup v1',
        commands: [
          "grubby --update-kernel=ALL --args='systemd.unified_cgroup_hierarchy=0'   # Debian, Ubuntu: GRUB_CMDLINE_LINUX in /etc/default/grub, then update-grub",
          'reboot',
        ],
      },
    ],
    risk: 'a reboot of the node: drain it first. Newer Kubernetes and systemd give cgroup v1 up',
    undo: ["grubby --update-kernel=ALL --remove-args='systemd.unified_cgroup_hierarchy=0'; reboot"],
    verify: ['kubectl top nodes   # after two minutes: every node has numbers'],
    notes: [
      'kubernetes-sigs/metrics-server KNOWN_ISSUES.md, "Kubelet doesn\'t report metrics for all or subset of nodes".',
    ],
  };
}
