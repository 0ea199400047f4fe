import type { Facts } from '../evidence/facts.ts';
import { valueOr } from '../evidence/observed.ts';
import { arrow, isPodTarget, isSilent, outcomeOf, outcomeWords, works } from '../evidence/paths.ts';
import type { ReachResult } from '../evidence/probe-results.ts';
import type { Fix } from '../fixes/fix.ts';
import { list } from '../report/words.ts';
import { spokenBy } from '../words/rules/rules.ts';
import { apiServerConsequences } from './api-server-view.ts';
import { type Claim, defineCause, type Judgement } from './define-cause.ts';

/** Tables and rule priorities that nm-cloud-setup makes: 30200 and 30400, counted up for each interface (its manual page). */
const FIRST_TABLE = 30_200;
const LAST_TABLE = 30_499;

/**
 * nm-cloud-setup sends what a node says to its own pods out of the network card, by a rule and a table of its own.
 *
 * Signature: a routing table of that tool, and no pod on the node answers the node itself, while other nodes reach
 * those pods. The table alone is no fault: newer versions put a rule in front that spares local pods.
 * Look-alikes: the pod does not listen (metrics-server-not-serving: other pods there answer the node).
 * Sources: https://github.com/rancher/rke2/issues/1053, https://github.com/projectcalico/calico/issues/4662, nm-cloud-setup(8)
 */
export const nmCloudSetupRouting = defineCause({
  id: 'nm-cloud-setup-routing',
  title: 'nm-cloud-setup leads a node past its own pods',
  needs: ['nodeFacts', 'reach'],
  wants: ['providerPods'],
  bears: ['node-added', 'os-image'],
  infer(facts): Judgement {
    const kernels = new Map(facts.nodeFacts.map(({ node, kernel }) => [node, kernel] as const));
    const blind = [...new Set(facts.reach.map(({ from }) => from.node))]
      .toSorted()
      .flatMap((node) => blindAtHome(node, facts.reach));
    if (blind.length === 0)
      return { kind: 'ruled-out', because: 'no node fails to reach its own pods' };
    const hit = blind.flatMap((home): readonly Hit[] => {
      const tables = (kernels.get(home.node)?.routeTables ?? []).filter(
        (id) => id >= FIRST_TABLE && id <= LAST_TABLE,
      );
      return tables.length > 0 ? [{ ...home, tables }] : [];
    });
    if (hit.length === 0) {
      const unread = blind.filter(({ node }) => (kernels.get(node)?.routeTables ?? null) === null);
      return unread.length > 0
        ? {
            kind: 'unknown',
            missing: [`the routing tables of ${list(unread.map(({ node }) => node))}`],
          }
        : { kind: 'ruled-out', because: 'no such node has a routing table of nm-cloud-setup' };
    }
    const proven = hit.filter(({ fromOthers }) => fromOthers !== null);
    const mine = proven.length > 0 ? proven : hit;
    const nodes = mine.map(({ node }) => node).toSorted();
    const common = {
      headline: `nm-cloud-setup leads ${list(nodes)} past ${nodes.length === 1 ? 'its' : 'their'} own pods, which nobody on the machine reaches.`,
      where: { nodes, from: nodes, to: nodes, layer: 'same-node', direction: null },
      because: mine.flatMap(claims),
      explains: consequences(mine, facts),
      fixes: [disable(nodes)],
    } as const;
    if (proven.length > 0) return { kind: 'confirmed', ...common };
    return {
      kind: 'suspected',
      ...common,
      settle: `On ${nodes[0] ?? 'the node'}: ip rule; ip route get <address of a pod there> from <address of the node>. The card in place of the pod's device is the fault.`,
    };
  },
  fromWords: spokenBy('nm-cloud-setup-routing', ({ nodes }) => [disable(nodes)]),
});

/** A node that does not reach its own pods. */
interface BlindAtHome {
  readonly node: string;
  readonly dead: readonly ReachResult[];
  /** Another node that reaches a pod there. */
  readonly fromOthers: ReachResult | null;
}

interface Hit extends BlindAtHome {
  readonly tables: readonly number[];
}

/** No pod on the node answers it, of two at least or of one that others reach. */
function blindAtHome(node: string, reach: readonly ReachResult[]): readonly BlindAtHome[] {
  const home = reach.filter(
    (r) =>
      r.from.kind === 'node' &&
      r.from.node === node &&
      r.to.node === node &&
      isPodTarget(r) &&
      r.layer === 'same-node' &&
      outcomeOf(r) !== null,
  );
  const dead = home.filter(isSilent);
  if (dead.length === 0 || dead.length < home.length) return [];
  const pods = new Set(dead.map(({ to }) => to.address));
  const fromOthers =
    reach.find(
      (r) => r.from.node !== node && r.check === 'tcp' && pods.has(r.to.address) && works(r),
    ) ?? null;
  return fromOthers !== null || pods.size > 1 ? [{ node, dead, fromOthers }] : [];
}

function claims({ node, tables, dead, fromOthers }: Hit): Claim[] {
  const [first] = dead;
  return [
    {
      text: `${node} has routing ${tables.length === 1 ? 'table' : 'tables'} ${list(tables.map(String))} of nm-cloud-setup`,
      evidence: 'nodeFacts',
    },
    ...(first === undefined || first.result.state === 'missing'
      ? []
      : [
          {
            text: `${first.check} from ${arrow(first)}: ${outcomeWords(first.result.value)}`,
            evidence: first.id,
          },
        ]),
    ...(fromOthers === null
      ? []
      : [{ text: `tcp from ${arrow(fromOthers)} works`, evidence: fromOthers.id }]),
  ];
}

/** The paths at home; the API server beside the provider; and where the kubelet cannot probe it, everybody. */
function consequences(
  hits: readonly Hit[],
  { providerPods }: Pick<Facts, 'providerPods'>,
): readonly string[] {
  const paths = hits.flatMap(({ dead }) =>
    dead.map((r) => `${r.to.kind === 'provider' ? 'provider-path' : 'path'}:${r.id}`),
  );
  const nodes = hits.map(({ node }) => node);
  const pods = valueOr(providerPods, []).filter(({ deleting }) => !deleting);
  const here = pods.filter(({ nodeName }) => nodeName !== null && nodes.includes(nodeName));
  if (here.length === 0) return paths;
  const noneReady = !pods.some(({ ready }) => ready);
  return [
    ...paths,
    ...(noneReady
      ? ['api-server:*', 'node-metrics:*', 'hpa:*', 'apiservice-condition']
      : apiServerConsequences(nodes)),
  ];
}

function disable(nodes: readonly string[]): Fix {
  return {
    title: 'Switch nm-cloud-setup off and reboot',
    where: nodes,
    variants: [
      {
        tool: 'systemctl',
        commands: [
          'ip rule; ip route show table 30400   # what it made',
          'systemctl disable --now nm-cloud-setup.timer nm-cloud-setup.service',
          'reboot   # the rules stay until then',
        ],
      },
      {
        tool: 'dnf (upgrade instead)',
        commands: [
          'dnf upgrade -y NetworkManager NetworkManager-cloud-setup   # from 1.30.0-11.el8_4 on local pods are spared',
          'reboot',
        ],
      },
    ],
    risk: 'second addresses and cards that the cloud gives are no longer set up by themselves; the reboot takes the node away for some minutes',
    undo: ['systemctl enable --now nm-cloud-setup.timer nm-cloud-setup.service'],
    verify: [
      'ip rule   # none leads to table 30400',
      'Run the diagnosis again: it tries these paths again.',
    ],
    notes: ['Known from RHEL 8.4 and its kin on AWS, Azure and GCP (rancher/rke2 issue 1053).'],
  };
}
